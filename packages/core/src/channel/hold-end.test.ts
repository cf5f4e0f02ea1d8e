import { describe, expect, it } from 'vitest';
import {
  type ChatEvent,
  type ChatEventFlow,
  type ChatResult,
  eventStream,
  GatewayError,
  toEventStream,
} from '../chat/index.js';
import type { Clock } from '../util/index.js';
import { holdEnd } from './hold-end.js';

const START: ChatEvent = { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] };
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
};
const text = (delta: string): ChatEvent[] => [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta },
  { type: 'text-end', id: 't' },
];
const WHOLE = [START, ...text('hello'), END];

/** Nothing is due before the test says so. */
function standing() {
  const timers: { ms: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    schedule(ms, callback) {
      const timer = { ms, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  };
  return { clock, timers };
}
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
};

interface Heard {
  readonly events: ChatEvent[];
  ended: boolean;
  error?: unknown;
}
function listen(stream: ReturnType<typeof holdEnd>): Heard & { readonly flow: ChatEventFlow } {
  const heard: Heard = { events: [], ended: false };
  const flow = stream.pipe({
    events: (batch) => void heard.events.push(...batch),
    end(error) {
      heard.ended = true;
      heard.error = error;
    },
  });
  return Object.assign(heard, { flow });
}

/** A stream whose events the test pushes. */
function aSource() {
  let push: (batch: readonly ChatEvent[]) => void = () => undefined;
  let finish: (error?: unknown) => void = () => undefined;
  const stream = eventStream(
    (sink) => {
      push = (batch) => sink.events(batch);
      finish = (error) => sink.end(error);
      return { pause: () => undefined, resume: () => undefined };
    },
    async () => undefined,
  );
  return { stream, push: (batch: readonly ChatEvent[]) => push(batch), finish: (error?: unknown) => finish(error) };
}

describe('holdEnd', () => {
  it('the end - follows when the writing is done; all before it goes on at once', async () => {
    let written: () => void = () => undefined;
    const answers: ChatResult[] = [];
    const { clock } = standing();
    const source = aSource();
    const heard = listen(
      holdEnd(source.stream, {
        clock,
        onNone: () => expect.unreachable(),
        onAnswer: async (answer) => {
          answers.push(answer);
          return {
            written: new Promise<void>((resolve) => {
              written = resolve;
            }),
          };
        },
      }),
    );
    source.push(WHOLE);
    source.finish();
    await settled();
    expect(heard.events).toEqual(WHOLE.slice(0, -1));
    expect(answers).toMatchObject([{ content: [{ type: 'text', text: 'hello' }], finishReason: 'stop' }]);
    written();
    await settled();
    expect(heard).toMatchObject({ events: WHOLE, ended: true });
  });

  it.each([
    ['is not under way by the next task', 0, new Promise<undefined>(() => undefined)],
    ['takes longer than a second', 1000, Promise.resolve({ written: new Promise<void>(() => undefined) })],
  ])('writing that %s - holds nothing up', async (_, ms, writing) => {
    const { clock, timers } = standing();
    const heard = listen(holdEnd(toEventStream(WHOLE), { clock, onNone: () => undefined, onAnswer: () => writing }));
    await settled();
    expect(heard.ended).toBe(false);
    expect(timers.map((timer) => timer.ms)).toEqual([ms]);
    timers[0]?.callback();
    await settled();
    expect(heard).toMatchObject({ events: WHOLE, ended: true });
  });

  it('what came together with the end - leaves in one batch with it, and without it where the writing takes longer', async () => {
    const batchesWith = async (writing: Promise<undefined>): Promise<number[]> => {
      const sizes: number[] = [];
      const source = aSource();
      const watch = { clock: standing().clock, onNone: () => undefined, onAnswer: () => writing };
      holdEnd(source.stream, watch).pipe({ events: (batch) => sizes.push(batch.length), end: () => undefined });
      source.push(WHOLE);
      await settled();
      return sizes;
    };
    expect(await batchesWith(Promise.resolve(undefined))).toEqual([5]);
    expect(await batchesWith(new Promise(() => undefined))).toEqual([4]);
  });

  it('nothing to wait for - the batch goes on as it came, its end with it, in the same breath', () => {
    const source = aSource();
    const batches: (readonly ChatEvent[])[] = [];
    let hasEnded = false;
    const watch = { clock: standing().clock, onNone: () => expect.unreachable(), onAnswer: () => undefined };
    holdEnd(source.stream, watch).pipe({
      events: (batch) => batches.push(batch),
      end: () => {
        hasEnded = true;
      },
    });
    source.push(WHOLE);
    source.finish();
    expect(batches).toEqual([WHOLE]);
    expect(hasEnded).toBe(true);
  });

  it('writing that is under way at once - the end follows when it is done', async () => {
    let written: () => void = () => undefined;
    const writing = {
      written: new Promise<void>((resolve) => {
        written = resolve;
      }),
    };
    const { clock, timers } = standing();
    const heard = listen(holdEnd(toEventStream(WHOLE), { clock, onNone: () => undefined, onAnswer: () => writing }));
    await settled();
    expect([heard.ended, timers.map(({ ms }) => ms)]).toEqual([false, [1000]]);
    written();
    await settled();
    expect(heard).toMatchObject({ events: WHOLE, ended: true });
  });

  it('a reader that pauses - gets the end when it goes on, never before', async () => {
    const { clock, timers } = standing();
    const source = aSource();
    const heard = listen(holdEnd(source.stream, { clock, onNone: () => undefined, onAnswer: async () => undefined }));
    heard.flow.pause();
    source.push(WHOLE);
    await settled();
    expect(heard.ended).toBe(false);
    heard.flow.resume();
    expect(heard.ended).toBe(false);
    for (const timer of timers) timer.callback();
    expect(heard).toMatchObject({ events: WHOLE, ended: true });
  });

  it('failure, close, an answer too long to be looked at - there is none, told once', async () => {
    const told: string[] = [];
    const watch = (name: string) => ({
      onAnswer: async () => void told.push(`${name}: answer`) as undefined,
      onNone: () => void told.push(name),
    });
    const failing = aSource();
    const heard = listen(holdEnd(failing.stream, watch('failed')));
    failing.push([START]);
    failing.finish(new GatewayError('upstream_error', 'broken'));
    expect(heard.error).toMatchObject({ code: 'upstream_error' });

    const left = holdEnd(aSource().stream, watch('closed'));
    listen(left);
    await left.close();
    await left.close();

    const long = aSource();
    const read = listen(holdEnd(long.stream, watch('long')));
    const piece = 'x'.repeat(1024 * 1024);
    long.push([START, { type: 'text-start', id: 't' }]);
    for (let index = 0; index < 5; index++) long.push([{ type: 'text-delta', id: 't', delta: piece }]);
    long.push([{ type: 'text-end', id: 't' }, END]);
    long.finish();
    expect(read.ended).toBe(true);
    expect(told).toEqual(['failed', 'closed', 'long']);
  });
});
