/** Whatever takes options refuses those that are none, and names the one that was probably meant. */
import * as core from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import * as wire from '@lingma-gateway/core/wire';
import { describe, expect, it } from 'vitest';
import { ScriptedChannel } from '../contract/scripted-channel.js';

const channel = new ScriptedChannel();
const client = new core.LingmaClient();
const { config } = loadConfig({ env: {}, args: [] } as never);
const never = (): never => undefined as never;
const process = { name: 'a', workDir: '/nowhere', binary: { locate: never }, env: {} };
const agent = { name: 'a', command: 'x', stateDir: '/nowhere', env: {} };
const result = { content: [], finishReason: 'stop', usage: {} };

/** Each with options that are fine, to which a slip is added. */
const OWNERS: readonly (readonly [name: string, make: (slip: object) => unknown, slip: object, meant: string])[] = [
  ['createGateway()', (slip) => core.createGateway({ channel, ...slip }), { clientKey: ['a'] }, 'clientKeys'],
  ['createGateway()', (slip) => core.createGateway({ channel, ...slip }), { maxInflight: 3 }, 'maxInFlight'],
  [
    'createGateway()',
    (slip) => core.createGateway({ channel, ...slip }),
    { streaming: { keepaliveMs: 1 } },
    'keepAliveMs',
  ],
  ['createGateway()', (slip) => core.createGateway({ channel, ...slip }), { cors: { origin: [] } }, 'origins'],
  [
    'createGateway()',
    (slip) => core.createGateway({ channel, namedKeys: [{ name: 'a', key: 'b', ...slip }] }),
    { limit: {} },
    'limits',
  ],
  ['createGateway()', (slip) => core.createGateway({ channel, hooks: slip }), { onevent: never }, 'onEvent'],
  [
    'gateway.reconfigure()',
    (slip) => core.createGateway({ channel }).reconfigure({ channel, ...slip }),
    { clientkeys: [] },
    'clientKeys',
  ],
  ['composeGateway()', (slip) => core.composeGateway(config, slip), { loger: {} }, 'logger'],
  [
    'createLingmaChannel()',
    (slip) => core.createLingmaChannel({ client, ...slip }),
    { conversation: {} },
    'conversations',
  ],
  ['createLingmaChannel()', (slip) => core.createLingmaChannel({ client, models: slip }), { alias: {} }, 'aliases'],
  ['LingmaClient', (slip) => new core.LingmaClient(slip), { adress: 'ws://x' }, 'address'],
  ['LingmaClient', (slip) => new core.LingmaClient({ deadlines: slip }), { idelMs: 1 }, 'idleMs'],
  ['LingmaPool', (slip) => new core.LingmaPool({ instances: [], ...slip }), { maxWait: 1 }, 'maxWaiting'],
  ['LingmaPool', (slip) => new core.LingmaPool({ instances: [slip] }), { wieght: 1 }, 'weight'],
  ['LingmaPool', (slip) => new core.LingmaPool({ instances: [{ client: slip }] }), { dialekt: 'acp' }, 'dialect'],
  ['ManagedProcess', (slip) => new core.ManagedProcess({ ...process, ...slip }), { startUpMs: 1 }, 'startupMs'],
  ['AgentProcess', (slip) => new core.AgentProcess({ ...agent, ...slip }), { arg: [] }, 'args'],
  ['Supervisor', (slip) => new core.Supervisor({ client, ...slip }), { proces: {} }, 'process'],
  ['ConversationCache', (slip) => new core.ConversationCache(slip), { maxEntrys: 1 }, 'maxEntries'],
  ['createMemoryResponseStore()', (slip) => wire.createMemoryResponseStore(slip), { ttl: 1 }, 'ttlMs'],
  ['encodeResult()', (slip) => wire.encodeResult('openai-chat', result as never, slip), { modle: 'x' }, 'model'],
  ['encodeEvents()', (slip) => wire.encodeEvents('openai-chat', [], slip), { includeusage: true }, 'includeUsage'],
  ['encodeStream()', (slip) => wire.encodeStream('openai-chat', [], slip), { streams: true }, 'stream'],
];

describe('a misspelt option', () => {
  it.each(OWNERS)('%s - is refused with the right name', (name, make, slip, meant) => {
    expect(() => make({})).not.toThrow();
    expect(() => make(slip)).toThrow(TypeError);
    expect(() => make(slip)).toThrow(`${name} has no option`);
    expect(() => make(slip)).toThrow(`did you mean "${meant}"?`);
  });
});

it.each<[string, () => unknown, string]>([
  ['no channel', () => core.createGateway({} as never), 'createGateway() needs the option "channel"'],
  [
    'a channel that is none',
    () => core.createGateway({ channel: {} as never }),
    '"channel" has no listModels, streamChat',
  ],
  ['a key that is no text', () => core.createGateway({ channel, clientKeys: [1 as never] }), '"clientKeys[0]" must be'],
  [
    'a pool without instances',
    () => new core.LingmaPool(undefined as never),
    'LingmaPool takes its options as an object',
  ],
  ['a config that was not loaded', () => core.composeGateway({} as never), 'takes the config of loadConfig()'],
  ['a protocol', () => wire.parseRequest('openai-chta' as never, {}), 'did you mean "openai-chat"?'],
  [
    'a protocol that is none',
    () => wire.encodeError({} as never, new Error('x')),
    'there are openai-chat, openai-responses',
  ],
  [
    'a protocol of one’s own without a path',
    () => core.createGateway({ channel, protocols: [{ ...wire.openaiChat, name: 'mine' }] }),
    'the protocol "mine" needs a "path"',
  ],
])('%s - is told of at once', (_, make, message) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

it('gateway.close() - refuses an option that is none, and the gateway stays open', async () => {
  const gateway = core.createGateway({ channel });
  await expect(gateway.close({ grace: 5 } as never)).rejects.toThrow('did you mean "graceMs"?');
  expect(gateway.status().state).toBe('open');
});
