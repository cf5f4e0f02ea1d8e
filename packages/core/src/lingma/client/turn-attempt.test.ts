import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator } from '../../../../simulator/src/index.js';
import { GatewayError } from '../../chat/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import type { Connector } from '../connection/connector-port.js';
import { FakeClock, settled } from '../dialect/testing/fake-peer.js';
import type { DialectName } from '../protocol/dialect-name.js';
import { answerPrompt, FakeProcess } from '../testing/fake-process.js';
import type { TransportHandlers } from '../transport/transport.js';
import { LingmaClient, type LingmaClientOptions } from './client.js';
import type { LingmaTurn } from './lingma-turn.js';

const clients: LingmaClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

function clientOf(process: FakeProcess, options: LingmaClientOptions = {}): LingmaClient {
  const client = new LingmaClient({ connector: process.connector, cwd: '/', ...options });
  clients.push(client);
  return client;
}

const ask = (client: LingmaClient, turn: Partial<LingmaTurn> = {}, signal?: AbortSignal): Promise<string> =>
  client.complete({ messages: [{ role: 'user', text: 'Hi' }], ...turn }, signal && { signal }).then(
    ({ content }) => content.map((block) => ('text' in block ? block.text : block.type)).join(''),
    (error: GatewayError) => error.code,
  );

describe('model', () => {
  const lists: readonly (readonly [string, JsonValue | Error])[] = [
    ['an empty list', {}],
    ['null', null],
    ['an error', new Error('temporarily')],
    ['an unknown method', new Error('unknown method: config/queryModels')],
  ];
  it.each(lists)('%s - a name is taken at its word', async (_name, list) => {
    const process = new FakeProcess({ 'config/queryModels': () => list });
    expect(await ask(clientOf(process), { model: 'dashscope_qmodel' })).toBe('fine');
    expect(process.paramsOf('session/set_model')).toMatchObject([{ modelId: 'dashscope_qmodel' }]);
    expect(process.paramsOf('session/prompt')[0]?._meta).toMatchObject({ 'ai-coding/model': 'dashscope_qmodel' });
  });

  it('no list - a provider in front of the name is no part of it', async () => {
    const process = new FakeProcess({ 'config/queryModels': () => new Error('unknown method') });
    await ask(clientOf(process), { model: 'lingma/dashscope_qmodel' });
    expect(process.paramsOf('session/set_model')).toMatchObject([{ modelId: 'dashscope_qmodel' }]);
  });

  it.each(['claude-sonnet-5', 'anthropic/claude-opus-5', 'gpt-5', 'o3', 'agent', ''])(
    'no list - "%s" is no key: the configured model answers',
    async (model) => {
      const process = new FakeProcess({ 'config/queryModels': () => new Error('unknown method') });
      await ask(clientOf(process, { model: 'kmodel' }), { model });
      expect(process.paramsOf('session/set_model')).toMatchObject([{ modelId: 'kmodel' }]);
    },
  );

  it('the connection that asks for the list dies - the other turns ask again', async () => {
    let asked = 0;
    const process = new FakeProcess();
    process.answer('config/queryModels', async (_params, link) => {
      if (++asked > 1) return { chat: [{ key: 'kmodel', displayName: 'Kimi' }] };
      await settled();
      link.drop();
      return null;
    });
    const client = clientOf(process);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => ask(client, { model: 'Kimi' })));
    expect(answers).toEqual(Array(5).fill('fine'));
    expect(new Set(process.paramsOf('session/set_model').map(({ modelId }) => modelId))).toEqual(new Set(['kmodel']));
  });
});

describe('lost connections', () => {
  it('all die at once - each turn is repeated on a new connection, not on one that lay idle', async () => {
    const process = new FakeProcess();
    const client = clientOf(process);
    expect(await Promise.all([ask(client), ask(client), ask(client)])).toEqual(['fine', 'fine', 'fine']);
    const old = [...process.links];
    process.answer('session/prompt', (params, link) => {
      if (!old.includes(link)) answerPrompt(params, link, 'again');
      // The others are dead as well, and the client does not know it yet.
      else link.drop();
      return undefined;
    });
    expect(await ask(client)).toBe('again');
  });

  it('the process lives on - the session left behind is deleted on the next connection', async () => {
    const process = new FakeProcess();
    const client = clientOf(process);
    process.answer('session/prompt', (params, link) => {
      if (link.number > 1) answerPrompt(params, link, 'again');
      else link.drop();
      return undefined;
    });
    expect(await ask(client)).toBe('again');
    await client.close();
    const made = process.paramsOf('session/new').map((_params, index) => `session-${index + 1}`);
    expect(made.length).toBeGreaterThan(1);
    expect(process.paramsOf('chat/deleteSessionById').map(({ sessionId }) => sessionId)).toEqual(
      expect.arrayContaining(made),
    );
  });
});

describe('violations of the wire protocol', () => {
  const violations: readonly (readonly [string, (handlers: TransportHandlers) => void, string])[] = [
    [
      'a frame over the limit',
      ({ onBytes }) => onBytes(Buffer.from('Content-Length: 99999999999\r\n\r\n')),
      'Lingma sent a message of 99999999999 bytes; at most 67108864 are taken',
    ],
    [
      'no header',
      ({ onBytes }) => onBytes(Buffer.from('{"jsonrpc":"2.0"}')),
      'Lingma sent a message without a Content-Length header',
    ],
    [
      'one the transport found',
      ({ onClose }) => onClose(new GatewayError('upstream_protocol', 'Lingma broke the WebSocket protocol')),
      'Lingma broke the WebSocket protocol',
    ],
  ];

  function startBroken(dialect: DialectName, violate: (handlers: TransportHandlers) => void, before: JsonObject[]) {
    const process = new FakeProcess();
    let handlers: TransportHandlers | undefined;
    const connector: Connector = async (...args) => {
      const transport = await process.connector(...args);
      const listen = (given: TransportHandlers): void => {
        handlers = given;
        transport.listen(given);
      };
      return { ...transport, listen };
    };
    for (const method of ['session/prompt', 'chat/ask']) {
      process.answer(method, async ({ requestId }, link) => {
        for (const params of before) link.send({ method: 'chat/answer', params: { requestId, ...params } });
        await settled();
        if (handlers !== undefined) violate(handlers);
        return null;
      });
    }
    return { process, client: clientOf(process, { connector, dialect }) };
  }

  const fail = (client: LingmaClient): Promise<GatewayError> =>
    client.complete({ messages: [{ role: 'user', text: 'Hi' }] }).then(
      () => Promise.reject(new Error('no failure')),
      (error) => error,
    );

  const cases = violations.flatMap(([name, violate, message]) =>
    (['acp', 'lsp-chat'] as const).map((dialect) => [name, dialect, violate, message] as const),
  );
  it.each(cases)('%s in %s - is told as such, after one more try', async (_name, dialect, violate, message) => {
    const { process, client } = startBroken(dialect, violate, []);
    expect(await fail(client)).toMatchObject({ code: 'upstream_protocol', message });
    expect(process.paramsOf(dialect === 'acp' ? 'session/prompt' : 'chat/ask')).toHaveLength(2);
  });

  it.each(violations)('%s after some text - is told as such, without another try', async (_name, violate, message) => {
    const { process, client } = startBroken('lsp-chat', violate, [{ text: 'some' }]);
    expect(await fail(client)).toMatchObject({ code: 'upstream_protocol', message });
    expect(process.paramsOf('chat/ask')).toHaveLength(1);
  });
});

describe('a process that serves no dialect', () => {
  const UPDATE =
    'This Lingma serves neither ACP nor chat/ask: update it, or set the dialect if you know which one it speaks';
  const failureOf = (client: LingmaClient): Promise<unknown> =>
    client.complete({ messages: [{ role: 'user', text: 'Hi' }] }).catch((error: unknown) => error);

  it('found out - says so, and what to do', async () => {
    const simulator = createSimulator({ acp: 'absent', lspChat: 'absent' });
    await simulator.start();
    try {
      const client = new LingmaClient({ address: simulator.address.webSocketUrl });
      clients.push(client);
      for (let turn = 0; turn < 2; turn++) {
        expect(await failureOf(client)).toMatchObject({ code: 'upstream_error', message: UPDATE });
      }
      await client.close();
    } finally {
      await simulator.stop();
    }
  });

  it('found out by words alone', async () => {
    const unknown = (method: string) => () => new Error(`unknown method: ${method}`);
    const process = new FakeProcess({ 'session/new': unknown('session/new'), 'chat/ask': unknown('chat/ask') });
    expect(await failureOf(clientOf(process))).toMatchObject({ message: UPDATE });
    process.answer('chat/ask', () => new Error('the model does not exist'));
    expect(await failureOf(clientOf(process))).toMatchObject({ message: 'Lingma reported an error (-32603)' });
  });

  it.each([
    ['acp', 'This Lingma does not serve ACP: set the dialect to lsp-chat or auto, or update it'],
    ['lsp-chat', 'This Lingma does not serve chat/ask: set the dialect to acp or auto, or update it'],
  ] as const)('%s is set - names the others', async (dialect, message) => {
    const unknown = () => new Error('method not found');
    const process = new FakeProcess({ 'session/new': unknown, 'chat/ask': unknown });
    expect(await failureOf(clientOf(process, { dialect }))).toMatchObject({ code: 'upstream_error', message });
  });
});

describe('setup', () => {
  it('a connection that keeps silent - fails its turn and no other; late sessions are deleted', async () => {
    const clock = new FakeClock();
    const process = new FakeProcess();
    const client = clientOf(process, { clock, dialect: 'acp', deadlines: { setupMs: 1000 } });
    expect(await ask(client)).toBe('fine');
    let name: (session: JsonValue) => void = () => undefined;
    process.answer('session/new', () => new Promise((resolve) => (name = resolve)));
    process.answer('auth/status', (_params, link) => (link.number === 1 ? undefined : { status: 2 }));
    const silent = ask(client);
    await settled();
    await clock.advance(1000);
    process.answer('session/new', () => ({ sessionId: 'other' }));
    expect(await ask(client)).toBe('fine');
    name({ sessionId: 'late' });
    await clock.advance(2000);
    expect(await silent).toBe('upstream_timeout');
    expect(process.paramsOf('chat/deleteSessionById').at(-1)).toEqual({ sessionId: 'late' });
    // Why it failed is asked for once, after the question at the start.
    expect(process.calls.filter(({ method, link }) => method === 'auth/status' && link.number === 1)).toHaveLength(2);
    await clock.advance(60_000);
  });

  it.each([
    ['that let the set-up run out - nobody gets it again', false],
    ['whose caller left during the set-up - is as good as before', true],
  ])('a connection %s', async (_name, leaves) => {
    const clock = new FakeClock();
    const process = new FakeProcess();
    const client = clientOf(process, { clock, dialect: 'acp', deadlines: { setupMs: 1000 } });
    expect(await ask(client)).toBe('fine');
    process.answer('session/new', () => new Promise(() => undefined));
    const caller = new AbortController();
    const lost = ask(client, {}, caller.signal);
    await settled();
    if (leaves) caller.abort(new GatewayError('client_closed', 'gone'));
    await clock.advance(1000);
    expect(await lost).toBe(leaves ? 'client_closed' : 'upstream_timeout');
    process.answer('session/new', () => ({ sessionId: 'next' }));
    expect(await ask(client)).toBe('fine');
    const prompts = process.calls.filter(({ method }) => method === 'session/prompt');
    expect(prompts.map(({ link }) => link.number)).toEqual(leaves ? [1, 1] : [1, 2]);
    await clock.advance(60_000);
  });

  it('session/new under way when the client closes - its session is waited for and deleted', async () => {
    const process = new FakeProcess();
    const client = clientOf(process, { dialect: 'acp' });
    let name: (session: JsonValue) => void = () => undefined;
    process.answer('session/new', () => new Promise((resolve) => (name = resolve)));
    const answer = ask(client);
    while (process.paramsOf('session/new').length === 0) await settled();
    const closing = client.close();
    expect(await answer).toBe('shutting_down');
    name({ sessionId: 'late' });
    await closing;
    expect(process.paramsOf('chat/deleteSessionById')).toEqual([{ sessionId: 'late' }]);
  });
});

describe('close()', () => {
  it('called twice - both wait for the end', async () => {
    const process = new FakeProcess();
    const client = clientOf(process);
    await ask(client);
    const first = client.close();
    expect(client.close()).toBe(first);
    await first;
    expect(process.links.size).toBe(0);
  });
});

describe('signal', () => {
  it('shared by many turns - no warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    globalThis.process.on('warning', onWarning);
    const client = clientOf(new FakeProcess());
    const { signal } = new AbortController();
    const turns = Array.from({ length: 30 }, () => ask(client, {}, signal));
    const lists = Array.from({ length: 30 }, () => client.listModels({ signal }));
    expect(new Set(await Promise.all(turns))).toEqual(new Set(['fine']));
    await Promise.all(lists);
    await settled();
    globalThis.process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});
