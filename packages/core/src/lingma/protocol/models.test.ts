import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../util/index.js';
import { isAgentName, parseModels, resolveMode, resolveModel } from './models.js';

const captured = JSON.parse(
  readFileSync(new URL('../dialect/fixtures/captures/lingma-2.11.1-query-models.json', import.meta.url), 'utf8'),
);
const loggedIn = captured.exchange.find((line: { case?: string }) => line.case === 'logged_in').frame
  .result as JsonValue;

describe('parseModels()', () => {
  it('scenes - are merged by key, assistant first', () => {
    const models = parseModels(loggedIn);
    expect(models.map(({ key }) => key).slice(0, 4)).toEqual([
      'dashscope_qwen3_coder_default',
      'dashscope_qwen3_coder',
      'dashscope_qwen_plus_20250428_thinking',
      'dashscope_qwen_max_latest',
    ]);
    expect(new Set(models.map(({ key }) => key)).size).toBe(models.length);
    expect(models[0]?.scenes.slice(0, 2)).toEqual(['assistant', 'chat']);
    expect(models.find(({ key }) => key.includes('thinking'))?.supportsReasoning).toBe(true);
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
    expect(parseModels(input).map(({ key }) => key)).toEqual(keys);
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
      key: 'k',
      displayName: 'Label',
      isDefault: true,
      supportsReasoning: true,
      supportsImages: true,
      maxInputTokens: 9,
      scenes: [],
    });
  });
});

describe('resolveModel()', () => {
  const models = parseModels([
    { key: 'auto', displayName: 'Auto' },
    { key: 'kmodel', displayName: 'Kimi-K2.6', isDefault: true },
    { key: 'Other', displayName: 'Auto' },
    { key: 'vendor/slash', displayName: 'Slash' },
    { key: 'slash', displayName: 'Not this one' },
  ]);
  const cases: readonly (readonly [string | undefined, string | undefined, string, boolean])[] = [
    ['kmodel', undefined, 'kmodel', true],
    [' KMODEL ', undefined, 'kmodel', true],
    ['kimi-k2.6', undefined, 'kmodel', true],
    ['AUTO', undefined, 'auto', true],
    ['other', undefined, 'Other', true],
    ['Other[1m]', undefined, 'Other', true],
    ['lingma/kmodel', undefined, 'kmodel', true],
    ['default_llm/Kimi-K2.6:latest', undefined, 'kmodel', true],
    ['openai/other@2026-01-01', undefined, 'Other', true],
    ['vendor/slash', undefined, 'vendor/slash', true],
    ['lingma/unknown', undefined, 'kmodel', false],
    ['nothing', 'lingma/other:latest', 'Other', false],
    ['claude-sonnet-4[1m]', undefined, 'kmodel', false],
    ['claude-sonnet-4', undefined, 'kmodel', false],
    ['gpt-4o', 'other', 'Other', false],
    [undefined, 'unknown', 'kmodel', false],
    ['', undefined, 'kmodel', false],
  ];
  it.each(cases)('%s with default %s', (name, fallback, key, found) => {
    expect(resolveModel(models, name, fallback)).toMatchObject({ model: { key }, found });
  });

  it('default - the first when none is marked; nothing in an empty list', () => {
    expect(resolveModel(parseModels(['a', 'b']), 'x')?.model.key).toBe('a');
    expect(resolveModel([], 'x')).toBeUndefined();
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
