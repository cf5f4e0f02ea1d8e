import { describe, expect, it } from 'vitest';
import { isForeignName, modelNames } from './model-name.js';

describe('modelNames', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['qwen3', ['qwen3']],
    [' qwen3 ', ['qwen3']],
    ['', []],
    ['lingma/qwen3', ['lingma/qwen3', 'qwen3']],
    ['openrouter/vendor/qwen3', ['openrouter/vendor/qwen3', 'vendor/qwen3', 'qwen3']],
    ['qwen3:latest', ['qwen3:latest', 'qwen3']],
    ['qwen3@2025-09-29', ['qwen3@2025-09-29', 'qwen3']],
    ['default_llm/Qwen3[1m]', ['default_llm/Qwen3[1m]', 'default_llm/Qwen3', 'Qwen3[1m]', 'Qwen3']],
    ['qwen3-thinking(high)', ['qwen3-thinking(high)', 'qwen3-thinking', 'qwen3']],
    ['lingma/', ['lingma/']],
    [':latest', [':latest']],
  ];
  it.each(cases)('%j - the literal name first', (name, names) => {
    expect(modelNames(name)).toEqual(names);
  });

  it('hostile names - are read once, and in no time', () => {
    const long = ':'.repeat(100_000);
    expect(modelNames(long)).toEqual([long]);
    expect(modelNames('a/'.repeat(128)).length).toBeLessThan(20);
  });
});

describe('isForeignName', () => {
  it.each([
    'claude-sonnet-5-5',
    'anthropic/claude-3-opus',
    'us.anthropic.claude-sonnet-4-v1:0',
    'gpt-5.6',
    'openai/gpt-4o',
    'o3',
    'o4-mini',
    'gemini-3-pro',
    'gpt4',
    'default',
    'CLAUDE-HAIKU-4-5-20251001',
  ])('%s - is another maker’s', (name) => {
    expect(isForeignName(name)).toBe(true);
  });

  it.each(['qwen3-coder', 'kmodel', 'o100', 'my-gpt', 'openai/qwen3', 'organisation', 'auto', ''])(
    '%s - may be one of Lingma’s',
    (name) => {
      expect(isForeignName(name)).toBe(false);
    },
  );
});
