import { describe, expect, it } from 'vitest';
import { CHUNK_SOURCE, type ChunkSink, readableStreamFrom } from './readable-stream.js';

function source(...texts: readonly string[]) {
  const left = [...texts];
  const state = { pieces: 0, cancelled: [] as unknown[] };
  let sink: ChunkSink | undefined;
  const push = (): void => {
    for (let open = true; open; ) {
      const text = left.shift();
      if (text === undefined) {
        sink?.end();
        return;
      }
      state.pieces++;
      open = sink?.write(text) ?? false;
    }
  };
  return {
    state,
    pipe: (to: ChunkSink) => {
      sink = to;
      push();
    },
    resume: push,
    cancel: (reason?: unknown) => void state.cancelled.push(reason),
  };
}

describe('readableStreamFrom', () => {
  it('text - comes out as UTF-8, in order', async () => {
    expect(await new Response(readableStreamFrom(source('灵', '码', '🙂'))).text()).toBe('灵码🙂');
  });

  it('source - is not asked before the consumer asks', async () => {
    const from = source('a', 'b', 'c');
    const reader = readableStreamFrom(from).getReader();
    await new Promise((resolve) => setImmediate(resolve));
    expect(from.state.pieces).toBe(0);
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(from.state.pieces).toBe(1);
  });

  it('cancel - reaches the source with its reason', async () => {
    const from = source('a');
    await readableStreamFrom(from).cancel('enough');
    expect(from.state.cancelled).toEqual(['enough']);
  });

  it('source - can be taken from the body of a Response', () => {
    const from = source('a');
    expect(Reflect.get(new Response(readableStreamFrom(from)).body ?? {}, CHUNK_SOURCE)).toBe(from);
  });
});
