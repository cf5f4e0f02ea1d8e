import { describe, expect, it } from 'vitest';
import { GatewayError } from '../chat/index.js';
import type { LingmaClient, LingmaClientState } from '../lingma/index.js';
import { AttachedSupervisor } from './attached-instance.js';
import { ManualClock } from './testing/manual-clock.js';

/** A client whose attempts to connect come to what the test says. */
class FakeClient {
  state: LingmaClientState = 'stopped';
  attempts = 0;
  connecting: () => Promise<void> = () => Promise.reject(new GatewayError('not_ready', 'nobody there'));
  readonly #listeners = new Set<(state: LingmaClientState) => void>();

  connect(): Promise<void> {
    this.attempts++;
    return this.connecting();
  }

  become(state: LingmaClientState): void {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }

  status() {
    return { state: this.state, connections: { open: 0, busy: 0, waiting: 0 } };
  }

  on(_event: 'state', listener: (state: LingmaClientState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function setUp(random = 1) {
  const client = new FakeClient();
  const clock = new ManualClock();
  const supervisor = new AttachedSupervisor(client as unknown as LingmaClient, clock, () => random);
  const states: string[] = [];
  supervisor.on('state', (state) => states.push(state));
  return { client, clock, supervisor, states };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const NEVER = new AbortController().signal;

describe('AttachedSupervisor', () => {
  it('nobody there - tries again, waiting twice as long each time; after five attempts every 30 s', async () => {
    const { client, clock, supervisor, states } = setUp();
    await expect(supervisor.ready(NEVER)).rejects.toMatchObject({ code: 'not_ready' });
    for (const [index, delay] of [250, 500, 1000, 2000].entries()) {
      expect(supervisor.state).toBe('reconnecting');
      clock.pass(delay - 1);
      expect(client.attempts).toBe(index + 1);
      clock.pass(1);
      await settled();
    }
    expect([client.attempts, supervisor.state, supervisor.lastError]).toEqual([5, 'failed', 'nobody there']);
    for (let round = 6; round < 9; round++) {
      clock.pass(29_999);
      expect(client.attempts).toBe(round - 1);
      clock.pass(1);
      await settled();
      expect(client.attempts).toBe(round);
    }
    client.connecting = async () => client.become('ready');
    // Whoever wants it now need not wait for that.
    await supervisor.ready(NEVER);
    expect([supervisor.state, supervisor.lastError, clock.pending]).toEqual(['ready', undefined, 0]);
    expect(states).toEqual(['starting', 'reconnecting', 'failed', 'ready']);
  });

  it('the wait - is anything up to that', async () => {
    const { client, clock, supervisor } = setUp(0.1);
    supervisor.start();
    await settled();
    clock.pass(25);
    expect(client.attempts).toBe(2);
  });

  it('all who ask at a time - share one attempt, and an abort ends the wait alone', async () => {
    const { client, supervisor } = setUp();
    let connect: () => void = () => undefined;
    client.connecting = () =>
      new Promise((resolve) => {
        connect = () => {
          client.become('ready');
          resolve();
        };
      });
    const controller = new AbortController();
    const given = supervisor.ready(controller.signal);
    const kept = supervisor.ready(NEVER);
    controller.abort(new GatewayError('client_closed', 'enough'));
    await expect(given).rejects.toMatchObject({ code: 'client_closed' });
    connect();
    await kept;
    expect([client.attempts, supervisor.state]).toEqual([1, 'ready']);
  });

  it('lost - is looked for at once', async () => {
    const { client, clock, supervisor, states } = setUp();
    client.connecting = async () => client.become('ready');
    await supervisor.ready(NEVER);
    client.become('stopped');
    expect(supervisor.state).toBe('reconnecting');
    clock.pass(0);
    await settled();
    expect(states).toEqual(['starting', 'ready', 'reconnecting', 'ready']);
  });

  it('connected by a turn - is ready too', () => {
    const { client, supervisor } = setUp();
    client.become('ready');
    expect(supervisor.state).toBe('ready');
  });

  it('close() - stops looking, and stays closed', async () => {
    const { client, clock, supervisor, states } = setUp();
    supervisor.start();
    await settled();
    await supervisor.close();
    client.become('ready');
    clock.pass(60_000);
    expect([supervisor.state, client.attempts, clock.pending]).toEqual(['closed', 1, 0]);
    expect(states.at(-1)).toBe('closed');
  });
});
