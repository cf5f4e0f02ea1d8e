import { describe, expect, it } from 'vitest';
import {
  type ChatEvent,
  collectResult,
  estimatingCounter,
  selectTokenCounter,
  toEventStream,
  withStages,
} from '../../chat/index.js';
import { limitOutput } from './limit-output.js';

const USAGE = { inputTokens: 7, outputTokens: 99, origin: 'reported' } as const;
const START: ChatEvent = {
  type: 'response-start',
  responseId: 'r',
  model: 'm',
  createdAt: 0,
  inputTokens: 7,
  warnings: [],
};
const END: ChatEvent = { type: 'response-end', finishReason: 'stop', usage: USAGE };

const text = (id: string, ...deltas: readonly string[]): ChatEvent[] => [
  { type: 'text-start', id },
  ...deltas.map((delta) => ({ type: 'text-delta', id, delta }) as const),
  { type: 'text-end', id },
];
const reasoning = (id: string, delta: string): ChatEvent[] => [
  { type: 'reasoning-start', id },
  { type: 'reasoning-delta', id, delta },
  { type: 'reasoning-end', id },
];
const inPieces = (whole: string, length: number): string[] => {
  const characters = [...whole];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += length) pieces.push(characters.slice(at, at + length).join(''));
  return pieces;
};

async function limited(limit: number, events: readonly ChatEvent[]): Promise<ChatEvent[]> {
  const output: ChatEvent[] = [];
  const stream = withStages(toEventStream(events), [limitOutput(limit, await selectTokenCounter('vocabulary'))]);
  for await (const event of stream) output.push(event);
  return output;
}

async function limitedText(limit: number, events: readonly ChatEvent[]): Promise<string> {
  const result = await collectResult(toEventStream(await limited(limit, events)));
  return result.content.map((block) => ('text' in block ? block.text : '')).join('');
}

const PROSE = 'The quick brown fox jumps over the lazy dog, and 12345 more words follow in this sentence. '.repeat(20);
const CHINESE = '通义灵码是一款智能编码助手，可以回答问题、编写代码。🙂'.repeat(20);

describe('limitOutput', () => {
  it('short answer - passes unchanged, with the usage the upstream reported', async () => {
    const events = [START, ...text('t', 'one', ' two'), END];
    expect(await limited(100, events)).toEqual(events);
  });

  it('limit reached exactly by the whole answer - passes unchanged', async () => {
    const counter = await selectTokenCounter('vocabulary');
    const events = [START, ...text('t', ...inPieces(PROSE, 7)), END];
    expect(await limited(counter.count(PROSE), events)).toEqual(events);
  });

  for (const [name, whole] of [
    ['prose', PROSE],
    ['Chinese and emoji', CHINESE],
    ['one unbroken run', 'x'.repeat(3000)],
  ] as const) {
    for (const limit of [1, 5, 37, 200]) {
      for (const length of [1, 3, 50, 10_000]) {
        it(`${name} in pieces of ${length} - is cut at ${limit} tokens`, async () => {
          const counter = await selectTokenCounter('vocabulary');
          const output = await limited(limit, [START, ...text('t', ...inPieces(whole, length)), END]);
          const end = output.at(-1) as Extract<ChatEvent, { type: 'response-end' }>;
          const cut = output.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');
          if (counter.count(whole) <= limit) return expect(cut).toBe(whole);
          expect(whole.startsWith(cut)).toBe(true);
          // Half a character would come back as a replacement character.
          expect(Buffer.from(cut).toString()).toBe(cut);
          expect(counter.count(cut)).toBeLessThanOrEqual(limit);
          // At a token's border the count of the pieces may be off by one from that of the whole.
          expect(counter.count(cut)).toBeGreaterThanOrEqual(Math.floor(limit * 0.97) - 1);
          expect(end).toMatchObject({ finishReason: 'length', usage: { inputTokens: 7, origin: 'estimated' } });
          expect(end.usage.outputTokens).toBeLessThanOrEqual(limit);
          return undefined;
        });
      }
    }
  }

  for (const whole of [PROSE, CHINESE, '1a'.repeat(3000), 'const a = [1, 2, 3];\n'.repeat(200)]) {
    it(`${whole.slice(0, 12)}… by the estimator - is cut where the estimate of the whole says so`, async () => {
      for (const limit of [1, 7, 60, 300]) {
        for (const length of [1, 20, 10_000]) {
          const events = [START, ...text('t', ...inPieces(whole, length)), END];
          const stage = limitOutput(limit, estimatingCounter);
          const result = await collectResult(withStages(toEventStream(events), [stage]));
          const cut = result.content.map((block) => ('text' in block ? block.text : '')).join('');
          const estimate = estimatingCounter.count(cut);
          expect(whole.startsWith(cut)).toBe(true);
          // Rounding adds up over the pieces that were counted one by one.
          expect(Math.abs(estimate - Math.min(limit, estimatingCounter.count(whole)))).toBeLessThanOrEqual(
            2 + limit * 0.05,
          );
          expect(result.usage.outputTokens).toBeLessThanOrEqual(limit);
        }
      }
    });
  }

  it('thoughts - count to the limit, and no empty text block follows', async () => {
    const output = await limited(4, [START, ...reasoning('r', 'one two three four'), ...text('t', 'answer'), END]);
    expect(output.map(({ type }) => type)).toEqual([
      'response-start',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'response-end',
    ]);
    expect(output.at(-1)).toMatchObject({ finishReason: 'length', usage: { outputTokens: 4, reasoningTokens: 4 } });
  });

  it('tool call over the limit - ends incomplete, never runnable', async () => {
    const output = await limited(3, [
      START,
      { type: 'tool-input-start', id: 'c', toolName: 'write', kind: 'function', executedBy: 'client' },
      { type: 'tool-input-delta', id: 'c', delta: '{"path":"a.txt","content":"hello"}' },
      { type: 'tool-input-end', id: 'c' },
      END,
    ]);
    expect(output.at(-2)).toEqual({ type: 'tool-input-end', id: 'c', incomplete: true });
    expect(output.at(-1)).toMatchObject({ finishReason: 'length' });
  });

  it('limit reached - closes the upstream', async () => {
    let closed = 0;
    const source = toEventStream([START, ...text('t', 'one two three four five'), END]);
    const watched = {
      ...source,
      close: () => {
        closed++;
        return source.close();
      },
    };
    for await (const _ of withStages(watched, [limitOutput(2, await selectTokenCounter('vocabulary'))]));
    expect(closed).toBeGreaterThan(0);
  });

  it('upstream fails with a block just begun - the begin is not lost', async () => {
    const stage = limitOutput(10, await selectTokenCounter('vocabulary'));
    const output: ChatEvent[] = [];
    stage.push({ type: 'text-start', id: 't' }, (event) => output.push(event));
    stage.flush?.((event) => output.push(event));
    expect(output).toEqual([{ type: 'text-start', id: 't' }]);
  });

  it('many small deltas near a large limit - are counted in few passes', async () => {
    const counter = await selectTokenCounter('vocabulary');
    let counted = 0;
    const watched = {
      name: counter.name,
      count(piece: string) {
        counted += piece.length;
        return counter.count(piece);
      },
    };
    const stage = limitOutput(30_000, watched);
    const whole = PROSE.repeat(60);
    for (const event of [START, ...text('t', ...inPieces(whole, 4))]) stage.push(event, () => undefined);
    expect(counted).toBeLessThan(whole.length * 2);
  });

  it('one huge delta with a small limit - only its beginning is counted', async () => {
    const counter = await selectTokenCounter('vocabulary');
    let counted = 0;
    const stage = limitOutput(5, {
      name: counter.name,
      count(piece) {
        counted += piece.length;
        return counter.count(piece);
      },
    });
    for (const event of [START, ...text('t', PROSE.repeat(200)).slice(0, 2)]) stage.push(event, () => undefined);
    expect(stage.done).toBe(true);
    expect(counted).toBeLessThan(2000);
  });

  it('text - is the same however it was cut', async () => {
    const whole = await limitedText(50, [START, ...text('t', PROSE), END]);
    const pieces = await limitedText(50, [START, ...text('t', ...inPieces(PROSE, 2)), END]);
    expect(pieces).toBe(whole);
  });
});
