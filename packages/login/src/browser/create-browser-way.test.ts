/** Signing in with a real Chromium at the simulator's site: every behaviour of a user, and where the password goes. */

import type { Frame } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LOGIN_BEHAVIOURS, type LoginBehaviour, SMS_CODE } from '../../../simulator/src/index.js';
import type { BrowserTask } from '../browser-way.js';
import { CHROMIUM, sharedWay, startedCallback, startedSite, taskFor } from './testing/chromium.js';

const PASSWORD = 'canary-Pa55-word!';

interface Ending {
  readonly behaviour: LoginBehaviour;
  readonly name?: string;
  /** Undefined: signed in. */
  readonly failure?: string;
  readonly attempts?: number;
}

const ENDINGS: readonly Ending[] = [
  { behaviour: 'ok' },
  { behaviour: 'english' },
  { behaviour: 'main-page-form' },
  { behaviour: 'consent' },
  { behaviour: 'continue-as' },
  { behaviour: 'popup' },
  { behaviour: 'ram', name: 'alice@acme.onaliyun.com' },
  { behaviour: 'ram', name: 'alice@1234567890123456' },
  { behaviour: 'slow' },
  { behaviour: 'wrong-password', failure: 'wrong_password' },
  { behaviour: 'locked', failure: 'account_locked' },
  { behaviour: 'slider', failure: 'challenge' },
  { behaviour: 'slider-person', failure: 'challenge' },
  { behaviour: 'sms', failure: 'challenge' },
  { behaviour: 'terms', failure: 'terms_refused' },
  { behaviour: 'foreign-redirect', failure: 'navigation_refused' },
  { behaviour: 'foreign-form', failure: 'navigation_refused', attempts: 0 },
];

describe.skipIf(CHROMIUM === undefined)('signing in by a browser', { timeout: 120_000 }, () => {
  for (const { behaviour, name = 'alice', failure, attempts = 1 } of ENDINGS) {
    it(`${behaviour} - ${failure ?? 'ends at the callback'} (${name})`, async () => {
      const user = { name, password: PASSWORD, behaviour };
      const site = await startedSite([user], 300);
      const callback = await startedCallback();
      const { way, browsers } = sharedWay();
      const task = taskFor(site, user, callback);

      const ending = await way.signIn(task).then(
        () => undefined,
        (cause: unknown) => cause,
      );

      expect((ending as { code?: string } | undefined)?.code).toBe(failure);
      expect(callback.calls.length).toBe(failure === undefined ? 1 : 0);
      if (failure === undefined) {
        expect(callback.calls[0]?.searchParams.get('state')).toBe('f'.repeat(32));
        expect(task.states).toEqual(expect.arrayContaining(['waiting_for_browser', 'filling', 'waiting_for_callback']));
      }
      expect(site.attempts(name)).toBe(attempts);
      // The password: to the form, nowhere else, and in no word of the failure.
      const places = new Set(site.typed.filter(({ value }) => value.includes(PASSWORD)).map(({ origin }) => origin));
      const right = behaviour === 'ram' || behaviour === 'main-page-form' ? 'site' : 'form';
      expect([...places]).toEqual(attempts === 0 ? [] : [right]);
      if (behaviour === 'foreign-redirect')
        expect(site.requests.filter(({ origin }) => origin === 'foreign')).toEqual([]);
      expect(String(ending)).not.toMatch(/canary|alice|ffff|nonce/);
      expect(browsers.every((browser) => !browser.isConnected())).toBe(true);
    });
  }

  it('behaviours - every one of the site has its test', () => {
    const elsewhere = ['organisations', 'no-redirect', 'changed-markup'];
    expect(new Set([...ENDINGS.map(({ behaviour }) => behaviour), ...elsewhere])).toEqual(new Set(LOGIN_BEHAVIOURS));
  });

  it('wrong password - is sent once, for a user with another one', async () => {
    const site = await startedSite([{ name: 'alice', password: 'another' }]);
    const callback = await startedCallback();
    const failing = sharedWay().way.signIn(taskFor(site, { name: 'alice', password: PASSWORD }, callback));
    await expect(failing).rejects.toMatchObject({ code: 'wrong_password', retryable: false });
    expect(site.attempts('alice')).toBe(1);
  });

  const PERSONS: readonly (readonly [LoginBehaviour, (frame: Frame) => Promise<void>])[] = [
    ['slider-person', (frame) => frame.locator('#person-passes').click()],
    [
      'sms',
      async (frame) => {
        await frame.locator('#fm-smscode').fill(SMS_CODE);
        await frame.locator('#sms-submit').click();
      },
    ],
  ];
  for (const [behaviour, pass] of PERSONS) {
    it(`${behaviour} - a person at the window passes it, and the login goes on by itself`, async () => {
      const user = { name: 'alice', password: PASSWORD, behaviour };
      const site = await startedSite([user]);
      const callback = await startedCallback();
      const { way, browsers } = sharedWay();
      const task = taskFor(site, user, callback, {
        headed: true,
        onState(state) {
          task.states.push(state);
          if (state !== 'challenge') return;
          const page = browsers[0]?.contexts()[0]?.pages()[0];
          const frame = page?.frames().find((each) => each.url().includes('/mini_login.htm'));
          if (frame !== undefined) void pass(frame);
        },
      });
      await way.signIn(task);
      expect(task.states).toContain('challenge');
      expect(callback.calls.length).toBe(1);
    });
  }

  it('without credentials - a person signs in at the window', async () => {
    const site = await startedSite([{ name: 'alice', password: PASSWORD }]);
    const callback = await startedCallback();
    const { way, browsers } = sharedWay();
    const {
      username: _,
      password: __,
      ...task
    } = taskFor(site, { name: '', password: '' }, callback, { headed: true });
    const signedIn = way.signIn(task as BrowserTask);
    await expect.poll(() => browsers[0]?.contexts()[0]?.pages()[0]?.frames().length, WAIT).toBe(2);
    const frame = browsers[0]?.contexts()[0]?.pages()[0]?.frames()[1] as Frame;
    await frame.locator('.tabs-item').nth(1).click();
    await frame.locator('#fm-login-id').fill('alice');
    await frame.locator('#fm-login-password').fill(PASSWORD);
    await frame.locator('.password-login').click();
    await signedIn;
    expect(callback.calls.length).toBe(1);
  });
});

const WAIT = { timeout: 30_000 } as const;
