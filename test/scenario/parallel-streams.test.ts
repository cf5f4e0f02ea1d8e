/** Many streams at once through `node:http`: right, apart from one another, and in line where there is a limit. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, PROTOCOLS, type Protocol, type Question, send } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { readAnswer } from '../support/read-answer.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

let stack: SimulatedStack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

const protocolOf = (index: number): Protocol => PROTOCOLS[index % PROTOCOLS.length] ?? 'chat';

/** A text of its own for each, of a length of its own. */
const textOf = (index: number): string => `№${index} 你好 ${String(index).repeat(1 + (index % 50))} ende${index}`;

const questionOf = (index: number, directive: object = {}): Question => ({
  stream: true,
  prompt: sim({ text: textOf(index), reasoning: `thought ${index}`, chunks: 12, ...directive }),
});

async function expectIdle({ gateway, simulator }: SimulatedStack): Promise<void> {
  await vi.waitFor(() => {
    expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 });
    expect(simulator.stats.turnsActive).toBe(0);
    expect(simulator.stats.sessionsOpen).toBe(0);
  });
}

describe.each([
  ['acp', {}],
  ['lsp-chat', { acp: 'absent' }],
] as const)('%s', (_dialect, switches) => {
  it('200 streams at once - each gets its own answer', async () => {
    stack = await startSimulated(switches, { client: { maxConnections: 200 } });
    const base = await stack.listen();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask(base, protocolOf(index), questionOf(index, { delayMs: 10 }))),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject({ status: 200, ended: true, text: textOf(index) });
      if (protocolOf(index) === 'chat') expect(answer.reasoning).toBe(`thought ${index}`);
    }
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(200);
    expect(stack.simulator.stats.turnsFinished).toBe(200);
    await expectIdle(stack);
  });

  it('200 streams at once - none waits for another', async () => {
    stack = await startSimulated(switches, { client: { maxConnections: 200 } });
    const { simulator, gateway } = stack;
    const base = await stack.listen();
    // None of them ends, so each that has begun to speak did so without waiting for any other.
    const endless = sim({ text: 'word ', repeat: 10_000, chunks: 10_000, delayMs: 200 });
    const leave = new AbortController();
    const responses = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        send(base, protocolOf(index), { prompt: endless, stream: true, signal: leave.signal }),
      ),
    );
    const readers = responses.map((response) => response.body?.getReader());
    const first = await Promise.all(readers.map((reader) => reader?.read()));
    expect(first.filter((read) => read?.done === false)).toHaveLength(200);
    expect(simulator.stats.turnsActive).toBe(200);
    expect(gateway.status().inFlight).toBe(200);
    leave.abort();
    await Promise.allSettled(readers.map((reader) => reader?.read()));
    await expectIdle(stack);
  });

  it.each([
    ['the gateway', { gateway: { maxInFlight: 5 } }],
    ['the client', { client: { maxConnections: 5 } }],
  ] as const)('a limit of 5 in %s - the rest wait in line and all finish', async (_where, options) => {
    stack = await startSimulated(switches, options);
    const { simulator } = stack;
    const base = await stack.listen();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, simulator.stats.turnsActive);
    }, 1);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(base, protocolOf(index), questionOf(index, { firstDelayMs: 10 }))),
    );
    clearInterval(watch);
    for (const [index, answer] of answers.entries()) expect(answer).toMatchObject({ ended: true, text: textOf(index) });
    expect(most).toBeLessThanOrEqual(5);
    expect(simulator.stats.turnsFinished).toBe(60);
    await expectIdle(stack);
  });
});

it('a wait in line that takes too long - 429 with Retry-After, and the others are not disturbed', async () => {
  stack = await startSimulated({}, { gateway: { maxInFlight: 1, queueTimeoutMs: 100 } });
  const base = await stack.listen();
  const leave = new AbortController();
  const long = await send(base, 'chat', {
    stream: true,
    prompt: sim({ text: 'x', repeat: 10_000, chunks: 10_000, delayMs: 20 }),
    signal: leave.signal,
  });
  for (const protocol of PROTOCOLS) {
    for (const stream of [true, false]) {
      const late = await ask(base, protocol, { prompt: 'Hello', stream });
      expect(late.status).toBe(429);
      expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(late.error?.type).toBe(protocol === 'messages' ? 'rate_limit_error' : 'requests');
    }
  }
  expect(stack.simulator.stats.turnsStarted).toBe(1);
  expect(stack.gateway.status()).toMatchObject({ inFlight: 1, waiting: 0 });
  leave.abort();
  await expect(readAnswer('chat', long)).rejects.toThrow();
  expect(await ask(base, 'chat', { prompt: sim({ text: 'free again' }) })).toMatchObject({ text: 'free again' });
  await expectIdle(stack);
});

it('a client that gives up its place in line - is not asked for', async () => {
  stack = await startSimulated({}, { gateway: { maxInFlight: 1 } });
  const { gateway, simulator } = stack;
  const base = await stack.listen();
  const first = ask(base, 'chat', { prompt: sim({ text: 'first', firstDelayMs: 400 }), stream: true });
  await vi.waitFor(() => expect(gateway.status().inFlight).toBe(1));
  const leave = new AbortController();
  const given = Array.from({ length: 20 }, () =>
    send(base, 'messages', { prompt: sim({ text: 'never' }), signal: leave.signal }).catch(
      (error: Error) => error.name,
    ),
  );
  await vi.waitFor(() => expect(gateway.status().waiting).toBe(20));
  leave.abort();
  expect(new Set(await Promise.all(given))).toEqual(new Set(['AbortError']));
  await vi.waitFor(() => expect(gateway.status().waiting).toBe(0));
  expect(await first).toMatchObject({ text: 'first', ended: true });
  expect(await ask(base, 'chat', { prompt: sim({ text: 'next' }) })).toMatchObject({ text: 'next' });
  expect(simulator.stats.turnsStarted).toBe(2);
  await expectIdle(stack);
});
