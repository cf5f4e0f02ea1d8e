import { EventEmitter } from 'node:events';
import type { JsonValue, LoginTask } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import { TestClock } from './testing/test-clock.js';
import { verifyLogin } from './verify-login.js';

function setUp(over: { workDir?: string } = { workDir: '/w' }) {
  const state = { loggedIn: true, stamp: 'a' as string | undefined, models: { chat: [{ key: 'm' }] } as JsonValue };
  const events = new EventEmitter();
  const clock = new TestClock();
  const controller = new AbortController();
  const client = {
    checkLogin: async () => state.loggedIn,
    queryModels: async () => state.models,
    on: (event: string, listener: (value: boolean) => void) => {
      events.on(event, listener);
      return () => events.off(event, listener);
    },
  } as unknown as LoginTask['client'];
  let outcome: unknown = 'open';
  const begin = (): void => {
    verifyLogin(
      { client, process: () => over },
      { clock, signal: controller.signal, stampOf: async () => state.stamp },
    ).then(
      () => {
        outcome = 'verified';
      },
      (error: unknown) => {
        outcome = error;
      },
    );
  };
  return { state, events, clock, controller, begin, outcome: () => outcome };
}

describe('verifyLogin', () => {
  it('all is well - done when the file has kept still for three seconds', async () => {
    const { clock, begin, outcome } = setUp();
    begin();
    await clock.pass(2900);
    expect(outcome()).toBe('open');
    await clock.pass(200);
    expect(outcome()).toBe('verified');
  });

  it('the process says so late - asked once a second, and heard at once', async () => {
    const { state, events, clock, begin, outcome } = setUp({});
    state.loggedIn = false;
    begin();
    await clock.pass(60_000);
    expect(outcome()).toBe('open');
    state.loggedIn = true;
    events.emit('login', true);
    await clock.pass(0);
    expect(outcome()).toBe('verified');
    expect(events.listenerCount('login')).toBe(0);
  });

  it('the file is late, or changes - waited for', async () => {
    const { state, clock, begin, outcome } = setUp();
    state.stamp = undefined;
    begin();
    await clock.pass(10_000);
    state.stamp = 'half';
    await clock.pass(2500);
    state.stamp = 'whole';
    await clock.pass(2500);
    expect(outcome()).toBe('open');
    await clock.pass(1500);
    expect(outcome()).toBe('verified');
  });

  it.each([[{}], [{ chat: [] }], [[]], [null], [{ models: [] }]])(
    'models %j - half a minute, then not verified',
    async (models) => {
      const { state, clock, begin, outcome } = setUp({});
      state.models = models as JsonValue;
      begin();
      await clock.pass(25_000);
      expect(outcome()).toBe('open');
      await clock.pass(10_000);
      expect(outcome()).toMatchObject({ code: 'not_verified', retryable: true });
    },
  );

  it.each([[{ chat: [{}] }], [[{}]], [{ models: [{}] }]])('models %j - enough, also late', async (models) => {
    const { state, clock, begin, outcome } = setUp({});
    state.models = {};
    begin();
    await clock.pass(20_000);
    state.models = models as JsonValue;
    await clock.pass(1000);
    expect(outcome()).toBe('verified');
  });

  it('signed out meanwhile - not verified; aborted - the signal’s reason', async () => {
    const first = setUp();
    first.begin();
    await first.clock.pass(1000);
    first.state.loggedIn = false;
    await first.clock.pass(5000);
    expect(first.outcome()).toMatchObject({ code: 'not_verified' });
    const second = setUp();
    second.begin();
    await second.clock.pass(1000);
    second.controller.abort(new Error('enough'));
    await second.clock.pass(0);
    expect(second.outcome()).toMatchObject({ message: 'enough' });
  });
});
