import { afterEach, describe, expect, it } from 'vitest';
import { collectResult, type ErrorCode, GatewayError } from '../chat/index.js';
import { LingmaPool } from './pool.js';
import type { PoolEvents, PoolTurn } from './pool-contract.js';
import type { LingmaPoolOptions } from './pool-options.js';
import { FakeInstance } from './testing/fake-instance.js';
import { ManualClock } from './testing/manual-clock.js';

const pools: LingmaPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function setUp(instances: readonly FakeInstance[], options: Partial<LingmaPoolOptions> = {}) {
  const clock = new ManualClock();
  const specs = instances.map(({ name, create }) => ({ name, create }));
  const pool = new LingmaPool({ instances: specs, clock, ...options });
  pools.push(pool);
  return { pool, clock };
}

const turn: PoolTurn = { messages: [{ role: 'user', text: 'hi' }] };
const fake = (name: string, ...state: [FakeInstance['state']?]): FakeInstance => new FakeInstance(name, ...state);
const failing = (name: string, code: ErrorCode, text?: string): FakeInstance => {
  const instance = fake(name);
  instance.answer = () => ({
    error: new GatewayError(code, `${code} of ${name}`),
    ...(text !== undefined && { text }),
  });
  return instance;
};

/** The text of the answer, or the code it failed with. */
async function ask(pool: LingmaPool, more: Partial<PoolTurn> = {}, context = {}): Promise<string> {
  try {
    const { content } = await collectResult(pool.streamTurn({ ...turn, ...more }, context));
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  } catch (error) {
    return (error as GatewayError).code;
  }
}

/** What has been set off comes to rest. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function collectEvents(pool: LingmaPool) {
  const seen: string[] = [];
  const names: (keyof PoolEvents)[] = ['state', 'login', 'cooldown', 'lease'];
  for (const name of names) pool.on(name, (value) => seen.push(`${name} ${Object.values(value).join(' ')}`));
  return seen;
}

describe('LingmaPool: where turns go', () => {
  it('30 turns with one wish over three - 9 to 11 on each', async () => {
    const instances = ['a', 'b', 'c'].map((name) => fake(name));
    for (const instance of instances) instance.answer = undefined;
    const { pool } = setUp(instances);
    const affinity = () => ({ key: 'sys:one', soft: true });
    const answers = Array.from({ length: 30 }, () => ask(pool, { affinity }));
    const counts = instances.map(({ turns }) => turns.length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...counts)).toBeLessThanOrEqual(11);
    expect(pool.status().instances.map(({ inFlight }) => inFlight)).toEqual(counts);
    for (const instance of instances) for (const one of instance.turns) one.end();
    await Promise.all(answers);
    expect(pool.status().instances.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
  });

  it('an explicit key - holds its turns together, up to the limit of the instance', async () => {
    const instances = ['a', 'b', 'c'].map((name) => fake(name));
    for (const instance of instances) instance.answer = undefined;
    const pool = new LingmaPool({ instances: instances.map(({ name, create }) => ({ name, create, maxInFlight: 8 })) });
    pools.push(pool);
    for (let count = 0; count < 10; count++) void ask(pool, {}, { affinityKey: 'user-1' });
    expect(instances.map(({ turns }) => turns.length).sort()).toEqual([1, 1, 8]);
    for (let count = 0; count < 14; count++) void ask(pool, {}, { affinityKey: 'user-1' });
    // Beyond what all may hold the instances queue themselves, the least busy first.
    void ask(pool);
    expect(instances.map(({ turns }) => turns.length).sort()).toEqual([8, 8, 9]);
  });

  it('one instance - the wish is not even asked for', async () => {
    const { pool } = setUp([fake('only')]);
    const affinity = () => {
      throw new Error('asked');
    };
    expect(await ask(pool, { affinity })).toBe('only');
  });

  it('a session - is gone on in on its instance; elsewhere, or after a loss, the turn has all messages', async () => {
    const a = fake('a');
    const b = fake('b');
    const { pool } = setUp([a, b]);
    const session = { id: 's', knownCount: 1, instance: 'b', generation: 1 };
    const stream = pool.streamTurn({ ...turn, session, keepSession: true });
    await collectResult(stream);
    expect(b.turns.at(-1)?.turn.session).toMatchObject({ id: 's', knownCount: 1 });
    expect(await stream.outcome()).toEqual({
      ...{ sessionId: 's', reusable: true, text: '', continued: true },
      ...{ instance: 'b', generation: 1 },
    });
    b.generation = 2;
    await ask(pool, { session });
    expect([a.turns.length, a.turns.at(-1)?.turn.session]).toEqual([1, undefined]);
    b.become('reconnecting');
    await ask(pool, { session: { ...session, generation: 2 } });
    expect([a.turns.length, a.turns.at(-1)?.turn.session]).toEqual([2, undefined]);
    // Without a name nobody knows whose it is.
    await ask(pool, { session: { id: 's', knownCount: 1 } });
    expect(a.turns.at(-1)?.turn.session).toBeUndefined();
    pool.discardSession('s', 'b');
    pool.discardSession('s', 'nobody');
    expect([a.discarded, b.discarded]).toEqual([[], ['s']]);
  });

  it('moved with its session - the other instance gets all messages and tells of its own', async () => {
    const { pool } = setUp([fake('a'), failing('b', 'upstream_error')]);
    const stream = pool.streamTurn({ ...turn, session: { id: 's', knownCount: 1, instance: 'b', generation: 1 } });
    await collectResult(stream);
    expect(await stream.outcome()).toMatchObject({ instance: 'a', sessionId: 'session of a', continued: false });
  });

  it('closed before it is read, or while it waits - nothing runs, no outcome', async () => {
    const a = fake('a', 'stopped');
    a.starting = () => new Promise(() => undefined);
    const { pool, clock } = setUp([a]);
    const unread = pool.streamTurn(turn);
    await unread.close();
    expect(await unread.read()).toBeUndefined();
    expect(a.calls).toEqual([]);
    const waiting = pool.streamTurn(turn);
    const reading = waiting.read();
    await waiting.close();
    expect(await reading).toBeUndefined();
    expect(await waiting.outcome()).toBeUndefined();
    a.become('ready');
    await settled();
    expect([a.turns.length, clock.pending, pool.status().instances[0]?.inFlight]).toEqual([0, 0, 0]);
  });

  it('closed while it runs - the turn is stopped, its place given back, nothing held against anybody', async () => {
    const a = fake('a');
    a.answer = undefined;
    const { pool } = setUp([a]);
    const stream = pool.streamTurn(turn);
    const reading = stream.read();
    a.turns[0]?.say('some');
    await reading;
    await stream.close();
    expect(a.turns[0]?.isClosed).toBe(true);
    expect(pool.status().instances[0]).toMatchObject({ inFlight: 0, failures: 0 });
    expect(await stream.outcome()).toMatchObject({ instance: 'a', reusable: false });
  });

  it('a slow reader - holds up the instance it reads from', async () => {
    const a = fake('a');
    a.answer = undefined;
    const { pool } = setUp([a]);
    const flow = pool.streamTurn(turn).pipe({ events: () => undefined, end: () => undefined });
    flow.pause();
    flow.resume();
    expect(a.calls).toEqual(['start', 'pause', 'resume']);
    const late = fake('late', 'stopped');
    late.answer = undefined;
    late.starting = async () => {
      await settled();
      late.become('ready');
    };
    const waiting = setUp([late])
      .pool.streamTurn(turn)
      .pipe({ events: () => undefined, end: () => undefined });
    waiting.pause();
    await settled();
    await settled();
    expect(late.calls.slice(-1)).toEqual(['pause']);
  });

  it.each(['at once', 'after a wait'])('closed in the moment it gets its place, %s - gives it back', async (when) => {
    const a = fake('a', when === 'at once' ? 'ready' : 'stopped');
    a.starting = async () => {
      await settled();
      a.become('ready');
    };
    const { pool } = setUp([a]);
    const stream = pool.streamTurn(turn);
    pool.on('lease', ({ action }) => {
      if (action === 'acquired') void stream.close();
    });
    expect(await stream.read()).toBeUndefined();
    expect([a.turns.length, pool.status().instances[0]?.inFlight]).toEqual([0, 0]);
  });
});

describe('LingmaPool: failures', () => {
  const moving: readonly ErrorCode[] = [
    'login_required',
    'not_ready',
    'quota_exceeded',
    'rate_limited',
    'shutting_down',
    'upstream_error',
    'upstream_overloaded',
    'upstream_protocol',
    'upstream_timeout',
  ];
  it.each(moving)('%s before anything came - once more on another instance', async (code) => {
    const { pool } = setUp([failing('a', code), fake('b')]);
    expect(await ask(pool)).toBe('b');
  });

  it.each(moving)('%s after something came - ends the turn', async (code) => {
    const b = fake('b');
    const { pool } = setUp([failing('a', code, 'some'), b]);
    expect(await ask(pool)).toBe(code);
    expect(b.turns).toHaveLength(0);
  });

  it.each(['invalid_request', 'context_length_exceeded', 'client_closed', 'internal', 'model_not_found'] as const)(
    '%s - is the caller’s, wherever it is asked',
    async (code) => {
      const b = fake('b');
      const { pool } = setUp([failing('a', code), b]);
      for (let count = 0; count < 5; count++) expect(await ask(pool)).toBe(code);
      expect(b.turns).toHaveLength(0);
      expect(pool.status().instances[0]).toMatchObject({ failures: 0 });
    },
  );

  it('every instance fails - two are asked, no more; the failure that says more is told', async () => {
    const instances = (['a', 'b', 'c', 'd'] as const).map((name) => failing(name, 'upstream_error'));
    const { pool } = setUp(instances);
    expect(await ask(pool)).toBe('upstream_error');
    expect(instances.map(({ turns }) => turns.length)).toEqual([1, 1, 0, 0]);
    const told = async (first: ErrorCode, second: ErrorCode) =>
      ask(setUp([failing('a', first), failing('b', second)]).pool);
    expect(await told('upstream_error', 'login_required')).toBe('upstream_error');
    expect(await told('login_required', 'upstream_error')).toBe('upstream_error');
    expect(await told('upstream_error', 'quota_exceeded')).toBe('quota_exceeded');
    expect(await told('quota_exceeded', 'not_ready')).toBe('quota_exceeded');
  });

  it('one instance alone - its failure is told as it is', async () => {
    for (const code of moving) expect(await ask(setUp([failing('a', code)]).pool)).toBe(code);
    const loggedOut = failing('a', 'login_required');
    loggedOut.loggedIn = false;
    expect(await ask(setUp([loggedOut]).pool)).toBe('login_required');
  });

  it('an agent that said that nobody is signed in - gets turns, for only they tell that somebody is', async () => {
    const [a, b] = [fake('a'), failing('b', 'login_required')];
    b.isAgent = true;
    b.loggedIn = false;
    const { pool } = setUp([a, b]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(pool)));
    expect(new Set(answers)).toEqual(new Set(['a']));
    expect(b.turns.length).toBeGreaterThan(0);
    expect(pool.status().instances[1]).toMatchObject({ loggedIn: false });
    b.answer = () => ({ text: 'b' });
    expect(new Set(await Promise.all(Array.from({ length: 8 }, () => ask(pool))))).toEqual(new Set(['a', 'b']));
  });

  it('an instance that throws in place of a stream - costs no place', async () => {
    const a = fake('a');
    a.streamTurn = () => {
      throw new GatewayError('internal', 'broken');
    };
    const { pool } = setUp([a]);
    expect(await ask(pool)).toBe('internal');
    expect(pool.status().instances[0]?.inFlight).toBe(0);
  });

  it('aborted - is not moved, and ends with the reason as an error of the table', async () => {
    const a = fake('a');
    a.answer = undefined;
    const b = fake('b');
    const { pool } = setUp([a, b]);
    const controller = new AbortController();
    const asking = ask(pool, {}, { signal: controller.signal });
    controller.abort(new GatewayError('client_closed', 'gone'));
    // Whatever it comes to.
    a.turns[0]?.end(new GatewayError('upstream_error', 'stopped'));
    expect([await asking, b.turns.length]).toEqual(['upstream_error', 0]);
    const waiting = fake('w', 'stopped');
    waiting.starting = () => new Promise(() => undefined);
    const own = new AbortController();
    const asked = ask(setUp([waiting]).pool, {}, { signal: own.signal });
    own.abort('enough');
    expect(await asked).toBe('client_closed');
  });

  it('three failures - the instance rests, one turn tries it, and it is back', async () => {
    const a = failing('a', 'upstream_error');
    const b = fake('b');
    const { pool, clock } = setUp([a, b]);
    const events = collectEvents(pool);
    for (let count = 0; count < 5; count++) expect(await ask(pool)).toBe('b');
    expect([a.turns.length, b.turns.length]).toEqual([3, 5]);
    expect(pool.status().instances[0]).toMatchObject({ failures: 3, cooldownUntil: clock.now() + 10_000 });
    clock.pass(10_000);
    a.answer = undefined;
    const probing = ask(pool);
    expect(await ask(pool)).toBe('b');
    expect(a.turns).toHaveLength(4);
    a.turns[3]?.say('back');
    a.turns[3]?.end();
    expect(await probing).toBe('back');
    expect(pool.status().instances[0]).not.toHaveProperty('cooldownUntil');
    expect(events.filter((event) => event.startsWith('cooldown'))).toEqual([
      `cooldown a failures ${clock.now()}`,
      'cooldown a failures',
    ]);
  });

  it('the turn that tries it says nothing - the next one tries it', async () => {
    const a = failing('a', 'upstream_error');
    const { pool, clock } = setUp([a, fake('b')]);
    for (let count = 0; count < 3; count++) await ask(pool);
    clock.pass(10_000);
    a.answer = () => ({ error: new GatewayError('invalid_request', 'no') });
    expect(await ask(pool)).toBe('invalid_request');
    a.answer = () => ({ text: 'back' });
    expect(await ask(pool)).toBe('back');
  });

  it('all rest - they are tried in turn', async () => {
    const instances = ['a', 'b', 'c'].map((name) => failing(name, 'upstream_error'));
    const { pool } = setUp(instances);
    while (pool.status().instances.some(({ cooldownUntil }) => cooldownUntil === undefined)) await ask(pool);
    for (const instance of instances) instance.turns.length = 0;
    for (let count = 0; count < 6; count++) await ask(pool);
    for (const { turns } of instances) expect(turns.length).toBeGreaterThan(1);
  });

  it('quota - the account rests on all its instances, ten minutes or as long as it is told', async () => {
    const a = failing('a', 'quota_exceeded');
    const twin = failing('twin', 'quota_exceeded');
    const other = fake('other');
    const specs = [a, twin, other].map(({ name, create }) => ({ name, create, account: name === 'other' ? 'y' : 'x' }));
    const clock = new ManualClock();
    const pool = new LingmaPool({ instances: specs, clock });
    pools.push(pool);
    const events = collectEvents(pool);
    expect(await ask(pool)).toBe('other');
    const until = clock.now() + 600_000;
    expect(pool.status().instances.map(({ cooldownUntil }) => cooldownUntil)).toEqual([until, until, undefined]);
    for (let count = 0; count < 5; count++) expect(await ask(pool)).toBe('other');
    expect([a.turns.length, twin.turns.length]).toEqual([1, 0]);
    expect(pool.status().instances.map(({ failures }) => failures)).toEqual([0, 0, 0]);
    clock.pass(600_000);
    a.answer = () => ({ error: new GatewayError('quota_exceeded', 'no', { retryAfterMs: 5000 }) });
    expect(await ask(pool)).toBe('other');
    expect(pool.status().instances[1]?.cooldownUntil).toBe(clock.now() + 5000);
    expect(events.filter((event) => event.startsWith('cooldown')).slice(0, 2)).toEqual([
      `cooldown a quota ${until}`,
      `cooldown twin quota ${until}`,
    ]);
  });

  it('all accounts used up - one is asked, its words are told; an answer, or a login, renews it', async () => {
    const a = failing('a', 'quota_exceeded');
    const b = failing('b', 'quota_exceeded');
    const { pool } = setUp([a, b]);
    expect(await ask(pool)).toBe('quota_exceeded');
    const asked = a.turns.length + b.turns.length;
    expect(await ask(pool)).toBe('quota_exceeded');
    expect(a.turns.length + b.turns.length).toBe(asked + 1);
    a.answer = () => ({ text: 'again' });
    b.answer = a.answer;
    expect(await ask(pool)).toBe('again');
    const used = () => pool.status().instances.filter(({ cooldownUntil }) => cooldownUntil !== undefined).length;
    expect(used()).toBe(1);
    for (const instance of [a, b]) {
      instance.logIn(false);
      instance.logIn(true);
    }
    expect(used()).toBe(0);
  });

  it('logged out under load - turns go on elsewhere, none fails, and come back after the login', async () => {
    const a = fake('a');
    const b = fake('b');
    const { pool } = setUp([a, b]);
    const events = collectEvents(pool);
    expect(await ask(pool)).toBe('a');
    a.answer = () => {
      a.loggedIn = false;
      return { error: new GatewayError('login_required', 'logged out') };
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(pool)));
    expect(new Set(answers)).toEqual(new Set(['b']));
    const before = a.turns.length;
    expect(await ask(pool)).toBe('b');
    expect(a.turns).toHaveLength(before);
    a.answer = () => ({ text: 'a' });
    a.logIn(true);
    expect(await ask(pool)).toBe('a');
    expect(events.filter((event) => event.startsWith('login a'))).toEqual([
      'login a true',
      'login a false',
      'login a true',
    ]);
  });
});

describe('LingmaPool: waiting for an instance', () => {
  it('the first turn - starts all at once, and runs on the one that is ready first', async () => {
    const slow = fake('slow', 'stopped');
    slow.starting = () => new Promise(() => undefined);
    const quick = fake('quick', 'stopped');
    const broken = fake('broken', 'stopped');
    broken.starting = () => Promise.reject(new GatewayError('not_ready', 'broken'));
    const { pool, clock } = setUp([slow, broken, quick]);
    expect(pool.status().ready).toBe(0);
    expect(await ask(pool)).toBe('quick');
    expect(clock.pending).toBe(0);
  });

  it('none gets ready - 503 with a time to come back, after the limit and not before', async () => {
    const slow = fake('slow', 'stopped');
    slow.starting = () => new Promise(() => undefined);
    const { pool, clock } = setUp([slow], { startupTimeoutMs: 7000 });
    const failure = collectResult(pool.streamTurn(turn)).catch((error: unknown) => error);
    clock.pass(6999);
    await settled();
    expect(clock.pending).toBe(1);
    clock.pass(1);
    expect(await failure).toMatchObject({ code: 'not_ready', status: 503, retryAfterMs: expect.any(Number) });
    expect(clock.pending).toBe(0);
  });

  it('every start fails - each is tried once, and the last failure told at once', async () => {
    const instances = ['a', 'b', 'c'].map((name) => {
      const instance = fake(name, 'failed');
      instance.starting = () => Promise.reject(new GatewayError('not_ready', `no ${name}`, { shouldRetry: false }));
      return instance;
    });
    const { pool } = setUp(instances);
    await expect(pool.complete(turn)).rejects.toMatchObject({ message: 'no c', shouldRetry: false });
    expect(instances.map(({ calls }) => calls.length)).toEqual([2, 2, 2]);
    // The next one begins where this one's turn would have been.
    await expect(pool.complete(turn)).rejects.toMatchObject({ message: 'no a' });
  });

  it('too many wait - the next is sent away at once', async () => {
    const slow = fake('slow', 'stopped');
    slow.starting = () => new Promise(() => undefined);
    const { pool } = setUp([slow], { maxWaiting: 3 });
    const waiting = [ask(pool), ask(pool), ask(pool)];
    expect(await ask(pool)).toBe('not_ready');
    slow.become('ready');
    expect(await Promise.all(waiting)).toEqual(['slow', 'slow', 'slow']);
    slow.become('stopped');
    const again = [ask(pool), ask(pool), ask(pool)];
    expect(await ask(pool)).toBe('not_ready');
    slow.become('ready');
    expect(await Promise.all(again)).toEqual(['slow', 'slow', 'slow']);
  });

  it('lost under way - the turn waits for the one that starts when no other is there', async () => {
    const a = failing('a', 'upstream_error');
    const b = fake('b', 'stopped');
    let finish: () => void = () => undefined;
    b.starting = async () => {
      b.become('starting');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      b.become('ready');
    };
    const { pool } = setUp([a, b]);
    const asking = ask(pool);
    await settled();
    finish();
    expect(await asking).toBe('b');
  });

  it('its instance is lost before anything came - the turn goes to another that can take it, at once', async () => {
    const [a, b] = [fake('a'), fake('b')];
    a.answer = undefined;
    const { pool } = setUp([a, b]);
    const session = { id: 's', knownCount: 1, instance: 'a', generation: 1 };
    const stream = pool.streamTurn({ ...turn, session });
    const answer = collectResult(stream);
    a.become('reconnecting');
    expect((await answer).content).toEqual([{ type: 'text', text: 'b' }]);
    expect([a.turns[0]?.isClosed, b.turns[0]?.turn.session]).toEqual([true, undefined]);
    expect(await stream.outcome()).toMatchObject({ instance: 'b', continued: false });
    // What still comes of the first is nobody's.
    a.turns[0]?.say('late');
    a.turns[0]?.end();
    expect(pool.status().instances).toMatchObject([
      { inFlight: 0, failures: 1 },
      { inFlight: 0, failures: 0 },
    ]);
    expect(pool.status().instances[0]).not.toHaveProperty('cooldownUntil');
  });

  it('moved - how the first ends is nobody’s concern, whenever it does', async () => {
    const [a, b] = [fake('a'), fake('b')];
    a.answer = undefined;
    b.answer = undefined;
    const { pool } = setUp([a, b]);
    const ends: unknown[] = [];
    pool.streamTurn(turn).pipe({ events: () => undefined, end: (error) => ends.push(error) });
    a.become('reconnecting');
    a.turns[0]?.end(new GatewayError('upstream_error', 'lost'));
    expect(ends).toEqual([]);
    b.turns[0]?.say('fine');
    b.turns[0]?.end();
    expect(ends).toEqual([undefined]);
    expect(pool.status().instances.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('its instance is lost - the turn stays where it has begun, where no other can take it, and after one move', async () => {
    const [a, b] = [fake('a'), fake('b')];
    a.answer = undefined;
    b.answer = undefined;
    const { pool } = setUp([a, b]);
    const begun = ask(pool);
    a.turns[0]?.say('begun');
    a.become('reconnecting');
    expect(b.turns).toHaveLength(0);
    a.turns[0]?.end();
    expect(await begun).toBe('begun');
    const moved = ask(pool);
    a.become('ready');
    b.become('reconnecting');
    expect([a.turns.length, b.turns.length]).toEqual([2, 1]);
    b.become('ready');
    a.become('reconnecting');
    expect([a.turns.length, b.turns.length]).toEqual([2, 1]);
    a.turns[1]?.end(new GatewayError('upstream_error', 'lost again'));
    expect(await moved).toBe('upstream_error');
    const alone = ask(pool);
    b.become('reconnecting');
    b.turns[1]?.say('it came back');
    b.turns[1]?.end();
    expect(await alone).toBe('it came back');
    expect(pool.status().instances.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('start() - resolves when each is ready or has failed, rejects when none is', async () => {
    const a = fake('a', 'stopped');
    const b = fake('b', 'stopped');
    b.starting = () => Promise.reject(new GatewayError('not_ready', 'no b'));
    const { pool } = setUp([b, a]);
    await pool.start();
    expect(pool.status()).toMatchObject({ size: 2, ready: 1 });
    await expect(setUp([b]).pool.start()).rejects.toMatchObject({ message: 'no b' });
    const slow = fake('slow', 'stopped');
    slow.start = (signal?: AbortSignal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const waiting = setUp([slow]);
    const starting = expect(waiting.pool.start()).rejects.toMatchObject({ code: 'not_ready' });
    waiting.clock.pass(40_000);
    await starting;
    const controller = new AbortController();
    const given = setUp([slow]).pool.start({ signal: controller.signal });
    controller.abort(new GatewayError('client_closed', 'enough'));
    await expect(given).rejects.toMatchObject({ code: 'client_closed' });
  });
});
