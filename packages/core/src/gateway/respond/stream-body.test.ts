import { describe, expect, it } from 'vitest';
import { type ChatEvent, eventStream, GatewayError, toGatewayError } from '../../chat/index.js';
import { StreamBody } from './stream-body.js';

const START: ChatEvent = { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] };
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
};
const delta = (text: string): ChatEvent => ({ type: 'text-delta', id: 't', delta: text });

function play(options: { beforeEnd?: () => Promise<void>; brokenFail?: boolean } = {}) {
  const waiting: { resolve(batch: readonly ChatEvent[] | undefined): void; reject(error: unknown): void }[] = [];
  const log: string[] = [];
  const controller = new AbortController();
  const timers = new Set<() => void>();
  let now = 0;
  const clock = {
    now: () => now,
    schedule(_: number, callback: () => void) {
      timers.add(callback);
      return () => void timers.delete(callback);
    },
  };
  const read = () =>
    new Promise<readonly ChatEvent[] | undefined>((resolve, reject) => waiting.push({ resolve, reject }));
  const body = new StreamBody({
    stream: eventStream(read, async () => undefined),
    first: read(),
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
    onEvent: () => undefined,
    onFailure: toGatewayError,
    ...(options.beforeEnd !== undefined && { beforeEnd: options.beforeEnd }),
    onCancel: () => log.push('cancel'),
    onFinish: () => log.push('finish'),
  });
  return {
    body,
    log,
    timers,
    abort: (error: GatewayError) => controller.abort(error),
    give: (...events: readonly ChatEvent[]) => waiting.shift()?.resolve(events),
    stop: () => waiting.shift()?.resolve(undefined),
    fail: (error: unknown) => waiting.shift()?.reject(error),
    expire: () => {
      now += 1_000;
      for (const callback of [...timers]) {
        timers.delete(callback);
        callback();
      }
    },
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
    const { body, give, expire } = play();
    const first = body.read();
    give(START);
    await Promise.resolve();
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
    await Promise.resolve();
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
    const { body, fail, log } = play();
    const first = body.read();
    fail(new GatewayError('upstream_error', 'x'));
    expect(await first).toBe('(upstream_error)');
    expect(await body.read()).toBeUndefined();
    expect(log).toEqual(['finish']);
  });

  it('an end without response-end - is a failure', async () => {
    const { body, stop } = play();
    const first = body.read();
    stop();
    expect(await first).toBe('(upstream_protocol)');
  });

  it('an abort - ends the body at once, also while nobody reads', async () => {
    const { body, abort, log } = play();
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
    const { body, fail, log } = play({ brokenFail: true });
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
