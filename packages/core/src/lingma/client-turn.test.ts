import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayError } from '../chat/index.js';
import type { JsonValue } from '../util/index.js';
import { LingmaClient, type LingmaClientOptions } from './client.js';
import type { LingmaTurn } from './dialect/dialect.js';
import { FakeClock, settled } from './dialect/testing/fake-peer.js';
import { answerPrompt, FakeProcess } from './testing/fake-process.js';

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

  it.each(['claude-sonnet-5', 'gpt-5', 'o3', 'agent', ''])(
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
