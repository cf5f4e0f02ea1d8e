import { describe, expect, it } from 'vitest';
import { type ChatEvent, GatewayError } from '../../chat/index.js';
import type { ResponseOptions } from '../protocol.js';
import { createStreamEncoder } from './encode-stream.js';

const response: ResponseOptions = {
  stream: true,
  model: 'claude-sonnet-5',
  includeUsage: true,
  reasoning: 'visible',
  echo: {},
};
const start: ChatEvent = {
  type: 'response-start',
  responseId: 'r',
  model: 'q',
  createdAt: 0,
  inputTokens: 11,
  warnings: [],
};
const end = (finishReason: 'stop' | 'tool-calls' | 'length' = 'stop', more: object = {}): ChatEvent => ({
  type: 'response-end',
  finishReason,
  usage: { inputTokens: 11, outputTokens: 7, origin: 'reported' },
  ...more,
});
const text = (id: string, ...deltas: string[]): ChatEvent[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): ChatEvent => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
const thoughts = (...deltas: string[]): ChatEvent[] => [
  { type: 'reasoning-start', id: 'r' },
  ...deltas.map((delta): ChatEvent => ({ type: 'reasoning-delta', id: 'r', delta })),
  { type: 'reasoning-end', id: 'r' },
];
const call = (id: string, kind: 'function' | 'custom', deltas: string[], incomplete = false): ChatEvent[] => [
  { type: 'tool-input-start', id, toolName: 'ls', kind, executedBy: 'client' },
  ...deltas.map((delta): ChatEvent => ({ type: 'tool-input-delta', id, delta })),
  { type: 'tool-input-end', id, ...(incomplete && { incomplete: true as const }) },
];

function encode(events: readonly ChatEvent[], more: Partial<ResponseOptions> = {}): string {
  const encoder = createStreamEncoder({ ...response, ...more });
  return (events.map((event) => encoder.push(event)).join('') + encoder.end()).replace(/msg_[0-9a-f]{32}/, 'ID');
}

const frame = (type: string, members: string): string => `event: ${type}\ndata: {"type":"${type}",${members}}\n\n`;
const usage = (output: number): string =>
  `{"input_tokens":11,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":${output},"server_tool_use":null,"service_tier":"standard"}`;
const START = frame(
  'message_start',
  `"message":{"id":"ID","type":"message","role":"assistant","model":"claude-sonnet-5","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"usage":${usage(0)}}`,
);
const begin = (index: number, block: string): string =>
  frame('content_block_start', `"index":${index},"content_block":{${block}}`);
const delta = (index: number, members: string): string =>
  frame('content_block_delta', `"index":${index},"delta":{${members}}`);
const stop = (index: number): string => frame('content_block_stop', `"index":${index}`);
const finish = (reason: string, sequence = 'null'): string =>
  `${frame(
    'message_delta',
    `"delta":{"stop_reason":"${reason}","stop_sequence":${sequence},"stop_details":null,"container":null},"usage":${usage(7)}`,
  )}event: message_stop\ndata: {"type":"message_stop"}\n\n`;

const TEXT = '"type":"text","text":""';
const THINKING = '"type":"thinking","thinking":"","signature":""';

describe('frames', () => {
  it('text - no blocks for text that is none', () => {
    expect(encode([start, ...text('a'), ...text('b', '', 'Hel', 'lo "世界"\n'), end()])).toBe(
      START +
        begin(0, TEXT) +
        delta(0, '"type":"text_delta","text":"Hel"') +
        delta(0, '"type":"text_delta","text":"lo \\"世界\\"\\n"') +
        stop(0) +
        finish('end_turn'),
    );
  });

  it('thoughts - without a signature, for there is none', () => {
    expect(encode([start, ...thoughts('Hm.'), ...text('t', 'A'), end()])).toBe(
      START +
        begin(0, THINKING) +
        delta(0, '"type":"thinking_delta","thinking":"Hm."') +
        stop(0) +
        begin(1, TEXT) +
        delta(1, '"type":"text_delta","text":"A"') +
        stop(1) +
        finish('end_turn'),
    );
  });

  it('thoughts - omitted: the block stays, the text goes; hidden: both go', () => {
    const events = [start, ...thoughts('Hm.', 'So.'), end()];
    expect(encode(events, { reasoning: 'omitted' })).toBe(START + begin(0, THINKING) + stop(0) + finish('end_turn'));
    expect(encode(events, { reasoning: 'hidden' })).toBe(START + finish('end_turn'));
  });

  it('calls', () => {
    expect(
      encode([
        start,
        ...call('toolu_1', 'function', ['{"p":', '"x"}']),
        ...call('toolu_2', 'function', []),
        end('tool-calls'),
      ]),
    ).toBe(
      START +
        begin(0, '"type":"tool_use","id":"toolu_1","name":"ls","input":{}') +
        delta(0, '"type":"input_json_delta","partial_json":"{\\"p\\":"') +
        delta(0, '"type":"input_json_delta","partial_json":"\\"x\\"}"') +
        stop(0) +
        begin(1, '"type":"tool_use","id":"toolu_2","name":"ls","input":{}') +
        stop(1) +
        finish('tool_use'),
    );
  });

  it('calls - free-form input becomes the JSON the protocol wants, wherever it is cut', () => {
    const sent = encode([start, ...call('toolu_1', 'custom', ['say "\ud83d', '\udc4b"\n']), end('tool-calls')]);
    const json = [...sent.matchAll(/^data: (.*"partial_json".*)$/gm)]
      .map((match) => (JSON.parse(match[1] ?? '') as { delta: { partial_json: string } }).delta.partial_json)
      .join('');
    expect(JSON.parse(json)).toEqual({ input: 'say "👋"\n' });
  });

  it('calls - a cut one is told as cut', () => {
    expect(encode([start, ...call('toolu_1', 'function', ['{"p'], true), end('tool-calls')])).toBe(
      START +
        begin(0, '"type":"tool_use","id":"toolu_1","name":"ls","input":{}') +
        delta(0, '"type":"input_json_delta","partial_json":"{\\"p"') +
        stop(0) +
        finish('max_tokens'),
    );
  });

  it('a stop sequence that was hit', () => {
    expect(encode([start, end('stop', { stopSequence: 'END' })])).toBe(START + finish('stop_sequence', '"END"'));
  });

  it('usage - whole and above zero from the first event on', () => {
    const { inputTokens: _unknown, ...bare } = start as Extract<ChatEvent, { type: 'response-start' }>;
    expect(encode([bare, end()])).toContain(
      '"usage":{"input_tokens":1,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0',
    );
    expect(encode([start, end('stop', { usage: { inputTokens: 3, outputTokens: 2, origin: 'estimated' } })])).toContain(
      '"usage":{"input_tokens":3,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2,"server_tool_use":null,"service_tier":"standard","estimated":true}',
    );
  });

  it('what ran upstream is not told', () => {
    const upstream: ChatEvent[] = [
      { type: 'tool-input-start', id: 'u', toolName: 'grep', kind: 'function', executedBy: 'upstream' },
      { type: 'tool-input-delta', id: 'u', delta: '{}' },
      { type: 'tool-input-end', id: 'u' },
      { type: 'tool-result', toolCallId: 'u', output: 'x', isError: false },
    ];
    expect(encode([start, ...upstream, end()])).toBe(START + finish('end_turn'));
  });
});

describe('endings', () => {
  const failure = 'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Lingma failed"}}\n\n';

  it('fail() - the error and nothing after it, in the middle of a block and before everything', () => {
    const encoder = createStreamEncoder(response);
    encoder.push(start);
    encoder.push(text('t', 'x')[1] as ChatEvent);
    expect(encoder.fail(new GatewayError('upstream_error', 'Lingma failed'))).toBe(failure);
    expect(encoder.push(end())).toBe('');
    expect(encoder.end()).toBe('');
    expect(createStreamEncoder(response).fail(new GatewayError('upstream_error', 'Lingma failed'))).toBe(failure);
  });

  it('end() - a stream without its end is a failure', () => {
    const sent = encode([start, ...text('t', 'Half')]);
    expect(sent).toContain('event: error\n');
    expect(sent).not.toContain('message_stop');
  });

  it('keepAlive - is the ping of the protocol', () => {
    expect(createStreamEncoder(response).keepAlive).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});
