import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../chat/index.js';
import { createModelCatalog } from './model-catalog.js';

const model = (key: string, displayName: string, isDefault = false): ModelInfo => ({
  id: key,
  key,
  displayName,
  isDefault,
  supportsReasoning: false,
  supportsImages: false,
  scenes: [],
});
const MODELS = [model('org_auto', 'Auto'), model('qwen3', 'Qwen3-Coder', true)];

describe('createModelCatalog', () => {
  it('list - models first, then the agent, aliases and stand-ins for the default model', () => {
    const catalog = createModelCatalog({ aliases: { 'gpt-4o': 'auto' }, standIns: ['claude-x'] });
    const list = catalog.list(MODELS);
    expect(list.map(({ id }) => id)).toEqual(['org_auto', 'qwen3', 'lingma-agent', 'agent', 'gpt-4o', 'claude-x']);
    expect(list[3]).toMatchObject({ aliasOf: 'lingma-agent' });
    expect(list[4]).toMatchObject({ key: 'org_auto', isDefault: false });
    expect(list[4]?.aliasOf).toBeUndefined();
    expect(list[5]).toMatchObject({ key: 'qwen3', aliasOf: 'qwen3' });
    expect(list.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('list - a configured default model takes the place of the marked one', () => {
    const list = createModelCatalog({ defaultModel: 'AUTO', standIns: ['claude-x'] }).list(MODELS);
    expect(list.at(-1)).toMatchObject({ id: 'claude-x', key: 'org_auto' });
  });

  it('list - nothing is made up where there are no models', () => {
    expect(createModelCatalog().list([])).toEqual([]);
  });

  it('list - a name that exists is not listed twice', () => {
    const list = createModelCatalog({ aliases: { QWEN3: 'auto' }, standIns: [] }).list(MODELS);
    expect(list.map(({ id }) => id)).toEqual(['org_auto', 'qwen3', 'lingma-agent', 'agent']);
  });

  it('target - follows aliases in any case, also several, also in a circle', () => {
    const { target } = createModelCatalog({ aliases: { Fast: 'gpt-4o', 'gpt-4o': 'qwen3', a: 'b', b: 'a' } });
    expect(target('FAST')).toBe('qwen3');
    expect(target('unknown')).toBe('unknown');
    expect(['a', 'b']).toContain(target('a'));
  });
});
