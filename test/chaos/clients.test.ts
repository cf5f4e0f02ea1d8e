/** Clients that do what they should not: everybody else is answered, and nothing of them is left. */
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { startServer } from 'lingma-gateway';
import { afterEach, expect, it, vi } from 'vitest';
import { ask, PATHS, PROTOCOLS, type Protocol } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { readAnswer } from '../support/read-answer.js';
import { seededRandom } from '../support/seeded-random.js';
import { sim } from '../support/stack.js';
import { gzipBomb, zstdBomb } from './bombs.js';
import { countHandles, DIALECTS, expectWellFormed, FORMS, LONG } from './chaos-house.js';
import { openRaw, rawRequest, readResponses, requestBytes } from './raw-request.js';

expectQuietProcess();

const MIB = 1024 * 1024;
/** So few that one that is not given back is missed. */
const SLOTS = 8;

interface Server {
  readonly base: string;
  readonly simulator: Simulator;
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The server as `serve` runs it. Afterwards: every slot is free, no session is left, no socket is open. */
async function serve(acp: 'present' | 'absent' = 'present'): Promise<Server> {
  cleanups.push(countHandles());
  const simulator = createSimulator({ acp });
  await simulator.start();
  const flags = {
    port: '0',
    'ws-url': simulator.address.webSocketUrl,
    'max-in-flight': String(SLOTS),
    sessions: 'false',
  };
  const server = await startServer({ flags: { ...flags, 'log-level': 'error' } });
  cleanups.push(async () => {
    await expectAllServed(server.url);
    await vi.waitFor(() => expect(simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
    await server.close({ graceMs: 0 });
    await simulator.stop();
  });
  return { base: server.url, simulator };
}

/** As many as there are slots, at once: none of them ends before all have begun. */
async function expectAllServed(base: string): Promise<void> {
  const prompt = sim({ text: 'all is well', chunks: 3 });
  const answers = await Promise.all(
    Array.from({ length: 2 * SLOTS }, async (_, index) => {
      const { protocol, stream } = FORMS[index % FORMS.length] ?? { protocol: 'chat', stream: true };
      const answer = await ask(base, protocol, { prompt, stream });
      expectWellFormed(protocol, answer);
      return answer.text;
    }),
  );
  expect(new Set(answers)).toEqual(new Set(['all is well']));
}

it.each(DIALECTS)('half-closed sockets (%s) - are answered to the end', async (_dialect, acp) => {
  const { base } = await serve(acp);
  await Promise.all(
    FORMS.map(async ({ protocol, stream }) => {
      const { socket, closed } = await openRaw(base);
      const prompt = sim({ text: 'to the very end', chunks: 6, delayMs: 2, firstDelayMs: 20 });
      socket.end(requestBytes(protocol, { prompt, stream }, ['connection: close']));
      const [response] = readResponses(await closed);
      const answer = await readAnswer(protocol, response as Response);
      expectWellFormed(protocol, answer);
      expect(answer).toMatchObject({ status: 200, ended: true, text: 'to the very end' });
    }),
  );
});

it('pipelining - every answer, in the order of the questions', async () => {
  const { base } = await serve();
  const clients = Array.from({ length: 4 }, async (_, client) => {
    const { socket, closed } = await openRaw(base);
    const random = seededRandom(client + 1);
    const asked = Array.from({ length: 40 }, (_, index) => {
      const form = FORMS[Math.floor(random() * FORMS.length)] ?? { protocol: 'chat' as const, stream: true };
      return { ...form, text: `answer ${client}-${index}` };
    });
    const requests = asked.map(({ protocol, stream, text }, index) =>
      requestBytes(
        protocol,
        { prompt: sim({ text }), stream },
        index === asked.length - 1 ? ['connection: close'] : [],
      ),
    );
    // In pieces that have nothing to do with where a request ends.
    const all = Buffer.concat(requests);
    for (let from = 0; from < all.length; ) {
      const to = from + 1 + Math.floor(random() * 5000);
      socket.write(all.subarray(from, to));
      from = to;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const responses = readResponses(await closed);
    expect(responses).toHaveLength(asked.length);
    for (const [index, { protocol, text }] of asked.entries()) {
      const answer = await readAnswer(protocol, responses[index] as Response);
      expectWellFormed(protocol, answer);
      expect(answer).toMatchObject({ ended: true, text });
    }
  });
  await Promise.all(clients);
});

it('slow headers and bodies, more than there are slots - the line moves on', async () => {
  const { base, simulator } = await serve();
  const crowd = LONG ? 200 : 40;
  const slow = await Promise.all(Array.from({ length: crowd }, () => openRaw(base)));
  const request = requestBytes('chat', { prompt: sim({ text: 'at last' }) }, ['connection: close']);
  const headEnd = request.indexOf('\r\n\r\n') + 4;
  // Half of them stand within their headers, half within their bodies: more than there are slots.
  const stands = slow.map((_, index) => (index % 2 === 0 ? headEnd - 30 : headEnd + 20));
  for (const [index, { socket }] of slow.entries()) socket.write(request.subarray(0, stands[index]));
  for (const stop of [1, 2, 3]) {
    for (const [index, { socket }] of slow.entries()) {
      const at = stands[index] ?? 0;
      socket.write(request.subarray(at, at + 1));
      stands[index] = at + 1;
    }
    // Bodies under way do hold slots; what has none waits in line, and the line moves.
    if (stop === 2) expect((await fetch(`${base}/healthz`)).status).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(simulator.stats.turnsStarted).toBe(0);
  // A third leaves without a word; the others come to their end and are answered.
  for (const [index, { socket }] of slow.entries()) {
    if (index % 3 === 0) socket.resetAndDestroy();
    else socket.write(request.subarray(stands[index]));
  }
  const answers = await Promise.all(slow.map(({ closed }) => closed));
  for (const [index, text] of answers.entries()) {
    if (index % 3 === 0) continue;
    const answer = await readAnswer('chat', readResponses(text)[0] as Response);
    expect(answer).toMatchObject({ status: 200, text: 'at last' });
  }
});

it.each([
  ['gzip', gzipBomb],
  ['zstd', zstdBomb],
] as const)('%s bombs of 1 GiB - 413 for each, within the memory of all bodies', async (encoding, makeBomb) => {
  const { base, simulator } = await serve();
  const bomb = makeBomb(1024 * MIB);
  expect(bomb.length).toBeLessThan(2 * MIB);
  let most = 0;
  const measure = (): void => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    most = Math.max(most, arrayBuffers + heapUsed);
  };
  const watch = setInterval(measure, 5);
  measure();
  const before = most;
  const count = LONG ? 60 : 12;
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const protocol: Protocol = PROTOCOLS[index % PROTOCOLS.length] ?? 'chat';
      const { socket, closed } = await openRaw(base);
      socket.write(rawRequest(PATHS[protocol], bomb, [`content-encoding: ${encoding}`, 'connection: close']));
      const answer = await readAnswer(protocol, readResponses(await closed)[0] as Response);
      expect(expectWellFormed(protocol, answer)).toBe('refused');
      return answer.status;
    }),
  );
  clearInterval(watch);
  expect(new Set(answers)).toEqual(new Set([413]));
  // 256 MiB for bodies, and what nobody has collected yet.
  expect(most - before).toBeLessThan(600 * MIB);
  expect(simulator.stats.turnsStarted).toBe(0);
});

it.each(DIALECTS)('clients that leave at any moment (%s) - nothing is left of them', async (_dialect, acp) => {
  const { base, simulator } = await serve(acp);
  const aborts = LONG ? 5000 : 1000;
  const random = seededRandom(20_240_607);
  const leave = async (): Promise<void> => {
    const { protocol, stream } = FORMS[Math.floor(random() * FORMS.length)] ?? { protocol: 'chat', stream: true };
    const prompt = sim({ text: 'a word '.repeat(40), chunks: 40, delayMs: random() < 0.5 ? 1 : 0 });
    const request = requestBytes(protocol, { prompt, stream });
    const { socket, closed } = await openRaw(base);
    // Cut anywhere in the request, or after it.
    socket.write(random() < 0.2 ? request.subarray(0, Math.floor(random() * request.length)) : request);
    const turns = Math.floor(random() ** 2 * 150);
    for (let turn = 0; turn < turns && !socket.destroyed; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (random() < 0.5) socket.resetAndDestroy();
    else socket.destroy();
    await closed;
  };
  let left = 0;
  const width = 24;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left++ < aborts) await leave();
    }),
  );
  const { stats } = simulator;
  await vi.waitFor(() => expect(stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
  expect(stats.turnsStarted).toBeGreaterThan(aborts / 20);
  expect(stats.turnsFinished + stats.turnsAbandoned).toBe(stats.turnsStarted);
  expect(stats.sessionsDeleted).toBe(stats.sessionsCreated);
  // A stopped turn is no reason to close a connection.
  expect(stats.connectionsTotal).toBeLessThanOrEqual(2 * SLOTS);
});
