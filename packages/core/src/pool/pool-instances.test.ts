import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { collectResult, GatewayError } from '../chat/index.js';
import { LingmaPool } from './pool.js';
import type { PoolEvents, PoolTurn } from './pool-contract.js';
import type { InstanceSpec, LingmaPoolOptions } from './pool-options.js';
import { FakeInstance, modelOf } from './testing/fake-instance.js';
import { ManualClock } from './testing/manual-clock.js';

const pools: LingmaPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function setUp(instances: readonly FakeInstance[], options: Partial<LingmaPoolOptions> = {}) {
  const clock = new ManualClock();
  const pool = new LingmaPool({
    instances: instances.map(({ name, create }) => ({ name, create })),
    clock,
    ...options,
  });
  pools.push(pool);
  return { pool, clock };
}

const turn: PoolTurn = { messages: [{ role: 'user', text: 'hi' }] };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function ask(pool: LingmaPool): Promise<string> {
  try {
    const { content } = await pool.complete(turn);
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  } catch (error) {
    return (error as GatewayError).code;
  }
}

describe('LingmaPool: its instances', () => {
  it('drain - takes nothing new, ends when the running turns have ended, then stops; resume undoes it', async () => {
    const a = new FakeInstance('a');
    const b = new FakeInstance('b');
    const { pool } = setUp([a, b]);
    a.managed = true;
    a.answer = undefined;
    const running = ask(pool);
    let drained = false;
    const draining = pool.drain('a').then(() => {
      drained = true;
    });
    expect(await ask(pool)).toBe('b');
    await settled();
    expect([drained, a.calls.includes('stop')]).toEqual([false, false]);
    expect(pool.status().instances[0]).toMatchObject({ draining: true, inFlight: 1 });
    a.turns[0]?.say('done');
    a.turns[0]?.end();
    await draining;
    expect([await running, a.calls.at(-1)]).toEqual(['done', 'stop']);
    expect(pool.status().instances[0]).toMatchObject({ draining: true, state: 'stopped', ready: false });
    a.answer = () => ({ text: 'a' });
    pool.resume('a');
    await settled();
    expect(await ask(pool)).toBe('a');
  });

  it.each([
    ['drain', ['release', 'stop']],
    ['restart', ['release', 'settle', 'restart']],
    ['remove', ['release', 'stop', 'close']],
  ] as const)(
    '%s() - gives the sessions up first, while the process is there to delete them',
    async (method, order) => {
      const [a, b] = [new FakeInstance('a'), new FakeInstance('b')];
      a.managed = true;
      const released: string[] = [];
      const { pool } = setUp([a, b], {
        releaseSessions: async (instance) => {
          await settled();
          released.push(instance);
          a.calls.push('release');
        },
      });
      await pool[method]('a');
      expect([a.calls, released]).toEqual([order, ['a']]);
    },
  );

  it('sessions that cannot be given up - keep no instance from being drained', async () => {
    const a = new FakeInstance('a');
    a.managed = true;
    const { pool } = setUp([a], { releaseSessions: () => Promise.reject(new Error('the store is away')) });
    await pool.drain('a');
    expect(a.calls).toEqual(['stop']);
  });

  it('a kept session of a turn that ends while its instance drains - is deleted before the process stops', async () => {
    const a = new FakeInstance('a');
    a.managed = true;
    a.answer = undefined;
    // Known before the end is told.
    const ended = () => ({ sessionId: 'session of a', reusable: true, text: 'done', continued: false });
    const streamTurn = a.streamTurn.bind(a);
    a.streamTurn = (...args) => Object.assign(streamTurn(...args), { ended });
    const { pool } = setUp([a]);
    const stream = pool.streamTurn({ ...turn, keepSession: true });
    const text = collectResult(stream);
    await settled();
    expect(stream.ended?.()).toMatchObject({ instance: 'a', reusable: true });
    let discardedBefore: readonly string[] = [];
    const stop = a.stop.bind(a);
    a.stop = async () => {
      discardedBefore = [...a.discarded];
      await stop();
    };
    const draining = pool.drain('a');
    await settled();
    expect(stream.ended?.()).toBeUndefined();
    a.turns[0]?.say('done');
    a.turns[0]?.end();
    await Promise.all([text, draining]);
    expect(discardedBefore).toEqual(['session of a']);
    expect(await stream.outcome()).toMatchObject({ instance: 'a', reusable: false });
    expect(stream.ended?.()).toMatchObject({ instance: 'a', reusable: false });
  });

  it('drain of one that is not ours - leaves its process alone', async () => {
    const a = new FakeInstance('a');
    const { pool } = setUp([a]);
    await pool.drain('a');
    expect(a.calls).toEqual([]);
    expect(pool.status().instances[0]).toMatchObject({ draining: true, state: 'ready' });
  });

  it('resume while it drains - ends the draining without a stop', async () => {
    const a = new FakeInstance('a');
    a.answer = undefined;
    const { pool } = setUp([a]);
    void ask(pool);
    const draining = pool.drain('a');
    await settled();
    pool.resume('a');
    await draining;
    expect(a.calls).not.toContain('stop');
    void ask(pool);
    expect(a.turns).toHaveLength(2);
  });

  it('all drained - 503 with a time to come back, at once; those who wait hear of it too', async () => {
    const slow = new FakeInstance('slow', 'stopped');
    slow.starting = () => new Promise(() => undefined);
    const { pool } = setUp([slow]);
    const waiting = pool.complete(turn).catch((error: unknown) => error);
    await settled();
    await pool.drain('slow');
    const refused = { code: 'not_ready', retryAfterMs: expect.any(Number) };
    expect(await waiting).toMatchObject(refused);
    await expect(pool.complete(turn)).rejects.toMatchObject(refused);
  });

  it('restart - is the instance’s own; what it failed with before counts no more', async () => {
    const a = new FakeInstance('a');
    const { pool } = setUp([a]);
    a.answer = () => ({ error: new GatewayError('upstream_error', 'broken') });
    for (let count = 0; count < 3; count++) await ask(pool);
    expect(pool.status().instances[0]).toHaveProperty('cooldownUntil');
    await pool.restart('a');
    expect(a.calls.filter((call) => call === 'restart')).toHaveLength(1);
    expect(pool.status().instances[0]).not.toHaveProperty('cooldownUntil');
  });

  it('add - takes turns, also of those who wait; started when the pool is', async () => {
    const slow = new FakeInstance('slow', 'stopped');
    slow.starting = () => new Promise(() => undefined);
    const { pool } = setUp([slow]);
    const lazy = new FakeInstance('lazy', 'stopped');
    expect(pool.add({ create: lazy.create })).toBe('inst-1');
    expect(lazy.calls).toEqual([]);
    const waiting = ask(pool);
    expect(await waiting).toBe('lazy');
    const late = new FakeInstance('late', 'stopped');
    pool.add({ name: 'late', create: late.create });
    expect(late.calls).toEqual(['start']);
    expect(pool.status()).toMatchObject({ size: 3, instances: [{ idx: 0 }, { idx: 1 }, { idx: 2, name: 'late' }] });
  });

  it('remove - lets its turns end, closes it, and gives its index to nobody', async () => {
    const a = new FakeInstance('a');
    const b = new FakeInstance('b');
    const { pool } = setUp([a, b]);
    a.answer = undefined;
    const running = ask(pool);
    const removing = pool.remove('a');
    await settled();
    expect(pool.status().size).toBe(2);
    a.turns[0]?.say('done');
    a.turns[0]?.end();
    await removing;
    expect([await running, a.state, pool.status().size]).toEqual(['done', 'closed', 1]);
    expect(pool.add({ create: new FakeInstance('c').create })).toBe('inst-2');
    expect(await ask(pool)).toBe('b');
  });

  it('a name nobody has - 404 that says which there are', async () => {
    const { pool } = setUp([new FakeInstance('a'), new FakeInstance('b')]);
    const refused = { code: 'not_found', message: 'There is no Lingma instance "x"; there are: a, b' };
    for (const call of ['drain', 'restart', 'remove'] as const) {
      await expect(pool[call]('x')).rejects.toMatchObject(refused);
    }
    expect(() => pool.resume('x')).toThrow(expect.objectContaining(refused));
  });

  it('listModels() - the first that can tell, in their order; another when it cannot', async () => {
    const a = new FakeInstance('a');
    const b = new FakeInstance('b');
    const { pool } = setUp([a, b]);
    expect(await pool.listModels()).toEqual([modelOf('a')]);
    a.models = () => Promise.reject(new GatewayError('upstream_timeout', 'slow'));
    expect(await pool.listModels()).toEqual([modelOf('b')]);
    b.models = () => Promise.reject(new GatewayError('upstream_error', 'broken'));
    await expect(pool.listModels()).rejects.toMatchObject({ code: 'upstream_error' });
    a.models = async () => [modelOf('a')];
    b.models = async () => [modelOf('b')];
    a.logIn(false);
    expect(await pool.listModels()).toEqual([modelOf('b')]);
  });

  it('listModels() - starts what is stopped; logged out alone, it says so', async () => {
    const a = new FakeInstance('a', 'stopped');
    const { pool } = setUp([a]);
    expect(await pool.listModels()).toEqual([modelOf('a')]);
    a.logIn(false);
    a.models = () => Promise.reject(new GatewayError('login_required', 'nobody is logged in'));
    await expect(pool.listModels()).rejects.toMatchObject({ code: 'login_required' });
  });

  it('status() - tells what each is and does', async () => {
    const a = new FakeInstance('a');
    const { pool } = setUp([a, new FakeInstance('b', 'starting')]);
    expect(pool.status()).toEqual({
      size: 2,
      ready: 1,
      instances: [
        {
          ...{ name: 'a', idx: 0, state: 'ready', ready: true, loggedIn: true, inFlight: 0, weight: 1 },
          ...{ managed: false, failures: 0, draining: false, restarts: 0, server: 'lingma 2.11.2', dialect: 'acp' },
        },
        expect.objectContaining({ name: 'b', idx: 1, state: 'starting', ready: false }),
      ],
    });
  });
});

describe('LingmaPool: leases', () => {
  it('acquire() - holds one place for several turns there, which go nowhere else', async () => {
    const a = new FakeInstance('a');
    const b = new FakeInstance('b');
    const { pool } = setUp([a, b]);
    const lease = await pool.acquire({ affinity: { key: 'k', soft: false } });
    const held = () => pool.status().instances.map(({ inFlight }) => inFlight);
    const own = lease.instance === 'a' ? a : b;
    for (let count = 0; count < 3; count++) {
      expect((await lease.complete(turn)).content).toEqual([{ type: 'text', text: lease.instance }]);
    }
    expect(held().reduce((sum, count) => sum + count)).toBe(1);
    expect(await lease.listModels()).toEqual([modelOf(lease.instance)]);
    own.answer = () => ({ error: new GatewayError('upstream_error', 'broken') });
    await expect(lease.complete(turn)).rejects.toMatchObject({ code: 'upstream_error' });
    expect(pool.status().instances.find(({ name }) => name === lease.instance)?.failures).toBe(1);
    lease.release();
    await lease[Symbol.asyncDispose]();
    expect(held()).toEqual([0, 0]);
    await expect(lease.complete(turn)).rejects.toMatchObject({ code: 'internal' });
  });

  it('acquire() - waits as a turn does, and as long as its signal lets it', async () => {
    const slow = new FakeInstance('slow', 'stopped');
    slow.starting = () => new Promise(() => undefined);
    const { pool, clock } = setUp([slow]);
    const controller = new AbortController();
    const given = pool.acquire({}, controller.signal);
    const late = pool.acquire();
    controller.abort(new GatewayError('client_closed', 'enough'));
    await expect(given).rejects.toMatchObject({ code: 'client_closed' });
    const lasting = new AbortController();
    const patient = pool.acquire({}, lasting.signal);
    slow.become('ready');
    expect((await late).instance).toBe('slow');
    await patient;
    expect([clock.pending, getEventListeners(lasting.signal, 'abort')]).toEqual([0, []]);
  });

  it('events - are told to those who listen, in order; what a listener throws is its own', async () => {
    const a = new FakeInstance('a');
    const { pool } = setUp([a]);
    const seen: PoolEvents['lease'][] = [];
    pool.on('lease', () => {
      throw new Error('listener');
    });
    const off = pool.on('lease', (event) => seen.push(event));
    const states: PoolEvents['state'][] = [];
    pool.on('state', (event) => states.push(event));
    await ask(pool);
    off();
    off();
    await ask(pool);
    a.become('reconnecting');
    expect(seen).toEqual([
      { instance: 'a', action: 'acquired', rule: 'load', inFlight: 1 },
      { instance: 'a', action: 'released', rule: 'load', inFlight: 0 },
    ]);
    expect(states).toEqual([{ instance: 'a', state: 'reconnecting' }]);
  });
});

describe('LingmaPool: its end', () => {
  it('close() - ends running turns and those who wait, closes all, takes nothing more', async () => {
    const a = new FakeInstance('a');
    const b = new FakeInstance('b', 'stopped');
    a.answer = undefined;
    b.starting = () => new Promise(() => undefined);
    const { pool, clock } = setUp([a, b]);
    const running = ask(pool);
    const slow = new FakeInstance('slow', 'stopped');
    slow.starting = b.starting;
    const { pool: other } = setUp([slow]);
    const waiting = ask(other);
    const closed = pool.close();
    expect(pool.close()).toBe(closed);
    await closed;
    await other[Symbol.asyncDispose]();
    expect(await Promise.all([running, waiting])).toEqual(['shutting_down', 'shutting_down']);
    expect([a.state, b.state, clock.pending]).toEqual(['closed', 'closed', 0]);
    expect(await ask(pool)).toBe('shutting_down');
    const refused = { code: 'shutting_down' };
    await expect(pool.start()).rejects.toMatchObject(refused);
    await expect(pool.acquire()).rejects.toMatchObject(refused);
    await expect(pool.listModels()).rejects.toMatchObject(refused);
    await expect(pool.drain('a')).rejects.toMatchObject(refused);
    expect(() => pool.add({})).toThrow(expect.objectContaining(refused));
    await collectResult(pool.streamTurn(turn)).catch((error: unknown) => expect(error).toMatchObject(refused));
  });

  it('close() - is not kept by an instance that cannot', async () => {
    const a = new FakeInstance('a');
    a.close = () => Promise.reject(new Error('broken'));
    const { pool } = setUp([a, new FakeInstance('b')]);
    await pool.close();
  });

  it('kill() - ends managed processes without waiting', () => {
    const a = new FakeInstance('a');
    const { pool } = setUp([a]);
    pool.kill();
    expect(a.calls).toEqual(['kill', 'close']);
  });

  it('kill() and close() - include an instance that is still being removed', async () => {
    const a = new FakeInstance('a');
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    a.close = () => ended;
    const { pool } = setUp([a, new FakeInstance('b')]);
    const removed = pool.remove('a');
    await settled();
    let isClosed = false;
    const closed = pool.close().then(() => {
      isClosed = true;
    });
    await settled();
    pool.kill();
    expect([pool.status().size, a.calls.at(-1), isClosed]).toEqual([1, 'kill', false]);
    end();
    await Promise.all([removed, closed]);
  });
});

describe('LingmaPool: options', () => {
  const { create } = new FakeInstance('x');
  const mistakes: readonly (readonly [string, unknown, string])[] = [
    ['none', undefined, 'LingmaPool takes its options as an object'],
    ['no list', { instances: {} }, 'LingmaPool: "instances" must be a list'],
    ['no object', { instances: ['ws://x'] }, 'LingmaPool: "instances[0]" must be an object'],
    ['a name with blanks', [{ name: 'A b' }], 'LingmaPool: instances[0].name must be 1 to 32 of a-z, 0-9 and "-"'],
    ['a long name', [{ name: 'a'.repeat(33) }], 'LingmaPool: instances[0].name must be 1 to 32 of a-z, 0-9 and "-"'],
    ['a name twice', [{ name: 'a' }, { name: 'a' }], 'LingmaPool: instances[1].name "a" is taken'],
    ['a default name', [{ name: 'inst-1' }, {}], 'LingmaPool: instances[1].name "inst-1" is taken'],
    ['no weight', [{ weight: 0 }], 'LingmaPool: instances[0].weight must be a number above 0'],
    ['endless weight', [{ weight: Infinity }], 'LingmaPool: instances[0].weight must be a number above 0'],
    ['weight as text', [{ weight: '2' }], 'LingmaPool: instances[0].weight must be a number above 0'],
    ['negative limit', [{ maxInFlight: -1 }], 'LingmaPool: "instances[0].maxInFlight" must be a number of 0 or more'],
    [
      'a misspelt option',
      { instances: [], maxWaitng: 1 },
      'LingmaPool has no option "maxWaitng"; did you mean "maxWaiting"?',
    ],
    [
      'a misspelt option of a client',
      [{ client: { adress: 'ws://x' } }],
      'LingmaPool has no option "instances[0].client.adress"; did you mean "address"?',
    ],
    [
      'a process without its program',
      [{ process: { workDir: '/x', env: {} } }],
      'LingmaPool needs the option "instances[0].process.binary"',
    ],
    [
      'two makers',
      [{ client: {}, create }],
      'LingmaPool: instances[0] has both "client" and "create"; one can make it',
    ],
    [
      'two makers again',
      [{ process: {}, create }],
      'LingmaPool: instances[0] has both "process" and "create"; one can make it',
    ],
    [
      'an address of one of ours',
      [{ process: { workDir: '/x' }, client: { address: 'ws://x' } }],
      'LingmaPool: instances[0] has both "process" and "client.address"; a process of ours is not searched for',
    ],
    ['no folder', [{ process: {} }], 'LingmaPool: instances[0].process.workDir must name a folder'],
    ['no folder of an agent', [{ agent: {} }], 'LingmaPool: instances[0].agent.stateDir must name a folder'],
    [
      'an agent and a maker',
      [{ agent: {}, create }],
      'LingmaPool: instances[0] has both "agent" and "create"; one can make it',
    ],
    [
      'an agent and a process',
      [{ agent: {}, process: {} }],
      'LingmaPool: instances[0] has both "process" and "agent"; one can be started',
    ],
    [
      'an address of an agent of ours',
      [{ agent: { stateDir: '/x' }, client: { address: 'ws://x' } }],
      'LingmaPool: instances[0] has both "agent" and "client.address"; a process of ours is not searched for',
    ],
    ['no maker', [{ create: 'x' }], 'LingmaPool: "instances[0].create" must be a function'],
    [
      'time as text',
      { instances: [], startupTimeoutMs: '5' },
      'LingmaPool: "startupTimeoutMs" must be a number of 0 or more',
    ],
    ['NaN', { instances: [], maxWaiting: Number.NaN }, 'LingmaPool: "maxWaiting" must be a number of 0 or more'],
  ];
  it.each(mistakes)('%s - a TypeError that names the place', (_name, given, message) => {
    const options = Array.isArray(given) ? { instances: given } : given;
    expect(() => new LingmaPool(options as LingmaPoolOptions)).toThrow(new TypeError(message));
  });

  it('add() - is checked likewise', () => {
    const { pool } = setUp([new FakeInstance('a')]);
    expect(() => pool.add({ name: 'a' })).toThrow('LingmaPool: instances[1].name "a" is taken');
    expect(() => pool.add({ weight: -1 } as InstanceSpec)).toThrow(TypeError);
    expect(pool.status().size).toBe(1);
  });

  it('no instances - allowed, for those who add them later', async () => {
    const { pool } = setUp([]);
    await pool.start();
    expect(await ask(pool)).toBe('not_ready');
    pool.add({ create: new FakeInstance('a').create });
    expect(await ask(pool)).toBe('a');
  });
});

describe('LingmaPool.request()', () => {
  it('goes to the instance that is named, else to one that could take a turn; by a lease to its own', async () => {
    const { pool } = setUp([new FakeInstance('a'), new FakeInstance('b')]);
    await pool.start();
    expect(await pool.request('m', { x: 1 }, { instance: 'b' })).toEqual({
      instance: 'b',
      method: 'm',
      params: { x: 1 },
    });
    expect(await pool.request('m')).toEqual({ instance: 'a', method: 'm', params: {} });
    expect(pool.status().instances.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    await using lease = await pool.acquire();
    expect(await lease.request('m')).toMatchObject({ instance: lease.instance });
    await expect(pool.request('m', {}, { instance: 'c' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(pool.request('m', {}, { instanse: 'c' } as object)).rejects.toThrow(
      'LingmaPool.request() has no option "instanse"',
    );
  });

  it('an instance that has no methods to call - says so', async () => {
    const fake = new FakeInstance('a');
    Object.assign(fake, { request: undefined });
    const { pool } = setUp([fake]);
    await pool.start();
    await expect(pool.request('m')).rejects.toMatchObject({ code: 'unsupported_feature' });
  });

  it('a turn that is none - blames the caller, and no instance is asked', async () => {
    const fake = new FakeInstance('a');
    const { pool } = setUp([fake]);
    const turn = { messages: [{ role: 'user', content: 'hi' }] } as never;
    await expect(pool.complete(turn)).rejects.toThrow('LingmaPool.complete(): "messages[0]" has no member "content"');
    expect(() => pool.streamTurn(turn)).toThrow(TypeError);
    await using lease = await pool.acquire();
    await expect(lease.complete(turn)).rejects.toThrow(TypeError);
    expect(fake.turns).toHaveLength(0);
  });
});

describe('LingmaPool.replace()', () => {
  it('turns go to the one that comes, running ones end where they are, and with them the one before', async () => {
    const [old, next] = [new FakeInstance('a'), new FakeInstance('a')];
    const { pool } = setUp([old, new FakeInstance('b')]);
    old.answer = undefined;
    const running = ask(pool);
    await settled();
    pool.replace('a', { create: next.create, weight: 2 });
    next.answer = () => ({ text: 'from the new one' });
    expect(pool.status().instances).toMatchObject([
      { name: 'a', idx: 0, weight: 2, inFlight: 0 },
      { name: 'b', idx: 1 },
    ]);
    expect(await ask(pool)).toBe('from the new one');
    expect(old.state).toBe('ready');
    old.turns[0]?.say('from the old one');
    old.turns[0]?.end();
    expect(await running).toBe('from the old one');
    await settled();
    expect(old.state).toBe('closed');
  });

  it('the only instance, in the middle of its start - a turn that waits gets the one that comes', async () => {
    const [old, next] = [new FakeInstance('a'), new FakeInstance('a')];
    old.become('stopped');
    let fail: (error: Error) => void = () => undefined;
    old.starting = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const { pool } = setUp([old]);
    const waiting = ask(pool);
    await settled();
    next.answer = () => ({ text: 'from the new one' });
    pool.replace('a', { create: next.create });
    fail(new GatewayError('shutting_down', 'closed'));
    expect(await waiting).toBe('from the new one');
  });

  it('a spec that makes no sense, or a name that is not there - nothing changes', async () => {
    const a = new FakeInstance('a');
    const { pool } = setUp([a, new FakeInstance('b')]);
    expect(() => pool.replace('a', { name: 'b', create: a.create })).toThrow(/"b" is taken/);
    expect(() => pool.replace('c', { create: a.create })).toThrow(/no Lingma instance "c".* a, b/);
    expect(pool.status().instances.map(({ name, draining }) => [name, draining])).toEqual([
      ['a', false],
      ['b', false],
    ]);
  });

  it('close() - ends those on their way out too', async () => {
    const [old, next] = [new FakeInstance('a'), new FakeInstance('a')];
    const { pool } = setUp([old]);
    old.answer = undefined;
    const running = ask(pool);
    await settled();
    pool.replace('a', { create: next.create });
    await pool.close();
    expect(await running).toBe('shutting_down');
    expect([old.state, next.state]).toEqual(['closed', 'closed']);
  });
});

describe('LingmaPool.queryModels()', () => {
  it('asks the instance of that name', async () => {
    const { pool } = setUp([new FakeInstance('a'), new FakeInstance('b')]);
    expect(await pool.queryModels('b')).toEqual({ chat: [{ key: 'of b' }] });
    await expect(pool.queryModels('c')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('one that does not start, or was drained - refused at once', async () => {
    const [a, b] = [new FakeInstance('a'), new FakeInstance('b')];
    const { pool } = setUp([a, b]);
    a.start = () => Promise.reject(new GatewayError('not_ready', 'no such program'));
    b.managed = true;
    await pool.drain('b');
    await expect(pool.queryModels('a')).rejects.toMatchObject({ code: 'not_ready', message: 'no such program' });
    await expect(pool.queryModels('b')).rejects.toMatchObject({ code: 'not_ready' });
    expect([a.calls, b.calls].flat()).not.toContain('queryModels');
  });
});
