/** Calls of any method, over a process in memory; and turns that are none. */
import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayError } from '../../chat/index.js';
import type { Logger } from '../../util/index.js';
import { type FakeAnswer, FakeProcess } from '../testing/fake-process.js';
import { LingmaClient } from './client.js';
import type { LingmaTurn } from './lingma-turn.js';

const opened: LingmaClient[] = [];
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
});

function setUp(answers: Readonly<Record<string, FakeAnswer>> = {}) {
  const process = new FakeProcess(answers);
  const log: string[] = [];
  const write = (message: string, fields?: object): void => void log.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const client = new LingmaClient({ connector: process.connector, logger });
  opened.push(client);
  return { process, client, log };
}

const failure = (promise: Promise<unknown>): Promise<GatewayError> =>
  promise.then(
    () => expect.unreachable('it succeeded'),
    (error) => error,
  );

describe('LingmaClient.request()', () => {
  it('an answer - is handed on as it is', async () => {
    const { client, process } = setUp({ 'config/getEndpoint': ({ kind }) => ({ endpoint: 'https://e', kind }) });
    expect(await client.request('config/getEndpoint', { kind: 'a' })).toEqual({ endpoint: 'https://e', kind: 'a' });
    expect(process.paramsOf('config/getEndpoint')).toEqual([{ kind: 'a' }]);
  });

  it('no params - are an empty object; no result is null', async () => {
    const { client, process } = setUp({ 'plugin/list': () => null });
    expect(await client.request('plugin/list')).toBeNull();
    expect(process.paramsOf('plugin/list')).toEqual([{}]);
  });

  it('the log - has the method, and nothing that gives access', async () => {
    const { client, log } = setUp({ 'auth/login': () => new Error('token=sk-abcdef0123456789abcdef refused') });
    const params = { password: 'hunter2', nested: { accessToken: 'tok-12345678' }, name: 'ann' };
    const error = await failure(client.request('auth/login', params));
    expect(log.join('\n')).toContain('auth/login');
    expect(log.join('\n')).toContain('ann');
    for (const text of [log.join('\n'), `${error.message} ${String(error.cause)}`]) {
      expect(text).not.toMatch(/hunter2|tok-12345678|abcdef0123456789/);
    }
  });

  it('a refusal - is a GatewayError whose cause has the words of the process', async () => {
    const { client } = setUp({ 'doc/index': () => new Error('index is broken') });
    const error = await failure(client.request('doc/index'));
    expect([error.code, String(error.cause)]).toEqual(['upstream_error', expect.stringContaining('index is broken')]);
  });

  it('a method that the process has not - is told as such', async () => {
    const { client } = setUp({ 'no/such': () => new Error('Method not found: no/such') });
    expect(await failure(client.request('no/such'))).toMatchObject({
      code: 'unsupported_feature',
      message: 'This Lingma has no method no/such',
    });
  });

  it('a signal - gives the call up at once, and the connection serves the next one', async () => {
    const { client, process } = setUp({ slow: () => undefined, quick: () => 1 });
    const controller = new AbortController();
    const call = failure(client.request('slow', {}, { signal: controller.signal }));
    await expect.poll(() => process.paramsOf('slow').length).toBe(1);
    controller.abort(new Error('enough'));
    expect((await call).code).toBe('client_closed');
    expect(await client.request('quick')).toBe(1);
    expect(process.links.size).toBe(1);
    expect((await failure(client.request('quick', {}, { signal: controller.signal }))).code).toBe('client_closed');
    expect(process.paramsOf('quick')).toHaveLength(1);
  });

  it('a time limit - is the caller’s', async () => {
    const { client } = setUp({ slow: () => undefined });
    expect((await failure(client.request('slow', {}, { timeoutMs: 1 }))).code).toBe('upstream_timeout');
  });

  it.each<[string, unknown, unknown, unknown, string]>([
    ['no method', '', {}, {}, 'takes the name of a method'],
    ['a method of the connection’s', 'initialize', {}, {}, '"initialize" is for the client to send'],
    ['params that are a list', 'a', [], {}, 'the params of a must be an object'],
    ['a misspelt option', 'a', {}, { timeout: 1 }, 'did you mean "timeoutMs"?'],
  ])('%s - is a TypeError, and nothing is sent', async (_, method, params, options, message) => {
    const { client, process } = setUp();
    const error = await failure(client.request(method as string, params as object as never, options as object));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(message);
    expect(process.calls).toEqual([]);
  });

  it('await using - closes the client', async () => {
    const { client } = setUp({ quick: () => 1 });
    {
      await using used = client;
      await used.request('quick');
    }
    expect((await failure(client.request('quick'))).code).toBe('shutting_down');
  });
});

describe('a turn that is none', () => {
  it.each<[unknown, string]>([
    [undefined, 'takes a turn: { messages:'],
    [{}, '"messages" must be a list of { role, text }'],
    [{ messages: 'hi' }, '"messages" must be a list of { role, text }'],
    [{ messages: [{ role: 'user', content: 'hi' }] }, '"messages[0]" has no member "content"; did you mean "text"?'],
    [{ messages: [{ role: 'user', text: [{ type: 'text' }] }] }, '"messages[0].text" must be a string'],
    [{ messages: [{ role: 'tool', text: 'x' }] }, '"messages[0].role" must be one of system, user, assistant'],
    [{ messages: ['hi'] }, '"messages[0]" must be { role, text }'],
    [{ messages: [], modle: 'x' }, 'has no option "modle"; did you mean "model"?'],
    [{ messages: [], mode: 'ask' }, '"mode" must be one of chat, agent'],
  ])('%j - blames the caller, and nobody else is asked', async (turn, message) => {
    const { client, process } = setUp();
    const error = await failure(client.complete(turn as LingmaTurn));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(`LingmaClient.complete()`);
    expect(error.message).toContain(message);
    expect(() => client.streamTurn(turn as LingmaTurn)).toThrow(TypeError);
    expect(process.calls).toEqual([]);
  });
});
