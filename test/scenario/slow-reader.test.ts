/** Clients that read slowly or not at all: their answer waits in Lingma, not in the gateway's memory. */
import { connect, type Socket } from 'node:net';
import { createSimulator } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, PATHS, PROTOCOLS, type Protocol, requestBody } from '../support/ask.js';
import { type CountingRelay, startCountingRelay } from '../support/counting-relay.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, type StackOptions, sim, startStack } from '../support/stack.js';
import { StandingClock } from '../support/standing-clock.js';

expectQuietProcess();

const MB = 1024 * 1024;
/**
 * What may be under way to a reader that reads nothing, of an answer of more than 50 MB: what the gateway holds for one turn, and sockets'
 * buffers. A kernel lets one socket alone hold up to 32 MB (`tcp_rmem`).
 */
const UNDER_WAY = 44 * MB;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(
  options: StackOptions,
  acp: 'present' | 'absent',
): Promise<SimulatedStack & { relay: CountingRelay }> {
  const simulator = createSimulator({ acp });
  await simulator.start();
  cleanups.push(() => simulator.stop());
  const relay = await startCountingRelay(simulator.address.webSocketPort);
  cleanups.push(() => relay.close());
  const stack = await startStack({ webSocketUrl: `ws://127.0.0.1:${relay.port}/`, ...options });
  cleanups.push(() => stack.close());
  return { ...stack, simulator, relay };
}

/** A raw client that has asked, and reads nothing until it is told to. */
function askAndWait(base: string, protocol: Protocol, prompt: string): Socket {
  const { hostname, port } = new URL(base);
  const body = JSON.stringify(requestBody(protocol, { prompt, stream: true }));
  const socket = connect(Number(port), hostname);
  cleanups.push(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    `POST ${PATHS[protocol]} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return socket;
}

/** Until the count stands still: everything that can be under way is. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const now = count();
    if (now === last && now > 0) return now;
    last = now;
  }
}

const memory = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe.each([
  ['acp', 'present'],
  ['lsp-chat', 'absent'],
] as const)('%s', (_dialect, acp) => {
  it('nothing of a 50 MB answer is read - bounded, others go on, and the stall limit ends it', async () => {
    const stack = await start({ node: { stallMs: 3000 } }, acp);
    const base = await stack.listen();
    const before = memory();
    const prompt = sim({ text: '0123456789abcde '.repeat(64), repeat: 50 * 1024, chunks: 5000 });
    const socket = askAndWait(base, 'chat', prompt);
    const taken = await settled(() => stack.relay.bytes);
    expect(taken).toBeLessThan(UNDER_WAY);
    // The simulator itself, in this same process, holds the whole answer; the rest is what nobody has collected yet.
    expect(memory() - before).toBeLessThan(150 * MB);

    for (const protocol of PROTOCOLS) {
      const other = await ask(base, protocol, { prompt: sim({ text: `for ${protocol}` }), stream: true });
      expect(other).toMatchObject({ text: `for ${protocol}`, ended: true });
    }

    const closed = new Promise((resolve) => socket.on('close', resolve));
    await vi.waitFor(() => expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }), 15_000);
    await vi.waitFor(() => expect(stack.simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }), 5000);
    expect(stack.simulator.stats.stops.filter(({ turns }) => turns === 1)).toHaveLength(1);
    // What had reached its kernel it may still read; then the connection is cut, without the last chunk.
    let tail = '';
    socket.on('data', (data) => {
      tail = (tail + data.toString('latin1')).slice(-100);
    });
    socket.resume();
    await closed;
    expect(tail).not.toContain('[DONE]');
    expect(tail.endsWith('0\r\n\r\n')).toBe(false);
  });

  it('a reader that pauses longer than the idle deadline - gets it all', async () => {
    const clock = new StandingClock();
    const stack = await start({ client: { clock, deadlines: { idleMs: 60_000, totalMs: 3_600_000 } } }, acp);
    const base = await stack.listen();
    const pieces = 24 * 1024 * 16;
    // Without a space anywhere: the worst case for whatever counts it.
    const socket = askAndWait(base, 'chat', sim({ text: 'x'.repeat(64), repeat: pieces, chunks: 2000 }));
    await settled(() => stack.relay.bytes);
    clock.pass(600_000);
    expect(stack.gateway.status()).toMatchObject({ requests: 1 });
    let letters = 0;
    let tail = '';
    socket.on('data', (data) => {
      for (const byte of data) if (byte === 0x78) letters++;
      tail = (tail + data.toString('latin1')).slice(-2000);
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.resume();
    await closed;
    // A few more stand in the words of the protocol.
    expect(letters).toBeGreaterThanOrEqual(64 * pieces);
    expect(tail).toContain('"finish_reason":"stop"');
    expect(tail).toContain('data: [DONE]');
  });
});
