import { describe, expect, it } from 'vitest';
import { ask, RawClient, sim, type WireMessage } from './testing/raw-client.js';
import { connected, eventually } from './testing/with-simulator.js';

const steps = (m: WireMessage): boolean => m.method === 'chat/process_step_callback';

describe('chat/ask', () => {
  it('answers in the captured order: steps, title, deltas, finish', async () => {
    const { client, simulator } = await connected();
    const turn = await ask(client, sim({ text: 'pong', chunks: 2 }));
    expect(turn.deltas).toEqual(['po', 'ng']);
    expect(turn.finish).toMatchObject({ reason: 'success', statusCode: 200, fullAnswer: 'pong' });
    expect(client.methods()).toEqual([
      'chat/process_step_callback',
      'chat/process_step_callback',
      'session/title/update',
      'chat/answer',
      'chat/answer',
      'chat/finish',
    ]);
    expect(client.messages.filter((m) => m.method !== undefined).every((m) => typeof m.id === 'number')).toBe(true);
    await eventually(() => simulator.stats.requestsAnswered === 6);
    expect(simulator.stats).toMatchObject({ turnsStarted: 1, turnsActive: 0, turnsFinished: 1, unansweredRequests: 0 });
  });

  it('names itself and repeats the last line without a directive', async () => {
    const { client } = await connected();
    const turn = await ask(client, 'First line\nWhat is 2 + 2?\n');
    expect(turn.text).toContain('simulator');
    expect(turn.text).toContain('What is 2 + 2?');
  });

  it('replies at once with both spellings of success when sent as a request', async () => {
    const { client } = await connected();
    const params = { requestId: 'r1', sessionId: '', questionText: sim({ text: 'x' }), stream: true };
    const reply = await client.call('chat/ask', params, 'ask-1');
    expect(reply.id).toBe('ask-1');
    expect(reply.result).toMatchObject({ requestId: 'r1', success: true, isSuccess: true, errorCode: '' });
    expect(client.messages.indexOf(reply)).toBeLessThan(client.messages.findIndex(steps));
  });

  it.each([
    ['first-event', 1],
    ['end', -1],
  ] as const)('replies as askReply %s says', async (askReply, place) => {
    const { client } = await connected({ askReply });
    const params = { requestId: 'r1', sessionId: '', questionText: sim({ text: 'abcd' }), stream: true };
    const reply = await client.call('chat/ask', params, 'ask-1');
    await client.wait((m) => m.method === 'chat/finish');
    const order = client.messages.filter((m) => m.method !== undefined || m === reply).slice(0);
    expect(order.indexOf(reply)).toBeGreaterThanOrEqual(1);
    if (place === -1) expect(order.indexOf(reply)).toBe(order.length - 1);
    else expect(order.indexOf(reply)).toBeLessThan(order.findIndex((m) => m.method === 'chat/answer'));
  });

  it('never replies with askReply never, yet answers', async () => {
    const { client } = await connected({ askReply: 'never' });
    client.send({ id: 'ask', method: 'chat/ask', params: { requestId: 'r1', questionText: sim({ text: 'x' }) } });
    await client.wait((m) => m.method === 'chat/finish');
    await client.call('ping');
    expect(client.messages.some((m) => m.id === 'ask')).toBe(false);
  });

  it('keeps a session, reads its directive, and tells its history', async () => {
    const { client, simulator } = await connected();
    const first = await ask(client, sim({ text: 'again' }));
    const { sessionId } = first.finish;
    const second = await ask(client, 'and now?', { sessionId });
    expect(second.text).toBe('again');
    expect(second.finish.sessionId).toBe(sessionId);
    expect(client.methods().filter((method) => method === 'session/title/update')).toHaveLength(1);
    const { result } = await client.call('chat/getSessionById', { sessionId });
    expect(result).toMatchObject({
      sessionId,
      chatRecords: [{ summary: 'again', finishStatus: 0 }, { question: 'and now?' }],
    });
    expect((await client.call('chat/listAllSessions')).result).toHaveLength(1);
    await client.call('chat/deleteSessionById', { id: sessionId });
    expect(simulator.stats).toMatchObject({ sessionsCreated: 1, sessionsDeleted: 1, sessionsOpen: 0 });
    expect((await client.call('chat/getSessionById', { sessionId })).error?.message).toContain('session not found');
  });

  it('makes its own id for a session it does not know, or keeps the client’s', async () => {
    const own = await connected();
    expect((await ask(own.client, 'x', { sessionId: 'mine' })).finish.sessionId).not.toBe('mine');
    const echoed = await connected({ sessionIds: 'echo' });
    expect((await ask(echoed.client, 'x', { sessionId: 'mine' })).finish.sessionId).toBe('mine');
  });

  it('puts all text into the finish event without stream', async () => {
    const { client } = await connected({ fullAnswer: 'empty' });
    const turn = await ask(client, sim({ text: 'whole' }), { stream: false });
    expect(turn.deltas).toEqual([]);
    expect(turn.finish.fullAnswer).toBe('whole');
  });

  it('records what it was asked', async () => {
    const { client, simulator } = await connected();
    await ask(client, 'hello', {
      mode: 'agent',
      extra: {
        modelConfig: { key: 'kmodel' },
        tool_config: { tools: [{ function: { name: 'ls' } }, { name: 'cat' }] },
      },
    });
    expect(simulator.stats.prompts).toMatchObject([
      { dialect: 'lsp-chat', text: 'hello', modelKey: 'kmodel', mode: 'agent', images: 0, toolConfig: ['ls', 'cat'] },
    ]);
  });

  it('runs many turns on one connection side by side', async () => {
    const { client, simulator } = await connected();
    const turns = await Promise.all(
      Array.from({ length: 50 }, (_, i) => ask(client, sim({ text: `answer ${i}`, delayMs: 1 }))),
    );
    expect(turns.map((turn) => turn.text)).toEqual(turns.map((_, i) => `answer ${i}`));
    expect(simulator.stats).toMatchObject({ turnsStarted: 50, turnsFinished: 50, turnsActive: 0 });
  });
});

describe('thinking', () => {
  const question = sim({ text: 'so', reasoning: 'hmm well', chunks: 2 });
  const thoughts = (events: WireMessage[]) =>
    events.filter((m) => m.method === 'chat/think').map((m) => [m.params?.text, m.params?.step]);

  it('comes as chat/think deltas', async () => {
    const turn = await ask((await connected()).client, question);
    expect(thoughts(turn.events)).toEqual([
      ['hmm ', 'start'],
      ['well', 'start'],
      ['', 'done'],
    ]);
    expect(turn.text).toBe('so');
  });

  it('comes as chat/think with all so far', async () => {
    const turn = await ask((await connected({ thinking: 'cumulative' })).client, question);
    expect(thoughts(turn.events)).toEqual([
      ['hmm ', 'start'],
      ['hmm well', 'start'],
      ['hmm well', 'done'],
    ]);
  });

  it('comes as a fence, a tag, or not at all', async () => {
    const fence = await ask((await connected({ thinking: 'fence' })).client, question);
    expect(fence.text).toBe('\n````think::{THINK_TIME}\nhmm well\n````\nso');
    expect(fence.finish.fullAnswer).toBe(fence.text);
    const tag = await ask((await connected({ thinking: 'tag' })).client, question);
    expect(tag.text).toBe('<think>\nhmm well\n</think>\n\nso');
    const none = await ask((await connected({ thinking: 'none' })).client, question);
    expect([none.text, thoughts(none.events)]).toEqual(['so', []]);
  });
});

describe('events', () => {
  it('broadcasts when told', async () => {
    const { client, simulator } = await connected({ broadcast: true });
    const other = await RawClient.webSocket(simulator.address.webSocketUrl);
    await other.initialize();
    const turn = await ask(client, sim({ text: 'for all' }));
    await other.wait((m) => m.method === 'chat/finish');
    expect(other.messages.filter((m) => m.params?.requestId === turn.requestId)).toHaveLength(turn.events.length);
  });

  it('logs and counts events that nobody answers', async () => {
    const log: string[] = [];
    const { client, simulator } = await connected(
      { eventReplyTimeoutMs: 30, logger: (line) => log.push(line) },
      { answer: () => 'silent' },
    );
    const turn = await ask(client, sim({ text: 'a', chunks: 1 }));
    expect(turn.text).toBe('a');
    await eventually(() => simulator.stats.unansweredRequests === simulator.stats.requestsSent);
    expect(
      log.filter((line) => /chat\/answer failed: no response from client, timeout reached/.test(line)),
    ).toHaveLength(1);
  });

  it('waits for the answer to an event before the next with awaitEventReplies', async () => {
    const { client } = await connected({ awaitEventReplies: true, eventReplyTimeoutMs: 60_000 });
    expect((await ask(client, sim({ text: 'abcd' }))).text).toBe('abcd');
    const deaf = await connected({ awaitEventReplies: true, eventReplyTimeoutMs: 60_000 }, { answer: () => 'silent' });
    deaf.client.notify('chat/ask', { requestId: 'r', questionText: sim({ text: 'abcd' }) });
    await deaf.client.wait((m) => m.method === 'session/title/update');
    await deaf.client.call('ping');
    expect(deaf.client.methods()).not.toContain('chat/answer');
  });
});
