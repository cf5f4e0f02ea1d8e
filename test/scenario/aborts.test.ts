/** Clients that go away, by the hundred: nothing is left behind, in the gateway or in Lingma. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { ask, PATHS, PROTOCOLS, type Protocol, requestBody, send } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

const ABORTS = 200;
const ENDLESS = sim({ text: 'word ', repeat: 100_000, chunks: 100_000, delayMs: 5, reasoning: 'hm' });
const SILENT = sim({ silence: true });

const protocolOf = (index: number): Protocol => PROTOCOLS[index % PROTOCOLS.length] ?? 'chat';

/** Milliseconds; short enough to hit any step of a turn's preparation. */
const soon = (): number => 5 + Math.floor(Math.random() * 60);

/** Asks and goes away; settles once it has gone. */
type Leave = (base: string, protocol: Protocol, stream: boolean) => Promise<void>;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const abortBeforeHeaders: Leave = async (base, protocol, stream) => {
  const signal = AbortSignal.timeout(soon());
  await expect(send(base, protocol, { prompt: SILENT, stream, signal })).rejects.toThrow();
};

const abortMidStream: Leave = async (base, protocol) => {
  const leave = new AbortController();
  const response = await send(base, protocol, { prompt: ENDLESS, stream: true, signal: leave.signal });
  const reader = response.body?.getReader();
  for (let read = 0; read < 3; read++) expect((await reader?.read())?.done).toBe(false);
  leave.abort();
  await expect(reader?.read()).rejects.toThrow();
};

const cancelBody: Leave = async (base, protocol) => {
  const response = await send(base, protocol, { prompt: ENDLESS, stream: true });
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
};

const destroySocket: Leave = (base, protocol, stream) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(requestBody(protocol, { prompt: stream ? ENDLESS : SILENT, stream }));
    const outgoing = request(base + PATHS[protocol], {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    outgoing.on('error', () => undefined);
    outgoing.on('close', () => resolve());
    outgoing.on('response', (incoming) => {
      if (!stream) reject(new Error('an answer to a question that has none'));
      incoming.on('error', () => undefined);
      incoming.once('data', () => incoming.socket.resetAndDestroy());
    });
    outgoing.end(body);
    if (!stream) setTimeout(() => outgoing.destroy(), soon());
  });

/** Gone before the request itself is complete. */
const halfRequest: Leave = (base, protocol) =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${PATHS[protocol]} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
          'content-length: 1000\r\n\r\n{"model":"auto","messages":[',
      );
      setTimeout(() => socket.destroy(), 5);
    });
    socket.on('close', () => resolve());
  });

async function expectNothingLeft({ gateway, simulator, client }: SimulatedStack): Promise<void> {
  const { stats } = simulator;
  await vi.waitFor(
    () => {
      expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 });
      expect(client.status().connections).toMatchObject({ busy: 0, waiting: 0 });
      expect(stats.turnsActive).toBe(0);
      expect(stats.sessionsOpen).toBe(0);
    },
    { timeout: 8000, interval: 10 },
  );
  expect(stats.sessionsDeleted).toBe(stats.sessionsCreated);
  expect(stats.turnsFinished).toBe(stats.turnsStarted);
  // None of the turns could have ended by itself.
  expect(stats.stops.reduce((sum, stop) => sum + stop.turns, 0)).toBe(stats.turnsStarted);
}

const WAYS: readonly Leave[] = [abortBeforeHeaders, abortMidStream, cancelBody, destroySocket, halfRequest];

it.each([
  ['acp', {}],
  ['lsp-chat', { acp: 'absent' }],
] as const)(`${ABORTS} clients that go away, each in its own way - %s`, async (_dialect, switches) => {
  const stack = await startSimulated(switches, { client: { maxConnections: 40 } });
  try {
    const base = await stack.listen();
    const leaving = Array.from({ length: ABORTS }, (_, index) => {
      const leave = WAYS[index % WAYS.length] ?? abortMidStream;
      return leave(base, protocolOf(index), index % 2 === 0);
    });
    await Promise.all(leaving);
    await expectNothingLeft(stack);
    // Connections live on: a stopped turn is no reason to close one.
    expect(stack.simulator.stats.connectionsTotal).toBeLessThanOrEqual(40);
    const next = await ask(base, 'chat', { prompt: sim({ text: 'still here' }), stream: true });
    expect(next).toMatchObject({ text: 'still here', ended: true });
    await vi.waitFor(() => expect(stack.simulator.stats.sessionsOpen).toBe(0));
  } finally {
    await stack.close();
  }
});

it.each(['nothing', 'late'] as const)('a process that answers a stop with %s', async (stop) => {
  for (const acp of ['present', 'absent'] as const) {
    const stack = await startSimulated({ stop, acp }, { client: { maxConnections: 1 } });
    const base = await stack.listen();
    await abortMidStream(base, 'chat', true);
    // On the same connection: late text of the stopped turn must not get in.
    const next = await ask(base, 'messages', { prompt: sim({ text: 'clean', delayMs: 20 }), stream: true });
    expect(next).toMatchObject({ text: 'clean', ended: true });
    await vi.waitFor(() => expect(stack.simulator.stats.sessionsOpen).toBe(0));
    expect(stack.simulator.stats.connectionsTotal).toBe(1);
    await stack.close();
  }
});

it('a shutdown in mid-stream - tells the client so in the stream', async () => {
  const stack = await startSimulated();
  const base = await stack.listen();
  const response = await send(base, 'messages', { prompt: ENDLESS, stream: true });
  const reading = response.text();
  await sleep(50);
  await stack.gateway.close({ graceMs: 0 });
  const text = await reading;
  expect(text).toMatch(/event: error\ndata: .*"overloaded_error"/);
  expect(text).not.toContain('message_stop');
  await stack.close();
});
