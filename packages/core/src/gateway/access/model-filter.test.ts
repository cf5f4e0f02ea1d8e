import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../chat/index.js';
import { allowedModels, checkModel, createModelFilter } from './model-filter.js';

const model = (id: string, key: string, displayName: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id, key, displayName, isDefault: false, supportsReasoning: false, supportsImages: false, scenes: [] },
  ...more,
});
const MODELS = [
  model('org_auto', 'org_auto', 'Auto', { isDefault: true }),
  model('qwen3-coder', 'qwen3-coder', 'Qwen3 Coder'),
  model('vendor/deep', 'k9', 'Deep Seek'),
  model('gpt-4o', 'qwen3-coder', 'gpt-4o (Qwen3 Coder)'),
  model('claude-sonnet-5', 'org_auto', 'claude-sonnet-5 (Auto)', { aliasOf: 'org_auto' }),
];

describe('createModelFilter()', () => {
  it.each([
    [['qwen3-coder'], ['qwen3-coder', 'gpt-4o']],
    [['QWEN3 coder'], ['qwen3-coder']],
    [['gpt-4o'], ['gpt-4o']],
    [['k9'], ['vendor/deep']],
    [['*'], MODELS.map(({ id }) => id)],
    [['qwen*'], ['qwen3-coder', 'gpt-4o']],
    [['*coder'], ['qwen3-coder', 'gpt-4o']],
    [['v*/d*p', 'nothing'], ['vendor/deep']],
    [['org_auto'], ['org_auto', 'claude-sonnet-5']],
    [['q*w*e*n*x'], []],
    [['.*'], []],
    [['aut'], []],
  ])('%j - lets through %j', (patterns, ids) => {
    expect(allowedModels(MODELS, { models: createModelFilter(patterns) }).map(({ id }) => id)).toEqual(ids);
  });

  it('many stars and a long name - cost nothing', () => {
    const filter = createModelFilter(['*a'.repeat(50)]);
    expect(filter.allowsName(`${'a'.repeat(100_000)}b`)).toBe(false);
  });

  it('no filter - all of them', () => {
    expect(allowedModels(MODELS, {})).toBe(MODELS);
  });
});

describe('checkModel()', () => {
  const check = (patterns: readonly string[], name: string) =>
    checkModel(name, async () => MODELS, { models: createModelFilter(patterns) });

  it.each([
    ['itself', ['qwen3-coder'], 'qwen3-coder'],
    ['itself, as a provider spells it', ['qwen3-coder'], 'lingma/Qwen3-Coder:latest'],
    ['its display name', ['qwen3-coder'], 'Qwen3 Coder'],
    ['an alias of one that is allowed', ['qwen3-coder'], 'gpt-4o'],
    ['a stand-in for the default', ['org_auto'], 'claude-sonnet-5'],
    ["another maker's that nobody lists, for the default", ['org_auto'], 'gpt-9'],
    ['no name, for the default', ['org_auto'], ''],
    ['any model, for the default', ['org_auto'], 'default'],
    ['allowed by name, though nobody lists it', ['claude-*'], 'claude-opus-99'],
  ])('%s - is allowed', async (_, patterns, name) => {
    await expect(check(patterns, name)).resolves.toBeUndefined();
  });

  it.each([
    ['another one', ['qwen3-coder'], 'org_auto'],
    ['another one behind an allowed prefix', ['qwen3-*'], 'qwen3-x/vendor/deep'],
    ['another one with an allowed mark behind it', ['*:latest'], 'vendor/deep:latest'],
    ['one that nobody has', ['qwen3-coder'], 'made-up'],
    ['a stand-in for a default that is not allowed', ['qwen3-coder'], 'claude-sonnet-5'],
    ['no name, and the default is not allowed', ['qwen3-coder'], ''],
    ['none at all', [], 'qwen3-coder'],
  ])('%s - is refused', async (_, patterns, name) => {
    await expect(check(patterns, name)).rejects.toMatchObject({ code: 'model_not_allowed', status: 403 });
  });

  it('no filter - asks for no list', async () => {
    await expect(checkModel('x', () => Promise.reject(new Error('asked')), {})).resolves.toBeUndefined();
  });
});
