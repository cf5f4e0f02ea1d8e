import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import type { LingmaClient } from '../../lingma/index.js';
import { EventListeners } from '../../util/index.js';
import { LingmaInstance } from './instance.js';
import type { InstanceState } from './instance-port.js';

/** What an instance consists of, as often as it is made. */
function setUp(managed = true, after?: Promise<void>) {
  const made: FakeParts[] = [];
  class FakeParts {
    readonly calls: string[] = [];
    readonly events = new EventListeners<{
      state: InstanceState;
      login: { loggedIn?: boolean; inProgress: boolean };
    }>();
    ready: () => Promise<void> = async () => this.become('ready');
    loggedIn: boolean | undefined = true;
    state: InstanceState = 'stopped';
    generation = 0;
    close: () => Promise<void> = async () => {
      this.calls.push('close');
      this.become('closed');
    };
    become(state: InstanceState): void {
      this.state = state;
      this.events.tell('state', state);
    }
  }
  const instance = new LingmaInstance({
    managed,
    ...(after !== undefined && { after }),
    open: () => {
      const parts = new FakeParts();
      made.push(parts);
      return {
        client: {
          get generation() {
            return parts.generation;
          },
          get loggedIn() {
            return parts.loggedIn;
          },
          isAgent: false,
          status: () => ({ server: { name: 'lingma', version: '2.11.2' }, dialect: 'acp' }),
          streamTurn: () => 'stream',
          listModels: async () => [],
          discardSession: (id: string) => parts.calls.push(`discard ${id}`),
        } as unknown as LingmaClient,
        supervisor: {
          get state() {
            return parts.state;
          },
          lastError: new GatewayError('not_ready', 'was not there'),
          logIn: async () => void parts.calls.push('logIn'),
          ready: () => parts.ready(),
          restart: async () => void parts.calls.push('restart'),
          close: () => parts.close(),
          kill: () => {
            parts.calls.push('kill');
            parts.become('closed');
          },
          on: (name, listener) => parts.events.on(name, listener as never),
        },
        ...(managed && { process: { status: () => ({ restarts: 2, lastOutput: [] }) } }),
      };
    },
  });
  const states: string[] = [];
  instance.on('state', (state) => states.push(state));
  const logins: boolean[] = [];
  instance.on('login', (loggedIn) => logins.push(loggedIn));
  return { instance, made, states, logins };
}
const NEVER = new AbortController().signal;

describe('LingmaInstance', () => {
  it('in the place of another - starts once that has ended', async () => {
    let ended: () => void = () => undefined;
    const { instance, made } = setUp(true, new Promise((resolve) => (ended = resolve)));
    const starting = instance.start(new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect([made.length, instance.state]).toEqual([0, 'stopped']);
    ended();
    await starting;
    expect([made.length, instance.state]).toEqual([1, 'ready']);
  });

  it('before it is started - there is nothing', () => {
    const { instance, made } = setUp();
    expect([instance.state, instance.loggedIn, instance.generation, made.length]).toEqual(['stopped', undefined, 0, 0]);
    expect(instance.report()).toEqual({ restarts: 0 });
    instance.discardSession('s');
  });

  it('start() - is done when it runs, logged in or not; other failures are told', async () => {
    const { instance, made, states } = setUp();
    await instance.start(NEVER);
    await instance.start(NEVER);
    expect([made.length, instance.state, states]).toEqual([1, 'ready', ['ready', 'ready']]);
    const [parts] = made;
    if (parts === undefined) throw new Error('nothing was made');
    parts.ready = () => Promise.reject(new GatewayError('login_required', 'nobody is logged in'));
    await instance.start(NEVER);
    parts.ready = () => Promise.reject(new GatewayError('not_ready', 'no'));
    await expect(instance.start(NEVER)).rejects.toMatchObject({ code: 'not_ready' });
    expect(instance.report()).toEqual({
      ...{ server: 'lingma 2.11.2', dialect: 'acp', restarts: 2, lastError: 'was not there' },
    });
  });

  it('stop() and start() - make it anew: another generation, restarts add up, only the new one is heard', async () => {
    const { instance, made, states, logins } = setUp();
    await instance.start(NEVER);
    (made[0] as { generation: number }).generation = 3;
    expect(instance.generation).toBe(3);
    await instance.stop();
    expect([instance.state, made[0]?.calls, instance.generation]).toEqual(['stopped', ['close'], 4]);
    await instance.start(NEVER);
    expect([made.length, instance.generation, instance.report().restarts]).toEqual([2, 4, 4]);
    made[0]?.become('failed');
    made[0]?.events.tell('login', { loggedIn: false, inProgress: false });
    made[1]?.events.tell('login', { loggedIn: true, inProgress: false });
    made[1]?.events.tell('login', { inProgress: true });
    expect(states).toEqual(['ready', 'stopped', 'ready']);
    expect(logins).toEqual([true]);
    instance.discardSession('s');
    expect(made.map(({ calls }) => calls)).toEqual([['close'], ['discard s']]);
  });

  it('restart() - of a process of ours is the supervisor’s, of another connects anew', async () => {
    const own = setUp();
    await own.instance.start(NEVER);
    await own.instance.restart();
    expect(own.made.map(({ calls }) => calls)).toEqual([['restart']]);
    const other = setUp(false);
    await other.instance.start(NEVER);
    await other.instance.restart();
    expect(other.made.map(({ calls }) => calls)).toEqual([['close'], []]);
    expect(other.states).toEqual(['ready', 'stopped', 'ready']);
  });

  it('close() - once, for good', async () => {
    const { instance, made, states } = setUp();
    await instance.start(NEVER);
    await Promise.all([instance.close(), instance.close()]);
    await instance.stop();
    expect([instance.state, made[0]?.calls, states]).toEqual(['closed', ['close'], ['ready', 'closed']]);
    await expect(instance.start(NEVER)).rejects.toMatchObject({ code: 'shutting_down' });
    expect(made).toHaveLength(1);
  });

  it('kill() - does not wait; close() then ends the rest', async () => {
    const { instance, made, states } = setUp();
    await instance.start(NEVER);
    instance.kill();
    expect([instance.state, made[0]?.calls]).toEqual(['closed', ['kill']]);
    await instance.close();
    expect([made[0]?.calls, states]).toEqual([
      ['kill', 'close'],
      ['ready', 'closed'],
    ]);
  });

  it.each(['close', 'stop', 'restart'] as const)('kill() - while %s() waits for the process to end', async (method) => {
    const { instance, made } = setUp(method !== 'restart');
    await instance.start(NEVER);
    const first = made[0];
    if (first === undefined) throw new Error('nothing was made');
    let ended: () => void = () => undefined;
    first.close = () => new Promise<void>((resolve) => (ended = resolve));
    const ending = instance[method]();
    instance.kill();
    expect(first.calls).toEqual(['kill']);
    ended();
    await ending;
    instance.kill();
    expect(first.calls).toEqual(['kill']);
  });
});
