import { describe, expect, it } from 'vitest';
import { type ChatEvent, checkGrammar, type ToolDefinition } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { AnswerDecoder } from './decode-answer.js';
import { createToolNames } from './tool-names.js';

const LS: ToolDefinition = { kind: 'function', name: 'ls', inputSchema: {} };
const PATCH: ToolDefinition = { kind: 'custom', name: 'apply.patch', namespace: 'fs', inputSchema: {} };

function decode(chunks: readonly JsonObject[], options: { done?: boolean; cut?: boolean } = {}): readonly ChatEvent[] {
  const events: ChatEvent[] = [];
  const decoder = new AnswerDecoder({
    names: createToolNames([LS, PATCH]),
    model: 'asked',
    secrets: [],
    now: () => 5_000,
  });
  const grammar = checkGrammar();
  const emit = (event: ChatEvent): void => grammar.push(event, (checked) => events.push(checked));
  for (const chunk of chunks) decoder.push(chunk, emit);
  if (options.cut !== true) decoder.end(emit, options.done ?? true);
  return events;
}
const delta = (members: JsonObject, finish: string | null = null): JsonObject => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, delta: members, finish_reason: finish }],
});
const call = (index: number | undefined, id: string | undefined, name: string | undefined, args: string): JsonObject =>
  delta({
    tool_calls: [
      { ...(index !== undefined && { index }), ...(id !== undefined && { id }), function: { name, arguments: args } },
    ],
  });
const callsOf = (events: readonly ChatEvent[]): unknown[] => {
  const calls = new Map<string, { name: string; input: string; incomplete?: true }>();
  for (const event of events) {
    if (event.type === 'tool-input-start') calls.set(event.id, { name: event.toolName, input: '' });
    const open = 'id' in event ? calls.get(event.id) : undefined;
    if (event.type === 'tool-input-delta' && open !== undefined) open.input += event.delta;
    if (event.type === 'tool-input-end' && event.incomplete && open !== undefined) open.incomplete = true;
  }
  return [...calls.values()];
};
const end = (events: readonly ChatEvent[]) => events.at(-1);

describe('AnswerDecoder', () => {
  it('several choices, cut before all have said why they ended - no answer', () => {
    const other = (finish: string | null): JsonObject => ({
      id: 'c',
      choices: [{ index: 1, delta: { content: 'b' }, finish_reason: finish }],
    });
    const first = delta({ content: 'a' }, 'stop');
    expect(() => decode([first, other(null)], { done: false })).toThrow('cut off');
    expect(end(decode([first, other(null), other('stop')], { done: false }))).toMatchObject({ finishReason: 'stop' });
    expect(end(decode([first, other(null)]))).toMatchObject({ finishReason: 'stop' });
  });

  it('halves of characters in pieces of their own - are told as whole ones, and one without its other half is replaced', () => {
    const events = decode([
      delta({ reasoning_content: 'a\ud83d' }),
      delta({ reasoning_content: '\ude42b\ud83d' }),
      delta({ content: '\ude42\ud83d' }),
      delta({ content: '\ude42' }),
      call(0, 'x', 'ls', '{"a":"\ud83d'),
      call(0, undefined, undefined, '\ude42\ud83d"}'),
      delta({}, 'tool_calls'),
    ]);
    const told = (type: ChatEvent['type']) =>
      events.flatMap((event) => (event.type === type && 'delta' in event ? [event.delta] : []));
    expect(told('reasoning-delta').join('')).toBe('a🙂b\ufffd');
    expect(told('text-delta').join('')).toBe('\ufffd🙂');
    expect(callsOf(events)).toEqual([{ name: 'ls', input: '{"a":"🙂\ufffd"}' }]);
    for (const event of events) if ('delta' in event) expect(event.delta.isWellFormed()).toBe(true);
  });

  it('thoughts, then text, by either name - one block each', () => {
    const events = decode([
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning_content: 'a' }),
      delta({ reasoning: 'b' }),
      delta({ content: 'c' }),
      delta({ content: [{ type: 'text', text: 'd' }] }),
      delta({}, 'stop'),
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      ...['response-start', 'reasoning-start', 'reasoning-delta', 'reasoning-delta', 'reasoning-end'],
      ...['text-start', 'text-delta', 'text-delta', 'text-end', 'response-end'],
    ]);
  });

  it.each<[string, JsonObject[]]>([
    ['numbered', [call(0, 'x', 'ls', '{"a":'), call(0, undefined, undefined, '1}'), call(1, 'y', 'ls', '{"b":2}')]],
    ['interleaved', [call(0, 'x', 'ls', '{"a":'), call(1, 'y', 'ls', '{"b":2}'), call(0, undefined, undefined, '1}')]],
    [
      'by ids alone',
      [
        call(undefined, 'x', 'ls', '{"a":'),
        call(undefined, 'x', undefined, '1}'),
        call(undefined, 'y', 'ls', '{"b":2}'),
      ],
    ],
    ['all numbered 0', [call(0, 'x', 'ls', '{"a":1}'), call(0, 'y', 'ls', '{"b":2}')]],
    ['ids repeated', [call(0, 'x', 'ls', '{"a":'), call(0, 'x', 'ls', '1}'), call(1, 'y', 'ls', '{"b":2}')]],
  ])('calls, %s - one after the other, whole', (_, chunks) => {
    const events = decode([...chunks, delta({}, 'tool_calls')]);
    expect(callsOf(events)).toEqual([
      { name: 'ls', input: '{"a":1}' },
      { name: 'ls', input: '{"b":2}' },
    ]);
    expect(end(events)).toMatchObject({ finishReason: 'tool-calls' });
  });

  it('a call without arguments, one of a custom tool, one of a tool nobody named', () => {
    const events = decode([
      call(0, 'x', 'ls', ''),
      call(1, 'y', 'fs__apply_patch', '{"input":'),
      call(1, undefined, undefined, '"*** Begin"}'),
      call(2, 'z', 'other', '{}'),
      delta({}, 'tool_calls'),
    ]);
    expect(callsOf(events)).toEqual([
      { name: 'ls', input: '{}' },
      { name: 'apply.patch', input: '*** Begin' },
      { name: 'other', input: '{}' },
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'tool-input-start', namespace: 'fs', kind: 'custom' }),
    );
  });

  it('cut by its length - the last call never looks runnable', () => {
    const events = decode([call(0, 'x', 'ls', '{"a":'), delta({}, 'length')]);
    expect(callsOf(events)).toEqual([{ name: 'ls', input: '{"a":', incomplete: true }]);
  });

  it('a whole completion - is one chunk', () => {
    const message = {
      role: 'assistant',
      content: 'Hi',
      tool_calls: [{ id: 'x', function: { name: 'ls', arguments: '{}' } }],
    };
    const events = decode([
      {
        id: 'c',
        choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
        usage: { prompt_tokens: 3, completion_tokens: 2 },
      },
    ]);
    expect(callsOf(events)).toEqual([{ name: 'ls', input: '{}' }]);
    expect(end(events)).toMatchObject({ usage: { inputTokens: 3, outputTokens: 2, origin: 'reported' } });
  });

  it.each<[string, JsonObject, object]>([
    [
      'OpenAI',
      {
        prompt_tokens: 9,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { inputTokens: 9, outputTokens: 5, cachedInputTokens: 4, reasoningTokens: 3 },
    ],
    [
      'DeepSeek',
      { prompt_tokens: 9, completion_tokens: 5, prompt_cache_hit_tokens: 7 },
      { inputTokens: 9, cachedInputTokens: 7 },
    ],
  ])('usage as %s tells it, behind the end', (_, usage, expected) => {
    expect(end(decode([delta({ content: 'a' }, 'stop'), { id: 'c', choices: [], usage }]))).toMatchObject({
      usage: expected,
    });
  });

  it('no usage - counted, and called so', () => {
    expect(end(decode([delta({ content: 'Hello world' }, 'stop')]))).toMatchObject({
      usage: { outputTokens: 2, origin: 'estimated' },
    });
  });

  it('neither an end nor [DONE] - was cut; [DONE] alone is an end', () => {
    expect(() => decode([delta({ content: 'a' })], { done: false })).toThrow('cut off');
    expect(() => decode([], { done: true })).toThrow('cut off');
    expect(end(decode([delta({ content: 'a' })]))).toMatchObject({ finishReason: 'stop' });
  });

  it.each([
    [{ error: { message: 'boom' } }, 'upstream_error'],
    [{ object: 'list' }, 'upstream_protocol'],
  ])('%j in place of a chunk - fails', (chunk, code) => {
    expect(() => decode([chunk])).toThrow(expect.objectContaining({ code }));
  });
});
