import { type ChatEvent, ERROR_TABLE, type ErrorCode, GatewayError, ResultCollector } from '@lingma-gateway/core/chat';
import { anthropicMessages } from '@lingma-gateway/core/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTurn, TURNS, turn } from './openai-responses-cases.js';
import { publishedSchema } from './published-schema.js';
import { readFrames, type SseFrame } from './sse-frames.js';

const problems = publishedSchema('messages-anthropic');

const request = (more: object = {}): object => ({
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
  ...more,
});
const THINKING = { thinking: { type: 'adaptive' } };
const responseTo = (more: object = {}) => anthropicMessages.parseRequest(request(more)).response;

function encode(events: readonly ChatEvent[], more: object = {}): string {
  const encoder = anthropicMessages.createStreamEncoder(responseTo(more));
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

function result(events: readonly ChatEvent[], more: object = {}): Message {
  const collector = new ResultCollector();
  for (const event of events) collector.push(event);
  return anthropicMessages.encodeResult(collector.finish(), responseTo(more)) as unknown as Message;
}

interface Block {
  type: string;
  text?: string;
  thinking?: string;
  signature?: string;
  input?: unknown;
}
interface Message {
  id: string;
  content: Block[];
  stop_reason: string | null;
  usage: { input_tokens: number };
}
interface MessageEvent {
  type: string;
  index?: number;
  message?: Message;
  content_block?: Block;
  delta?: Record<string, string>;
  usage?: Message['usage'];
}

function eventsOf(sent: readonly SseFrame[]): MessageEvent[] {
  return sent.map(({ event, data }) => {
    const parsed = JSON.parse(data) as MessageEvent;
    expect(parsed.type).toBe(event);
    return parsed;
  });
}

/** What a careful client makes of the events, checking their order on the way; it knows nothing of the encoder. */
function fold(events: readonly MessageEvent[]): Message & { readonly cut: readonly number[] } {
  const [first, ...rest] = events;
  expect(first?.type).toBe('message_start');
  const message = structuredClone(first?.message) as Message;
  expect(message.content).toEqual([]);
  expect(message.usage.input_tokens).toBeGreaterThan(0);
  const cut: number[] = [];
  let open: Block | undefined;
  let json = '';
  let stopped = false;
  for (const event of rest) {
    expect(stopped).toBe(false);
    switch (event.type) {
      case 'content_block_start':
        expect(open).toBeUndefined();
        expect(event.index).toBe(message.content.length);
        open = structuredClone(event.content_block) as Block;
        message.content.push(open);
        json = '';
        break;
      case 'content_block_delta': {
        expect(event.index).toBe(message.content.length - 1);
        const delta = event.delta ?? {};
        if (delta.type === 'text_delta') (open as Block).text += delta.text ?? '';
        else if (delta.type === 'thinking_delta') (open as Block).thinking += delta.thinking ?? '';
        else if (delta.type === 'signature_delta') (open as Block).signature = delta.signature ?? '';
        else json += delta.partial_json ?? '';
        break;
      }
      case 'content_block_stop':
        expect(event.index).toBe(message.content.length - 1);
        if (open?.type === 'tool_use' && json.trim() !== '') {
          try {
            open.input = JSON.parse(json);
          } catch {
            cut.push(message.content.length - 1);
          }
        }
        open = undefined;
        break;
      case 'message_delta':
        expect(open).toBeUndefined();
        Object.assign(message, event.delta, { usage: event.usage });
        break;
      default:
        expect(event.type).toBe('message_stop');
        stopped = true;
    }
  }
  expect(stopped).toBe(true);
  return { ...message, cut };
}

type CallStart = Extract<ChatEvent, { type: 'tool-input-start' }>;

/** Ids of calls that a result leaves out or cannot tell: cut ones, and functions whose input is no object. */
function untellable(events: readonly ChatEvent[]): { readonly cut: Set<string>; readonly broken: boolean } {
  const cut = new Set<string>();
  let broken = false;
  let start: CallStart | undefined;
  let input = '';
  for (const event of events) {
    if (event.type === 'tool-input-start') {
      start = event;
      input = '';
    } else if (event.type === 'tool-input-delta') input += event.delta;
    else if (event.type === 'tool-input-end' && start?.executedBy === 'client') {
      if (event.incomplete === true) cut.add(start.id);
      else if (start.kind === 'function' && input !== '' && !isObject(input)) broken = true;
    }
  }
  return { cut, broken };
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

describe('anthropic-messages against the published schemas', () => {
  for (const [name, events] of Object.entries(TURNS)) {
    // The document is older than thinking and refusals.
    if (name === 'filtered') continue;
    it(`result - ${name}`, () => {
      expect(problems('Message', result(events))).toEqual([]);
      expect(problems('BetaUsage', result(events).usage)).toEqual([]);
    });

    it(`stream - ${name}`, () => {
      const sent = eventsOf(readFrames(encode(events)));
      expect(sent.flatMap((event) => problems('MessageStreamEvent', event))).toEqual([]);
      expect(problems('BetaUsage', sent[0]?.message?.usage)).toEqual([]);
      expect(problems('BetaUsage', sent.at(-2)?.usage)).toEqual([]);
    });
  }

  it('errors - every code the document has a type for', () => {
    for (const code of Object.keys(ERROR_TABLE) as ErrorCode[]) {
      if (code === 'payload_too_large' || code === 'upstream_timeout') continue;
      const { body } = anthropicMessages.encodeError(new GatewayError(code, 'It failed'), 'req_1');
      expect(problems('ErrorResponse', body), code).toEqual([]);
    }
  });

  it('the schemas refuse what is wrong, or the tests above prove nothing', () => {
    expect(problems('Message', { ...result(TURNS.text as ChatEvent[]), stop_reason: 'length' })).not.toEqual([]);
    expect(problems('MessageStreamEvent', { type: 'message_delta', delta: {} })).not.toEqual([]);
    expect(problems('ErrorResponse', { type: 'error', error: { type: 'oops', message: '' } })).not.toEqual([]);
  });
});

describe('anthropic-messages for any turn', () => {
  it('stream - one block at a time, and folds to the result', () => {
    fc.assert(
      fc.property(
        anyTurn,
        fc.constantFrom({}, THINKING, { thinking: { type: 'adaptive', display: 'omitted' } }),
        (events, more) => {
          const { cut: cutIds, broken } = untellable(events);
          if (broken) {
            expect(() => result(events, more)).toThrow(GatewayError);
            return;
          }
          const { cut, ...folded } = fold(eventsOf(readFrames(encode(events, more))));
          expect(folded.content.every((block) => block.type !== 'text' || block.text !== '')).toBe(true);
          const told = folded.content.filter((block) => !cutIds.has(String((block as { id?: string }).id)));
          expect(cut.every((index) => cutIds.has(String((folded.content[index] as { id?: string }).id)))).toBe(true);
          const { id: _id, ...whole } = result(events, more);
          const { id: _folded, ...rest } = folded;
          expect({ ...rest, content: told }).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stream - a failure at any point ends with the error event and nothing that looks like an end', () => {
    fc.assert(
      fc.property(anyTurn, fc.nat(), (events, after) => {
        const encoder = anthropicMessages.createStreamEncoder(responseTo(THINKING));
        const begun = events.slice(0, after % events.length).map((event) => encoder.push(event));
        const failed = encoder.fail(new GatewayError('not_ready', 'Lingma is away'));
        const sent = eventsOf(readFrames(begun.join('') + failed + encoder.end()));
        expect(sent.at(-1)).toEqual({ type: 'error', error: { type: 'overloaded_error', message: 'Lingma is away' } });
        expect(sent.filter((event) => event.type === 'message_delta' || event.type === 'message_stop')).toEqual([]);
      }),
    );
  });

  it('stream - one that lacks its end is told as a failure', () => {
    const events = turn([{ block: { type: 'text', text: 'Half' }, cuts: [] }], 'stop').slice(0, -1);
    const sent = eventsOf(readFrames(encode(events)));
    expect(sent.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  });
});
