import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../util/index.js';
import { FakeClock, FakePeer, NEVER, rpcError, settled } from '../dialect/testing/fake-peer.js';
import { SessionCleanup } from './session-cleanup.js';

const DELETE = 'chat/deleteSessionById';
const GATHER_MS = 25;

/** `peer`: the connection that lives; replaced to have another one. */
function cleaning(living: { peer?: FakePeer } = {}) {
  const clock = new FakeClock();
  const cleanup = new SessionCleanup({ logger: silentLogger, anyPeer: () => living.peer, clock });
  return { clock, cleanup, living };
}

/** Answers when told to. */
function slowPeer() {
  const answers: (() => void)[] = [];
  const peer = new FakePeer().answer(DELETE, () => new Promise((resolve) => answers.push(() => resolve({}))));
  return { peer, answers };
}

const asked = (peer: FakePeer) => peer.calls.map(({ params }) => params);
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ sessionId: `s${from + index}` }));

describe('SessionCleanup', () => {
  it('discard() - gathers, and deletes a little later, all at once and no empty id', async () => {
    const peer = new FakePeer();
    const { clock, cleanup } = cleaning({ peer });
    for (const id of ['s0', 's1', '']) cleanup.discard(id);
    await clock.advance(GATHER_MS - 1);
    expect(asked(peer)).toEqual([]);
    await clock.advance(1);
    expect(asked(peer)).toEqual(ids(0, 2));
    expect(clock.pending).toBe(0);
  });

  it('several processes - each session is ended by the one that has it, others by any', async () => {
    const [peer, owner] = [new FakePeer(), new FakePeer()];
    const clock = new FakeClock();
    const ownerOf = (id: string) => (id === 's1' ? owner : undefined);
    const cleanup = new SessionCleanup({ logger: silentLogger, anyPeer: () => peer, ownerOf, clock });
    for (const id of ['s0', 's1']) cleanup.discard(id);
    await clock.advance(GATHER_MS);
    expect([asked(peer), asked(owner)]).toEqual([ids(0, 1), ids(1, 2)]);
  });

  it('sendWith() - what waits goes with what leaves, on that connection', async () => {
    const [peer, other] = [new FakePeer(), new FakePeer()];
    const { clock, cleanup } = cleaning({ peer });
    cleanup.sendWith(other);
    cleanup.discard('s0');
    cleanup.sendWith(other);
    expect(asked(other)).toEqual(ids(0, 1));
    await clock.advance(GATHER_MS);
    expect(asked(peer)).toEqual([]);
  });

  it.each([
    ['an error', rpcError('bad parameter')],
    ['a result that says no', { success: false, errorCode: 'E', errorMessage: 'bad parameter' }],
  ])('tries `id` after %s, and then leaves it', async (_name, refusal) => {
    const peer = new FakePeer().answer(DELETE, refusal);
    const { clock, cleanup } = cleaning({ peer });
    cleanup.discard('s');
    await clock.advance(GATHER_MS);
    cleanup.sendWith(peer);
    await clock.advance(GATHER_MS);
    expect(asked(peer)).toEqual([{ sessionId: 's' }, { id: 's' }]);
  });

  it('a connection that is lost - what it did not delete waits for the next', async () => {
    const dying = new FakePeer().answer(DELETE, () => NEVER);
    const { clock, cleanup, living } = cleaning({ peer: dying });
    cleanup.discard('s0');
    await clock.advance(GATHER_MS);
    delete living.peer;
    dying.die();
    cleanup.discard('s1');
    await clock.advance(GATHER_MS);
    const next = new FakePeer();
    cleanup.sendWith(next);
    await settled();
    expect(asked(next)).toEqual([{ sessionId: 's1' }, { sessionId: 's0' }]);
  });

  it('many - four at a time until all are gone, in order', async () => {
    const { peer, answers } = slowPeer();
    const { clock, cleanup } = cleaning({ peer });
    for (let index = 0; index < 10; index++) cleanup.discard(`s${index}`);
    await clock.advance(GATHER_MS);
    expect(asked(peer)).toEqual(ids(0, 4));
    for (; answers.length > 0; await settled()) answers.shift()?.();
    expect(asked(peer)).toEqual(ids(0, 10));
  });

  it('more than go with a message - the rest follows soon', async () => {
    const { peer, answers } = slowPeer();
    const { clock, cleanup, living } = cleaning();
    for (let index = 0; index < 6; index++) cleanup.discard(`s${index}`);
    await clock.advance(GATHER_MS);
    living.peer = peer;
    cleanup.sendWith(peer);
    for (; answers.length > 0; await settled()) answers.shift()?.();
    expect(asked(peer)).toEqual(ids(0, 4));
    await clock.advance(GATHER_MS);
    expect(asked(peer)).toEqual(ids(0, 6));
  });

  it('no more than 1024 wait, the newest', async () => {
    const { clock, cleanup, living } = cleaning();
    for (let index = 0; index < 1100; index++) cleanup.discard(`s${index}`);
    const peer = new FakePeer();
    living.peer = peer;
    cleanup.sendWith(peer);
    await clock.advance(GATHER_MS);
    expect(asked(peer)).toEqual(ids(76, 1100));
  });

  it('abandon() - waits for the session to be made; closing waits as well', async () => {
    const peer = new FakePeer();
    const { cleanup } = cleaning({ peer });
    let name: (sessionId: string) => void = () => undefined;
    cleanup.abandon(
      new Promise((resolve) => {
        name = resolve;
      }),
    );
    cleanup.abandon(Promise.reject(new Error('none after all')));
    let done = false;
    const closing = cleanup.settle(1000).then(() => {
      done = true;
    });
    await settled();
    expect(done).toBe(false);
    name('late');
    await closing;
    expect(asked(peer)).toEqual([{ sessionId: 'late' }]);
  });

  it('close() - sends what waits at once, waits until all of it is answered, and gathers no more', async () => {
    const { peer, answers } = slowPeer();
    const { cleanup, clock } = cleaning({ peer });
    for (let index = 0; index < 10; index++) cleanup.discard(`s${index}`);
    let done = false;
    const closing = cleanup.close(1000).then(() => {
      done = true;
    });
    expect(asked(peer)).toEqual(ids(0, 10));
    for (; answers.length > 0; await settled()) {
      expect(done).toBe(false);
      answers.shift()?.();
    }
    await closing;
    expect(clock.pending).toBe(0);
    cleanup.discard('s10');
    expect(asked(peer)).toEqual(ids(0, 11));
  });

  it('settle() - all at once until it is over, then gathered and four at a time as before', async () => {
    const { peer, answers } = slowPeer();
    const { cleanup, clock } = cleaning({ peer });
    const answerAll = async () => {
      for (; answers.length > 0; await settled()) answers.shift()?.();
    };
    for (let index = 0; index < 6; index++) cleanup.discard(`s${index}`);
    const settling = [cleanup.settle(1000), cleanup.settle(2000)];
    cleanup.discard('s6');
    expect(asked(peer)).toEqual(ids(0, 7));
    await answerAll();
    await Promise.all(settling);
    for (let index = 7; index < 13; index++) cleanup.discard(`s${index}`);
    expect(asked(peer)).toEqual(ids(0, 7));
    await clock.advance(GATHER_MS);
    expect(asked(peer)).toEqual(ids(0, 11));
    await answerAll();
    expect(asked(peer)).toEqual(ids(0, 13));
  });

  it('settle() - waits for work that was begun, and no longer than it may', async () => {
    const { cleanup, clock } = cleaning();
    const ends = [cleanup.begin(), cleanup.begin()];
    let settledCount = 0;
    const closings = [1000, 2000].map((ms) => cleanup.settle(ms).then(() => settledCount++));
    ends[0]?.();
    await clock.advance(999);
    expect(settledCount).toBe(0);
    await clock.advance(1);
    expect(settledCount).toBe(1);
    ends[1]?.();
    await Promise.all(closings);
    expect(settledCount).toBe(2);
  });

  it('flush() - waits for what has been given up and for nothing else, and no longer than it is told', async () => {
    const { peer, answers } = slowPeer();
    const { clock, cleanup } = cleaning({ peer });
    // A turn that runs.
    cleanup.begin();
    const over: string[] = [];
    const flush = (name: string): void => void cleanup.flush(1000).then(() => over.push(name));
    flush('nothing');
    await settled();
    expect(over).toEqual(['nothing']);
    let arrive: (id: string) => void = () => undefined;
    cleanup.abandon(
      new Promise((resolve) => {
        arrive = resolve;
      }),
    );
    for (let id = 0; id < 6; id++) cleanup.discard(`s${id}`);
    flush('all');
    await settled();
    expect(asked(peer)).toEqual(ids(0, 6));
    for (const answer of answers.splice(0)) answer();
    arrive('s6');
    await settled();
    expect([asked(peer).length, over]).toEqual([7, ['nothing']]);
    for (const answer of answers.splice(0)) answer();
    await settled();
    expect(over).toEqual(['nothing', 'all']);
    cleanup.discard('s7');
    flush('late');
    await clock.advance(1000);
    expect(over).toEqual(['nothing', 'all', 'late']);
    expect(clock.pending).toBe(0);
  });
});
