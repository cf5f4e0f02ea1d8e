import { describe, expect, it } from 'vitest';
import { ask, newSession, sim, updateOf, type WireMessage } from './testing/raw-client.js';
import { connected, eventually } from './testing/with-simulator.js';

/** Text of an answer delta of either dialect. */
function textOf(message: WireMessage): string {
  const { content } = updateOf(message) as { content?: { text?: string } };
  return content?.text ?? (message.method === 'chat/answer' ? String(message.params?.text) : '');
}

describe('how a turn ends', () => {
  it('shows length, cancelled and the filter', async () => {
    const { client } = await connected();
    expect((await ask(client, sim({ finish: 'length' }))).finish).toMatchObject({ reason: 'length', statusCode: 200 });
    expect((await ask(client, sim({ finish: 'cancelled' }))).finish).toMatchObject({
      reason: 'cancelled',
      statusCode: 200,
    });
    const filtered = await ask(client, sim({ text: 'bad', finish: 'content_filter' }));
    expect(filtered.events.filter((m) => m.method === 'chat/answer').at(-1)?.params).toMatchObject({
      text: '',
      overwrite: true,
      isFiltered: true,
    });
    expect(filtered.finish).toMatchObject({ statusCode: 200, fullAnswer: '' });
  });

  it('replaces the text with overwrite', async () => {
    const { client } = await connected();
    const turn = await ask(client, sim({ text: 'old', overwrite: 'new' }));
    const last = turn.events.filter((m) => m.method === 'chat/answer').at(-1);
    expect(last?.params).toMatchObject({ text: 'new', overwrite: true });
    expect(turn.finish.fullAnswer).toBe('new');
  });

  it('fails at once or after some deltas, and only as often as told', async () => {
    const { client } = await connected();
    const error = { status: 503, message: 'overloaded', times: 1, id: 'once' };
    const failing = await ask(client, sim({ text: 'fine', error }));
    expect(failing).toMatchObject({ deltas: [], finish: { statusCode: 503, reason: 'overloaded' } });
    expect((await ask(client, sim({ text: 'fine', error }))).text).toBe('fine');
    const late = await ask(client, sim({ text: 'abcd', error: { status: 500, message: 'x', afterChunks: 2 } }));
    expect(late).toMatchObject({ deltas: ['a', 'b'], finish: { statusCode: 500 } });
  });

  it('fails through chat/error or the request itself', async () => {
    const viaEvent = await connected({ errorForm: 'chat-error' });
    viaEvent.client.notify('chat/ask', {
      requestId: 'r',
      questionText: sim({ error: { status: 500, message: 'boom' } }),
    });
    const event = await viaEvent.client.wait((m) => m.method === 'chat/error');
    expect(event.params).toMatchObject({ requestId: 'r', message: 'boom' });
    const viaReply = await connected({ errorForm: 'rpc-error' });
    const params = { requestId: 'r', questionText: sim({ error: { status: 500, message: 'boom' } }) };
    expect((await viaReply.client.call('chat/ask', params)).error).toEqual({ code: -32603, message: 'boom' });
  });

  it('fails the request with any code, message and data, at once or after some deltas, in both dialects', async () => {
    const { client } = await connected();
    const data = { message: 'Rate exceeded', queue: { retryAfterSeconds: 7 } };
    const atOnce = sim({ error: { code: 10605, message: '', data } });
    const params = { requestId: 'r', questionText: atOnce };
    expect((await client.call('chat/ask', params)).error).toEqual({ code: 10605, message: '', data });
    const late = sim({ text: 'abcd', error: { code: 429, data: null, message: 'slow down', afterChunks: 2 } });
    const error = { code: 429, message: 'slow down', data: null };
    expect((await client.call('chat/ask', { requestId: 'r2', questionText: late })).error).toEqual(error);
    const meta = { _meta: { 'ai-coding/request-id': 'r3' } };
    const prompt = [{ type: 'text', text: late }];
    const reply = await client.call('session/prompt', { sessionId: await newSession(client), prompt, ...meta });
    expect(reply.error).toEqual(error);
    const deltas = (id: string) => client.messages.filter((m) => JSON.stringify(m).includes(`"${id}"`)).map(textOf);
    expect(deltas('r2').join('')).toBe('ab');
    expect(deltas('r3').join('')).toBe('ab');
  });

  it.each(['finish', 'chat-error'] as const)('fails with any code and further members, as %s', async (form) => {
    const { client } = await connected();
    const members = { fullAnswer: 'See prices', retry_after_ms: 1500 };
    const script = sim({
      text: 'partial',
      chunks: 1,
      error: { status: 112, message: 'm', afterChunks: 1, form, members },
    });
    client.notify('chat/ask', { requestId: 'r', questionText: script });
    const lsp = await client.wait((m) => m.method === (form === 'finish' ? 'chat/finish' : 'chat/error'));
    expect(lsp.params).toMatchObject(members);
    client.notify('session/prompt', {
      ...{ sessionId: await newSession(client), prompt: [{ type: 'text', text: script }] },
      _meta: { 'ai-coding/request-id': 'r2' },
    });
    const kind = form === 'finish' ? 'chat_finish' : 'chat_error';
    const acp = await client.wait((m) => updateOf(m).type === kind);
    const code = form === 'finish' ? { statusCode: 112, reason: 'm' } : { code: 112, message: 'm' };
    expect(updateOf(acp).data).toMatchObject({ ...members, ...code });
    expect(client.messages.map(textOf).join('')).toBe('partialpartial');
  });

  it('reports usage when told', async () => {
    const { client } = await connected();
    const turn = await ask(client, sim({ usage: { input: 100, output: 11 } }));
    const usage = turn.events.find((m) => m.method === 'context/usage/sync');
    expect(usage?.params).toMatchObject({ usedTokens: 111, limitTokens: 131_072 });
    expect((await ask(client, 'x')).events.some((m) => m.method === 'context/usage/sync')).toBe(false);
  });

  it('is stopped by chat/stop', async () => {
    const { client, simulator } = await connected();
    const turn = ask(client, sim({ text: 'x'.repeat(1000), chunks: 1000, delayMs: 5 }));
    const { params } = await client.wait((m) => m.method === 'chat/answer');
    const stop = await client.call('chat/stop', { requestId: params?.requestId, sessionId: params?.sessionId });
    expect(stop.result).toEqual({});
    expect((await turn).finish).toMatchObject({ reason: 'cancelled', statusCode: 200 });
    expect((await turn).deltas.length).toBeLessThan(1000);
    expect(simulator.stats.stops).toMatchObject([{ method: 'chat/stop', requestId: params?.requestId, turns: 1 }]);
  });

  it('is stopped within a burst without delays', async () => {
    const { client } = await connected();
    const turn = ask(client, sim({ text: 'x', repeat: 200_000, chunks: 200_000 }));
    const { params } = await client.wait((m) => m.method === 'chat/answer');
    client.notify('chat/stop', { requestId: params?.requestId, sessionId: '' });
    expect((await turn).deltas.length).toBeLessThan(200_000);
  });

  it('ends in silence, or after late text, as the stop switch says', async () => {
    const nothing = await connected({ stop: 'nothing' });
    nothing.client.notify('chat/ask', { requestId: 'r', questionText: sim({ silence: true }) });
    await eventually(() => nothing.simulator.stats.turnsActive === 1);
    await nothing.client.call('chat/stop', { requestId: 'r', sessionId: '' });
    await eventually(() => nothing.simulator.stats.turnsActive === 0);
    expect(nothing.client.methods()).not.toContain('chat/finish');

    const late = await connected({ stop: 'late' });
    const turn = ask(late.client, sim({ silence: true }));
    const { params } = await late.client.wait((m) => m.method === 'session/title/update');
    await late.client.call('chat/stopSession', { sessionId: params?.sessionId });
    expect((await turn).text).toBe('(late text)');
  });

  it('ends when its client goes', async () => {
    const log: string[] = [];
    const { client, simulator } = await connected({ logger: (line) => log.push(line) });
    client.notify('chat/ask', { requestId: 'r', questionText: sim({ silence: true }) });
    await eventually(() => simulator.stats.turnsActive === 1);
    client.close();
    await eventually(() => simulator.stats.turnsActive === 0);
    expect(simulator.stats).toMatchObject({ turnsAbandoned: 1, connectionsOpen: 0 });
    expect(log.some((line) => /^Client \d+ is closed, ignore request$/.test(line))).toBe(true);
  });
});
