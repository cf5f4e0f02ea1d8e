import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../util/index.js';
import { isAgentName, parseModels, resolveMode } from './models.js';

const captured = JSON.parse(
  readFileSync(new URL('../dialect/fixtures/captures/lingma-2.11.1-query-models.json', import.meta.url), 'utf8'),
);
const loggedIn = captured.exchange.find((line: { case?: string }) => line.case === 'logged_in').frame
  .result as JsonValue;

describe('parseModels()', () => {
  it('scenes - are merged by key, assistant first', () => {
    const models = parseModels(loggedIn);
    expect(models.map(({ upstreamId }) => upstreamId).slice(0, 4)).toEqual([
      'dashscope_qwen3_coder_default',
      'dashscope_qwen3_coder',
      'dashscope_qwen_plus_20250428_thinking',
      'dashscope_qwen_max_latest',
    ]);
    expect(new Set(models.map(({ upstreamId }) => upstreamId)).size).toBe(models.length);
    expect(models[0]?.scenes.slice(0, 2)).toEqual(['assistant', 'chat']);
    expect(models.find(({ upstreamId }) => upstreamId.includes('thinking'))?.supportsReasoning).toBe(true);
  });

  const shapes: readonly (readonly [string, JsonValue, readonly string[]])[] = [
    ['an array', [{ key: 'a' }, { modelId: 'b' }, { id: 'c' }], ['a', 'b', 'c']],
    ['{models}', { models: [{ key: 'a' }] }, ['a']],
    ['{data: {models}}', { data: { models: [{ key: 'a' }] } }, ['a']],
    ['names', { models: ['a', 'b'] }, ['a', 'b']],
    [
      'scenes out of order',
      { quest: [{ key: 'q' }], extra: [{ key: 'x' }], assistant: [{ key: 'a' }] },
      ['a', 'q', 'x'],
    ],
    ['logged out', {}, []],
    ['null', null, []],
    ['rubbish', { assistant: [null, 1, {}, { key: '' }, [], { key: 'a' }], chat: 'no' }, ['a']],
  ];
  it.each(shapes)('shapes - %s', (_name, input, keys) => {
    expect(parseModels(input).map(({ upstreamId }) => upstreamId)).toEqual(keys);
  });

  it('members - every spelling, no secrets', () => {
    const [model] = parseModels([
      {
        key: 'k',
        label: 'Label',
        isVl: true,
        isReasoning: true,
        selected: true,
        maxInputTokens: 9,
        apiKey: 'sk-secret',
        url: 'http://x',
      },
    ]);
    expect(model).toEqual({
      id: 'k',
      upstreamId: 'k',
      displayName: 'Label',
      isDefault: true,
      supportsReasoning: true,
      supportsImages: true,
      maxInputTokens: 9,
      scenes: [],
    });
  });
});

it('agent names - ask for agent mode', () => {
  expect(['agent', 'Lingma-Agent', 'lingma/agent', 'agents', undefined].map(isAgentName)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(resolveMode(undefined, 'agent', 'chat')).toBe('agent');
  expect(resolveMode('chat', 'agent', 'agent')).toBe('chat');
  expect(resolveMode(undefined, 'auto', 'agent')).toBe('agent');
});
