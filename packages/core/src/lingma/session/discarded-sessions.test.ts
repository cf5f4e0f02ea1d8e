import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../util/index.js';
import { FakeClock, FakePeer, NEVER, rpcError, settled } from '../dialect/testing/fake-peer.js';
import { BackgroundWork } from './background-work.js';
import { DiscardedSessions } from './discarded-sessions.js';

const DELETE = 'chat/deleteSessionById';

function discarding(anyPeer: FakePeer | undefined = undefined) {
  const work = new BackgroundWork();
  return { work, discarded: new DiscardedSessions({ work, logger: silentLogger, anyPeer: () => anyPeer }) };
}

const asked = (peer: FakePeer) => peer.calls.map(({ params }) => params);

describe('DiscardedSessions', () => {
  it('discard() - deletes on the connection, on another where it has ended, and no empty id', async () => {
    const [own, other, dead] = [new FakePeer(), new FakePeer(), new FakePeer()];
    dead.die();
    const { discarded } = discarding(other);
    discarded.discard(own, 's1');
    discarded.discard(dead, 's2');
    discarded.discard(undefined, 's3');
    discarded.discard(own, '');
    await settled();
    expect(asked(own)).toEqual([{ sessionId: 's1' }]);
    expect(asked(other)).toEqual([{ sessionId: 's2' }, { sessionId: 's3' }]);
  });

  it.each([
    ['an error', rpcError('bad parameter')],
    ['a result that says no', { success: false, errorCode: 'E', errorMessage: 'bad parameter' }],
  ])('discard() - tries `id` after %s, and then leaves it', async (_name, refusal) => {
    const peer = new FakePeer().answer(DELETE, refusal);
    const { discarded } = discarding();
    discarded.discard(peer, 's');
    await settled();
    discarded.retry(peer);
    await settled();
    expect(asked(peer)).toEqual([{ sessionId: 's' }, { id: 's' }]);
  });

  it('retry() - deletes what lost its connection, also in the middle of the deletion', async () => {
    const dying = new FakePeer().answer(DELETE, () => NEVER);
    const { discarded, work } = discarding();
    discarded.discard(dying, 's1');
    await settled();
    dying.die();
    discarded.discard(dying, 's2');
    await work.settle(1000, new FakeClock());
    const next = new FakePeer();
    discarded.retry(next);
    discarded.retry(next);
    await settled();
    expect(asked(next)).toEqual([{ sessionId: 's2' }, { sessionId: 's1' }]);
  });

  it('abandon() - waits for the session to be made; closing waits as well', async () => {
    const peer = new FakePeer();
    const { discarded, work } = discarding();
    let name: (sessionId: string) => void = () => undefined;
    discarded.abandon(
      peer,
      new Promise((resolve) => {
        name = resolve;
      }),
    );
    discarded.abandon(peer, Promise.reject(new Error('none after all')));
    let done = false;
    const closing = work.settle(1000, new FakeClock()).then(() => {
      done = true;
    });
    await settled();
    expect(done).toBe(false);
    name('late');
    await closing;
    expect(asked(peer)).toEqual([{ sessionId: 'late' }]);
  });

  it('discard() - keeps no more than 256 for later, the newest', async () => {
    const { discarded } = discarding();
    for (let index = 0; index < 300; index++) discarded.discard(undefined, `s${index}`);
    const peer = new FakePeer();
    discarded.retry(peer);
    await settled();
    expect(asked(peer)).toHaveLength(256);
    expect(asked(peer)[0]).toEqual({ sessionId: 's44' });
    expect(asked(peer).at(-1)).toEqual({ sessionId: 's299' });
  });

  it('abandon() - what is made on a connection that ended goes to the next', async () => {
    const dead = new FakePeer();
    const { discarded } = discarding();
    discarded.abandon(dead, Promise.resolve('late'));
    dead.die();
    await settled();
    const next = new FakePeer();
    discarded.retry(next);
    await settled();
    expect([asked(dead), asked(next)]).toEqual([[], [{ sessionId: 'late' }]]);
  });
});
