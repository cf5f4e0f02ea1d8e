import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator } from '../../../../simulator/src/index.js';
import { collectResult, GatewayError, type TranscriptEntry, type TurnReport } from '../../chat/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import { FakeClock, settled } from '../dialect/testing/fake-peer.js';
import type { DialectName } from '../protocol/dialect-name.js';
import { answerPrompt, type FakeLink, FakeProcess } from '../testing/fake-process.js';
import { LingmaClient, type LingmaClientOptions } from './client.js';
import type { LingmaTurn, TurnOutcome } from './lingma-turn.js';

const DIALECTS = ['acp', 'lsp-chat'] as const;
const clients: LingmaClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

const FIRST: readonly TranscriptEntry[] = [{ role: 'user', text: 'one?' }];
const SECOND: readonly TranscriptEntry[] = [
  ...FIRST,
  { role: 'assistant', text: 'one' },
  { role: 'user', text: 'two?' },
];

/** A process in one dialect that answers what it is told to, in sessions that it names `s1`, `s2`, … */
class Conversations {
  readonly process: FakeProcess;
  readonly client: LingmaClient;
  /** What becomes of a question; by default it is answered with its last line, `?` left out. */
  onQuestion: (question: Question) => JsonValue | Error | undefined = (question) => {
    question.answer(question.text.split('\n').at(-1)?.replace('?', '') ?? '');
    return {};
  };
  #sessions = 0;

  constructor(
    readonly dialect: DialectName,
    options: LingmaClientOptions = {},
  ) {
    const ask = (params: JsonObject, link: FakeLink): JsonValue | Error | undefined =>
      this.onQuestion(new Question(dialect, params, link, () => `s${++this.#sessions}`));
    this.process = new FakeProcess({
      'session/new': () => ({ sessionId: `s${++this.#sessions}` }),
      'session/prompt': ask,
      'chat/ask': ask,
    });
    this.client = new LingmaClient({ connector: this.process.connector, cwd: '/', dialect, ...options });
    clients.push(this.client);
  }

  /** The answer's text or the code of the failure, and what became of the session. */
  async run(turn: LingmaTurn, signal?: AbortSignal): Promise<readonly [string, TurnOutcome | undefined]> {
    const stream = this.client.streamTurn(turn, signal && { signal });
    let text = '';
    try {
      for await (const event of stream) if (event.type === 'text-delta') text += event.delta;
    } catch (error) {
      text = (error as GatewayError).code;
    }
    return [text, await stream.outcome()];
  }

  get questions(): readonly JsonObject[] {
    return this.process.paramsOf(this.dialect === 'acp' ? 'session/prompt' : 'chat/ask');
  }

  get asked(): readonly (readonly [JsonValue | undefined, string])[] {
    return this.questions.map((params) => [params.sessionId, textOf(params)]);
  }

  get deleted(): readonly (JsonValue | undefined)[] {
    return this.process.paramsOf('chat/deleteSessionById').map(({ sessionId }) => sessionId);
  }
}

class Question {
  readonly text: string;
  readonly requestId: JsonValue | undefined;
  constructor(
    readonly dialect: DialectName,
    readonly params: JsonObject,
    readonly link: FakeLink,
    private readonly newSession: () => string,
  ) {
    this.text = textOf(params);
    this.requestId = params.requestId;
  }

  answer(text: string, sessionId = String(this.params.sessionId)): void {
    if (this.dialect === 'acp') answerPrompt(this.params, this.link, text);
    else {
      const named = { requestId: this.requestId, sessionId: sessionId === '' ? this.newSession() : sessionId };
      this.link.send({ method: 'chat/answer', params: { ...named, text } });
      this.link.send({ method: 'chat/finish', params: { ...named, reason: 'success', statusCode: 200 } });
    }
  }
}

const textOf = ({ prompt, questionText }: JsonObject): string =>
  String(questionText ?? (prompt as readonly JsonObject[] | undefined)?.[0]?.text);

describe.each(DIALECTS)('turns in a session, %s', (dialect) => {
  /** Turn 1, its session kept. */
  async function begun(options: LingmaClientOptions = {}): Promise<Conversations> {
    const talk = new Conversations(dialect, options);
    expect(await talk.run({ messages: FIRST, keepSession: true })).toEqual([
      'one',
      { sessionId: 's1', reusable: true, text: 'one', continued: false },
    ]);
    return talk;
  }
  const goOn: LingmaTurn = { messages: SECOND, session: { id: 's1', knownCount: 2 }, keepSession: true };

  it('gone on in - only what is new is sent, as a reply', async () => {
    const talk = await begun();
    expect(await talk.run(goOn)).toEqual(['two', { sessionId: 's1', reusable: true, text: 'two', continued: true }]);
    expect(talk.asked).toEqual([
      [dialect === 'acp' ? 's1' : '', 'one?'],
      ['s1', 'two?'],
    ]);
    if (dialect === 'lsp-chat') expect(talk.questions.map(({ isReply }) => isReply)).toEqual([false, true]);
    expect(talk.process.paramsOf('session/new')).toHaveLength(dialect === 'acp' ? 1 : 0);
    expect(talk.deleted).toEqual([]);
  });

  it('gone on in - several new messages are told apart', async () => {
    const talk = await begun();
    await talk.run({ ...goOn, messages: [...SECOND, { role: 'user', text: 'three?' }] });
    expect(talk.asked.at(-1)).toEqual(['s1', expect.stringMatching(/\n\nUser:\ntwo\?\n\nUser:\nthree\?$/)]);
  });

  it('not kept - it is deleted after the turn', async () => {
    const talk = await begun();
    const { keepSession: _, ...turn } = goOn;
    expect(await talk.run(turn)).toEqual(['two', { sessionId: 's1', reusable: false, text: 'two', continued: true }]);
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1']));
  });

  it('given up by the caller - is deleted', async () => {
    const talk = await begun();
    talk.client.discardSession('s1');
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1']));
  });

  const unknown: readonly (readonly [string, (question: Question) => JsonValue | Error | undefined])[] = [
    ['session not found: s1', () => new Error('session not found: s1')],
    ['Internal error', () => new Error('Internal error')],
    // In other places these words are about a login.
    ['session expired', () => new Error('session expired')],
    ['会话已过期', () => new Error('会话已过期')],
    ['a result that says no', () => ({ success: false, errorCode: '404', errorMessage: 'no such session' })],
    [
      'an end without an answer',
      (question) => {
        question.answer('');
        return {};
      },
    ],
  ];
  it.each(unknown)('unknown to the process, "%s" - a fresh one gets all', async (_words, refuse) => {
    const talk = await begun();
    const answer = talk.onQuestion;
    talk.onQuestion = (question) => (question.params.sessionId === 's1' ? refuse(question) : answer(question));
    expect(await talk.run(goOn)).toEqual(['two', { sessionId: 's2', reusable: true, text: 'two', continued: false }]);
    expect(talk.asked).toHaveLength(3);
    expect(talk.asked.at(-1)).toEqual([
      dialect === 'acp' ? 's2' : '',
      expect.stringContaining('User:\none?\n\nAssistant:\none\n\nUser:\ntwo?'),
    ]);
    if (dialect === 'lsp-chat') expect(talk.questions.at(-1)?.isReply).toBe(false);
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1']));
  });

  it('what becomes of it - is reported: gone on in, or lost and begun anew', async () => {
    const reports: TurnReport[] = [];
    const report = (one: TurnReport): void => void reports.push(one);
    const talk = await begun();
    await collectResult(talk.client.streamTurn(goOn, { report }));
    expect(reports.splice(0)).toEqual([{ sessionReused: true, prepared: true }]);
    const answer = talk.onQuestion;
    talk.onQuestion = (question) =>
      question.params.sessionId === 's1' ? new Error('session not found') : answer(question);
    await collectResult(talk.client.streamTurn(goOn, { report }));
    expect(reports).toEqual([
      { sessionReused: true, prepared: true },
      { repeat: 'session' },
      { sessionReused: false, prepared: true },
    ]);
  });

  it('the fresh one fails as well - it is told, and not tried again', async () => {
    const talk = await begun();
    talk.onQuestion = () => new Error('session not found');
    expect(await talk.run(goOn)).toEqual(['upstream_error', expect.objectContaining({ reusable: false })]);
    expect(talk.asked).toHaveLength(3);
  });

  it.each(['quota exceeded', 'too many requests'])('a failure of another kind, "%s" - is told', async (words) => {
    const talk = await begun();
    talk.onQuestion = () => new Error(words);
    expect((await talk.run(goOn))[0]).toMatch(/quota_exceeded|rate_limited/);
    expect(talk.asked).toHaveLength(2);
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1']));
  });

  const begin = ({ params, link, requestId }: Question): void => {
    const { sessionId, _meta } = params;
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'tw' } };
    if (dialect === 'acp') link.send({ method: 'session/update', params: { sessionId, _meta, update } });
    else link.send({ method: 'chat/answer', params: { requestId, sessionId, text: 'tw' } });
  };

  it('broken in mid-answer - is told, and the session is deleted', async () => {
    const talk = await begun();
    talk.onQuestion = (question) => {
      begin(question);
      return new Error('session not found');
    };
    expect(await talk.run(goOn)).toEqual([
      'upstream_error',
      { sessionId: 's1', reusable: false, text: 'tw', continued: true },
    ]);
    expect(talk.asked).toHaveLength(2);
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1']));
  });

  it.each(['before', 'after'])('cancelled %s its first text - the session is deleted', async (moment) => {
    const clock = new FakeClock();
    const talk = await begun({ clock });
    talk.onQuestion = (question) => {
      if (moment === 'after') begin(question);
      return undefined;
    };
    const caller = new AbortController();
    const running = talk.run(goOn, caller.signal);
    await settled();
    expect(talk.asked).toHaveLength(2);
    caller.abort(new GatewayError('client_closed', 'gone'));
    await clock.advance(2000);
    expect(await running).toEqual(['client_closed', expect.objectContaining({ reusable: false, continued: true })]);
    await clock.advance(25);
    expect(talk.deleted).toEqual(['s1']);
  });

  it('silence - is told as a time-out, and the session is deleted', async () => {
    const clock = new FakeClock();
    const talk = await begun({ clock, deadlines: { firstEventMs: 1000 } });
    talk.onQuestion = () => undefined;
    const running = talk.run(goOn);
    await clock.advance(3000);
    expect(await running).toEqual(['upstream_timeout', expect.objectContaining({ reusable: false })]);
    await clock.advance(25);
    expect(talk.deleted).toEqual(['s1']);
    expect(talk.asked).toHaveLength(2);
  });

  it('a stream that is closed unread, or finds no connection - its session is deleted', async () => {
    const talk = await begun();
    const unread = talk.client.streamTurn(goOn);
    await unread.close();
    expect(await unread.outcome()).toBeUndefined();
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1']));
    const caller = new AbortController();
    caller.abort(new GatewayError('client_closed', 'gone'));
    expect(await talk.run({ ...goOn, session: { id: 's9', knownCount: 2 } }, caller.signal)).toEqual([
      'client_closed',
      undefined,
    ]);
    await vi.waitFor(() => expect(talk.deleted).toEqual(['s1', 's9']));
  });

  it('the connection is lost - a fresh session gets all, in another generation', async () => {
    const talk = await begun();
    expect(talk.client.generation).toBe(0);
    const answer = talk.onQuestion;
    talk.onQuestion = (question) => {
      talk.onQuestion = answer;
      question.link.drop();
      return undefined;
    };
    expect(await talk.run(goOn)).toEqual(['two', { sessionId: 's2', reusable: true, text: 'two', continued: false }]);
    expect(talk.client.generation).toBe(1);
  });

  it('the process is lost before the stream is read - none of its sessions is gone on in', async () => {
    const talk = await begun();
    const stream = talk.client.streamTurn(goOn);
    for (const link of talk.process.links) link.drop();
    for await (const _ of stream);
    expect(await stream.outcome()).toMatchObject({ sessionId: 's2', continued: false });
  });

  it('the client closes - the session of a turn under way is deleted, kept or not', async () => {
    const clock = new FakeClock();
    const talk = await begun({ clock });
    const running = talk.run(goOn);
    talk.onQuestion = () => undefined;
    await settled();
    const closing = talk.client.close();
    await clock.advance(5000);
    await closing;
    expect((await running)[1]).toMatchObject({ reusable: false });
    expect(talk.deleted).toEqual(['s1']);
  });

  it('kept beside sticky sessions - the sticky one is left alone', async () => {
    const talk = new Conversations(dialect, { sessionMode: 'reuse' });
    await talk.run({ messages: FIRST });
    expect((await talk.run({ messages: FIRST, keepSession: true }))[1]).toMatchObject({
      sessionId: 's2',
      reusable: true,
    });
    expect((await talk.run({ messages: SECOND }))[1]).toEqual({
      sessionId: 's1',
      reusable: false,
      text: 'two',
      continued: false,
    });
    if (dialect === 'lsp-chat') expect(talk.questions.map(({ isReply }) => isReply)).toEqual([false, false, true]);
  });
});

describe('a process that opens another session in place of one it does not know', () => {
  it('lsp-chat - the turn is stopped there, and a fresh one gets all', async () => {
    const clock = new FakeClock();
    const talk = new Conversations('lsp-chat', { clock });
    const answer = talk.onQuestion;
    talk.onQuestion = (question) => {
      talk.onQuestion = answer;
      question.answer('what?', 'other');
      return {};
    };
    const running = talk.run({ messages: SECOND, session: { id: 'old', knownCount: 2 }, keepSession: true });
    await clock.advance(2000);
    expect(await running).toEqual(['two', { sessionId: 's1', reusable: true, text: 'two', continued: false }]);
    expect(talk.asked).toEqual([
      ['old', 'two?'],
      ['', expect.stringContaining('one?')],
    ]);
    await settled();
    expect(new Set(talk.deleted)).toEqual(new Set(['old', 'other']));
  });
});

describe.each([
  ['acp', 'present'],
  ['lsp-chat', 'absent'],
] as const)('a simulated process, %s', (_dialect, acp) => {
  const said = (text: string): TranscriptEntry => ({ role: 'user', text: `${text} @sim {"text":"${text}!"}` });

  it('turns in one session, then one it does not know - each is answered, and nothing is left', async () => {
    const simulator = createSimulator({ acp });
    await simulator.start();
    try {
      const client = new LingmaClient({ address: simulator.address.webSocketUrl });
      clients.push(client);
      const messages = [said('one')];
      let session: LingmaTurn['session'];
      for (let turn = 1; turn <= 5; turn++) {
        const stream = client.streamTurn({ messages, keepSession: true, ...(session && { session }) });
        for await (const _ of stream);
        const outcome = await stream.outcome();
        expect(outcome).toMatchObject({ reusable: true, continued: turn > 1, text: turn > 1 ? `t${turn}!` : 'one!' });
        messages.push({ role: 'assistant', text: outcome?.text ?? '' });
        session = { id: outcome?.sessionId ?? '', knownCount: messages.length };
        messages.push(said(`t${turn + 1}`));
      }
      const { prompts } = simulator.stats;
      expect(prompts.map(({ text }) => text)).toEqual(['one', 't2', 't3', 't4', 't5'].map((text) => said(text).text));
      expect(new Set(prompts.map(({ sessionId }) => sessionId)).size).toBe(1);
      expect(simulator.stats.sessionsOpen).toBe(1);
      const lost = client.streamTurn({ messages, keepSession: true, session: { id: 'unknown', knownCount: 10 } });
      expect(lost.ended?.()).toBeUndefined();
      let atEnd: unknown;
      for await (const event of lost) if (event.type === 'response-end') atEnd = lost.ended?.();
      const outcome = await lost.outcome();
      expect(atEnd).toEqual(outcome);
      expect(outcome).toMatchObject({ reusable: true, continued: false, text: 't6!' });
      expect(simulator.stats.prompts.at(-1)?.text).toContain(said('one').text);
      for (const id of [session?.id, outcome?.sessionId]) client.discardSession(id ?? '');
      await vi.waitFor(() => expect(simulator.stats.sessionsOpen).toBe(0));
      expect(simulator.stats.turnsActive).toBe(0);
    } finally {
      await simulator.stop();
    }
  });
});
