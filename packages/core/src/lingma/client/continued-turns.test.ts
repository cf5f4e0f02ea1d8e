import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError, type TranscriptEntry } from '../../chat/index.js';
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
    const it = new Conversations(dialect, options);
    expect(await it.run({ messages: FIRST, keepSession: true })).toEqual([
      'one',
      { sessionId: 's1', reusable: true, text: 'one', continued: false },
    ]);
    return it;
  }
  const goOn: LingmaTurn = { messages: SECOND, session: { id: 's1', knownCount: 2 }, keepSession: true };

  it('gone on in - only what is new is sent, as a reply', async () => {
    const it = await begun();
    expect(await it.run(goOn)).toEqual(['two', { sessionId: 's1', reusable: true, text: 'two', continued: true }]);
    expect(it.asked).toEqual([
      [dialect === 'acp' ? 's1' : '', 'one?'],
      ['s1', 'two?'],
    ]);
    if (dialect === 'lsp-chat') expect(it.questions.map(({ isReply }) => isReply)).toEqual([false, true]);
    expect(it.process.paramsOf('session/new')).toHaveLength(dialect === 'acp' ? 1 : 0);
    expect(it.deleted).toEqual([]);
  });

  it('gone on in - several new messages are told apart', async () => {
    const it = await begun();
    await it.run({ ...goOn, messages: [...SECOND, { role: 'user', text: 'three?' }] });
    expect(it.asked.at(-1)).toEqual(['s1', 'User:\ntwo?\n\nUser:\nthree?']);
  });

  it('not kept - it is deleted after the turn', async () => {
    const it = await begun();
    const { keepSession: _, ...turn } = goOn;
    expect(await it.run(turn)).toEqual(['two', { sessionId: 's1', reusable: false, text: 'two', continued: true }]);
    await settled();
    expect(it.deleted).toEqual(['s1']);
  });

  it('given up by the caller - is deleted', async () => {
    const it = await begun();
    it.client.discardSession('s1');
    await settled();
    expect(it.deleted).toEqual(['s1']);
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
    const it = await begun();
    const answer = it.onQuestion;
    it.onQuestion = (question) => (question.params.sessionId === 's1' ? refuse(question) : answer(question));
    expect(await it.run(goOn)).toEqual(['two', { sessionId: 's2', reusable: true, text: 'two', continued: false }]);
    expect(it.asked).toHaveLength(3);
    expect(it.asked.at(-1)).toEqual([
      dialect === 'acp' ? 's2' : '',
      expect.stringContaining('User:\none?\n\nAssistant:\none\n\nUser:\ntwo?'),
    ]);
    if (dialect === 'lsp-chat') expect(it.questions.at(-1)?.isReply).toBe(false);
    await settled();
    expect(it.deleted).toEqual(['s1']);
  });

  it('the fresh one fails as well - it is told, and not tried again', async () => {
    const it = await begun();
    it.onQuestion = () => new Error('session not found');
    expect(await it.run(goOn)).toEqual(['upstream_error', expect.objectContaining({ reusable: false })]);
    expect(it.asked).toHaveLength(3);
  });

  it.each(['quota exceeded', 'too many requests'])('a failure of another kind, "%s" - is told', async (words) => {
    const it = await begun();
    it.onQuestion = () => new Error(words);
    expect((await it.run(goOn))[0]).toMatch(/quota_exceeded|rate_limited/);
    expect(it.asked).toHaveLength(2);
    await settled();
    expect(it.deleted).toEqual(['s1']);
  });

  const begin = ({ params, link, requestId }: Question): void => {
    const { sessionId, _meta } = params;
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'tw' } };
    if (dialect === 'acp') link.send({ method: 'session/update', params: { sessionId, _meta, update } });
    else link.send({ method: 'chat/answer', params: { requestId, sessionId, text: 'tw' } });
  };

  it('broken in mid-answer - is told, and the session is deleted', async () => {
    const it = await begun();
    it.onQuestion = (question) => {
      begin(question);
      return new Error('session not found');
    };
    expect(await it.run(goOn)).toEqual([
      'upstream_error',
      { sessionId: 's1', reusable: false, text: 'tw', continued: true },
    ]);
    expect(it.asked).toHaveLength(2);
    await settled();
    expect(it.deleted).toEqual(['s1']);
  });

  it.each(['before', 'after'])('cancelled %s its first text - the session is deleted', async (moment) => {
    const clock = new FakeClock();
    const it = await begun({ clock });
    it.onQuestion = (question) => {
      if (moment === 'after') begin(question);
      return undefined;
    };
    const caller = new AbortController();
    const running = it.run(goOn, caller.signal);
    await settled();
    expect(it.asked).toHaveLength(2);
    caller.abort(new GatewayError('client_closed', 'gone'));
    await clock.advance(2000);
    expect(await running).toEqual(['client_closed', expect.objectContaining({ reusable: false, continued: true })]);
    await settled();
    expect(it.deleted).toEqual(['s1']);
  });

  it('silence - is told as a time-out, and the session is deleted', async () => {
    const clock = new FakeClock();
    const it = await begun({ clock, deadlines: { firstEventMs: 1000 } });
    it.onQuestion = () => undefined;
    const running = it.run(goOn);
    await clock.advance(3000);
    expect(await running).toEqual(['upstream_timeout', expect.objectContaining({ reusable: false })]);
    await settled();
    expect(it.deleted).toEqual(['s1']);
    expect(it.asked).toHaveLength(2);
  });

  it('a stream that is closed unread, or finds no connection - its session is deleted', async () => {
    const it = await begun();
    const unread = it.client.streamTurn(goOn);
    await unread.close();
    expect(await unread.outcome()).toBeUndefined();
    await settled();
    expect(it.deleted).toEqual(['s1']);
    const caller = new AbortController();
    caller.abort(new GatewayError('client_closed', 'gone'));
    expect(await it.run({ ...goOn, session: { id: 's9', knownCount: 2 } }, caller.signal)).toEqual([
      'client_closed',
      undefined,
    ]);
    await settled();
    expect(it.deleted).toEqual(['s1', 's9']);
  });

  it('the connection is lost - a fresh session gets all, in another generation', async () => {
    const it = await begun();
    expect(it.client.generation).toBe(0);
    const answer = it.onQuestion;
    it.onQuestion = (question) => {
      it.onQuestion = answer;
      question.link.drop();
      return undefined;
    };
    expect(await it.run(goOn)).toEqual(['two', { sessionId: 's2', reusable: true, text: 'two', continued: false }]);
    expect(it.client.generation).toBe(1);
  });

  it('the process is lost before the stream is read - none of its sessions is gone on in', async () => {
    const it = await begun();
    const stream = it.client.streamTurn(goOn);
    for (const link of it.process.links) link.drop();
    for await (const _ of stream);
    expect(await stream.outcome()).toMatchObject({ sessionId: 's2', continued: false });
  });

  it('the client closes - kept sessions that were given up are deleted, no other is kept', async () => {
    const it = await begun();
    const running = it.run(goOn);
    it.onQuestion = () => undefined;
    await settled();
    await it.client.close();
    expect((await running)[1]).toMatchObject({ reusable: false });
    expect(it.deleted).toEqual(['s1']);
  });

  it('kept beside sticky sessions - the sticky one is left alone', async () => {
    const it = new Conversations(dialect, { sessionMode: 'reuse' });
    await it.run({ messages: FIRST });
    expect((await it.run({ messages: FIRST, keepSession: true }))[1]).toMatchObject({
      sessionId: 's2',
      reusable: true,
    });
    expect((await it.run({ messages: SECOND }))[1]).toEqual({
      sessionId: 's1',
      reusable: false,
      text: 'two',
      continued: false,
    });
    if (dialect === 'lsp-chat') expect(it.questions.map(({ isReply }) => isReply)).toEqual([false, false, true]);
  });
});

describe('a process that opens another session in place of one it does not know', () => {
  it('lsp-chat - the turn is stopped there, and a fresh one gets all', async () => {
    const clock = new FakeClock();
    const it = new Conversations('lsp-chat', { clock });
    const answer = it.onQuestion;
    it.onQuestion = (question) => {
      it.onQuestion = answer;
      question.answer('what?', 'other');
      return {};
    };
    const running = it.run({ messages: SECOND, session: { id: 'old', knownCount: 2 }, keepSession: true });
    await clock.advance(2000);
    expect(await running).toEqual(['two', { sessionId: 's1', reusable: true, text: 'two', continued: false }]);
    expect(it.asked).toEqual([
      ['old', 'two?'],
      ['', expect.stringContaining('one?')],
    ]);
    await settled();
    expect(new Set(it.deleted)).toEqual(new Set(['old', 'other']));
  });
});
