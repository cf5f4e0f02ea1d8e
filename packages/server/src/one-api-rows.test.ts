import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { channelsOf, keysOf } from './one-api-rows.js';

describe('channelsOf()', () => {
  it('what is compatible - with its models, mapping, priority and state', () => {
    const { channels } = channelsOf([
      { id: 1, type: 1, name: 'openai', key: 'sk-a', status: 1, models: 'gpt-4o,gpt-4o-mini', priority: 0 },
      {
        ...{
          id: 2,
          type: 8,
          name: 'qwen',
          key: 'sk-b',
          base_url: 'https://x/compatible-mode/v1',
          status: 2,
          models: 'qwen3.5-plus',
        },
        ...{ model_mapping: '{"gpt-4":"qwen3.5-plus"}', priority: 5, weight: 3 },
      },
      { id: 3, type: 50, name: 'qwen', key: 'k1\nk2', base_url: 'http://h', status: 1, models: '' },
    ]);
    expect(channels).toEqual([
      {
        ...{ name: 'openai', type: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-a', enabled: true },
        models: ['gpt-4o', 'gpt-4o-mini'],
      },
      {
        ...{ name: 'qwen', type: 'openai', baseUrl: 'https://x/compatible-mode/v1', apiKey: 'sk-b', enabled: false },
        ...{ models: ['qwen3.5-plus'], modelMapping: { 'gpt-4': 'qwen3.5-plus' }, priority: 5, weight: 3 },
      },
      { name: 'qwen-2', type: 'openai', baseUrl: 'http://h', apiKey: 'k1', enabled: true, models: [] },
    ]);
  });

  it.each([
    ['another kind', { type: 14, key: 'k' }, 'type'],
    ['no address', { type: 8, key: 'k' }, 'base-url'],
    ['no key', { type: 1, key: '' }, 'key'],
  ])('%s - skipped, and told', (_, row, reason) => {
    expect(channelsOf([{ id: 7, ...row }])).toEqual({
      channels: [],
      skipped: [{ what: 'channel', name: 'channel-7', reason }],
    });
  });
});

describe('keysOf()', () => {
  const token = {
    id: 1,
    key: 'abc',
    name: '小明 的 key',
    status: 1,
    expired_time: -1,
    unlimited_quota: 1,
    remain_quota: 0,
  };

  it('a token - by the hash of what its clients send', () => {
    expect(keysOf([token]).keys).toEqual([
      {
        request: { name: 'key', note: 'from One API: 小明 的 key' },
        ...{ sha256: createHash('sha256').update('sk-abc').digest('hex'), prefix: 'sk-abc', disabled: false },
      },
    ]);
  });

  it.each([
    ['an end', { expired_time: 1_800_000_000 }, { request: { expires_at: '2027-01-15T08:00:00.000Z' } }],
    [
      'models and subnets',
      { models: 'a,b', subnet: '10.0.0.0/8' },
      { request: { models: ['a', 'b'], subnets: ['10.0.0.0/8'] } },
    ],
    ['a quota', { unlimited_quota: 0, remain_quota: 500 }, { request: { quota: { tokens: 500, period: 'none' } } }],
    ['nothing left', { unlimited_quota: 0, remain_quota: 0 }, { disabled: true }],
    ['disabled', { status: 2 }, { disabled: true }],
  ])('%s', (_, more, expected) => {
    expect(keysOf([{ ...token, ...more }]).keys[0]).toMatchObject(expected);
  });

  it('what cannot be kept - skipped; the same name twice - two names', () => {
    const { keys, skipped } = keysOf([token, token, { ...token, key: '' }, { ...token, subnet: 'home' }]);
    expect(keys.map(({ request }) => request.name)).toEqual(['key', 'key-2']);
    expect(skipped.map(({ reason }) => reason)).toEqual(['key', 'subnet']);
  });
});
