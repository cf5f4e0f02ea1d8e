import { describe, expect, it } from 'vitest';
import { type ChatEvent, GatewayError } from '../../../chat/index.js';
import type { JsonObject } from '../../../util/index.js';
import { parseRequest } from '../request/parse-request.js';
import { createStreamEncoder } from './encode-stream.js';

const START: ChatEvent = {
  type: 'response-start',
  responseId: 'turn',
  model: 'org_auto',
  createdAt: 1_700_000_000_900,
  inputTokens: 9,
  warnings: [],
};
const usage = { inputTokens: 10, outputTokens: 5, origin: 'reported' } as const;
const END: ChatEvent = { type: 'response-end', finishReason: 'stop', usage };
const clock = { now: () => 1_700_000_003_000, schedule: () => () => undefined };

function encoderFor(request: object = {}, onEnd?: (response: () => JsonObject, length: number) => void) {
  const { response } = parseRequest({ model: 'm', input: 'x', ...request });
  const fixed = { ...response, echo: { ...response.echo, id: 'resp_ab' } };
  return createStreamEncoder(fixed, { clock, ...(onEnd !== undefined && { onEnd }) });
}

type Frame = Record<string, unknown> & { readonly type: string };

function frames(stream: string): Frame[] {
  return [...stream.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] as string) as Frame);
}

function encode(events: readonly ChatEvent[], request?: object): Frame[] {
  const encoder = encoderFor(request);
  return frames(events.map((event) => encoder.push(event)).join('') + encoder.end());
}

const types = (sent: readonly Frame[]): string[] => sent.map((frame) => frame.type);

describe('createStreamEncoder()', () => {
  it('text - is this sequence, to the letter', () => {
    const sent = encode([
      START,
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'Hel' },
      { type: 'text-delta', id: 't', delta: '' },
      { type: 'text-delta', id: 't', delta: 'lo' },
      { type: 'text-end', id: 't' },
      END,
    ]);
    const at = { item_id: 'msg_ab000000', output_index: 0, content_index: 0 };
    const part = { type: 'output_text', text: 'Hello', annotations: [], logprobs: [] };
    const item = { id: 'msg_ab000000', type: 'message', status: 'completed', role: 'assistant', content: [part] };
    expect(sent.slice(2)).toEqual([
      {
        type: 'response.output_item.added',
        sequence_number: 2,
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
      },
      { type: 'response.content_part.added', sequence_number: 3, ...at, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', sequence_number: 4, ...at, delta: 'Hel', logprobs: [] },
      { type: 'response.output_text.delta', sequence_number: 5, ...at, delta: 'lo', logprobs: [] },
      { type: 'response.output_text.done', sequence_number: 6, ...at, text: 'Hello', logprobs: [] },
      { type: 'response.content_part.done', sequence_number: 7, ...at, part },
      { type: 'response.output_item.done', sequence_number: 8, output_index: 0, item },
      { type: 'response.completed', sequence_number: 9, response: expect.objectContaining({ output: [item] }) },
    ]);
    expect(types(sent.slice(0, 2))).toEqual(['response.created', 'response.in_progress']);
  });

  it('response - told at the beginning and whole at the end', () => {
    const [created, , completed] = encode([START, END], { metadata: { a: 'b' } });
    const settings = {
      id: 'resp_ab',
      object: 'response',
      created_at: 1_700_000_000,
      model: 'm',
      metadata: { a: 'b' },
      error: null,
      incomplete_details: null,
    };
    expect(created?.response).toMatchObject({
      ...settings,
      status: 'in_progress',
      completed_at: null,
      output: [],
      usage: { input_tokens: 9, output_tokens: 0, total_tokens: 9 },
    });
    expect(completed?.response).toMatchObject({
      ...settings,
      status: 'completed',
      completed_at: 1_700_000_003,
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 15,
      },
    });
  });

  it('frames - are an event line, a data line and an empty line', () => {
    expect(encoderFor().push(START)).toMatch(
      /^event: response\.created\ndata: \{.*\}\n\nevent: response\.in_progress\ndata: \{.*\}\n\n$/,
    );
    expect(encoderFor().keepAlive).toBe(': keep-alive\n\n');
  });

  it('reasoning - is an item with one summary part', () => {
    const sent = encode([
      START,
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'Hm.' },
      { type: 'reasoning-end', id: 'r' },
      END,
    ]);
    expect(types(sent).slice(2, -1)).toEqual([
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
    ]);
    expect(sent.at(-2)?.item).toEqual({
      id: 'rs_ab000000',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
    });
  });

  it('reasoning - is left out where it is not wanted', () => {
    const sent = encode(
      [
        START,
        { type: 'reasoning-start', id: 'r' },
        { type: 'reasoning-delta', id: 'r', delta: 'Hm.' },
        { type: 'reasoning-end', id: 'r' },
        END,
      ],
      { reasoning: { effort: 'none' } },
    );
    expect(types(sent)).toEqual(['response.created', 'response.in_progress', 'response.completed']);
  });

  it('calls - function and custom, each with its own events', () => {
    const call = (id: string, kind: 'function' | 'custom', input: string): ChatEvent[] => [
      { type: 'tool-input-start', id, toolName: 'f', kind, executedBy: 'client', namespace: 'n' },
      { type: 'tool-input-delta', id, delta: input },
      { type: 'tool-input-end', id },
    ];
    const sent = encode([
      START,
      ...call('call_1', 'function', '{}'),
      ...call('call_2', 'custom', 'x'),
      { ...END, finishReason: 'tool-calls' } as ChatEvent,
    ]);
    expect(types(sent).slice(2)).toEqual([
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.custom_tool_call_input.delta',
      'response.custom_tool_call_input.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(sent[5]?.item).toEqual({
      id: 'fc_ab000000',
      type: 'function_call',
      status: 'completed',
      call_id: 'call_1',
      name: 'f',
      arguments: '{}',
      namespace: 'n',
    });
    expect(sent[9]?.item).toMatchObject({ id: 'ctc_ab000001', call_id: 'call_2', input: 'x', namespace: 'n' });
  });

  it('a cut call - is incomplete, and no event says that its input is done', () => {
    for (const [kind, finishReason] of [
      ['function', 'length'],
      ['custom', 'length'],
      // The source has not noticed: the response must not claim that all is well.
      ['function', 'tool-calls'],
    ] as const) {
      const sent = encode([
        START,
        { type: 'tool-input-start', id: 'call_1', toolName: 'f', kind, executedBy: 'client' },
        { type: 'tool-input-delta', id: 'call_1', delta: '{"a' },
        { type: 'tool-input-end', id: 'call_1', incomplete: true },
        { type: 'response-end', finishReason, usage },
      ]);
      expect(types(sent).filter((type) => /(arguments|input)\.done$/.test(type))).toEqual([]);
      expect(sent.at(-2)?.item).toMatchObject({ status: 'incomplete' });
      expect(sent.at(-1)).toMatchObject({
        type: 'response.incomplete',
        response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, completed_at: null },
      });
    }
  });

  it('text at the limit - is incomplete; text before something else is not', () => {
    const text = (id: string): ChatEvent[] => [
      { type: 'text-start', id },
      { type: 'text-delta', id, delta: id },
      { type: 'text-end', id },
    ];
    const sent = encode([START, ...text('a'), ...text('b'), { type: 'response-end', finishReason: 'length', usage }]);
    const items = sent.filter((frame) => frame.type === 'response.output_item.done').map((frame) => frame.item);
    expect(items).toMatchObject([{ status: 'completed' }, { status: 'incomplete' }]);
  });

  it('retracted text - stays, marked, and the new text is another item', () => {
    const sent = encode([
      START,
      { type: 'text-start', id: 'a' },
      { type: 'text-delta', id: 'a', delta: 'wrong' },
      { type: 'text-end', id: 'a', retracted: true },
      { type: 'text-start', id: 'b' },
      { type: 'text-delta', id: 'b', delta: 'right' },
      { type: 'text-end', id: 'b' },
      END,
    ]);
    expect(sent.at(-1)?.response).toMatchObject({
      output: [
        { id: 'msg_ab000000', status: 'incomplete' },
        { id: 'msg_ab000001', status: 'completed' },
      ],
    });
  });

  it('local_shell - is a command where the tool was offered, a function elsewhere', () => {
    const events: ChatEvent[] = [
      START,
      { type: 'tool-input-start', id: 'call_1', toolName: 'local_shell', kind: 'function', executedBy: 'client' },
      { type: 'tool-input-delta', id: 'call_1', delta: '{"command":"ls -l","env":{"A":1}}' },
      { type: 'tool-input-end', id: 'call_1' },
      END,
    ];
    expect(encode(events, { tools: [{ type: 'local_shell' }] }).at(-2)).toEqual({
      type: 'response.output_item.done',
      sequence_number: 3,
      output_index: 0,
      item: {
        id: 'lsh_ab000000',
        type: 'local_shell_call',
        status: 'completed',
        call_id: 'call_1',
        action: { type: 'exec', command: ['bash', '-lc', 'ls -l'], env: { A: '1' } },
      },
    });
    expect(encode(events).at(-2)?.item).toMatchObject({ type: 'function_call', name: 'local_shell' });
  });

  it('tools that ran upstream - and their results are not told', () => {
    const sent = encode([
      START,
      { type: 'tool-input-start', id: 'c', toolName: 'grep', kind: 'function', executedBy: 'upstream' },
      { type: 'tool-input-delta', id: 'c', delta: '{}' },
      { type: 'tool-input-end', id: 'c' },
      { type: 'tool-result', toolCallId: 'c', output: 'x', isError: false },
      END,
    ]);
    expect(types(sent)).toEqual(['response.created', 'response.in_progress', 'response.completed']);
  });

  it('fail() - before anything else is a whole, failed response', () => {
    const encoder = encoderFor();
    const sent = frames(encoder.fail(new GatewayError('not_ready', 'Lingma is starting')));
    expect(types(sent)).toEqual(['response.created', 'response.in_progress', 'response.failed']);
    expect(sent[2]?.response).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'Lingma is starting' },
      output: [],
    });
    expect(encoder.end() + encoder.fail(new GatewayError('internal', 'x')) + encoder.push(START)).toBe('');
  });

  it('fail() - closes what is open and keeps it', () => {
    const encoder = encoderFor();
    encoder.push(START);
    encoder.push({ type: 'text-start', id: 'a' });
    encoder.push({ type: 'text-delta', id: 'a', delta: 'Hal' });
    const sent = frames(encoder.fail(new GatewayError('upstream_timeout', 'Silence')));
    expect(types(sent)).toEqual([
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.failed',
    ]);
    expect(sent.at(-1)?.response).toMatchObject({ output: [{ status: 'incomplete', content: [{ text: 'Hal' }] }] });
  });

  it('end() - of a turn without its end is a failure, never a success', () => {
    const encoder = encoderFor();
    encoder.push(START);
    expect(types(frames(encoder.end()))).toEqual(['response.failed']);
  });

  it('onEnd - is told the response of the last event and its length, once', () => {
    const told: unknown[] = [];
    const encoder = encoderFor({}, (response, length) => told.push([response(), length]));
    const sent = frames(encoder.push(START) + encoder.push(END) + encoder.end());
    const response = sent.at(-1)?.response;
    expect(told).toEqual([[response, JSON.stringify(response).length]]);
  });
});
