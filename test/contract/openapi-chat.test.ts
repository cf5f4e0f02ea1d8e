import { type ChatEvent, ERROR_TABLE, type ErrorCode, GatewayError, ResultCollector } from '@lingma-gateway/core/chat';
import { openaiChat } from '@lingma-gateway/core/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTurn, TURNS, turn } from './openai-responses-cases.js';
import { publishedSchema } from './published-schema.js';
import { readFrames } from './sse-frames.js';

const problems = publishedSchema('chat-openai');

const request = (more: object = {}): object => ({
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
  ...more,
});
const responseTo = (more: object = {}) => openaiChat.parseRequest(request(more)).response;

function encode(events: readonly ChatEvent[], more: object = {}): string {
  const encoder = openaiChat.createStreamEncoder(responseTo(more));
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

function result(events: readonly ChatEvent[], more: object = {}): Completion {
  const collector = new ResultCollector();
  for (const event of events) collector.push(event);
  return openaiChat.encodeResult(collector.finish(), responseTo(more)) as unknown as Completion;
}

interface Call {
  index?: number;
  id?: string;
  type?: string;
  function?: { name?: string; arguments: string };
  custom?: { name: string; input: string };
}
interface Message {
  role?: string;
  content?: string | null;
  reasoning_content?: string;
  refusal?: null;
  tool_calls?: Call[];
}
interface Completion {
  id: string;
  object: string;
  usage?: unknown;
  choices: { index: number; message: Message; logprobs: null; finish_reason: string }[];
}
interface Chunk {
  id: string;
  object: string;
  created: number;
  model: string;
  usage?: unknown;
  choices: { index: number; delta: Message; logprobs: null; finish_reason: string | null }[];
}

function chunksOf(sse: string): Chunk[] {
  const events = readFrames(sse);
  expect(events.at(-1)?.data).toBe('[DONE]');
  return events.slice(0, -1).map(({ data }) => JSON.parse(data) as Chunk);
}

/** What a careful client makes of the chunks; it knows nothing of the encoder. */
function fold(chunks: readonly Chunk[]): Omit<Completion, 'id'> & { readonly usage: unknown } {
  let content = '';
  let thoughts = '';
  const calls: Call[] = [];
  const reasons: string[] = [];
  for (const { delta, finish_reason: reason } of chunks.flatMap((chunk) => chunk.choices)) {
    content += delta.content ?? '';
    thoughts += delta.reasoning_content ?? '';
    for (const { index, ...piece } of delta.tool_calls ?? []) {
      const known = calls[index as number];
      if (known === undefined) {
        expect(index).toBe(calls.length);
        calls.push(structuredClone(piece));
      } else if (known.function !== undefined) known.function.arguments += piece.function?.arguments ?? '';
    }
    if (reason !== null) reasons.push(reason);
  }
  expect(reasons).toHaveLength(1);
  return {
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: chunks[0]?.choices[0]?.delta.role as string,
          content: content === '' && calls.length > 0 ? null : content,
          ...(thoughts !== '' && { reasoning_content: thoughts }),
          refusal: null,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: reasons[0] as string,
      },
    ],
    usage: chunks.at(-1)?.usage,
  };
}

const withoutChange = ({ object, choices, usage }: Completion): object => ({ object, choices, usage });
const hasCustomCall = (chunk: Chunk): boolean =>
  chunk.choices.some(({ delta }) => delta.tool_calls?.some((call) => call.type === 'custom'));

describe('openai-chat against the published schemas', () => {
  for (const [name, events] of Object.entries(TURNS)) {
    it(`result - ${name}`, () => {
      expect(problems('CreateChatCompletionResponse', result(events))).toEqual([]);
    });

    it(`stream - ${name}`, () => {
      for (const more of [{}, { stream_options: { include_usage: true } }]) {
        // The document has no word yet for free-form calls in chunks.
        const chunks = chunksOf(encode(events, more)).filter((chunk) => !hasCustomCall(chunk));
        expect(chunks.flatMap((chunk) => problems('CreateChatCompletionStreamResponse', chunk))).toEqual([]);
      }
    });
  }

  it('errors - every code', () => {
    for (const code of Object.keys(ERROR_TABLE) as ErrorCode[]) {
      const { body } = openaiChat.encodeError(new GatewayError(code, 'It failed', { param: 'messages' }));
      expect(problems('ErrorResponse', body), code).toEqual([]);
    }
  });

  it('the schemas refuse what is wrong, or the tests above prove nothing', () => {
    const [choice] = result(TURNS.text as ChatEvent[]).choices;
    expect(problems('CreateChatCompletionResponse', { id: 'x', choices: [choice] })).not.toEqual([]);
    expect(problems('CreateChatCompletionStreamResponse', { id: 'x' })).not.toEqual([]);
    expect(problems('ErrorResponse', { error: 'no' })).not.toEqual([]);
  });
});

describe('openai-chat for any turn', () => {
  it('stream - folds to the result', () => {
    fc.assert(
      fc.property(anyTurn, (events) => {
        const more = { stream_options: { include_usage: true } };
        const chunks = chunksOf(encode(events, more));
        expect(
          new Set(chunks.map(({ id, object, created, model }) => `${id} ${object} ${created} ${model}`)).size,
        ).toBe(1);
        expect(fold(chunks)).toEqual(withoutChange(result(events, more)));
      }),
      { numRuns: 300 },
    );
  });

  it('stream - a failure at any point ends with the error and no [DONE]', () => {
    fc.assert(
      fc.property(anyTurn, fc.nat(), (events, after) => {
        const encoder = openaiChat.createStreamEncoder(responseTo());
        const begun = events.slice(0, after % events.length).map((event) => encoder.push(event));
        const failed = encoder.fail(new GatewayError('upstream_error', 'Lingma failed'));
        const sent = readFrames(
          begun.join('') + failed + encoder.end() + encoder.fail(new GatewayError('internal', 'x')),
        );
        expect(JSON.parse(sent.at(-1)?.data ?? '')).toEqual({
          error: { message: 'Lingma failed', type: 'server_error', param: null, code: 'upstream_error' },
        });
        const before = sent.slice(0, -1).map(({ data }) => JSON.parse(data) as Chunk);
        expect(before.every((chunk) => chunk.choices.every((choice) => choice.finish_reason === null))).toBe(true);
      }),
    );
  });

  it('stream - one that lacks its end is told as a failure', () => {
    const events = turn([{ block: { type: 'text', text: 'Half' }, cuts: [] }], 'stop').slice(0, -1);
    const sent = readFrames(encode(events));
    expect(sent.at(-1)?.data).toContain('"code":"upstream_protocol"');
  });
});
