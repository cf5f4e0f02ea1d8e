import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../util/index.js';
import { FakeClock, FakePeer, NEVER, rpcError, settled } from '../dialect/testing/fake-peer.js';
import { SessionCleanup } from './session-cleanup.js';
import { SpareSessions } from './spare-sessions.js';

const NEW = 'session/new';
const SET_MODEL = 'session/set_model';
const ROW = 16;
const IDLE_MS = 500;
const PAUSE_MS = 5000;

let made = 0;
const process = (): FakePeer => new FakePeer().answer(NEW, () => ({ sessionId: `s${++made}` }));

function keeping(peer: FakePeer) {
  made = 0;
  const clock = new FakeClock();
  const discarded: string[] = [];
  const cleanup = new SessionCleanup({ logger: silentLogger, anyPeer: () => undefined, clock });
  const spares = new SpareSessions({
    cwd: '/home/me',
    cleanup: {
      discard: (id) => void (id !== '' && discarded.push(id)),
      abandon: (coming) => void coming.then((id) => discarded.push(id)).catch(() => undefined),
    },
    logger: silentLogger,
    clock,
  });
  /** A turn that needs a new session: the one that it got, if it was spare. */
  const turn = async (modelKey: string | undefined = 'auto', on = peer): Promise<string | undefined> => {
    const taken = spares.take(on, modelKey);
    spares.prepare(on, modelKey);
    await settled();
    return taken;
  };
  const turns = async (count: number, ...args: Parameters<typeof turn>): Promise<(string | undefined)[]> => {
    const all: (string | undefined)[] = [];
    for (let index = 0; index < count; index++) all.push(await turn(...args));
    return all;
  };
  return { clock, cleanup, spares, discarded, turn, turns };
}

describe('SpareSessions', () => {
  it('turns one after the other - from the 16th on there are two, and the third from then on finds one', async () => {
    const peer = process();
    const { turns } = keeping(peer);
    expect(await turns(ROW - 1)).toEqual(Array(ROW - 1).fill(undefined));
    expect(peer.calls).toEqual([]);
    expect(await turns(5)).toEqual([undefined, undefined, 's1', 's2', 's3']);
    // Two ahead, whatever comes: one is ready, one is on its way there.
    expect([peer.count(NEW), peer.count(SET_MODEL)]).toEqual([5, 4]);
    expect(peer.last(NEW)).toMatchObject({ cwd: '/home/me', mcpServers: [] });
    expect(peer.calls.filter(({ method }) => method === SET_MODEL).map(({ params }) => params)).toEqual(
      ['s1', 's2', 's3', 's4'].map((sessionId) => expect.objectContaining({ sessionId, modelId: 'auto' })),
    );
  });

  it('a pause of five seconds - the row begins anew', async () => {
    const peer = process();
    const { clock, turns } = keeping(peer);
    await turns(ROW - 1);
    await clock.advance(PAUSE_MS + 1);
    await turns(ROW - 1);
    expect(peer.calls).toEqual([]);
  });

  it('nobody comes for half a second - deleted, and no timer is left; the next turn has them made again', async () => {
    const peer = process();
    const { clock, discarded, turns } = keeping(peer);
    await turns(ROW + 1);
    await clock.advance(IDLE_MS - 1);
    expect(discarded).toEqual([]);
    await clock.advance(1);
    expect(discarded.toSorted()).toEqual(['s1', 's2']);
    expect(clock.pending).toBe(0);
    expect(await turns(3)).toEqual([undefined, undefined, 's3']);
  });

  it('turns that go on - what is spare stays as long as they do', async () => {
    const { clock, discarded, turn, turns } = keeping(process());
    await turns(ROW + 2);
    for (let index = 0; index < 4; index++) {
      await clock.advance(IDLE_MS - 100);
      expect(await turn()).toBeDefined();
    }
    expect(discarded).toEqual([]);
  });

  it.each([
    ['another model', 'kimi'],
    ['the default of the account', undefined],
  ])('%s - not one whose model was chosen for others', async (_name, modelKey) => {
    const peer = process();
    const { spares, turns } = keeping(peer);
    await turns(ROW + 2);
    // One is ready for `auto`, of the other no model is chosen.
    expect(spares.take(peer, 'kimi')).toBeUndefined();
    const taken = spares.take(peer, modelKey);
    expect([undefined, 's3']).toContain(taken);
    expect(spares.take(peer, 'auto')).toBe('s2');
  });

  it('a new model for good - chosen for what is there', async () => {
    const peer = process();
    const { turns } = keeping(peer);
    await turns(ROW + 2);
    expect((await turns(4, 'kimi')).filter((id) => id !== undefined).length).toBeGreaterThan(1);
    expect(peer.last(SET_MODEL)).toMatchObject({ modelId: 'kimi' });
  });

  it.each([
    ['the process refuses to make one', NEW, rpcError('too many sessions')],
    ['the process says no in its answer', NEW, { success: false, errorCode: 'E', errorMessage: 'no' }],
    ['no session in the answer', NEW, {}],
    ['the model is refused', SET_MODEL, rpcError('unknown model')],
  ])('%s - never asked again, and nothing is left', async (_name, method, answer) => {
    const peer = process().answer(method, answer);
    const { clock, discarded, turns } = keeping(peer);
    await turns(ROW + 1);
    const asked = peer.count(NEW);
    expect(await turns(ROW)).toEqual(Array(ROW).fill(undefined));
    expect(peer.count(NEW)).toBe(asked);
    expect(discarded.toSorted()).toEqual(Array.from({ length: made }, (_, index) => `s${index + 1}`));
    await clock.advance(IDLE_MS);
    expect(clock.pending).toBe(0);
  });

  it('a slow process - no more than two on their way, and given back though they come late', async () => {
    const answers: (() => void)[] = [];
    const peer = new FakePeer().answer(
      NEW,
      () => new Promise((resolve) => answers.push(() => resolve({ sessionId: `s${++made}` }))),
    );
    const { clock, discarded, turns } = keeping(peer);
    await turns(ROW * 2);
    expect(peer.count(NEW)).toBe(2);
    await clock.advance(IDLE_MS);
    for (const answer of answers) answer();
    await settled();
    expect(discarded).toEqual(['s1', 's2']);
  });

  it('many connections - 64 in all', async () => {
    const peers = Array.from({ length: 40 }, process);
    const { spares, discarded, turns } = keeping(process());
    for (const peer of peers) await turns(ROW, 'auto', peer);
    expect(peers.reduce((sum, peer) => sum + peer.count(NEW), 0)).toBe(64);
    spares.clear();
    expect(discarded).toHaveLength(64);
    for (const peer of peers) await turns(1, 'auto', peer);
    expect(peers.reduce((sum, peer) => sum + peer.count(NEW), 0)).toBe(128);
  });

  it('the connection is lost - given back, and never handed out', async () => {
    const peer = process();
    const { discarded, spares, turns } = keeping(peer);
    await turns(ROW + 2);
    peer.die();
    expect(discarded.toSorted()).toEqual(['s2', 's3']);
    expect(spares.take(peer, 'auto')).toBeUndefined();
    spares.prepare(peer, 'auto');
    expect(peer.count(NEW)).toBe(3);
  });

  it('close() - all are given back, those on their way too, and none comes any more', async () => {
    const peer = process();
    const { clock, discarded, spares, turns } = keeping(peer);
    await turns(ROW + 1);
    peer.answer(SET_MODEL, () => NEVER);
    spares.take(peer, 'auto');
    spares.prepare(peer, 'auto');
    spares.close();
    await settled();
    expect(discarded.toSorted()).toEqual(['s2', 's3']);
    expect(await turns(ROW * 2)).toEqual(Array(ROW * 2).fill(undefined));
    expect([peer.count(NEW), clock.pending]).toEqual([3, 0]);
  });

  it('makeRoom() - gives all up for good, and says whether they were in the way', async () => {
    const peer = process();
    const { clock, spares, discarded, turns } = keeping(peer);
    await turns(ROW - 1);
    expect(spares.makeRoom()).toBe(false);
    await turns(2);
    expect([spares.makeRoom(), discarded.length]).toEqual([true, 2]);
    await clock.advance(PAUSE_MS);
    // Another turn that was refused at the same time; what is refused later has another reason.
    expect(spares.makeRoom()).toBe(true);
    await clock.advance(PAUSE_MS + 1);
    expect(spares.makeRoom()).toBe(false);
    const before = peer.count(NEW);
    await turns(ROW * 2);
    expect(peer.count(NEW)).toBe(before);
    expect(clock.pending).toBe(0);
  });

  it('makeRoom() behind one that was refused - it may have been in the way itself', async () => {
    const peer = process();
    const { spares, turns } = keeping(peer);
    await turns(ROW - 1);
    peer.answer(NEW, rpcError('no room'));
    await turns(1);
    expect(spares.makeRoom()).toBe(true);
  });
});
