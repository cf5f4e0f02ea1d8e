import { describe, expect, it } from 'vitest';
import { ConfigError, type ConfigSources, effectiveSections, loadConfig } from './index.js';

const inFile = (channels: unknown): ConfigSources => ({ file: { name: 'a.json', text: JSON.stringify({ channels }) } });
const problemOf = (sources: ConfigSources): string => {
  try {
    loadConfig(sources);
    return 'none';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
};
const CHANNEL = { name: 'a', baseUrl: 'https://x.example/v1', apiKey: 'hunter2', models: ['qwen*'] };

describe('channels', () => {
  it('a list, or a section with one', () => {
    const [channel] = loadConfig(inFile([CHANNEL])).config.channels.list;
    expect(channel).toMatchObject({ ...CHANNEL, apiKey: expect.anything(), type: 'openai', weight: 1, enabled: true });
    expect(channel?.endpoints).toEqual(['chat', 'embeddings', 'completions']);
    const section = loadConfig(inFile({ list: [CHANNEL], maxAttempts: 5 })).config.channels;
    expect([section.list.length, section.maxAttempts]).toEqual([1, 5]);
  });

  it('one of the environment - its key from a file, too', () => {
    const env = { LINGMA_GATEWAY_UPSTREAM_URL: 'http://h:3000', LINGMA_GATEWAY_UPSTREAM_MODELS: 'a,b-*' };
    const { channels } = loadConfig({
      env: { ...env, LINGMA_GATEWAY_UPSTREAM_KEY_FILE: '/k' },
      readFile: () => 'sk-1\n',
    }).config;
    expect(channels).toMatchObject({ upstreamUrl: 'http://h:3000', upstreamModels: ['a', 'b-*'] });
    expect(channels.upstreamKey?.reveal()).toBe('sk-1');
  });

  it.each([
    [[{ ...CHANNEL, baseUrl: 'https://u:hunter2@x.example' }], 'without user name'],
    [[{ ...CHANNEL, baseUrl: 'https://x.example/?key=hunter2' }], 'without user name'],
    [[{ ...CHANNEL, baseUrl: 'ftp://x.example' }], 'must be an http'],
    [[{ name: 'a' }], 'needs a baseUrl'],
    [[{ ...CHANNEL, apiKeys: ['k'] }], 'has one of apiKey'],
    [[CHANNEL, CHANNEL], 'the same name'],
    [[{ ...CHANNEL, name: 'lingma' }], 'called lingma'],
    [[{ ...CHANNEL, wieght: 2 }], 'wieght'],
    [[{ ...CHANNEL, weight: 0 }], 'channels.list'],
    [[{ ...CHANNEL, type: 'acp' }], 'channels.list'],
  ])('%j - %s', (list, said) => {
    const problem = problemOf(inFile(list));
    expect(problem).toContain(said);
    expect(problem).not.toContain('hunter2');
  });

  it('a name that the upstream of the environment has - refused', () => {
    const file = inFile([{ ...CHANNEL, name: 'upstream' }]);
    expect(problemOf({ ...file, env: { LINGMA_GATEWAY_UPSTREAM_URL: 'http://h' } })).toContain('called upstream');
  });

  it('keys - are shown nowhere', () => {
    const loaded = loadConfig(inFile([CHANNEL]));
    expect(JSON.stringify(loaded) + JSON.stringify(effectiveSections(loaded))).not.toContain('hunter2');
  });
});
