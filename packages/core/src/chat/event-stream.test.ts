import { afterEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from './error.js';
import type { ChatEvent } from './event.js';
import { type EventStage, withStages } from './event-stage.js';
import type { ChatEventStream } from './event-stream.js';
import { pullStream, toEventStream } from './pull-stream.js';
import { end, start, text } from './testing/events.js';

/** A source of given batches; what follows the last is an end or a failure. */
function source(batches: readonly (readonly ChatEvent[])[], failure?: unknown) {
  const left = [...batches];
  const read = vi.fn(async () => {
    const batch = left.shift();
    if (batch === undefined && failure !== undefined) throw failure;
    return batch;
  });
  const close = vi.fn(async () => undefined);
  return Object.assign(pullStream(read, close), { pulls: read, closes: close });
}

/** A clock that stages turn on by hand. */
function slowStage(msAnEvent: number): EventStage {
  const real = performance.now.bind(performance);
  let worked = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => real() + worked);
  return {
    push(event, emit) {
      worked += msAnEvent;
      emit(event);
    },
  };
}

async function readAll(stream: ChatEventStream): Promise<ChatEvent[][]> {
  const batches: ChatEvent[][] = [];
  for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) batches.push([...batch]);
  return batches;
}

/** Writes down what it sees; doubles deltas if asked to. */
const noting = (log: string[], name: string, times = 1): EventStage => ({
  push(event, emit) {
    log.push(`${name} ${event.type}`);
    for (let count = 0; count < (event.type === 'text-delta' ? times : 1); count++) emit(event);
  },
});

const deltas = (batches: readonly (readonly ChatEvent[])[]): string =>
  batches
    .flat()
    .map((event) => (event.type === 'text-delta' ? event.delta : ''))
    .join('');

describe('withStages()', () => {
  it('no stages - is the source itself', () => {
    const from = source([]);
    expect(withStages(from, [])).toBe(from);
  });

  it('several stages - each sees what the one before emits, in order; batches stay batches', async () => {
    const log: string[] = [];
    const from = source([[start(), ...text('a', 'x')], [end()]]);
    const batches = await readAll(withStages(from, [noting(log, '1', 2), noting(log, '2', 2)]));
    expect(batches).toHaveLength(2);
    expect(deltas(batches)).toBe('xxxx');
    expect(log.filter((line) => line.endsWith('delta'))).toEqual(['1 text-delta', '2 text-delta', '2 text-delta']);
  });

  it('a stage that holds everything back - the source is asked again, not the reader', async () => {
    const held: ChatEvent[] = [];
    const hold: EventStage = {
      push(event, emit) {
        held.push(event);
        if (event.type === 'response-end') for (const each of held) emit(each);
      },
    };
    const from = source([[start()], text('a', 'x'), [end()]]);
    const batches = await readAll(withStages(from, [hold]));
    expect(batches).toHaveLength(1);
    expect(batches[0]).toHaveLength(5);
  });

  it('a stage that ends early - stops its source; the rest is ignored, of this batch too', async () => {
    let done = false;
    const stop: EventStage = {
      get done() {
        return done;
      },
      push(event, emit) {
        if (done) throw new Error('pushed after its end');
        if (event.type === 'text-delta') {
          done = true;
          emit(end('stop', { stopSequence: 'x' }));
        } else emit(event);
      },
    };
    const from = source([[start(), ...text('a', 'x', 'y')], [end('length')]]);
    const stream = withStages(from, [stop]);
    const batches = await readAll(stream);
    expect(batches.flat().map(({ type }) => type)).toEqual(['response-start', 'text-start', 'response-end']);
    expect(from.closes).toHaveBeenCalledOnce();
    expect(from.pulls).toHaveBeenCalledOnce();
    expect(await stream.read()).toBeUndefined();
  });

  it('a source that fails - what stages hold comes first, then the failure, for every later read', async () => {
    const failure = new GatewayError('upstream_error', 'x');
    const held: ChatEvent[] = [];
    const hold: EventStage = {
      push: (event) => void held.push(event),
      flush: (emit) => {
        for (const event of held.splice(0)) emit(event);
      },
    };
    const from = source([[start(), ...text('a', 'x')]], failure);
    const stream = withStages(from, [hold, noting([], '2', 2)]);
    expect(deltas([(await stream.read()) ?? []])).toBe('xx');
    await expect(stream.read()).rejects.toBe(failure);
    await expect(stream.read()).rejects.toBe(failure);
    expect(from.closes).toHaveBeenCalled();
  });

  it('a stage that fails - stops the source; events before the mistake are handed over', async () => {
    const mistake = new Error('mistake');
    const broken: EventStage = {
      push(event, emit) {
        if (event.type === 'response-end') throw mistake;
        emit(event);
      },
    };
    const from = source([[start(), ...text('a', 'x'), end()]]);
    const stream = withStages(from, [broken]);
    expect(deltas([(await stream.read()) ?? []])).toBe('x');
    await expect(stream.read()).rejects.toBe(mistake);
    expect(from.closes).toHaveBeenCalledOnce();
    expect(from.pulls).toHaveBeenCalledOnce();
  });

  it('close() - is the close of the source', async () => {
    const from = source([]);
    await withStages(from, [noting([], '1')]).close();
    expect(from.closes).toHaveBeenCalledOnce();
  });
});

describe('pullStream()', () => {
  it('for await - gives events one by one and closes at the end, on a break and on a failure', async () => {
    const whole = source([[start()], text('a', 'x'), [end()]]);
    let count = 0;
    for await (const _ of whole) count++;
    expect(count).toBe(5);
    expect(whole.closes).toHaveBeenCalledOnce();

    const left = source([[start(), end()]]);
    for await (const _ of left) break;
    expect(left.closes).toHaveBeenCalledOnce();

    const failing = source([[start()]], new Error('x'));
    const drain = async (): Promise<void> => {
      for await (const _ of failing);
    };
    await expect(drain()).rejects.toThrow('x');
    expect(failing.closes).toHaveBeenCalledOnce();
  });
});

describe('toEventStream()', () => {
  it('a stream - is returned as it is', () => {
    const from = source([]);
    expect(toEventStream(from)).toBe(from);
  });

  it.each<[string, () => AsyncIterable<ChatEvent> | Iterable<ChatEvent>]>([
    ['an array', () => [start(), end()]],
    [
      'an async generator',
      async function* () {
        yield start();
        yield end();
      },
    ],
  ])('%s - one event a batch, then nothing more', async (_, make) => {
    const stream = toEventStream(make());
    expect((await readAll(stream)).map((batch) => batch.map(({ type }) => type))).toEqual([
      ['response-start'],
      ['response-end'],
    ]);
    expect(await stream.read()).toBeUndefined();
  });

  it('close() - ends the iterable once, and nothing is read afterwards', async () => {
    let ended = 0;
    const stream = toEventStream(
      (async function* () {
        try {
          for (;;) yield start();
        } finally {
          ended++;
        }
      })(),
    );
    await stream.read();
    await stream.close();
    await stream.close();
    expect(ended).toBe(1);
    expect(await stream.read()).toBeUndefined();
  });

  it('an iterable that fails to end - close() does not reject', async () => {
    const failing = (async: boolean) => ({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false as const, value: start() }),
        return: () => {
          if (async) return Promise.reject(new Error('x')) as never;
          throw new Error('x');
        },
      }),
    });
    for (const async of [true, false]) await expect(toEventStream(failing(async)).close()).resolves.toBeUndefined();
  });
});

describe('withStages() - work that takes long', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('a long batch - others get their turn between slices, and all of it comes in order', async () => {
    const events = [start(), ...text('t', 'a', 'b', 'c'), end()];
    const stream = withStages(source([events]), [slowStage(100)]);
    let tasks = 0;
    const count = (): void => {
      tasks++;
      timer = setTimeout(count, 0);
    };
    let timer = setTimeout(count, 0);
    const batches = await readAll(stream);
    clearTimeout(timer);
    expect(batches.flat()).toEqual(events);
    expect(batches.length).toBeGreaterThan(1);
    expect(tasks).toBeGreaterThanOrEqual(3);
  });

  it('an end that one stage makes and a later one takes several slices over - comes all the same', async () => {
    let left: ChatEvent | undefined;
    const worker: EventStage = {
      get busy() {
        return left !== undefined;
      },
      push(event, emit) {
        if (event.type === 'response-end') left = event;
        else emit(event);
      },
      proceed(emit) {
        const event = left;
        left = undefined;
        if (event !== undefined) emit(event);
      },
    };
    const limit: { done: boolean } = { done: false };
    const stage: EventStage = Object.assign(limit, {
      push(event: ChatEvent, emit: (event: ChatEvent) => void) {
        if (event.type !== 'text-delta') {
          emit(event);
          return;
        }
        limit.done = true;
        emit({ type: 'text-end', id: 't' });
        emit(end('length'));
      },
    });
    const slow = slowStage(100);
    const from = source([[start(), ...text('t', 'a', 'b')], [end()]]);
    const batches = await readAll(withStages(from, [slow, stage, worker]));
    expect(batches.flat().map(({ type }) => type)).toEqual([
      'response-start',
      'text-start',
      'text-end',
      'response-end',
    ]);
    expect(from.closes).toHaveBeenCalledOnce();
  });

  it('an answer in one piece - comes to the stages in pieces, characters whole', async () => {
    const answer = '🤖'.repeat(40_000);
    const seen: string[] = [];
    const stage: EventStage = {
      push(event, emit) {
        if (event.type === 'text-delta') seen.push(event.delta);
        emit(event);
      },
    };
    await readAll(withStages(source([text('t', `x${answer}`)]), [stage]));
    expect(seen.join('') === `x${answer}`).toBe(true);
    for (const piece of seen) {
      expect(piece.length).toBeLessThanOrEqual(16_385);
      expect(/[\ud800-\udbff]$/.test(piece)).toBe(false);
    }
  });
});
