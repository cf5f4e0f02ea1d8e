import { describe, expect, it } from 'vitest';
import {
  type CallContext,
  type ChatEvent,
  type ChatEventStream,
  type ChatRequest,
  collectResult,
  GatewayError,
  leftOutWarning,
  type ModelInfo,
  toEventStream,
} from '../chat/index.js';
import type { LingmaTurn } from '../lingma/index.js';
import { LingmaPool } from '../pool/index.js';
import { FakeInstance } from '../pool/testing/fake-instance.js';
import { silentLogger } from '../util/index.js';
import { createLingmaChannel, type LingmaChannelOptions } from './lingma-channel.js';
import { aRequest as request } from './testing/a-request.js';

const MODEL: ModelInfo = {
  id: 'org_auto',
  upstreamId: 'org_auto',
  displayName: 'Auto',
  isDefault: true,
  supportsReasoning: false,
  supportsImages: true,
};
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const context = (): CallContext => ({
  requestId: 'r',
  signal: new AbortController().signal,
  logger: silentLogger,
});

function answer(text: string): ChatEvent[] {
  return [
    { type: 'response-start', responseId: 'r', model: 'org_auto', createdAt: 0, inputTokens: 5, warnings: [] },
    { type: 'text-start', id: 't' },
    ...[...text].map((delta): ChatEvent => ({ type: 'text-delta', id: 't', delta })),
    { type: 'text-end', id: 't' },
    { type: 'response-end', finishReason: 'stop', usage: { inputTokens: 5, outputTokens: 9, origin: 'reported' } },
  ];
}

function setUp(
  events: readonly ChatEvent[] = answer('one two three four'),
  options: Partial<LingmaChannelOptions> = {},
) {
  const turns: LingmaTurn[] = [];
  const closed: number[] = [];
  const channel = createLingmaChannel({
    client: {
      listModels: async () => [MODEL],
      streamTurn(turn) {
        const index = turns.push(turn) - 1;
        const stream = toEventStream(events);
        return {
          ...stream,
          close: async () => {
            closed.push(index);
            await stream.close();
          },
        };
      },
      status: () => ({
        state: 'ready',
        address: '/home/somebody/.lingma/socket',
        server: { name: 'lingma', version: '2.11.2' },
        dialect: 'acp',
        loggedIn: true,
        connections: { open: 2, busy: 1, waiting: 0 },
      }),
    },
    ...options,
  });
  return { channel, turns, closed };
}

describe('createLingmaChannel', () => {
  it('streamChat() - starts nothing before the first read', async () => {
    const { channel, turns } = setUp();
    const stream = channel.streamChat(request(), context());
    await Promise.resolve();
    expect(turns).toHaveLength(0);
    await stream.read();
    expect(turns).toHaveLength(1);
  });

  it('close() before the first read - starts nothing later', async () => {
    const { channel, turns } = setUp();
    const stream = channel.streamChat(request(), context());
    await stream.close();
    expect(await stream.read()).toBeUndefined();
    expect(turns).toHaveLength(0);
  });

  it('close() while the turn is prepared - leaves no turn running', async () => {
    const { channel, turns, closed } = setUp();
    const stream = channel.streamChat(request({ sampling: { maxOutputTokens: 5 } }), context());
    const reading = stream.read();
    await stream.close();
    await reading;
    expect(closed).toHaveLength(turns.length);
  });

  it('answer - is that of Lingma, word for word', async () => {
    const { channel } = setUp();
    const result = await collectResult(channel.streamChat(request(), context()));
    expect(result).toMatchObject({
      content: [{ type: 'text', text: 'one two three four' }],
      finishReason: 'stop',
      usage: { origin: 'reported' },
      warnings: [],
    });
  });

  it('maxOutputTokens - cuts the text and closes the turn', async () => {
    const { channel, closed } = setUp(answer('one two three four'), { tokenCounter: 'vocabulary' });
    const result = await collectResult(channel.streamChat(request({ sampling: { maxOutputTokens: 2 } }), context()));
    expect(result).toMatchObject({ content: [{ type: 'text', text: 'one two' }], finishReason: 'length' });
    expect(result.usage).toEqual({ inputTokens: 5, outputTokens: 2, origin: 'estimated' });
    expect(closed.length).toBeGreaterThan(0);
  });

  it('no output wanted - is answered at the limit, with the prompt counted and without a turn', async () => {
    const { channel, turns } = setUp();
    const result = await collectResult(channel.streamChat(request({ sampling: { maxOutputTokens: 0 } }), context()));
    expect(result).toMatchObject({
      content: [],
      finishReason: 'length',
      usage: { outputTokens: 0, origin: 'estimated' },
    });
    expect(result.usage.inputTokens).toBeGreaterThan(0);
    expect(turns).toHaveLength(0);
  });

  it('stop sequences - cut the text, also together with a limit', async () => {
    const { channel } = setUp();
    for (const sampling of [{ stopSequences: [' three'] }, { stopSequences: [' three'], maxOutputTokens: 100 }]) {
      const result = await collectResult(channel.streamChat(request({ sampling }), context()));
      expect(result).toMatchObject({
        content: [{ type: 'text', text: 'one two' }],
        finishReason: 'stop',
        stopSequence: ' three',
      });
    }
  });

  it('an upstream that breaks the grammar - is an upstream_protocol error', async () => {
    const [start, ...rest] = answer('x');
    const { channel } = setUp([start as ChatEvent, ...rest.slice(1)]);
    await expect(collectResult(channel.streamChat(request(), context()))).rejects.toMatchObject({
      code: 'upstream_protocol',
    });
  });

  it('aliases - reach Lingma as what they stand for, unknown names as they are', async () => {
    const { channel, turns } = setUp([], { models: { aliases: { 'GPT-4o': 'org_auto' } } });
    for (const model of ['gpt-4o', 'claude-9', '']) {
      await channel.streamChat(request({ model }), context()).read();
    }
    expect(turns.map(({ model }) => model)).toEqual(['org_auto', 'claude-9', undefined]);
  });

  it('model fallback - is told of unknown names, not of those that clients have built in', async () => {
    const { channel, turns } = setUp([], { models: { defaultModel: 'org_auto' } });
    for (const model of ['qwen9', 'claude-opus-5-5']) await channel.streamChat(request({ model }), context()).read();
    expect(turns.map(({ chooseModel }) => chooseModel?.([MODEL]))).toEqual([
      { model: MODEL, upstreamId: 'org_auto', isFallback: true },
      { model: MODEL, upstreamId: 'org_auto', isFallback: false },
    ]);
  });

  it('system prompts and earlier turns - reach Lingma once each, in order', async () => {
    const { channel, turns } = setUp();
    const messages: ChatRequest['messages'] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hidden' },
          { type: 'text', text: 'Hello' },
        ],
      },
      { role: 'system', content: 'Now in Chinese.' },
      { role: 'user', content: [{ type: 'text', text: 'Again' }] },
    ];
    await channel.streamChat(request({ messages }), context()).read();
    const [turn] = turns;
    expect(turn?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'system', 'user']);
    const all = turn?.messages.map(({ text }) => text).join('\n') ?? '';
    for (const text of ['Be brief.', 'Hello', 'Now in Chinese.', 'Again']) expect(all.split(text)).toHaveLength(2);
    expect(all).not.toContain('hidden');
  });

  it('pictures - go along as bytes, with a mark in the text; unusable ones are told', async () => {
    const { channel, turns } = setUp();
    const picture = (data: string): ChatRequest['messages'] => [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } },
        ],
      },
    ];
    await channel.streamChat(request({ messages: picture(PIXEL) }), context()).read();
    expect(turns[0]?.images).toEqual([{ mediaType: 'image/png', data: PIXEL }]);
    expect(turns[0]?.messages.at(-1)?.text).toContain('[image]');
    const broken = await collectResult(channel.streamChat(request({ messages: picture('AAAA') }), context()));
    expect(broken.warnings).toMatchObject([{ type: 'unsupported-content', subject: 'image' }]);
    const strict = setUp([], { images: { onFailure: 'error' } }).channel;
    await expect(strict.streamChat(request({ messages: picture('AAAA') }), context()).read()).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('a picture that Lingma does not show the model - a warning, or an error if the operator wants', async () => {
    const warning = leftOutWarning('image', 'No eyes');
    const [start, ...rest] = answer('I see nothing');
    const events = [{ ...(start as Extract<ChatEvent, { type: 'response-start' }>), warnings: [warning] }, ...rest];
    const told = await collectResult(setUp(events).channel.streamChat(request(), context()));
    expect(told.warnings).toEqual([warning]);
    const strict = setUp(events, { images: { onFailure: 'error' } });
    await expect(collectResult(strict.channel.streamChat(request(), context()))).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'No eyes',
    });
    expect(strict.closed).toContain(0);
  });

  it.each([
    ['an unknown type', { type: 'objekt' }],
    ['a reference to nothing', { $ref: '#/$defs/none' }],
  ])('a schema with %s - refused where it counts, told where it does not', async (_name, schema) => {
    const ask = (strict: boolean) => {
      const { channel, turns } = setUp(answer('{"a":1}'));
      const stream = channel.streamChat(
        request({ responseFormat: { type: 'json-schema', schema, strict } }),
        context(),
      );
      return { turns, answered: collectResult(stream) };
    };
    const counted = ask(true);
    await expect(counted.answered).rejects.toMatchObject({ code: 'invalid_request' });
    expect(counted.turns).toHaveLength(0);
    expect((await ask(false).answered).warnings).toMatchObject([{ subject: 'schema' }]);
  });

  it('an abort while pictures are fetched - the reason of the signal', async () => {
    const gone = new GatewayError('client_closed', 'gone');
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: [{ type: 'image', source: { kind: 'url', url: 'https://example.org/x.png' } }] },
    ];
    const { channel, turns } = setUp([], {
      images: { remote: { resolve: () => new Promise(() => undefined), isAllowed: () => true } },
    });
    const client = new AbortController();
    const reading = channel.streamChat(request({ messages }), { ...context(), signal: client.signal }).read();
    client.abort(gone);
    await expect(reading).rejects.toBe(gone);
    expect(turns).toHaveLength(0);
  });

  it('status() - holds no address', () => {
    const status = setUp().channel.status?.();
    expect(status).toMatchObject({ state: 'ready', server: 'lingma 2.11.2', dialect: 'acp', loggedIn: true });
    expect(JSON.stringify(status)).not.toContain('somebody');
  });

  it('listModels() - adds the names that are not Lingma’s own', async () => {
    const models = await setUp().channel.listModels(context());
    expect(models.map(({ id }) => id)).toContain('lingma-agent');
    expect(models.filter(({ aliasOf }) => aliasOf === 'org_auto').length).toBeGreaterThan(0);
  });
});

describe('createLingmaChannel over a pool', () => {
  const aPool = (...instances: FakeInstance[]) => {
    const pool = new LingmaPool({ instances: instances.map(({ name, create }) => ({ name, create })) });
    return { pool, channel: createLingmaChannel({ client: pool }) };
  };
  const said = async (stream: ChatEventStream): Promise<string> =>
    (await collectResult(stream)).content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const fakes = () => ['a', 'b', 'c'].map((name) => new FakeInstance(name));

  it('a turn that fails on one instance - is answered by another, and the caller sees nothing of it', async () => {
    const [broken, other] = [new FakeInstance('broken'), new FakeInstance('other')];
    broken.answer = () => ({ error: new GatewayError('upstream_error', 'broken') });
    const { channel } = aPool(broken, other);
    expect(await said(channel.streamChat(request(), context()))).toBe('other');
    for (const instance of [broken, other]) {
      instance.answer = () => ({ text: 'some', error: new GatewayError('upstream_error', 'broken') });
    }
    await expect(said(channel.streamChat(request(), context()))).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('requests of one key - stay together; without one they spread, whoever’s system prompt they begin with', async () => {
    const instances = fakes();
    for (const instance of instances) instance.answer = undefined;
    const { channel } = aPool(...instances);
    const system = { role: 'system', content: 'You are an agent. Today is 2026-11-27.' } as const;
    const messages = [system, { role: 'user', content: [{ type: 'text', text: 'hi' }] }] as const;
    const begin = (more: Partial<CallContext> = {}, conversation = {}): void =>
      void channel.streamChat(request({ messages, conversation }), { ...context(), ...more }).read();
    const counts = async (): Promise<number[]> => {
      await new Promise((resolve) => setImmediate(resolve));
      return instances.map(({ turns }) => turns.splice(0).length).sort((one, other) => one - other);
    };
    for (let turn = 0; turn < 30; turn++) begin();
    const [least = 0, , most = 0] = await counts();
    expect([least >= 9, most <= 11]).toEqual([true, true]);
    for (let turn = 0; turn < 9; turn++) begin({ affinityKey: 'session-1' });
    expect(await counts()).toEqual([0, 0, 9]);
    for (let turn = 0; turn < 9; turn++) begin({}, { affinityKey: 'cache-1' });
    expect(await counts()).toEqual([0, 0, 9]);
  });

  it('status() - tells of each, no server’s address and no account', () => {
    const [a, b] = [new FakeInstance('a', 'failed'), new FakeInstance('b')];
    const { channel } = aPool(a, b);
    expect(channel.status?.()).toEqual({
      ...{ state: 'ready', server: 'lingma 2.11.2', dialect: 'acp', loggedIn: true, size: 2, ready: 1 },
      instances: [
        { name: 'a', idx: 0, state: 'failed', ready: false, loggedIn: true, inFlight: 0 },
        { name: 'b', idx: 1, state: 'ready', ready: true, loggedIn: true, inFlight: 0 },
      ],
    });
    b.become('reconnecting');
    expect(channel.status?.().state).toBe('reconnecting');
    expect(aPool().channel.status?.()).toEqual({ state: 'stopped', size: 0, ready: 0, instances: [] });
  });

  it('listModels() - of the pool', async () => {
    const { channel } = aPool(...fakes());
    expect((await channel.listModels(context())).map(({ id }) => id)).toContain('a');
  });
});
