import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../util/index.js';
import { FakeClock, FakePeer, NEVER, rpcError, settled } from '../dialect/testing/fake-peer.js';
import { SessionCleanup } from './session-cleanup.js';

const DELETE = 'chat/deleteSessionById';

function cleaning(anyPeer: FakePeer | undefined = undefined) {
  return new SessionCleanup({ logger: silentLogger, anyPeer: () => anyPeer });
}

const asked = (peer: FakePeer) => peer.calls.map(({ params }) => params);

describe('SessionCleanup', () => {
  it('discard() - deletes on the connection, on another where it has ended, and no empty id', async () => {
    const [own, other, dead] = [new FakePeer(), new FakePeer(), new FakePeer()];
    dead.die();
    const cleanup = cleaning(other);
    cleanup.discard(own, 's1');
    cleanup.discard(dead, 's2');
    cleanup.discard(undefined, 's3');
    cleanup.discard(own, '');
    await settled();
    expect(asked(own)).toEqual([{ sessionId: 's1' }]);
    expect(asked(other)).toEqual([{ sessionId: 's2' }, { sessionId: 's3' }]);
  });

  it.each([
    ['an error', rpcError('bad parameter')],
    ['a result that says no', { success: false, errorCode: 'E', errorMessage: 'bad parameter' }],
  ])('discard() - tries `id` after %s, and then leaves it', async (_name, refusal) => {
    const peer = new FakePeer().answer(DELETE, refusal);
    const cleanup = cleaning();
    cleanup.discard(peer, 's');
    await settled();
    cleanup.retry(peer);
    await settled();
    expect(asked(peer)).toEqual([{ sessionId: 's' }, { id: 's' }]);
  });

  it('retry() - deletes what lost its connection, also in the middle of the deletion', async () => {
    const dying = new FakePeer().answer(DELETE, () => NEVER);
    const cleanup = cleaning();
    cleanup.discard(dying, 's1');
    await settled();
    dying.die();
    cleanup.discard(dying, 's2');
    await cleanup.settle(1000, new FakeClock());
    const next = new FakePeer();
    cleanup.retry(next);
    cleanup.retry(next);
    await settled();
    expect(asked(next)).toEqual([{ sessionId: 's2' }, { sessionId: 's1' }]);
  });

  it('abandon() - waits for the session to be made; closing waits as well', async () => {
    const peer = new FakePeer();
    const cleanup = cleaning();
    let name: (sessionId: string) => void = () => undefined;
    cleanup.abandon(
      peer,
      new Promise((resolve) => {
        name = resolve;
      }),
    );
    cleanup.abandon(peer, Promise.reject(new Error('none after all')));
    let done = false;
    const closing = cleanup.settle(1000, new FakeClock()).then(() => {
      done = true;
    });
    await settled();
    expect(done).toBe(false);
    name('late');
    await closing;
    expect(asked(peer)).toEqual([{ sessionId: 'late' }]);
  });

  it('discard() - keeps no more than 256 for later, the newest', async () => {
    const cleanup = cleaning();
    for (let index = 0; index < 300; index++) cleanup.discard(undefined, `s${index}`);
    const peer = new FakePeer();
    cleanup.retry(peer);
    await settled();
    expect(asked(peer)).toHaveLength(256);
    expect(asked(peer)[0]).toEqual({ sessionId: 's44' });
    expect(asked(peer).at(-1)).toEqual({ sessionId: 's299' });
  });

  it('abandon() - what is made on a connection that ended goes to the next', async () => {
    const dead = new FakePeer();
    const cleanup = cleaning();
    cleanup.abandon(dead, Promise.resolve('late'));
    dead.die();
    await settled();
    const next = new FakePeer();
    cleanup.retry(next);
    await settled();
    expect([asked(dead), asked(next)]).toEqual([[], [{ sessionId: 'late' }]]);
  });

  it('discardKept() - four at a time, in order, and closing waits for all', async () => {
    const answers: (() => void)[] = [];
    const peer = new FakePeer().answer(DELETE, () => new Promise((resolve) => answers.push(() => resolve({}))));
    const cleanup = cleaning(peer);
    for (let index = 0; index < 10; index++) cleanup.discardKept(`s${index}`);
    cleanup.discardKept('');
    await settled();
    expect(asked(peer)).toEqual(['s0', 's1', 's2', 's3'].map((sessionId) => ({ sessionId })));
    let done = false;
    const closing = cleanup.settle(1000, new FakeClock()).then(() => {
      done = true;
    });
    while (answers.length > 0) {
      expect(done).toBe(false);
      answers.shift()?.();
      await settled();
    }
    await closing;
    expect(asked(peer)).toHaveLength(10);
    cleanup.discardKept('later');
    await settled();
    expect(asked(peer).at(-1)).toEqual({ sessionId: 'later' });
  });

  it('discardKept() - no more than 1024 wait, the newest', async () => {
    const answers: (() => void)[] = [];
    const peer = new FakePeer().answer(DELETE, () => new Promise((resolve) => answers.push(() => resolve({}))));
    const cleanup = cleaning(peer);
    for (let index = 0; index < 1100; index++) cleanup.discardKept(`s${index}`);
    while (answers.length > 0) {
      answers.shift()?.();
      await settled();
    }
    expect(asked(peer)).toHaveLength(1024 + 4);
    expect(asked(peer)[4]).toEqual({ sessionId: 's76' });
  });

  it('discardKept() - without a connection it is left for the next', async () => {
    const cleanup = cleaning();
    cleanup.discardKept('s1');
    const next = new FakePeer();
    cleanup.retry(next);
    await settled();
    expect(asked(next)).toEqual([{ sessionId: 's1' }]);
  });
});
