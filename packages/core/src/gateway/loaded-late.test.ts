/** Requests that come before what they need is loaded. Each file of tests has modules of its own, so that nothing is here at first. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLingmaChannel } from '../channel/index.js';
import { emulation } from '../channel/load-emulation.js';
import { type ChatEvent, GatewayError, toEventStream } from '../chat/index.js';
import type { ProtocolName } from '../wire/index.js';
import { completionExchange, lateProtocols, responsesExchange } from '../wire/light.js';
import { createGateway } from './gateway.js';
import { preloadGateway } from './preload.js';

const EVENTS: readonly ChatEvent[] = [
  { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, inputTokens: 5, warnings: [] },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'ok' },
  { type: 'text-end', id: 't' },
  { type: 'response-end', finishReason: 'stop', usage: { inputTokens: 5, outputTokens: 9, origin: 'reported' } },
];
const channel = createLingmaChannel({
  client: { listModels: async () => [], streamTurn: () => toEventStream(EVENTS) },
});
const { fetch } = createGateway({ channel });

const messages = [{ role: 'user', content: 'Hi' }];
const ask = (path: string, body: object): Promise<Response> =>
  fetch(new Request(`http://localhost${path}`, { method: 'POST', body: JSON.stringify({ model: 'm', ...body }) }));
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
const askWith = (more: object): Promise<Response> => ask('/v1/chat/completions', { messages, ...more });

const OUT_OF_FILES = new GatewayError('not_ready', 'The gateway is short of resources; try again later');

afterEach(() => void vi.restoreAllMocks());

describe('a protocol that is not loaded yet', () => {
  it.each<readonly [ProtocolName, string, object, number, object]>([
    ['openai-chat', '/v1/chat/completions', { messages }, 503, { error: { type: 'server_error' } }],
    ['anthropic-messages', '/v1/messages', { messages, max_tokens: 9 }, 529, { type: 'error' }],
  ])('%s - a failure is that request’s, in its own envelope; the next ones share one load', async (...given) => {
    const [name, path, body, status, envelope] = given;
    const { translator } = lateProtocols[name];
    expect(translator.loaded).toBeUndefined();
    const load = vi.spyOn(translator, 'load').mockRejectedValueOnce(OUT_OF_FILES);
    const refused = await ask(path, body);
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject(envelope);
    const answers = await Promise.all([ask(path, body), ask(path, body), ask(path, body)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const calls = load.mock.calls.length;
    expect(translator.loaded?.name).toBe(name);
    expect((await ask(path, body)).status).toBe(200);
    expect(load).toHaveBeenCalledTimes(calls);
  });

  it('stored responses and completions - likewise', async () => {
    vi.spyOn(responsesExchange, 'load').mockRejectedValueOnce(OUT_OF_FILES);
    vi.spyOn(completionExchange, 'load').mockRejectedValueOnce(OUT_OF_FILES);
    for (const status of [503, 200]) {
      expect((await ask('/v1/responses', { input: 'Hi' })).status).toBe(status);
      expect((await ask('/v1/completions', { prompt: 'Hi' })).status).toBe(status);
    }
  });
});

describe('what tools and formats take', () => {
  it('plain requests - need none of it; the first with tools waits for it, and its failure is its own', async () => {
    const load = vi.spyOn(emulation, 'load').mockRejectedValueOnce(OUT_OF_FILES);
    expect((await askWith({ max_tokens: 9, stop: ['x'] })).status).toBe(200);
    expect(load).not.toHaveBeenCalled();
    expect((await askWith({ tools })).status).toBe(503);
    expect((await askWith({ tools, stream: true })).status).toBe(200);
    expect(load).toHaveBeenCalledTimes(2);
    expect(emulation.loaded).toBeDefined();
  });
});

describe('preloadGateway()', () => {
  it('afterwards - no request waits for a module', async () => {
    await preloadGateway();
    const late = [...Object.values(lateProtocols).map(({ translator }) => translator), emulation];
    const loads = [...late, responsesExchange, completionExchange].map((each) => vi.spyOn(each, 'load'));
    const format = { response_format: { type: 'json_object' } };
    const asked = [
      askWith({ tools }),
      askWith(format),
      ask('/v1/messages', { messages, max_tokens: 9 }),
      ask('/v1/messages/count_tokens', { messages }),
      ask('/v1/responses', { input: 'Hi' }),
      ask('/v1/completions', { prompt: 'Hi' }),
    ];
    for (const answer of await Promise.all(asked)) expect([200, 502]).toContain(answer.status);
    for (const load of loads) expect(load).not.toHaveBeenCalled();
  });
});
