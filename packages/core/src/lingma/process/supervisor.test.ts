import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { type Clock, EventListeners } from '../../util/index.js';
import type { LingmaClientEvents, LingmaClientStatus } from '../client/client.js';
import type { LingmaClientState } from '../client/process-session.js';
import type { LoginPort, SupervisedClient } from './login/login-port.js';
import type { ManagedProcessEvents } from './process-options.js';
import { Supervisor } from './supervisor.js';
import type { SupervisedProcess, SupervisorOptions } from './supervisor-options.js';
import { processError } from './system/process-fault.js';

/** Time passes when the test says so. */
class TestClock implements Clock {
  #now = 0;
  readonly #due = new Set<{ readonly at: number; readonly callback: () => void }>();

  now = (): number => this.#now;

  schedule(ms: number, callback: () => void): () => void {
    const one = { at: this.#now + ms, callback };
    this.#due.add(one);
    return () => this.#due.delete(one);
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turns();
    for (;;) {
      const [next] = [...this.#due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = next.at;
      next.callback();
      await turns();
    }
    this.#now = end;
  }

  /** When the timers strike, from now. */
  get pending(): number[] {
    return [...this.#due].map(({ at }) => at - this.#now);
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

/** What an attempt comes to, in the order of the attempts; then it goes on waiting. */
type Outcome = 'up' | 'fails' | 'failsForGood' | 'nobody' | 'silent' | 'hangs';

class FakeClient implements SupervisedClient {
  readonly events = new EventListeners<LingmaClientEvents>();
  readonly outcomes: Outcome[] = [];
  connects = 0;
  state: LingmaClientState = 'stopped';
  loggedIn: boolean | undefined = true;
  closed = false;

  on = this.events.on.bind(this.events) as SupervisedClient['on'];

  async connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.connects++;
    const outcome = this.outcomes.shift() ?? 'up';
    if (outcome === 'hangs')
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    if (outcome === 'silent') throw new GatewayError('upstream_timeout', 'It keeps silent');
    if (outcome === 'nobody') throw new GatewayError('not_ready', 'Start Lingma', { shouldRetry: false });
    if (outcome === 'fails') throw new GatewayError('not_ready', 'Nobody is there');
    if (outcome === 'failsForGood') throw processError('It is not there', '/nowhere', { permanent: true });
    this.become('ready');
  }

  status(): LingmaClientStatus {
    return {
      state: this.state,
      ...(this.loggedIn !== undefined && { loggedIn: this.loggedIn }),
      connections: { open: 0, busy: 0, waiting: 0 },
    };
  }

  ask = async () => undefined;
  checkLogin = async () => this.loggedIn;
  queryModels = async () => ({});

  async close(): Promise<void> {
    this.closed = true;
  }

  become(state: LingmaClientState): void {
    if (this.state === state) return;
    this.state = state;
    this.events.tell('state', state);
  }

  logIn(loggedIn: boolean): void {
    this.loggedIn = loggedIn;
    this.events.tell('login', loggedIn);
  }
}

class FakeProcess implements SupervisedProcess {
  readonly events = new EventListeners<ManagedProcessEvents>();
  readonly calls: string[] = [];
  on = this.events.on.bind(this.events) as SupervisedProcess['on'];

  async start(): Promise<void> {
    this.calls.push('start');
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
  }

  kill(): void {
    this.calls.push('kill');
  }

  exit(permanent = false, beforeReady = false): void {
    this.events.tell('exit', {
      error: processError('Lingma ended', 'signal SIGKILL', { permanent }),
      beforeReady,
      permanent,
    });
  }
}

function supervise({ outcomes = [], ...options }: Partial<SupervisorOptions<string>> & { outcomes?: Outcome[] } = {}) {
  const clock = new TestClock();
  const client = new FakeClient();
  client.outcomes.push(...outcomes);
  const process = new FakeProcess();
  // As far as the jitter goes.
  const supervisor = new Supervisor({ client, process, clock, random: () => 1, ...options });
  const states: string[] = [];
  supervisor.on('state', (state) => states.push(state));
  return { clock, client, process, supervisor, states };
}

const never = new AbortController().signal;
const failure = (promise: Promise<unknown>): Promise<GatewayError> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: GatewayError) => error,
  );
const FAILS: readonly Outcome[] = ['fails', 'fails', 'fails', 'fails', 'fails'];

describe('Supervisor', () => {
  it('ready() - starts what is stopped, once for all who ask', async () => {
    const { client, process, supervisor, states } = supervise();
    await Promise.all([supervisor.ready(never), supervisor.ready(never), supervisor.ready(never)]);
    expect([client.connects, process.calls, states]).toEqual([1, ['start'], ['starting', 'ready']]);
    await supervisor.ready(never);
    expect(client.connects).toBe(1);
  });

  it('attempts that fail - back off, give up after five, and go on every half minute', async () => {
    const { clock, client, supervisor, states } = supervise({ outcomes: [...FAILS, 'fails'] });
    supervisor.start();
    await turns();
    for (const ms of [250, 500, 1000, 2000]) {
      expect(clock.pending).toEqual([ms]);
      await clock.pass(ms);
    }
    expect([client.connects, states]).toEqual([5, ['starting', 'reconnecting', 'failed']]);
    expect(clock.pending).toEqual([30_000]);
    await clock.pass(30_000);
    expect(client.connects).toBe(6);
    await clock.pass(30_000);
    expect(states.at(-1)).toBe('ready');
    expect(clock.pending).toEqual([]);
  });

  it('ready() - waits through attempts that fail', async () => {
    const { clock, supervisor } = supervise({ outcomes: ['fails', 'fails'] });
    const ready = supervisor.ready(never);
    await clock.pass(1000);
    await ready;
    expect(supervisor.state).toBe('ready');
  });

  it('ready() - in failed tries at once, and tells why where that fails too', async () => {
    const { clock, client, supervisor } = supervise({ outcomes: [...FAILS, 'fails'] });
    const first = failure(supervisor.ready(never));
    await clock.pass(5000);
    expect(await first).toMatchObject({ code: 'not_ready', message: 'Nobody is there', retryAfterMs: 30_000 });
    await clock.pass(10_000);
    expect(await failure(supervisor.ready(never))).toMatchObject({ code: 'not_ready', retryAfterMs: 30_000 });
    expect(client.connects).toBe(6);
    await supervisor.ready(never);
    expect(client.connects).toBe(7);
  });

  it('ready() - a permanent fault is told without delay, and official clients need not come back', async () => {
    const { clock, client, supervisor } = supervise({ outcomes: ['failsForGood', 'failsForGood'] });
    const expected = {
      code: 'not_ready',
      status: 503,
      message: 'It is not there',
      shouldRetry: false,
      retryAfterMs: 30_000,
    };
    expect(await failure(supervisor.ready(never))).toMatchObject(expected);
    await clock.pass(3_600_000);
    expect([client.connects, supervisor.state]).toEqual([1, 'failed']);
    expect(await failure(supervisor.ready(never))).toMatchObject(expected);
    await supervisor.ready(never);
    expect(supervisor.lastError).toBeUndefined();
  });

  it('ready() - waits as long as a start may take, then says when to come back', async () => {
    const { clock, supervisor } = supervise({ outcomes: ['hangs'], startupMs: 40_000 });
    const error = failure(supervisor.ready(never));
    await clock.pass(40_499);
    expect(supervisor.state).toBe('starting');
    await clock.pass(1);
    expect(await error).toMatchObject({ code: 'not_ready', retryAfterMs: 1000 });
    expect(clock.pending).toEqual([]);
  });

  it('ready() - leaves with the signal of who asked; the attempt goes on', async () => {
    const { clock, client, supervisor } = supervise({ outcomes: ['hangs'] });
    const caller = new AbortController();
    const error = failure(supervisor.ready(caller.signal));
    const reason = new GatewayError('client_closed', 'gone');
    caller.abort(reason);
    expect(await error).toBe(reason);
    expect([supervisor.state, client.connects, clock.pending]).toEqual(['starting', 1, []]);
  });

  it('connections lost - the same process, at once', async () => {
    const { client, process, supervisor, states } = supervise();
    await supervisor.ready(never);
    client.become('stopped');
    expect(supervisor.state).toBe('reconnecting');
    await turns();
    expect([states, process.calls]).toEqual([
      ['starting', 'ready', 'reconnecting', 'ready'],
      ['start', 'start'],
    ]);
  });

  it('connections lost three times within a minute - the process is ended and started anew', async () => {
    const { clock, client, process, supervisor } = supervise();
    await supervisor.ready(never);
    for (let loss = 0; loss < 3; loss++) {
      await clock.pass(10_000);
      client.become('stopped');
      await turns();
    }
    expect(process.calls).toEqual(['start', 'start', 'start', 'stop', 'start']);
    expect(supervisor.state).toBe('ready');
  });

  it('a living process that cannot be reached any more - is ended before the next attempt', async () => {
    const { clock, client, process, supervisor } = supervise();
    await supervisor.ready(never);
    client.outcomes.push('fails');
    client.become('stopped');
    await turns();
    await clock.pass(250);
    expect(process.calls).toEqual(['start', 'start', 'stop', 'start']);
    expect(supervisor.state).toBe('ready');
  });

  it('process gone - started anew after a back-off, though its sockets were missed first', async () => {
    const { clock, client, process, supervisor } = supervise();
    await supervisor.ready(never);
    client.outcomes.push('hangs');
    client.become('stopped');
    await turns();
    process.exit();
    await turns();
    expect(clock.pending).toEqual([250]);
    const ready = supervisor.ready(never);
    await clock.pass(250);
    await ready;
    expect([process.calls, client.connects]).toEqual([['start', 'start', 'start'], 3]);
  });

  it('process gone again and again - waits longer each time, until it holds for a minute', async () => {
    const { clock, client, process, supervisor } = supervise();
    await supervisor.ready(never);
    const lose = async (): Promise<number[]> => {
      process.exit();
      client.state = 'stopped';
      await turns();
      const pending = clock.pending;
      await clock.pass(pending[0] as number);
      return pending;
    };
    expect([await lose(), await lose(), await lose()]).toEqual([[250], [500], [1000]]);
    await clock.pass(60_000);
    expect(await lose()).toEqual([250]);
  });

  it('jitter - any part of the back-off', async () => {
    const { clock, supervisor } = supervise({ outcomes: ['fails'], random: () => 0.4 });
    supervisor.start();
    await turns();
    expect(clock.pending).toEqual([100]);
    await supervisor.close();
  });

  it('a turn that has connected first - the instance follows without waiting', async () => {
    const { clock, client, supervisor } = supervise({ outcomes: ['fails'] });
    supervisor.start();
    await turns();
    expect(supervisor.state).toBe('reconnecting');
    client.become('ready');
    await turns();
    expect([supervisor.state, clock.pending]).toEqual(['ready', []]);
  });

  it('restart() - ends the process, starts it, and forgets the failures', async () => {
    const { clock, client, process, supervisor, states } = supervise({ outcomes: [...FAILS] });
    supervisor.start();
    await turns();
    await clock.pass(5000);
    expect(supervisor.state).toBe('failed');
    await supervisor.restart();
    expect([states.slice(-2), process.calls.slice(-2), clock.pending]).toEqual([
      ['starting', 'ready'],
      ['stop', 'start'],
      [],
    ]);
    expect(client.connects).toBe(6);
  });

  it('repaired - one restart', async () => {
    const { process, supervisor } = supervise();
    await supervisor.ready(never);
    process.events.tell('repaired', undefined);
    await turns();
    expect([process.calls, supervisor.state]).toEqual([['start', 'stop', 'start'], 'ready']);
  });

  it('close() - the client first, then the process; whoever waits is told', async () => {
    const { clock, client, process, supervisor } = supervise({ outcomes: ['hangs'] });
    const waiting = failure(supervisor.ready(never));
    await turns();
    await Promise.all([supervisor.close(), supervisor.close()]);
    expect(await waiting).toMatchObject({ code: 'shutting_down' });
    expect(await failure(supervisor.ready(never))).toMatchObject({ code: 'shutting_down' });
    expect([client.closed, process.calls, clock.pending]).toEqual([true, ['start', 'stop'], []]);
    process.exit();
    client.become('stopped');
    expect(supervisor.state).toBe('closed');
  });

  it('kill() - at once', async () => {
    const { process, supervisor } = supervise();
    await supervisor.ready(never);
    supervisor.kill();
    expect([process.calls, supervisor.state]).toEqual([['start', 'kill'], 'closed']);
  });
});

describe('Supervisor of a process of others', () => {
  const attach = (...outcomes: Outcome[]) => {
    const clock = new TestClock();
    const client = new FakeClient();
    client.outcomes.push(...outcomes);
    return { clock, client, supervisor: new Supervisor({ client, clock, random: () => 1 }) };
  };

  it('nobody is there - told at the first attempt, while others go on', async () => {
    const { clock, client, supervisor } = attach('nobody', 'nobody');
    const expected = { code: 'not_ready', message: 'Start Lingma', shouldRetry: false, retryAfterMs: 1000 };
    expect(await failure(supervisor.ready(never))).toMatchObject(expected);
    expect([supervisor.state, clock.pending]).toEqual(['reconnecting', [250]]);
    const next = failure(supervisor.ready(never));
    await clock.pass(250);
    expect(await next).toMatchObject({ ...expected, retryAfterMs: 1000 });
    await clock.pass(500);
    expect([supervisor.state, client.connects]).toEqual(['ready', 3]);
  });

  it('somebody is there and keeps silent - told as it is', async () => {
    const { supervisor } = attach('silent');
    expect(await failure(supervisor.ready(never))).toMatchObject({ code: 'upstream_timeout', status: 504 });
    await supervisor.close();
  });

  it('lost - waited for through attempts that fail', async () => {
    const { clock, client, supervisor } = attach('up', 'fails', 'fails', 'fails');
    await supervisor.ready(never);
    client.become('stopped');
    const ready = supervisor.ready(never);
    await clock.pass(2000);
    await ready;
    expect(client.connects).toBe(5);
  });
});

describe('login', () => {
  const port = (over: Partial<LoginPort<string>> = {}) => {
    const asked: string[] = [];
    let finish: (error?: unknown) => void = () => undefined;
    const login: LoginPort<string> = {
      canLogin: (account) => account !== 'none',
      login: ({ account }) => {
        asked.push(account ?? '');
        return new Promise((resolve, reject) => {
          finish = (error) => (error === undefined ? resolve() : reject(error));
        });
      },
      ...over,
    };
    return { login, asked, finish: (error?: unknown) => finish(error) };
  };

  it('logged out - turns are told to come back, the login is begun once', async () => {
    const { login, asked, finish } = port();
    const { client, supervisor } = supervise({ login, account: 'me' });
    const told: unknown[] = [];
    supervisor.on('login', (state) => told.push(state));
    client.loggedIn = false;
    expect(await failure(supervisor.ready(never))).toMatchObject({
      ...{ code: 'login_required', status: 503, retryAfterMs: 5000 },
      message: expect.stringContaining('being logged in'),
    });
    client.logIn(false);
    expect(asked).toEqual(['me']);
    client.logIn(true);
    await supervisor.ready(never);
    finish();
    await turns();
    expect(told.at(-1)).toEqual({ loggedIn: true, inProgress: false });
    expect(told).toContainEqual({ loggedIn: false, inProgress: true });
  });

  it('a login that fails - turns are told what to do; another begins after a quarter of an hour, then later and later', async () => {
    const rests: (number | undefined)[] = [];
    const { login, asked, finish } = port({ rests: (_, until) => rests.push(until) });
    const { client, clock, supervisor } = supervise({ login, account: 'me' });
    client.loggedIn = false;
    await failure(supervisor.ready(never));
    finish(new Error('no browser'));
    await turns();
    expect(supervisor.login).toEqual({ loggedIn: false, inProgress: false });
    expect(await failure(supervisor.ready(never))).toMatchObject({ code: 'login_required', retryAfterMs: 30_000 });
    client.logIn(false);
    expect(asked).toEqual(['me']);
    const minutes: number[] = [];
    for (let failed = 1; failed <= 6; failed++) {
      const begun = clock.now();
      while (asked.length === failed) await clock.pass(60_000);
      minutes.push((clock.now() - begun) / 60_000);
      finish(new Error('no browser'));
      await turns();
    }
    expect(minutes).toEqual([15, 30, 60, 120, 240, 360]);
    expect(rests.slice(0, 3)).toEqual([15 * 60_000, undefined, 45 * 60_000]);
    // Signed in meanwhile, by whomever: the next one begins at once.
    client.logIn(true);
    expect(rests.at(-1)).toBeUndefined();
    client.logIn(false);
    expect(asked).toHaveLength(8);
    await supervisor.close();
    expect(clock.pending).toEqual([]);
  });

  it('a login that needs a person - is not begun again by itself, but when somebody asks', async () => {
    const { login, asked, finish } = port();
    const { client, clock, supervisor } = supervise({ login, account: 'me' });
    client.loggedIn = false;
    await failure(supervisor.ready(never));
    finish(Object.assign(new Error('a challenge'), { code: 'challenge', needsPerson: true }));
    await turns();
    await clock.pass(24 * 60 * 60_000);
    expect(asked).toEqual(['me']);
    const asking = supervisor.logIn({ way: 'paste' });
    const again = supervisor.logIn({ way: 'browser' });
    await turns();
    expect(asked).toEqual(['me', 'me']);
    finish();
    await Promise.all([asking, again]);
  });

  it('asked for - gives way to nobody who only waits, ends with its own signal, needs a process that runs', async () => {
    const tasks: { readonly signal: AbortSignal; readonly way: string | undefined }[] = [];
    const login: LoginPort<string> = {
      canLogin: () => true,
      login: ({ signal, request }) => {
        tasks.push({ signal, way: request?.way });
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const { client, supervisor } = supervise({ login, account: 'me' });
    expect(await failure(supervisor.logIn({}))).toMatchObject({ code: 'instance_not_running', status: 409 });
    client.loggedIn = false;
    await failure(supervisor.ready(never));
    const cancel = new AbortController();
    const asked = failure(supervisor.logIn({ way: 'paste', signal: cancel.signal }));
    await turns();
    expect(tasks.map(({ signal, way }) => [signal.aborted, way])).toEqual([
      [true, undefined],
      [false, 'paste'],
    ]);
    cancel.abort(new Error('enough'));
    expect(await asked).toMatchObject({ message: 'enough' });
    expect(supervisor.login.inProgress).toBe(false);
  });

  it('logged out in between - heard of at once', async () => {
    const { client, supervisor } = supervise();
    const told: unknown[] = [];
    await supervisor.ready(never);
    supervisor.on('login', (state) => told.push(state));
    client.logIn(false);
    expect(told).toEqual([{ loggedIn: false, inProgress: false }]);
    expect(await failure(supervisor.ready(never))).toMatchObject({ code: 'login_required' });
  });

  it('an account that cannot be logged in - nobody tries', async () => {
    const login = vi.fn(async () => undefined);
    const { client, supervisor } = supervise({ login: { canLogin: () => false, login }, account: 'none' });
    client.loggedIn = false;
    await failure(supervisor.ready(never));
    expect(login).not.toHaveBeenCalled();
  });
});
