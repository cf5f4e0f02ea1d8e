import { describe, expect, it } from 'vitest';
import { createKeyCheck, type KeyRules, type KeyUse } from './key-rules.js';

const use = (more: Partial<KeyUse> = {}): KeyUse => ({
  ...{ route: 'openai-chat', remoteAddress: '10.1.2.3', now: 1_000 },
  ...more,
});

describe('createKeyCheck()', () => {
  it('nothing is ruled - nothing is checked', () => expect(createKeyCheck({})).toBeUndefined());

  it.each<[string, KeyRules, Partial<KeyUse>, string | undefined]>([
    ['before its end', { expiresAt: 1_001 }, {}, undefined],
    ['at its end', { expiresAt: 1_000 }, {}, 'unauthenticated'],
    ['in a range', { subnets: ['192.168.0.0/16', '10.0.0.0/8'] }, {}, undefined],
    ['at an address', { subnets: ['10.1.2.3'] }, {}, undefined],
    ['IPv4 by an IPv6 socket', { subnets: ['10.0.0.0/8'] }, { remoteAddress: '::ffff:10.1.2.3' }, undefined],
    ['IPv4 in a range of IPv6 that holds it', { subnets: ['::ffff:10.0.0.0/104'] }, {}, undefined],
    ['IPv6 in a range', { subnets: ['fd00::/8'] }, { remoteAddress: 'fd12::1' }, undefined],
    ['elsewhere', { subnets: ['10.2.0.0/16'] }, {}, 'permission_denied'],
    ['IPv6 where IPv4 is allowed', { subnets: ['0.0.0.0/0'] }, { remoteAddress: 'fd12::1' }, 'permission_denied'],
    ['nobody knows where', { subnets: ['0.0.0.0/0'] }, { remoteAddress: undefined }, 'permission_denied'],
    ['for what it is', { endpoints: ['chat'] }, {}, undefined],
    ['Messages are chats', { endpoints: ['chat'] }, { route: 'anthropic-messages' }, undefined],
    ['for something else', { endpoints: ['embeddings'] }, {}, 'permission_denied'],
    ['for what every key may', { endpoints: ['embeddings'] }, { route: 'models' }, undefined],
  ])('%s', (_, rules, more, code) => {
    const check = createKeyCheck(rules);
    if (code === undefined) check?.(use(more));
    else expect(() => check?.(use(more))).toThrow(expect.objectContaining({ code }));
  });

  it('a subnet that is none - refused when it is set', () => {
    for (const subnets of [['10.0.0.0/33'], ['somewhere'], ['']])
      expect(() => createKeyCheck({ subnets })).toThrow(TypeError);
  });
});
