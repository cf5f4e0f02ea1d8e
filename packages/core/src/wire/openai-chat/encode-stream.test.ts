import { describe, expect, it } from 'vitest';
import { type ChatEvent, GatewayError } from '../../chat/index.js';
import type { ResponseOptions } from '../protocol.js';
import { createStreamEncoder } from './encode-stream.js';

const response: ResponseOptions = {
  stream: true,
  model: 'gpt-4.1',
  includeUsage: false,
  reasoning: 'visible',
  echo: {},
};
const usage = { inputTokens: 11, outputTokens: 7, origin: 'estimated' } as const;
const start: ChatEvent = {
  type: 'response-start',
  responseId: 'r',
  model: 'q',
  createdAt: 1_767_323_045_900,
  warnings: [],
};
const end = (finishReason: 'stop' | 'tool-calls' | 'length' = 'stop'): ChatEvent => ({
  type: 'response-end',
  finishReason,
  usage,
});
const text = (id: string, ...deltas: string[]): ChatEvent[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): ChatEvent => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
const call = (id: string, kind: 'function' | 'custom', deltas: string[], incomplete = false): ChatEvent[] => [
  { type: 'tool-input-start', id, toolName: 'ls', kind, executedBy: 'client' },
  ...deltas.map((delta): ChatEvent => ({ type: 'tool-input-delta', id, delta })),
  { type: 'tool-input-end', id, ...(incomplete && { incomplete: true as const }) },
];

function encode(events: readonly ChatEvent[], more: Partial<ResponseOptions> = {}): string {
  const encoder = createStreamEncoder({ ...response, ...more });
  return (events.map((event) => encoder.push(event)).join('') + encoder.end()).replace(/chatcmpl-[0-9a-f]{32}/g, 'ID');
}

const HEAD = '{"id":"ID","object":"chat.completion.chunk","created":1767323045,"model":"gpt-4.1","choices":[';
const chunk = (delta: string, finish = 'null', more = ''): string =>
  `data: ${HEAD}{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${finish}}]${more}}\n\n`;
const first = (more = ''): string => chunk('"role":"assistant","content":"","refusal":null', 'null', more);
const DONE = 'data: [DONE]\n\n';

describe('frames', () => {
  it('text', () => {
    expect(encode([start, ...text('t', 'Hel', '', 'lo "世界"\n'), end()])).toBe(
      first() + chunk('"content":"Hel"') + chunk('"content":"lo \\"世界\\"\\n"') + chunk('', '"stop"') + DONE,
    );
  });

  it('thoughts', () => {
    const thoughts: ChatEvent[] = [
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'Hm.' },
      { type: 'reasoning-end', id: 'r' },
    ];
    expect(encode([start, ...thoughts, ...text('t', 'A'), end()])).toBe(
      first() + chunk('"reasoning_content":"Hm."') + chunk('"content":"A"') + chunk('', '"stop"') + DONE,
    );
    expect(encode([start, ...thoughts, end()], { reasoning: 'hidden' })).toBe(first() + chunk('', '"stop"') + DONE);
  });

  it('calls - indices grow, each piece names its own', () => {
    expect(
      encode([
        start,
        ...call('call_a', 'function', ['{"p":', '1}']),
        ...call('call_b', 'function', []),
        end('tool-calls'),
      ]),
    ).toBe(
      first() +
        chunk('"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"ls","arguments":""}}]') +
        chunk('"tool_calls":[{"index":0,"function":{"arguments":"{\\"p\\":"}}]') +
        chunk('"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]') +
        chunk('"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"ls","arguments":""}}]') +
        chunk('', '"tool_calls"') +
        DONE,
    );
  });

  it('custom calls - whole, in one frame', () => {
    expect(encode([start, ...call('call_a', 'custom', ['***', ' Begin']), end('tool-calls')])).toBe(
      first() +
        chunk('"tool_calls":[{"index":0,"id":"call_a","type":"custom","custom":{"name":"ls","input":"*** Begin"}}]') +
        chunk('', '"tool_calls"') +
        DONE,
    );
  });

  it('custom calls - not at all when they were cut, and the index goes to the next', () => {
    const cut = encode([
      start,
      ...call('a', 'custom', ['***'], true),
      ...call('b', 'function', ['{}']),
      end('tool-calls'),
    ]);
    expect(cut).not.toContain('"a"');
    expect(cut).toContain('{"index":0,"id":"b"');
    expect(cut).toContain('"finish_reason":"length"');
  });

  it('the older form', () => {
    const echo = { legacyFunctions: true };
    expect(
      encode([start, ...call('a', 'function', ['{}']), ...call('b', 'function', ['{}']), end('tool-calls')], { echo }),
    ).toBe(
      first() +
        chunk('"function_call":{"name":"ls","arguments":""}') +
        chunk('"function_call":{"arguments":"{}"}') +
        chunk('', '"function_call"') +
        DONE,
    );
  });

  it('usage - in a last chunk of its own, null in all others', () => {
    const none = ',"usage":null';
    expect(encode([start, ...text('t', 'A'), end()], { includeUsage: true })).toBe(
      first(none) +
        chunk('"content":"A"', 'null', none) +
        chunk('', '"stop"', none) +
        `data: ${HEAD}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"estimated":true}}\n\n` +
        DONE,
    );
  });

  it('what ran upstream is not told', () => {
    const upstream: ChatEvent[] = [
      { type: 'tool-input-start', id: 'u', toolName: 'grep', kind: 'function', executedBy: 'upstream' },
      { type: 'tool-input-delta', id: 'u', delta: '{}' },
      { type: 'tool-input-end', id: 'u' },
      { type: 'tool-result', toolCallId: 'u', output: 'x', isError: false },
    ];
    expect(encode([start, ...upstream, end()])).toBe(first() + chunk('', '"stop"') + DONE);
  });
});

describe('endings', () => {
  const failure =
    'data: {"error":{"message":"Lingma failed","type":"server_error","param":null,"code":"upstream_error"}}\n\n';

  it('fail() - the error and nothing after it', () => {
    const encoder = createStreamEncoder(response);
    encoder.push(start);
    expect(encoder.fail(new GatewayError('upstream_error', 'Lingma failed'))).toBe(failure);
    expect(encoder.push(text('t', 'x')[1] as ChatEvent)).toBe('');
    expect(encoder.end()).toBe('');
    expect(encoder.fail(new GatewayError('internal', 'again'))).toBe('');
  });

  it('fail() - also right before anything was sent', () => {
    expect(createStreamEncoder(response).fail(new GatewayError('upstream_error', 'Lingma failed'))).toBe(failure);
  });

  it('end() - a stream without its end is a failure', () => {
    expect(encode([start, ...text('t', 'Half')])).toContain('"code":"upstream_protocol"');
    expect(encode([start, ...text('t', 'Half')])).not.toContain('[DONE]');
  });

  it('keepAlive - is a comment', () => {
    expect(createStreamEncoder(response).keepAlive).toBe(': keep-alive\n\n');
  });
});
