/** A gateway that knows how bodies began beside one that reads each as a whole: nobody can tell them apart, but by the work. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLingmaChannel, type LingmaTurns } from '../channel/index.js';
import { type ChatEvent, eventStream, type MediaPart } from '../chat/index.js';
import { ConversationCache } from '../pool/index.js';
import type { JsonObject } from '../util/index.js';
import { KnownBodies } from './body/known/known-bodies.js';
import { createGateway } from './gateway.js';

const CALL = '```json action\n{"tool": "read", "parameters": {"path": "a"}}\n```';
const PAD = `${'A file of the project, 项目里的一个文件 🙂 with "quotes" and C:\\paths. '.repeat(300)}`;

/** What a Lingma was told, and in which session. */
interface Told {
  readonly session: string;
  readonly sent: unknown;
  readonly all: unknown;
  readonly tokens: number | undefined;
  readonly hasToolContext: boolean | undefined;
  readonly images: number;
}

function eventsOf(text: string): ChatEvent[] {
  return [
    { type: 'response-start', responseId: 'r', model: 'org_auto', createdAt: 0, inputTokens: 1, warnings: [] },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: text },
    { type: 'text-end', id: 't' },
    { type: 'response-end', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1, origin: 'reported' } },
  ];
}

/** A gateway over a Lingma that answers each turn with the next text. */
function setUp(knows: boolean, answers: readonly string[], reads: { all: boolean } = { all: true }) {
  const told: Told[] = [];
  let sessions = 0;
  const client: LingmaTurns = {
    listModels: async () => [],
    discardSession: () => undefined,
    streamTurn(turn) {
      const text = answers[told.length % answers.length] ?? 'ok';
      const sessionId = turn.session?.id ?? `s${++sessions}`;
      told.push({
        session: turn.session === undefined ? 'new' : sessionId,
        sent: turn.session?.unseen ?? turn.messages,
        all: reads.all ? turn.messages : undefined,
        tokens: reads.all ? turn.inputTokens?.() : undefined,
        hasToolContext: turn.hasToolContext,
        images: (turn.images as readonly MediaPart[] | undefined)?.length ?? 0,
      });
      const stream = eventStream(
        (sink) => {
          sink.events(eventsOf(text));
          sink.end();
          return { pause: () => undefined, resume: () => undefined };
        },
        async () => undefined,
      );
      return Object.assign(stream, {
        outcome: async () => ({ sessionId, reusable: turn.keepSession === true, text }),
      });
    },
  };
  const channel = createLingmaChannel({ client, conversations: new ConversationCache() });
  const { fetch } = createGateway({ channel: knows ? channel : { ...channel, keepsConversations: false } });
  const ask = async (path: string, body: string): Promise<unknown> => {
    const response = await fetch(
      new Request(`http://localhost${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    );
    return {
      status: response.status,
      warnings: response.headers.get('x-lingma-warnings'),
      text: plain(await response.text()),
    };
  };
  return { told, ask };
}

const silentClient = (): LingmaTurns => ({
  listModels: async () => [],
  streamTurn: () =>
    eventStream(
      () => ({ pause: () => undefined, resume: () => undefined }),
      async () => undefined,
    ),
});

/** Without ids and times. */
const plain = (text: string): string =>
  text
    .replace(/\b(chatcmpl-|msg_|resp_|req_|call_|toolu_|fc_|rs_|ctc_)[\w-]+/g, '$1')
    .replace(/"(created|created_at|completed_at)":\d+/g, '');

const PROTOCOLS = ['chat', 'messages', 'responses'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** What was asked and answered, in no protocol's spelling. */
interface Exchange {
  readonly ask: string;
  /** A picture beside the question. */
  readonly shows?: boolean;
  /** Absent where it is still to be answered. */
  readonly answer?: string;
}

interface Look {
  readonly protocol: Protocol;
  readonly space: string | number | undefined;
  readonly stream: boolean;
  readonly tools: boolean;
  /** The last messages are marked for a cache. */
  readonly marks: boolean;
  readonly messagesLast: boolean;
  readonly system: string;
}

const PATH = { chat: '/v1/chat/completions', messages: '/v1/messages', responses: '/v1/responses' } as const;
const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

function bodyOf(exchanges: readonly Exchange[], look: Look): string {
  const { protocol, space, stream, tools, marks, messagesLast, system } = look;
  const list = exchanges.flatMap(({ ask, shows, answer }, index) => [
    ...asked(protocol, ask, shows === true, `call_${index - 1}`, exchanges[index - 1]?.answer === CALL),
    ...(answer === undefined ? [] : answered(protocol, answer, `call_${index}`)),
  ]);
  const parameters = { type: 'object', properties: { path: { type: 'string' } } };
  const toolOf = {
    chat: { type: 'function', function: { name: 'read', parameters } },
    messages: { name: 'read', input_schema: parameters },
    responses: { type: 'function', name: 'read', parameters },
  };
  const messages = { [protocol === 'responses' ? 'input' : 'messages']: marks ? list.map(marked(list.length)) : list };
  const prompt = protocol === 'chat' ? {} : { [protocol === 'messages' ? 'system' : 'instructions']: system };
  const rest = {
    model: 'auto',
    stream,
    ...prompt,
    ...(protocol === 'messages' && { max_tokens: 1000 }),
    ...(protocol === 'responses' && { store: false }),
    ...(tools && { tools: [toolOf[protocol]] }),
  };
  return JSON.stringify(messagesLast ? { ...rest, ...messages } : { ...messages, ...rest }, null, space);
}

const marked =
  (length: number) =>
  (message: JsonObject, index: number): JsonObject =>
    index < length - 2 || typeof message.content !== 'string'
      ? message
      : { ...message, content: [{ type: 'text', text: message.content, cache_control: { type: 'ephemeral' } }] };

function asked(protocol: Protocol, ask: string, shows: boolean, id: string, isResult: boolean): JsonObject[] {
  if (isResult) {
    if (protocol === 'chat') return [{ role: 'tool', tool_call_id: id, content: ask }];
    if (protocol === 'responses') return [{ type: 'function_call_output', call_id: id, output: ask }];
    return [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: ask }] }];
  }
  if (!shows) return [{ role: 'user', content: ask }];
  const picture = {
    chat: { type: 'image_url', image_url: { url: PICTURE } },
    messages: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
    responses: { type: 'input_image', image_url: PICTURE },
  }[protocol];
  return [{ role: 'user', content: [{ type: protocol === 'responses' ? 'input_text' : 'text', text: ask }, picture] }];
}

function answered(protocol: Protocol, answer: string, id: string): JsonObject[] {
  if (answer !== CALL) return [{ role: 'assistant', content: answer }];
  const [name, input] = ['read', { path: 'a' }];
  if (protocol === 'messages') return [{ role: 'assistant', content: [{ type: 'tool_use', id, name, input }] }];
  if (protocol === 'responses') return [{ type: 'function_call', call_id: id, name, arguments: '{"path":"a"}' }];
  const call = { id, type: 'function', function: { name, arguments: '{"path":"a"}' } };
  return [{ role: 'assistant', content: null, tool_calls: [call] }];
}

type Step =
  | { readonly type: 'ask'; readonly text: string; readonly shows: boolean }
  | { readonly type: 'again' }
  | { readonly type: 'fork'; readonly back: number; readonly text: string }
  | { readonly type: 'edit'; readonly at: number; readonly text: string }
  | { readonly type: 'system'; readonly text: string };

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('what is in it?', '"], {\\', '再来一次 🙂'),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      text,
      shows: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
    }),
  },
  fc.constant({ type: 'again' as const }),
  fc.record({ type: fc.constant('fork' as const), back: fc.nat(3), text }),
  fc.record({ type: fc.constant('edit' as const), at: fc.nat(4), text }),
  fc.record({ type: fc.constant('system' as const), text }),
);
const look: fc.Arbitrary<Look> = fc.record({
  protocol: fc.constantFrom(...PROTOCOLS),
  space: fc.constantFrom<string | number | undefined>(undefined, undefined, 1, '\t'),
  ...{ stream: fc.boolean(), tools: fc.boolean(), messagesLast: fc.boolean() },
  marks: fc.boolean(),
  system: fc.constant('Be brief.'),
});

/** What the client does next, and what its bodies are then. */
function* bodies(
  steps: readonly Step[],
  first: Look,
  answerOf: (turn: number) => string,
): Iterable<[Protocol, string]> {
  let exchanges: Exchange[] = [{ ask: PAD }];
  let current = first;
  let turn = 0;
  yield [current.protocol, bodyOf(exchanges, current)];
  for (const one of steps) {
    const before = exchanges.slice(0, -1);
    const last = { ...(exchanges.at(-1) as Exchange), answer: answerOf(turn) };
    switch (one.type) {
      case 'ask':
        exchanges = [...before, last, { ask: one.text || '?', shows: one.shows }];
        break;
      case 'fork':
        exchanges = [...exchanges.slice(0, Math.max(0, before.length - one.back)), { ask: one.text || PAD }];
        break;
      case 'edit':
        exchanges = [...before, last, { ask: 'edited' }].map((each, index) =>
          index === one.at ? { ...each, ask: one.text + PAD } : each,
        );
        break;
      case 'system':
        current = { ...current, system: one.text };
        break;
      default:
    }
    turn++;
    yield [current.protocol, bodyOf(exchanges, current)];
  }
}

afterEach(() => vi.restoreAllMocks());

describe('a gateway that knows how bodies began', () => {
  it('any conversation - is told to Lingma and answered as by one that reads each body as a whole', async () => {
    const find = vi.spyOn(KnownBodies.prototype, 'find');
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        look,
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (steps, first, calls) => {
          const answers = Array.from({ length: 12 }, (_, index) =>
            first.tools && calls.next().value === 0 ? CALL : `answer ${index}`,
          );
          const [knowing, plainly] = [setUp(true, answers), setUp(false, answers)];
          for (const [protocol, body] of bodies(steps, first, (turn) => answers[turn] as string)) {
            expect(await knowing.ask(PATH[protocol], body)).toEqual(await plainly.ask(PATH[protocol], body));
          }
          expect(knowing.told).toEqual(plainly.told);
        },
      ),
      { numRuns: 80 },
    );
    expect(find.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(20);
  });

  it.each(PROTOCOLS.flatMap((protocol) => [false, true].map((stream) => ({ protocol, stream }))))(
    '$protocol, stream $stream - what is known of a conversation that goes on is not read again',
    async ({ protocol, stream }) => {
      const find = vi.spyOn(KnownBodies.prototype, 'find');
      const { ask, told } = setUp(true, ['ok'], { all: false });
      const first: Look = {
        protocol,
        stream,
        space: undefined,
        tools: true,
        marks: false,
        messagesLast: false,
        system: 'S',
      };
      const parsed: number[] = [];
      const parse = JSON.parse;
      vi.spyOn(JSON, 'parse').mockImplementation((json, reviver) => {
        parsed.push(json.length);
        return parse(json, reviver);
      });
      const asks = [PAD, 'b', 'c', 'd'];
      for (let turn = 1; turn <= asks.length; turn++) {
        parsed.length = 0;
        const exchanges = asks
          .slice(0, turn)
          .map((one, index) => ({ ask: one, ...(index < turn - 1 && { answer: 'ok' }) }));
        expect(await ask(PATH[protocol], bodyOf(exchanges, first))).toMatchObject({ status: 200 });
        if (turn > 1) expect(Math.max(...parsed)).toBeLessThan(1000);
      }
      expect(find.mock.results.map(({ value }) => value !== undefined)).toEqual([false, true, true, true]);
      expect(told.map(({ session }) => session)).toEqual(['new', 's1', 's1', 's1']);
      expect(told.at(-1)?.sent).toEqual([{ role: 'user', text: 'd' }]);
    },
  );

  it('marks for a cache that move on - leave the exchanges before them known', async () => {
    const find = vi.spyOn(KnownBodies.prototype, 'find');
    const { ask, told } = setUp(true, ['ok'], { all: false });
    const first: Look = {
      protocol: 'messages',
      stream: true,
      space: undefined,
      tools: true,
      marks: true,
      messagesLast: false,
      system: 'S',
    };
    const asks = [PAD, 'b', 'c', 'd', 'e', 'f'];
    for (let turn = 1; turn <= asks.length; turn++) {
      const exchanges = asks
        .slice(0, turn)
        .map((one, index) => ({ ask: one, ...(index < turn - 1 && { answer: 'ok' }) }));
      await ask(PATH.messages, bodyOf(exchanges, first));
    }
    expect(told.slice(1).every(({ session }) => session === 's1')).toBe(true);
    expect(find.mock.results.slice(3).every(({ value }) => value !== undefined)).toBe(true);
  });

  it('many that go on with one conversation at once - share no session, and all are told of it', async () => {
    const { ask, told } = setUp(true, ['ok']);
    const first: Look = {
      protocol: 'chat',
      stream: false,
      space: undefined,
      tools: false,
      marks: false,
      messagesLast: true,
      system: '',
    };
    await ask(PATH.chat, bodyOf([{ ask: PAD }], first));
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(PATH.chat, bodyOf([{ ask: PAD, answer: 'ok' }, { ask: `${index}` }], first)),
      ),
    );
    expect(told.slice(1).filter(({ session }) => session !== 'new')).toHaveLength(1);
    expect(told.slice(1).filter(({ sent }) => (sent as readonly unknown[]).length === 3)).toHaveLength(19);
  });

  it('a channel that goes on with none any more, or the end of the gateway - all that was known is forgotten', async () => {
    const clear = vi.spyOn(KnownBodies.prototype, 'clear');
    const channel = createLingmaChannel({ client: silentClient(), conversations: new ConversationCache() });
    const gateway = createGateway({ channel });
    expect(clear).not.toHaveBeenCalled();
    gateway.reconfigure({ channel: createLingmaChannel({ client: silentClient() }) });
    expect(clear).toHaveBeenCalledTimes(1);
    await gateway.close();
    expect(clear).toHaveBeenCalledTimes(2);
  });
});
