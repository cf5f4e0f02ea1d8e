import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { FakePeer, rpcError } from '../dialect/testing/fake-peer.js';
import { LoginStatus } from './login-status.js';

const STATUS = 'auth/status';
const { signal } = new AbortController();
const silence = new GatewayError('upstream_timeout', 'no answer');

describe('LoginStatus', () => {
  it('check() - asks until the answer is yes', async () => {
    const login = new LoginStatus();
    const peer = new FakePeer().answer(STATUS, { status: 1 });
    expect(await login.check(peer, signal)).toBe(false);
    peer.answer(STATUS, { status: 2 });
    expect(await login.check(peer, signal)).toBe(true);
    await login.check(peer, signal);
    expect(peer.count(STATUS)).toBe(2);
  });

  it('check() - does not wait for a silent process twice; after a failure it is asked again', async () => {
    const login = new LoginStatus();
    const peer = new FakePeer().answer(STATUS, silence);
    expect(await login.check(peer, signal)).toBeUndefined();
    expect(await login.check(peer, signal)).toBeUndefined();
    expect(peer.count(STATUS)).toBe(1);
    peer.answer(STATUS, { status: 1 });
    expect(await login.recheck(peer, signal)).toBe(false);
    expect(peer.count(STATUS)).toBe(2);
    peer.answer(STATUS, { status: 2 });
    expect(await login.check(peer, signal)).toBe(true);
  });

  it('check() - a push is news also from a process that was silent', async () => {
    const login = new LoginStatus();
    const peer = new FakePeer().answer(STATUS, silence);
    await login.check(peer, signal);
    let changes = 0;
    login.listen(peer, () => changes++);
    peer.emit('auth/report', { status: 1 });
    expect([login.loggedIn, changes]).toEqual([false, 1]);
    peer.answer(STATUS, { status: 2 });
    expect(await login.check(peer, signal)).toBe(true);
  });

  it('check() - an unknown method is no objection and not tried again', async () => {
    const login = new LoginStatus();
    const peer = new FakePeer().answer(STATUS, rpcError('unknown method: auth/status'));
    expect(await login.check(peer, signal)).toBeUndefined();
    await login.check(peer, signal);
    await login.recheck(peer, signal);
    expect(peer.count(STATUS)).toBe(1);
  });

  it('onChange - told at each change, whether asked for or reported', async () => {
    const told: boolean[] = [];
    const login = new LoginStatus((loggedIn) => told.push(loggedIn));
    const peer = new FakePeer().answer(STATUS, { status: 1 });
    login.listen(peer, () => undefined);
    await login.check(peer, signal);
    await login.check(peer, signal);
    peer.emit('auth/report', { status: 2 });
    peer.emit('auth/report', { status: 2 });
    peer.emit('auth/report', {});
    peer.emit('auth/syncTokenUpdate', { status: 4 });
    expect(told).toEqual([false, true, false]);
  });
});
