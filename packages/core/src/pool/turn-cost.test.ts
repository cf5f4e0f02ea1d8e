import { createHook } from 'node:async_hooks';
import { afterAll, expect, it } from 'vitest';
import { silentLogger } from '../util/index.js';
import { LingmaPool } from './pool.js';
import { FakeInstance } from './testing/fake-instance.js';

const pools: LingmaPool[] = [];
afterAll(async () => {
  for (const pool of pools) await pool.close();
});

/** What is made while `work` runs, by kind. */
function made(work: () => void): Record<string, number> {
  const counts: Record<string, number> = {};
  const hook = createHook({
    init(_id, kind) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    },
  }).enable();
  try {
    work();
  } finally {
    hook.disable();
  }
  return counts;
}

it.each([1, 3])('a turn where one of %i is free - makes no promise and no timer beyond the instance’s own', (size) => {
  const instances = Array.from({ length: size }, (_, index) => new FakeInstance(`inst-${index}`));
  for (const instance of instances) instance.answer = undefined;
  const pool = new LingmaPool({ instances: instances.map(({ create }) => ({ create })) });
  pools.push(pool);
  const turn = { messages: [{ role: 'user', text: 'hi' }] as const, affinity: () => ({ key: 'k', soft: true }) };
  const context = { requestId: 'r', signal: new AbortController().signal, logger: silentLogger };
  let batches = 0;
  const sink = { events: () => batches++, end: () => undefined };
  const take = (stream: ReturnType<FakeInstance['streamTurn']>): void => {
    stream.pipe(sink);
    const running = instances.flatMap(({ turns }) => turns).at(-1);
    for (let count = 0; count < 50; count++) running?.say('piece');
    running?.end();
  };
  const first = instances[0] as FakeInstance;
  // The first turn starts the pool.
  take(pool.streamTurn(turn, context));
  for (const instance of instances) instance.turns.length = 0;
  const own = made(() => take(first.streamTurn(turn, context)));
  for (const instance of instances) instance.turns.length = 0;
  batches = 0;
  expect(made(() => take(pool.streamTurn(turn, context)))).toEqual(own);
  expect(batches).toBe(51);
});
