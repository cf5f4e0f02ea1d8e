import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../chat/index.js';
import { createModelCatalog } from './model-catalog.js';

const model = (key: string, displayName: string, isDefault = false): ModelInfo => ({
  id: key,
  upstreamId: key,
  displayName,
  isDefault,
  supportsReasoning: false,
  supportsImages: false,
});
const MODELS = [model('org_auto', 'Auto'), model('qwen3', 'Qwen3-Coder', true)];

describe('createModelCatalog', () => {
  it('list - models first, then the agent, aliases and stand-ins for the default model', () => {
    const catalog = createModelCatalog({ aliases: { 'gpt-4o': 'auto' }, standIns: ['claude-x'] });
    const list = catalog.list(MODELS);
    expect(list.map(({ id }) => id)).toEqual(['org_auto', 'qwen3', 'lingma-agent', 'agent', 'gpt-4o', 'claude-x']);
    expect(list[3]).toMatchObject({ aliasOf: 'lingma-agent' });
    expect(list[4]).toMatchObject({ upstreamId: 'org_auto', isDefault: false });
    expect(list[4]?.aliasOf).toBeUndefined();
    expect(list[5]).toMatchObject({ upstreamId: 'qwen3', aliasOf: 'qwen3' });
    expect(list.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('list - a configured default model takes the place of the marked one', () => {
    const list = createModelCatalog({ defaultModel: 'AUTO', standIns: ['claude-x'] }).list(MODELS);
    expect(list.at(-1)).toMatchObject({ id: 'claude-x', upstreamId: 'org_auto' });
  });

  it('choose - the same name in another list is another model, and many names are no trouble', () => {
    const catalog = createModelCatalog();
    const ask = (name: string, models: readonly ModelInfo[]) => catalog.choose(name)(models).upstreamId;
    const others = [model('glm', 'Auto', true)];
    for (let twice = 0; twice < 2; twice++) {
      expect(ask('Auto', MODELS)).toBe('org_auto');
      expect(ask('Auto', others)).toBe('glm');
    }
    for (let n = 0; n < 200; n++) expect(ask(`unknown-${n}`, MODELS)).toBe('qwen3');
    expect(ask('Auto', MODELS)).toBe('org_auto');
    expect(ask('x'.repeat(5000), others)).toBe('glm');
  });

  it('list - nothing is made up where there are no models', () => {
    expect(createModelCatalog().list([])).toEqual([]);
  });

  it('list - a name that exists is not listed twice', () => {
    const list = createModelCatalog({ aliases: { QWEN3: 'auto' }, standIns: [] }).list(MODELS);
    expect(list.map(({ id }) => id)).toEqual(['org_auto', 'qwen3', 'lingma-agent', 'agent']);
  });

  it('list - an alias for a model that is not there is left out', () => {
    const aliases = { gone: 'qwen9', helper: 'lingma/agent', any: 'gpt-4o', tagged: 'lingma/auto:latest' };
    const list = createModelCatalog({ aliases, standIns: [] }).list(MODELS);
    expect(list.map(({ id, upstreamId }) => [id, upstreamId]).slice(4)).toEqual([
      ['helper', 'qwen3'],
      ['any', 'qwen3'],
      ['tagged', 'org_auto'],
    ]);
  });

  it('list - every default of Claude Code is there, under a name that it keeps', () => {
    const ids = createModelCatalog()
      .list(MODELS)
      .map(({ id }) => id);
    for (const kind of ['opus', 'sonnet', 'haiku', 'fable']) {
      expect(ids.some((id) => id.startsWith(`claude-${kind}-5`))).toBe(true);
    }
  });

  it('what is listed - never counts as unknown, with a provider in front and a mark behind neither', () => {
    const catalog = createModelCatalog({
      aliases: { fast: 'qwen3', odd: 'gpt-4o' },
      standIns: ['house-model', 'claude-x'],
    });
    for (const { id } of catalog.list(MODELS)) {
      for (const name of [id, `default_llm/${id}`, `${id}:latest`, `lingma/${id}[1m]`, id.toUpperCase()]) {
        expect(catalog.choose(name)(MODELS).isFallback, name).toBe(false);
      }
    }
  });

  it.each([
    ['org_auto', 'org_auto', false],
    ['Qwen3-Coder', 'qwen3', false],
    ['fast', 'org_auto', false],
    ['', 'qwen3', false],
    ['auto', 'org_auto', false],
    ['default', 'qwen3', false],
    ['lingma-agent', 'qwen3', false],
    ['claude-opus-5-5', 'qwen3', false],
    ['anthropic/claude-haiku-9', 'qwen3', false],
    ['gpt-5.6[1m]', 'qwen3', false],
    ['lingma/o3', 'qwen3', false],
    ['house-model', 'qwen3', false],
    ['qwen9', 'qwen3', true],
    ['lingma/qwen9:latest', 'qwen3', true],
    ['lost', 'qwen3', true],
  ])('choose - %j: %s, a fallback: %s', (name, upstreamId, isFallback) => {
    const catalog = createModelCatalog({ aliases: { fast: 'org_auto', lost: 'qwen9' }, standIns: ['house-model'] });
    expect(catalog.choose(name)(MODELS)).toMatchObject({ upstreamId, isFallback });
  });

  it('choose - by the list of the process that runs the turn', () => {
    const choose = createModelCatalog({ defaultModel: 'qwen3' }).choose('qwen9');
    expect(choose([model('qwen9', 'Qwen9')])).toMatchObject({ upstreamId: 'qwen9', isFallback: false });
    expect(choose([])).toEqual({ upstreamId: 'qwen9', isFallback: false });
  });

  it('target - follows aliases in any case, also several, also in a circle', () => {
    const { target } = createModelCatalog({ aliases: { Fast: 'gpt-4o', 'gpt-4o': 'qwen3', a: 'b', b: 'a' } });
    expect(target('FAST')).toBe('qwen3');
    expect(target('lingma/fast:latest')).toBe('qwen3');
    expect(target('unknown')).toBe('unknown');
    expect(['a', 'b']).toContain(target('a'));
  });
});
