import { describe, expect, it, vi } from 'vitest';
import {
  type CallContext,
  type ChatEvent,
  type ChatMessage,
  type ChatRequest,
  collectResult,
  eventStream,
  GatewayError,
  type ToolDefinition,
} from '../../chat/index.js';
import { ConversationCache, type ConversationStore } from '../../pool/index.js';
import { silentLogger } from '../../util/index.js';
import {
  type ConversationTurn,
  createLingmaChannel,
  type LingmaChannelOptions,
  type LingmaTurns,
} from '../lingma-channel.js';
import { aRequest } from '../testing/a-request.js';
import type { SessionOutcome } from './conversations.js';

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const said = (text: string): ChatMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });
const tool: ToolDefinition = { kind: 'function', name: 'read', inputSchema: { type: 'object', properties: {} } };
const CALL = '```json action\n{"tool": "read", "parameters": {"path": "a"}}\n```';

interface Script {
  /** As Lingma writes it. Default `ok`. */
  readonly text?: string;
  readonly reasoning?: string;
  /** Comes after the text. */
  readonly error?: GatewayError;
  readonly model?: string;
  readonly outcome?: Partial<SessionOutcome>;
  /** Nothing ends before the test says so. */
  readonly hangs?: true;
}

function eventsOf({ text = 'ok', reasoning, model = 'org_auto' }: Script): ChatEvent[] {
  return [
    { type: 'response-start', responseId: 'r', model, createdAt: 0, inputTokens: 1, warnings: [] },
    ...(reasoning === undefined
      ? []
      : ([
          { type: 'reasoning-start', id: 'z' },
          { type: 'reasoning-delta', id: 'z', delta: reasoning },
          { type: 'reasoning-end', id: 'z' },
        ] as const)),
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: text },
    { type: 'text-end', id: 't' },
    { type: 'response-end', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' } },
  ];
}

/** A Lingma that answers as it is told and names its sessions `s1`, `s2`, … */
function setUp(options: Partial<LingmaChannelOptions> = {}, { tellsEnd = false } = {}) {
  const turns: ConversationTurn[] = [];
  const discarded: string[] = [];
  const scripts: Script[] = [];
  let sessions = 0;
  const client: LingmaTurns & { generation: number } = {
    generation: 0,
    listModels: async () => [],
    discardSession: (id) => void discarded.push(id),
    streamTurn(turn) {
      turns.push(turn);
      const script = scripts.shift() ?? {};
      const sessionId = turn.session?.id ?? `s${++sessions}`;
      let over: (outcome: SessionOutcome | undefined) => void = () => undefined;
      const outcome = new Promise<SessionOutcome | undefined>((resolve) => {
        over = resolve;
      });
      let ended: SessionOutcome | undefined;
      const end = (reusable: boolean): void => {
        ended = {
          sessionId,
          reusable: reusable && turn.keepSession === true,
          text: script.text ?? 'ok',
          ...script.outcome,
        };
        over(ended);
      };
      const stream = eventStream(
        (sink) => {
          const events = eventsOf(script);
          // All came in one read: the process is done before the first event is looked at.
          if (script.error === undefined && script.hangs !== true) end(true);
          sink.events(script.error === undefined && script.hangs !== true ? events : events.slice(0, -1));
          if (script.error !== undefined) {
            end(false);
            sink.end(script.error);
          } else if (script.hangs !== true) {
            sink.end();
          }
          return { pause: () => undefined, resume: () => undefined };
        },
        async () => end(false),
      );
      return Object.assign(stream, { outcome: () => outcome, ...(tellsEnd && { ended: () => ended }) });
    },
  };
  const store = new ConversationCache({ onDrop: ({ sessionId }) => discarded.push(sessionId) });
  const channel = createLingmaChannel({ client, conversations: store, ...options });
  const context = (more: Partial<CallContext> = {}): CallContext => ({
    ...{ requestId: 'r', signal: new AbortController().signal, logger: silentLogger },
    ...more,
  });
  const open = (
    messages: readonly ChatMessage[],
    changes: Partial<ChatRequest> = {},
    more: Partial<CallContext> = {},
  ) => channel.streamChat(aRequest({ messages, ...changes }), context(more));
  const ask = (...args: Parameters<typeof open>) => collectResult(open(...args));
  /** Sessions by turn: the one it was given, or `new`. */
  const used = (): readonly string[] => turns.map(({ session }) => session?.id ?? 'new');
  return { client, turns, discarded, scripts, store, open, ask, used };
}

const FIRST = [user('1')];
const SECOND = [...FIRST, said('ok'), user('2')];

describe('conversations', () => {
  it('a conversation that goes on - in its session, told only what is new', async () => {
    const { ask, used, turns, store } = setUp();
    await ask(FIRST);
    await ask(SECOND);
    await ask([...SECOND, said(' ok\r\n'), user('3')]);
    expect(used()).toEqual(['new', 's1', 's1']);
    expect(turns.every(({ keepSession }) => keepSession === true)).toBe(true);
    expect(turns[2]?.session?.unseen).toEqual([{ role: 'user', text: '3' }]);
    expect(turns[2]?.session?.knownCount).toBe(4);
    expect(turns[2]?.messages.map(({ text }) => text)).toEqual(['1', 'ok', '2', ' ok\r\n', '3']);
    expect(store.stats()).toMatchObject({ entries: 1, hits: 2, misses: 0 });
  });

  it('thoughts - count for nothing', async () => {
    const { ask, used, scripts } = setUp();
    scripts.push({ reasoning: 'hm' });
    await ask(FIRST);
    await ask([
      ...FIRST,
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'ok' },
        ],
      },
      user('2'),
    ]);
    expect(used()).toEqual(['new', 's1']);
  });

  it('a tool loop - the calls as the client sends them back, their results alone', async () => {
    const { ask, used, turns, scripts } = setUp();
    scripts.push({ text: `Let me look.\n${CALL}` });
    const answer = await ask(FIRST, { tools: [tool] });
    const called = answer.content.find((block) => block.type === 'tool-call');
    const id = called?.toolCallId ?? '';
    const call = { type: 'tool-call', toolCallId: id, toolName: 'read', input: '{ "path":"a" }' } as const;
    await ask(
      [
        ...FIRST,
        { role: 'assistant', content: [{ type: 'text', text: 'Let me look.' }, call] },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: id, output: [{ type: 'text', text: 'x' }], isError: false }],
        },
      ],
      { tools: [tool] },
    );
    expect(used()).toEqual(['new', 's1']);
    expect(turns[1]?.session?.unseen).toEqual([{ role: 'user', text: `Tool result for ${id} (read):\nx` }]);
  });

  it('asked again, edited, gone on with in two ways - each from its own beginning', async () => {
    const { ask, used, turns } = setUp();
    await ask(FIRST);
    await ask(SECOND);
    await ask(SECOND);
    await ask(FIRST);
    await ask([user('other'), said('ok'), user('2')]);
    await ask([...FIRST, said('changed'), user('2')]);
    // s1 stands behind the second turn, s2 too, s3 behind the first one.
    expect(used()).toEqual(['new', 's1', 'new', 'new', 'new', 'new']);
    expect(turns.at(-1)?.messages.map(({ text }) => text)).toEqual(['1', 'changed', '2']);
  });

  it('a session behind an earlier place - is told all that came since', async () => {
    const { ask, used, turns } = setUp();
    await ask(FIRST);
    await ask([...SECOND, said('elsewhere'), user('3')]);
    expect(used()).toEqual(['new', 's1']);
    expect(turns[1]?.session?.unseen?.map(({ text }) => text)).toEqual(['2', 'elsewhere', '3']);
  });

  it('20 at once on the same place - one goes on, nobody shares', async () => {
    const { ask, used } = setUp();
    await ask(FIRST);
    await Promise.all(Array.from({ length: 20 }, () => ask(SECOND)));
    expect(used().filter((id) => id === 's1')).toHaveLength(1);
    expect(used().filter((id) => id === 'new')).toHaveLength(20);
  });

  it.each<[string, Partial<ChatRequest>, Partial<CallContext>]>([
    ['principal', {}, { principal: { id: 'other' } }],
    ['model', { model: 'kmodel' }, {}],
    ['mode', { model: 'lingma-agent' }, {}],
    ['tools', { tools: [tool] }, {}],
    ['format', { responseFormat: { type: 'json' } }, {}],
  ])('another %s - another conversation', async (_, changes, more) => {
    const { ask, used, scripts } = setUp();
    scripts.push({ text: '{}' }, { text: '{}', ...(changes.model === 'kmodel' && { model: 'kmodel' }) });
    await ask(FIRST, {}, { principal: { id: 'one' } });
    const next = [...FIRST, said('{}'), user('2')];
    await ask(next, changes, { principal: { id: 'one' }, ...more });
    await ask(next, {}, { principal: { id: 'one' } });
    expect(used()).toEqual(['new', 'new', 's1']);
  });

  it('tools in another order, another choice, other parallel calls - another conversation', async () => {
    const write = { ...tool, name: 'write' };
    const { ask, used } = setUp();
    await ask(FIRST, { tools: [tool, write] });
    await ask(SECOND, { tools: [write, tool] });
    await ask(SECOND, { tools: [tool, write], toolChoice: { type: 'none' } });
    await ask(SECOND, { tools: [tool, write], parallelToolCalls: false });
    await ask(SECOND, { tools: [{ ...tool, strict: true, inputSchema: { properties: {}, type: 'object' } }, write] });
    expect(used()).toEqual(['new', 'new', 'new', 'new', 's1']);
  });

  it('names of one model - are one model', async () => {
    const { ask, used, scripts } = setUp();
    scripts.push({ model: 'dashscope_qmodel' }, {}, { model: 'dashscope_qmodel' });
    await ask(FIRST, { model: 'Qwen Max' });
    await ask(FIRST, { model: 'gpt-5' });
    await ask([user('x')], { model: 'q' });
    await ask(SECOND, { model: 'dashscope_qmodel' });
    await ask(SECOND, { model: 'claude-sonnet-4-5' });
    expect(used()).toEqual(['new', 'new', 'new', 's1', 's2']);
  });

  const failure = new GatewayError('upstream_error', 'broken');
  const FORMAT = { responseFormat: { type: 'json' } } as const;

  it.each<[string, Script[], Partial<ChatRequest>]>([
    ['failed', [{ error: failure }], {}],
    ['was not reusable', [{ outcome: { reusable: false } }], {}],
    ['has no name', [{ outcome: { sessionId: '' } }], {}],
    ['was cut at the limit', [{ text: 'one two three four five' }], { sampling: { maxOutputTokens: 2 } }],
    ['met a stop sequence', [{ text: 'one STOP two' }], { sampling: { stopSequences: ['STOP'] } }],
    ['remembers another text', [{ outcome: { text: 'ok, and more' } }], {}],
    ['remembers JSON and words around it', [{ text: 'Here: {"a":1}' }], FORMAT],
    ['was put right in a second try', [{ text: 'no' }, { text: '{"a":1}' }], FORMAT],
    ['has a call twice', [{ text: `${CALL}\n${CALL}` }], { tools: [tool] }],
    [
      'has a call too many',
      [{ text: `${CALL}\n${CALL.replace('"a"', '"b"')}` }],
      { tools: [tool], parallelToolCalls: false },
    ],
    [
      'has words behind a made up result',
      [{ text: `${CALL}\n\nTool result for x (read):\n1\n\nSo it is 1.` }],
      { tools: [tool] },
    ],
    ['was asked for a call', [{ text: CALL }], { tools: [tool], toolChoice: { type: 'required' } }],
  ])('a session that %s - is not gone on in', async (_, script, changes) => {
    const { ask, store, scripts, discarded, turns } = setUp();
    scripts.push(...script);
    await ask(FIRST, changes).catch(() => undefined);
    await Promise.resolve();
    expect(store.stats().entries).toBe(0);
    const [turn] = turns;
    const isOurs =
      turn?.keepSession === true && script[0]?.error === undefined && script[0]?.outcome?.reusable !== false;
    expect(discarded).toEqual(isOurs && script[0]?.outcome?.sessionId !== '' ? ['s1'] : []);
  });

  it.each([true, false])(
    'given up before its end, continued: %s - the session is not gone on in',
    async (continued) => {
      const { ask, open, scripts, store, used } = setUp();
      if (continued) await ask(FIRST);
      scripts.push({ hangs: true });
      const stream = open(continued ? SECOND : FIRST);
      await stream.read();
      await stream.close();
      await ask(SECOND);
      expect(used().at(-1)).toBe('new');
      expect(store.stats()).toMatchObject({ entries: 1 });
    },
  );

  it('given up before it begins - the session is given up too', async () => {
    const { ask, open, discarded, store, used } = setUp();
    await ask(FIRST, { tools: [tool] });
    const stream = open(SECOND, { tools: [tool] });
    const reading = stream.read();
    await stream.close();
    await reading;
    await vi.waitFor(() => expect(discarded).toEqual(['s1']));
    expect(used()).toEqual(['new']);
    expect(store.stats().entries).toBe(0);
  });

  it('format kept to the letter - gone on in', async () => {
    const { ask, used, scripts } = setUp();
    scripts.push({ text: '{"a":1}' });
    await ask(FIRST, FORMAT);
    await ask([...FIRST, said('{"a":1}'), user('2')], FORMAT).catch(() => undefined);
    expect(used().slice(0, 2)).toEqual(['new', 's1']);
  });

  it('a process that is lost - its sessions are gone with it', async () => {
    const { ask, used, client, discarded, store } = setUp();
    await ask(FIRST);
    await ask([user('x')]);
    client.generation++;
    await ask(SECOND);
    expect(used()).toEqual(['new', 'new', 'new']);
    expect(discarded.toSorted()).toEqual(['s1', 's2']);
    expect(store.stats()).toMatchObject({ invalidated: 1, entries: 1 });
  });

  it('a session of a pool - carries its instance there and back', async () => {
    const { ask, turns, client, scripts } = setUp();
    scripts.push({ outcome: { instance: 'two', generation: 3 } });
    await ask(FIRST);
    client.generation++;
    await ask(SECOND);
    expect(turns[1]?.session).toMatchObject({ id: 's1', instance: 'two', generation: 3 });
  });

  it('a turn of a pool that ran elsewhere - leaves no session behind', async () => {
    const { ask, discarded, scripts, store } = setUp();
    scripts.push({ outcome: { instance: 'two', generation: 3 } });
    await ask(FIRST);
    scripts.push({ outcome: { instance: 'one', generation: 1, sessionId: 's9' } });
    await ask(SECOND);
    expect(discarded).toEqual(['s1']);
    expect(store.stats().entries).toBe(1);
  });

  it('a turn whose end is known with its last event - written by then, and gone on in as any other', async () => {
    const { ask, open, store, used, discarded } = setUp({}, { tellsEnd: true });
    let entriesAtEnd = 0;
    await new Promise<void>((resolve) => {
      open(FIRST).pipe({
        events: (batch) => {
          if (batch.at(-1)?.type === 'response-end') entriesAtEnd = store.stats().entries;
        },
        end: () => resolve(),
      });
      // Nothing was waited for.
      expect(entriesAtEnd).toBe(1);
    });
    await ask(SECOND);
    await ask([...SECOND, said('not what was said'), user('3')]);
    expect(used()).toEqual(['new', 's1', 'new']);
    expect(discarded).toEqual([]);
  });

  it.each<[string, boolean, ConversationStore['put']]>([
    ['rejects', false, () => Promise.reject(new Error('away'))],
    ['rejects, of an end that is known', true, () => Promise.reject(new Error('away'))],
    [
      'throws',
      true,
      () => {
        throw new Error('away');
      },
    ],
  ])('a store that %s - costs the session and nothing else', async (_name, tellsEnd, put) => {
    const broken: ConversationStore = {
      get: async () => Promise.reject(new Error('away')),
      put,
      invalidate: async () => undefined,
      stats: () => new ConversationCache().stats(),
    };
    const { ask, used, discarded } = setUp({ conversations: broken }, { tellsEnd });
    expect((await ask(SECOND)).content).toEqual([{ type: 'text', text: 'ok' }]);
    expect(used()).toEqual(['new']);
    expect(discarded).toEqual(['s1']);
  });

  it('what is known - is not rendered', async () => {
    const { ask, turns, client } = setUp();
    await ask(FIRST);
    const { streamTurn } = client;
    let isRendered = false;
    client.streamTurn = (turn, context) =>
      streamTurn.call(
        client,
        Object.defineProperty(turn, 'messages', {
          get: () => {
            isRendered = true;
            return [];
          },
        }),
        context,
      );
    await ask(SECOND);
    expect(turns[1]?.session?.id).toBe('s1');
    expect(isRendered).toBe(false);
  });
});
