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

  it.each([
    [{ status: 2 }, true],
    [{ status: '2' }, true],
    [{ status: '1' }, false],
    [{ status: 5 }, false],
    [{ authStatus: 2 }, true],
    [{ data: { status: 2 } }, true],
    [{ success: true, result: { status: '1' } }, false],
    [[{ status: 2 }], true],
    [{ status: 'in' }, undefined],
    [null, undefined],
  ])('%j - %s, as answer and as report', async (status, loggedIn) => {
    const login = new LoginStatus();
    const peer = new FakePeer().answer(STATUS, status);
    expect(await login.recheck(peer, signal)).toBe(loggedIn);
    const other = new LoginStatus();
    other.listen(peer.answer(STATUS, {}), () => undefined);
    peer.emit('auth/report', status as never);
    expect(other.loggedIn).toBe(loggedIn);
  });

  it('a report that says nothing - has the process asked', async () => {
    const login = new LoginStatus();
    const peer = new FakePeer().answer(STATUS, { status: 2 });
    await login.check(peer, signal);
    const changed = new Promise<void>((resolve) => login.listen(peer, resolve));
    peer.answer(STATUS, { status: 1 }).emit('auth/report', {});
    await changed;
    expect(login.loggedIn).toBe(false);
  });

  it('explain() - a turn that fails for want of a login has the process asked, once', async () => {
    const told: boolean[] = [];
    const login = new LoginStatus((loggedIn) => told.push(loggedIn));
    const peer = new FakePeer().answer(STATUS, { status: 2 });
    await login.check(peer, signal);
    const failure = new GatewayError('login_required', 'not login');
    expect(await login.explain(failure, peer, signal)).toBe(failure);
    peer.answer(STATUS, { status: 1 });
    expect(await login.explain(failure, peer, signal)).toBe(failure);
    expect(told).toEqual([true, false]);
    await login.explain(failure, peer, signal);
    expect(peer.count(STATUS)).toBe(3);
  });
});
