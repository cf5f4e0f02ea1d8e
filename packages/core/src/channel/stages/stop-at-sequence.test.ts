import { describe, expect, it } from 'vitest';
import { type ChatEvent, selectTokenCounter, toEventStream, withStages } from '../../chat/index.js';
import { stopAtSequence } from './stop-at-sequence.js';

const START: ChatEvent = {
  type: 'response-start',
  responseId: 'r',
  model: 'm',
  createdAt: 0,
  inputTokens: 3,
  warnings: [],
};
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 3, outputTokens: 9, origin: 'reported' },
};

async function run(sequences: readonly string[], deltas: readonly string[]): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [
    START,
    { type: 'text-start', id: 't' },
    ...deltas.map((delta) => ({ type: 'text-delta', id: 't', delta }) as const),
    { type: 'text-end', id: 't' },
    END,
  ];
  const output: ChatEvent[] = [];
  const stage = stopAtSequence(sequences, await selectTokenCounter('vocabulary'));
  for await (const event of withStages(toEventStream(events), [stage])) output.push(event);
  return output;
}

const textOf = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');

describe('stopAtSequence', () => {
  it('sequence in the text - ends there, unseen, with its name', async () => {
    const output = await run(['STOP'], ['Hello STOP world']);
    expect(textOf(output)).toBe('Hello ');
    expect(output.at(-2)).toEqual({ type: 'text-end', id: 't' });
    expect(output.at(-1)).toMatchObject({ finishReason: 'stop', stopSequence: 'STOP', usage: { origin: 'estimated' } });
  });

  it('sequence cut at every place - is found all the same', async () => {
    const whole = 'one\nObservation: two';
    for (let cut = 0; cut <= whole.length; cut++) {
      const output = await run(['\nObservation:'], [whole.slice(0, cut), whole.slice(cut)]);
      expect(textOf(output)).toBe('one');
    }
    expect(textOf(await run(['\nObservation:'], [...whole]))).toBe('one');
  });

  it('beginning of a sequence that goes on otherwise - is let go', async () => {
    const output = await run(['STOP'], ['S', 'T', 'ART ', 'ST']);
    expect(textOf(output)).toBe('START ST');
    expect(output.at(-1)).toBe(END);
  });

  it('several sequences - the one complete first wins, however the text is cut', async () => {
    for (const deltas of [['xabcd'], [...'xabcd'], ['xab', 'cd']]) {
      const output = await run(['abcd', 'bc'], deltas);
      expect(textOf(output)).toBe('xa');
      expect(output.at(-1)).toMatchObject({ stopSequence: 'bc' });
    }
  });

  it('sequences that end together - the longest wins', async () => {
    const output = await run(['c', 'abc'], [...'xabc']);
    expect(textOf(output)).toBe('x');
    expect(output.at(-1)).toMatchObject({ stopSequence: 'abc' });
  });

  it('thoughts and tool calls - are not searched', async () => {
    const events: ChatEvent[] = [
      START,
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'STOP' },
      { type: 'reasoning-end', id: 'r' },
      END,
    ];
    const output: ChatEvent[] = [];
    const stage = stopAtSequence(['STOP'], await selectTokenCounter('vocabulary'));
    for await (const event of withStages(toEventStream(events), [stage])) output.push(event);
    expect(output).toEqual(events);
  });

  it('empty sequence - stops nothing', async () => {
    expect(textOf(await run([''], ['abc']))).toBe('abc');
  });
});
