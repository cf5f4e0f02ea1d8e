import { describe, expect, it } from 'vitest';
import { type ChatEvent, GatewayError } from '../chat/index.js';
import { createStreamEncoder } from './openai-completions/encode.js';
import type { ProtocolName } from './protocol.js';
import { protocols } from './protocols.js';

const NAMES = Object.keys(protocols) as ProtocolName[];
/** Python's `str.splitlines` takes each for the end of a line. */
const ODD = 'a\u0085b\u2028c\u2029d';
const SPLIT = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

const stop = (reason: 'stop' | 'tool-calls'): ChatEvent => ({
  type: 'response-end',
  finishReason: reason,
  usage: { inputTokens: 1, outputTokens: 1, origin: 'reported' },
});

const EVENTS: readonly ChatEvent[] = [
  { type: 'response-start', responseId: 'r', model: ODD, createdAt: 0, warnings: [] },
  { type: 'reasoning-start', id: 't' },
  { type: 'reasoning-delta', id: 't', delta: ODD },
  { type: 'reasoning-end', id: 't' },
  { type: 'text-start', id: 'x' },
  { type: 'text-delta', id: 'x', delta: ODD },
  { type: 'text-end', id: 'x' },
  { type: 'tool-input-start', id: 'call_1', toolName: 'f', kind: 'function', executedBy: 'client' },
  { type: 'tool-input-delta', id: 'call_1', delta: JSON.stringify({ text: ODD }) },
  { type: 'tool-input-end', id: 'call_1' },
  { type: 'tool-input-start', id: 'call_2', toolName: 'patch', kind: 'custom', executedBy: 'client' },
  { type: 'tool-input-delta', id: 'call_2', delta: ODD },
  { type: 'tool-input-end', id: 'call_2' },
  stop('tool-calls'),
];

describe('characters that some programs take for line ends', () => {
  const response = {
    stream: true,
    model: '',
    includeUsage: true,
    reasoning: 'visible',
    echo: { id: 'resp_1', instructions: ODD },
  } as const;

  function lines(name: ProtocolName, events: readonly ChatEvent[], error?: GatewayError): readonly string[] {
    const encoder = protocols[name].createStreamEncoder(response);
    const frames = events.map((event) => encoder.push(event));
    frames.push(error === undefined ? encoder.end() : encoder.fail(error));
    return frames.join('').split(SPLIT);
  }

  const payloads = (all: readonly string[]): readonly string[] =>
    all
      .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
      .map((line) => line.slice('data: '.length));

  const CASES = NAMES.flatMap((name) => [ODD, 'plain'].map((model) => ({ name, model })));
  it.each(CASES)('$name, model $model: no line of the stream is cut, and what was said is whole', ({ name, model }) => {
    const all = lines(
      name,
      EVENTS.map((event) => (event.type === 'response-start' ? { ...event, model } : event)),
    );
    expect(all.filter((line) => line !== '' && !/^(?:data|event): /.test(line))).toEqual([]);
    const said = payloads(all).map((line) => JSON.stringify(JSON.parse(line)));
    // Thoughts, text, both inputs.
    expect(said.filter((line) => line.includes(ODD)).length).toBeGreaterThanOrEqual(4);
  });

  it('completions: a text without any, in the frame of a model with some', () => {
    const encoder = createStreamEncoder({ ...response, echo: {} }, [], () => 'stop');
    const all = EVENTS.map((event) => encoder.push(event.type === 'text-delta' ? { ...event, delta: 'x' } : event));
    const odd = all
      .join('')
      .split(SPLIT)
      .filter((line) => line !== '' && !line.startsWith('data: '));
    expect(odd).toEqual([]);
    expect(all.join('')).toContain('"text":"x"');
  });

  it.each(NAMES)('%s: an error in the stream', (name) => {
    const all = lines(name, EVENTS.slice(0, 6), new GatewayError('upstream_error', `prompt is too long${ODD}`));
    const last = payloads(all).at(-1) ?? '';
    expect(JSON.stringify(JSON.parse(last))).toContain(`prompt is too long${ODD}`);
  });
});
