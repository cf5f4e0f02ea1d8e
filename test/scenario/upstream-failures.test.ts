/** Everything that goes wrong on Lingma's side: a clear error in each protocol, never a normal end, and a way back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator, type SimulatorOptions } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, PROTOCOLS, type Protocol, type Question, send } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type Answer, readAnswer } from '../support/read-answer.js';
import { type SimulatedStack, type Stack, sim, startSimulated, startStack } from '../support/stack.js';

expectQuietProcess();

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function simulated(...args: Parameters<typeof startSimulated>): Promise<SimulatedStack & { base: string }> {
  const stack = await startSimulated(...args);
  cleanups.push(() => stack.close());
  return { ...stack, base: await stack.listen() };
}

function simulatorFor(options: SimulatorOptions): Simulator {
  const simulator = createSimulator(options);
  cleanups.push(() => simulator.stop());
  return simulator;
}

/** A gateway that finds its Lingma through the discovery file in a work folder, as an operator would set it up. */
async function discovering(): Promise<Stack & { base: string; workDir: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'lingma-scenario-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const workDir = join(folder, 'work');
  // The home folder is an empty one: a Lingma that happens to run on this machine must not answer.
  const stack = await startStack({ client: { discovery: { homedir: folder, explicit: { workDir } } } });
  cleanups.push(() => stack.close());
  return { ...stack, base: await stack.listen(), workDir };
}

const forms = PROTOCOLS.flatMap((protocol) => [true, false].map((stream) => ({ protocol, stream })));
const OPENAI = (code: string, type = 'server_error') => ({ code, type });

/** What the three protocols call it. */
interface Name {
  readonly status: number;
  readonly openai: { readonly code: string; readonly type: string };
  readonly anthropic: { readonly status?: number; readonly type: string };
}

const NAMES = {
  notReady: { status: 503, openai: OPENAI('not_ready'), anthropic: { status: 529, type: 'overloaded_error' } },
  login: { status: 503, openai: OPENAI('login_required'), anthropic: { type: 'api_error' } },
  quota: {
    status: 429,
    openai: OPENAI('insufficient_quota', 'insufficient_quota'),
    anthropic: { type: 'rate_limit_error' },
  },
  timeout: { status: 504, openai: OPENAI('upstream_timeout'), anthropic: { type: 'timeout_error' } },
  upstream: { status: 502, openai: OPENAI('upstream_error'), anthropic: { type: 'api_error' } },
} satisfies Record<string, Name>;

/** A status and an envelope: nothing of the answer had gone out. */
function expectRefusal(answer: Answer, protocol: Protocol, name: Name): void {
  const { anthropic, openai } = name;
  expect(answer.ended).toBe(false);
  expect(answer.status).toBe(protocol === 'messages' ? (anthropic.status ?? name.status) : name.status);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expectError(answer, protocol, { openai, anthropic });
}

/** An error frame as the last of a stream whose text stands as far as it came. */
function expectBrokenStream(answer: Answer, protocol: Protocol, text: RegExp, name: Name = NAMES.upstream): void {
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(text);
  expect(answer.ended).toBe(false);
  expect(answer.raw).not.toContain('[DONE]');
  expect(answer.raw).not.toContain('message_stop');
  expect(answer.raw).not.toContain('response.completed');
  expect(answer.raw).not.toMatch(/"(finish_reason|stop_reason)":"/);
  if (protocol !== 'responses') expectError(answer, protocol, name);
  else expect(answer).toMatchObject({ finish: 'failed', error: { message: expect.any(String) } });
}

function expectError({ error }: Answer, protocol: Protocol, { openai, anthropic }: Omit<Name, 'status'>): void {
  expect(error).toMatchObject(protocol === 'messages' ? { type: anthropic.type } : openai);
  expect(error?.message).toMatch(/\w{3}/);
  // No path, no account, no stack.
  expect(error?.message).not.toMatch(/\/tmp|\/home|simulator|\n {4}at /);
}

async function expectWorks(base: string, text = 'works'): Promise<void> {
  for (const { protocol, stream } of forms) {
    expect(await ask(base, protocol, { prompt: sim({ text }), stream })).toMatchObject({ text, ended: true });
  }
}

async function expectIdle({ gateway }: Stack, simulator: Simulator): Promise<void> {
  await vi.waitFor(() => {
    expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 });
    expect(simulator.stats.turnsActive).toBe(0);
    expect(simulator.stats.sessionsOpen).toBe(0);
  });
}

const DIALECTS = [
  ['acp', {}],
  ['lsp-chat', { acp: 'absent' }],
] as const satisfies readonly (readonly [string, SimulatorOptions])[];

describe('an absent Lingma', () => {
  it('503 until it is there, also on another port later, and over its socket', async () => {
    const { base, workDir } = await discovering();
    for (const { protocol, stream } of forms) {
      const answer = await ask(base, protocol, { prompt: 'Hello', stream });
      expectRefusal(answer, protocol, NAMES.notReady);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('x-should-retry')).toBe('false');
    }
    expect((await fetch(`${base}/v1/models`)).status).toBe(503);
    expect((await fetch(`${base}/healthz`)).status).toBe(200);

    const first = simulatorFor({ workDir });
    await first.start();
    await expectWorks(base, 'first');
    const { webSocketPort } = first.address;
    await first.stop();
    const gone = await ask(base, 'chat', { prompt: 'Hello' });
    expectRefusal(gone, 'chat', NAMES.notReady);
    // It was there a moment ago: it may be starting anew.
    expect(gone.headers.get('x-should-retry')).toBeNull();

    const second = simulatorFor({ workDir, port: webSocketPort + 1 });
    await second.start();
    expect(second.address.webSocketPort).not.toBe(webSocketPort);
    await expectWorks(base, 'second');
  });

  it('a crash leaves its discovery file behind - 503, and the next process is found', async () => {
    const { base, workDir } = await discovering();
    const simulator = simulatorFor({ workDir });
    await simulator.start();
    await expectWorks(base);
    await simulator.kill();
    for (const { protocol, stream } of forms) {
      expectRefusal(await ask(base, protocol, { prompt: 'Hello', stream }), protocol, NAMES.notReady);
    }
    await simulator.start();
    await expectWorks(base);
  });

  it('a slow start - the request that comes too early is refused at once, a later one is answered', async () => {
    const { base, workDir } = await discovering();
    const simulator = simulatorFor({ workDir, slowStartMs: 300, infoFile: 'late', infoDelayMs: 100 });
    const starting = simulator.start();
    expectRefusal(await ask(base, 'chat', { prompt: 'Hello' }), 'chat', NAMES.notReady);
    await starting;
    await vi.waitFor(async () => expect((await ask(base, 'chat', { prompt: 'Hello' })).status).toBe(200), 5000);
  });
});

describe.each(DIALECTS)('%s', (_dialect, switches) => {
  it.each(['finish', 'rpc-error', 'silence'] as const)('logged out (%s) - and logged in again', async (notLoggedIn) => {
    const { base, simulator } = await simulated({ ...switches, loggedOut: true, notLoggedIn });
    for (const { protocol, stream } of forms) {
      const answer = await ask(base, protocol, { prompt: 'Hello', stream });
      expectRefusal(answer, protocol, NAMES.login);
      expect(answer.headers.get('x-should-retry')).toBe('false');
    }
    simulator.setLoggedIn(true);
    await expectWorks(base);
    simulator.setLoggedIn(false);
    expectRefusal(await ask(base, 'chat', { prompt: 'Hello' }), 'chat', NAMES.login);
  });

  it.each(['finish', 'chat-error'] as const)('over quota (%s)', async (quota) => {
    const { base, simulator } = await simulated({ ...switches, quotaExceeded: true, quota });
    for (const { protocol, stream } of forms) {
      const answer = await ask(base, protocol, { prompt: 'Hello', stream });
      expectRefusal(answer, protocol, NAMES.quota);
      expect(answer.headers.get('x-should-retry')).toBe('false');
    }
    simulator.setSwitches({ quotaExceeded: false });
    await expectWorks(base);
  });

  it('silent - the deadline ends it, and Lingma is told to stop', async () => {
    const deadlines = { firstEventMs: 150, idleMs: 150 };
    const stack = await simulated(switches, { client: { deadlines } });
    const { base, simulator } = stack;
    for (const { protocol, stream } of forms) {
      const answer = await ask(base, protocol, { prompt: sim({ silence: true }), stream });
      expectRefusal(answer, protocol, NAMES.timeout);
    }
    expect(simulator.stats.stops.filter(({ turns }) => turns === 1)).toHaveLength(forms.length);
    await expectWorks(base);
    await expectIdle(stack, simulator);
  });

  it('silent in the middle of an answer', async () => {
    const stack = await simulated(switches, { client: { deadlines: { idleMs: 200 } } });
    const prompt = sim({ text: 'half of it', chunks: 2, delayMs: 60_000 });
    for (const protocol of PROTOCOLS) {
      const answer = await ask(stack.base, protocol, { prompt, stream: true });
      expectBrokenStream(answer, protocol, /^half/, NAMES.timeout);
      expectRefusal(await ask(stack.base, protocol, { prompt }), protocol, NAMES.timeout);
    }
    await expectIdle(stack, stack.simulator);
  });

  it.each([
    ['after some text', 3],
    ['at once', 0],
  ])('an error of the model - %s', async (_when, afterChunks) => {
    for (const errorForm of ['finish', 'chat-error', 'rpc-error'] as const) {
      const stack = await simulated({ ...switches, errorForm });
      const prompt = sim({
        text: 'one two three four',
        chunks: 4,
        error: { status: 500, message: 'boom', afterChunks },
      });
      for (const { protocol, stream } of forms) {
        const answer = await ask(stack.base, protocol, { prompt, stream });
        expect(answer.raw).not.toContain('boom');
        if (stream && afterChunks > 0) expectBrokenStream(answer, protocol, /^one two thr/);
        else expectRefusal(answer, protocol, NAMES.upstream);
      }
      await expectIdle(stack, stack.simulator);
    }
  });

  it.each(['clean', 'mid-frame'] as const)(
    'a connection lost before any text (%s cut) - is repeated once',
    async (cut) => {
      const stack = await simulated({ ...switches, cut });
      for (const [index, { protocol, stream }] of forms.entries()) {
        const prompt = sim({ text: 'at last', dropAfterChunks: 0, times: 1, id: `drop-${index}` });
        expect(await ask(stack.base, protocol, { prompt, stream })).toMatchObject({ text: 'at last', ended: true });
      }
      const again = sim({ text: 'never', dropAfterChunks: 0 });
      for (const { protocol, stream } of forms) {
        expectRefusal(await ask(stack.base, protocol, { prompt: again, stream }), protocol, NAMES.upstream);
      }
      await expectWorks(stack.base);
    },
  );

  it.each(['clean', 'mid-frame'] as const)('a connection lost in the middle (%s cut)', async (cut) => {
    const stack = await simulated({ ...switches, cut });
    const prompt = sim({ text: 'one two three four', chunks: 4, dropAfterChunks: 3, delayMs: 5 });
    for (const { protocol, stream } of forms) {
      const answer = await ask(stack.base, protocol, { prompt, stream });
      if (stream) expectBrokenStream(answer, protocol, /^one two thr/);
      else expectRefusal(answer, protocol, NAMES.upstream);
    }
    await expectWorks(stack.base);
  });

  it.each(['clean', 'mid-frame'] as const)(
    'a process that dies in the middle (%s cut) - and comes back',
    async (cut) => {
      const { base, workDir } = await discovering();
      const simulator = simulatorFor({ ...switches, cut, workDir });
      await simulator.start();
      const prompt = sim({ text: 'one two three four', chunks: 4, dieAfterChunks: 2, delayMs: 5 });
      for (const protocol of PROTOCOLS) {
        expectBrokenStream(await ask(base, protocol, { prompt, stream: true }), protocol, /^one two/);
        await vi.waitFor(() => expect(() => simulator.address).toThrow());
        expectRefusal(await ask(base, protocol, { prompt: 'Hello' }), protocol, NAMES.notReady);
        await simulator.start();
      }
      await expectWorks(base);
    },
  );

  it('killed while many streams run - each ends with an error, the next process answers', async () => {
    const { base, workDir, gateway } = await discovering();
    const simulator = simulatorFor({ ...switches, workDir });
    await simulator.start();
    const endless = sim({ text: 'word ', repeat: 100_000, chunks: 100_000, delayMs: 10 });
    const question: Question = { prompt: endless, stream: true };
    const responses = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const protocol = PROTOCOLS[index % 3] ?? 'chat';
        return { protocol, response: await send(base, protocol, question) };
      }),
    );
    await simulator.kill();
    for (const { protocol, response } of responses) {
      expectBrokenStream(await readAnswer(protocol, response), protocol, /^word/);
    }
    await vi.waitFor(() => expect(gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
    await simulator.start();
    await expectWorks(base);
  });
});

it('a process that takes 3 connections - 10 requests share them', async () => {
  const stack = await simulated({ maxClients: 3 });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      ask(stack.base, PROTOCOLS[index % 3] ?? 'chat', {
        prompt: sim({ text: `answer ${index}`, delayMs: 10 }),
        stream: index % 2 === 0,
      }),
    ),
  );
  expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, index) => `answer ${index}`));
  expect(stack.simulator.stats.connectionsOpen).toBeLessThanOrEqual(3);
  await expectIdle(stack, stack.simulator);
});

it('connections cut while nobody uses them - the next request notices nothing', async () => {
  const stack = await simulated();
  await expectWorks(stack.base);
  stack.simulator.dropConnections();
  await expectWorks(stack.base);
});

it('bytes that are no frame - the connection is given up, the next request works', async () => {
  const stack = await simulated();
  await expectWorks(stack.base);
  const response = await send(stack.base, 'messages', {
    prompt: sim({ text: 'word ', repeat: 1000, chunks: 1000, delayMs: 20 }),
    stream: true,
  });
  stack.simulator.sendRaw(Buffer.from('{"jsonrpc":"2.0"} and no header\r\n\r\n'));
  const answer = await readAnswer('messages', response);
  expect(answer).toMatchObject({ ended: false, error: { type: 'api_error' } });
  await expectWorks(stack.base);
});
