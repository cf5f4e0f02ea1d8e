import { describe, expect, it } from 'vitest';
import { ask, sim } from './testing/raw-client.js';
import { connected, eventually } from './testing/with-simulator.js';

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
