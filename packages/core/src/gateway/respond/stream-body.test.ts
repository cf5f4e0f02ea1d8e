import { describe, expect, it } from 'vitest';
import { type ChatEvent, GatewayError, pullStream, toGatewayError } from '../../chat/index.js';
import type { ChunkSource } from '../../util/readable-stream.js';
import { StreamBody } from './stream-body.js';

const START: ChatEvent = { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] };
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
};
const delta = (text: string): ChatEvent => ({ type: 'text-delta', id: 't', delta: text });

const COMMIT_MS = 500;

/** Takes one piece at a time, as a consumer does whose socket is full after each. */
function oneByOne(source: ChunkSource) {
  const pieces: string[] = [];
  let ended = false;
  let started = false;
  let wake: () => void = () => undefined;
  const start = (): void => {
    started = true;
    source.pipe({
      write(text) {
        pieces.push(text);
        wake();
        return false;
      },
      end() {
        ended = true;
        wake();
      },
    });
  };
  return {
    async read(): Promise<string | undefined> {
      if (started) source.resume();
      else start();
      while (pieces.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return pieces.shift();
    },
    cancel: () => {
      source.cancel();
      ended = true;
      wake();
    },
  };
}

function play(options: { beforeEnd?: () => Promise<void>; brokenFail?: boolean } = {}) {
  const given: (() => Promise<readonly ChatEvent[] | undefined>)[] = [];
  let wake: () => void = () => undefined;
  const put = (next: () => Promise<readonly ChatEvent[] | undefined>): void => {
    given.push(next);
    wake();
  };
  const log: string[] = [];
  const controller = new AbortController();
  const timers = new Map<() => void, number>();
  let now = 0;
  const clock = {
    now: () => now,
    schedule(ms: number, callback: () => void) {
      timers.set(callback, now + ms);
      return () => void timers.delete(callback);
    },
  };
  const read = async (): Promise<readonly ChatEvent[] | undefined> => {
    while (given.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return given.shift()?.();
  };
  const expire = (ms = 1_000): void => {
    now += ms;
    for (const [callback, due] of [...timers]) {
      if (due > now) continue;
      timers.delete(callback);
      callback();
    }
  };
  const body = new StreamBody({
    stream: pullStream(read, async () => undefined),
    commitAfterMs: COMMIT_MS,
    encoder: {
      keepAlive: '(ping)',
      push: (event) => (event.type === 'text-delta' ? event.delta : ''),
      end: () => '(end)',
      fail(error) {
        if (options.brokenFail === true) throw new Error('encoder');
        return `(${error.code})`;
      },
    },
    signal: controller.signal,
    keepAliveMs: 1_000,
    clock,
    recorder: { push: () => undefined, endBatch: () => undefined },
    onFailure: toGatewayError,
    ...(options.beforeEnd !== undefined && { beforeEnd: options.beforeEnd }),
    onCancel: () => log.push('cancel'),
    onFinish: () => log.push('finish'),
  });
  body.ready.catch(() => undefined);
  return {
    body: oneByOne(body),
    ready: body.ready,
    log,
    timers,
    abort: (error: GatewayError) => controller.abort(error),
    give: (...events: readonly ChatEvent[]) => put(async () => events),
    stop: () => put(async () => undefined),
    fail: (error: unknown) => put(() => Promise.reject(error)),
    /** The time for the first event is over: 200 goes out without it. */
    commit: () => expire(COMMIT_MS),
    expire,
  };
}

describe('StreamBody', () => {
  it('a batch - is one piece; the last one carries the end', async () => {
    const { body, give, log, timers } = play();
    give(START, delta('a'), delta('b'));
    expect(await body.read()).toBe('ab');
    const last = body.read();
    give(delta('c'), END);
    expect(await last).toBe('c(end)');
    expect(await body.read()).toBeUndefined();
    expect(log).toEqual(['finish']);
    expect(timers.size).toBe(0);
  });

  it('batches without text - are no piece, and silence goes on', async () => {
    const { body, ready, give, expire } = play();
    const first = body.read();
    give(START);
    await ready;
    expire();
    expect(await first).toBe('(ping)');
    const second = body.read();
    give(delta('x'));
    expect(await second).toBe('x');
  });

  it('text that comes between a keep-alive and the next read - is not lost', async () => {
    const { body, give, expire } = play();
    const first = body.read();
    expire();
    expect(await first).toBe('(ping)');
    give(START, delta('x'));
    expect(await body.read()).toBe('x');
  });

  it('no reader - no keep-alive piles up', async () => {
    const { body, give, expire } = play();
    const first = body.read();
    give(delta('a'));
    expect(await first).toBe('a');
    expire();
    const second = body.read();
    give(delta('b'));
    expect(await second).toBe('b');
  });

  it('a failure - is told once, then the body ends', async () => {
    const { body, fail, commit, log } = play();
    commit();
    const first = body.read();
    fail(new GatewayError('upstream_error', 'x'));
    expect(await first).toBe('(upstream_error)');
    expect(await body.read()).toBeUndefined();
    expect(log).toEqual(['finish']);
  });

  it('a failure before any event - is not told in the body', async () => {
    const { ready, fail, log, timers } = play();
    fail(new GatewayError('rate_limited', 'x'));
    await expect(ready).rejects.toMatchObject({ code: 'rate_limited' });
    expect(log).toEqual(['finish']);
    expect(timers.size).toBe(0);
  });

  it('an abort before any event - is not told in the body', async () => {
    const { ready, abort, log } = play();
    abort(new GatewayError('shutting_down', 'x'));
    await expect(ready).rejects.toMatchObject({ code: 'shutting_down' });
    expect(log).toEqual(['finish']);
  });

  it('an end without response-end - is a failure', async () => {
    const { body, stop, commit } = play();
    commit();
    const first = body.read();
    stop();
    expect(await first).toBe('(upstream_protocol)');
  });

  it('an abort - ends the body at once, also while nobody reads', async () => {
    const { body, abort, commit, log } = play();
    commit();
    abort(new GatewayError('shutting_down', 'x'));
    expect(log).toEqual(['finish']);
    expect(await body.read()).toBe('(shutting_down)');
    expect(await body.read()).toBeUndefined();
  });

  it('a cancel - aborts first, ends second, and answers the pending read', async () => {
    const { body, log } = play();
    const pending = body.read();
    body.cancel();
    expect(await pending).toBeUndefined();
    expect(log).toEqual(['cancel', 'finish']);
    body.cancel();
    expect(log).toHaveLength(2);
  });

  it('an encoder that fails to fail - still ends', async () => {
    const { body, fail, commit, log } = play({ brokenFail: true });
    commit();
    const first = body.read();
    fail(new Error('x'));
    expect(await first).toBeUndefined();
    expect(log).toEqual(['finish']);
  });

  it('work before the end - is waited for', async () => {
    let done = (): void => undefined;
    const { body, give } = play({
      beforeEnd: () =>
        new Promise((resolve) => {
          done = resolve;
        }),
    });
    const last = body.read();
    give(delta('x'), END);
    const raced = await Promise.race([last, new Promise((resolve) => setImmediate(() => resolve('waits')))]);
    expect(raced).toBe('waits');
    done();
    expect(await last).toBe('x(end)');
  });
});
