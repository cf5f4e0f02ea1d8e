/** A browser that signs in ends in every path, goes nowhere else, and two are the most at a time. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@lingma-gateway/core';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, FINE, sharedWay, startedCallback, startedSite, taskFor, testedWay } from './testing/chromium.js';

const WAIT = { timeout: 30_000 } as const;
const ALICE = { name: 'alice', password: 'canary-Pa55-word!' };

/** Ten times as fast: a step of 30 s is over in 3. */
const hastyClock: Clock = {
  now: () => performance.now() * 10,
  schedule(ms, callback) {
    const timer = setTimeout(callback, ms / 10);
    return () => clearTimeout(timer);
  },
};

const settled = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (cause: unknown) => cause,
  );

/** The page that says that it goes on, when it is there. */
async function waitingPage(browsers: readonly Browser[]): Promise<Page> {
  const page = browsers[0]?.contexts()[0]?.pages()[0] as Page;
  await page.getByText('正在跳转').waitFor();
  return page;
}

const ORGANISATIONS = `<!doctype html><script>
window.error_code = 0; window.is_select_account = true;
window.accounts = [{"orgId":"","orgName":"Personal"},{"orgId":"org-1","orgName":"Acme"}];</script><p>Choose</p>`;

describe.skipIf(CHROMIUM === undefined)('the end of a browser', { timeout: 120_000 }, () => {
  it.each([
    ['changed-markup', 'page_not_understood'],
    ['no-redirect', 'timeout'],
  ] as const)('%s - fails after the limit of a step', async (behaviour, code) => {
    const site = await startedSite([{ ...ALICE, behaviour }]);
    const { way, browsers } = sharedWay({ clock: hastyClock });
    const failure = await settled(way.signIn(taskFor(site, ALICE, await startedCallback(), { deadline: 1_000_000 })));
    expect(failure).toMatchObject({ code });
    expect(String(failure)).toContain(new URL(site.origins.site).host);
    expect(browsers[0]?.isConnected()).toBe(false);
  });

  it('the deadline of the task - ends it', async () => {
    const site = await startedSite([{ ...ALICE, behaviour: 'slider-person' }]);
    const deadline = 150_000;
    let strike = (): void => undefined;
    const clock: Clock = {
      ...hastyClock,
      schedule(ms, callback) {
        if (ms !== deadline) return hastyClock.schedule(ms, callback);
        strike = callback;
        return () => undefined;
      },
    };
    const { way, browsers } = testedWay({ clock });
    const task = taskFor(site, ALICE, await startedCallback(), {
      ...{ headed: true, deadline },
      onState(state) {
        task.states.push(state);
        if (state === 'challenge') strike();
      },
    });
    expect(await settled(way.signIn(task))).toMatchObject({ code: 'timeout', retryable: true });
    expect(task.states).toContain('challenge');
    expect(browsers[0]?.isConnected()).toBe(false);
  });

  it.each([
    ['while it waits', 'waiting_for_callback'],
    ['before it has started', 'waiting_for_browser'],
  ] as const)('an abort %s - closes it, and gives the reason', async (_, when) => {
    const site = await startedSite([{ ...ALICE, behaviour: 'no-redirect' }]);
    const { way, browsers } = testedWay();
    const abort = new AbortController();
    const task = taskFor(site, ALICE, await startedCallback(), {
      signal: abort.signal,
      onState: (state) => state === when && abort.abort(new Error('cancelled')),
    });
    expect(await settled(way.signIn(task))).toEqual(new Error('cancelled'));
    expect(browsers.every((browser) => !browser.isConnected())).toBe(true);
  });

  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['a window that somebody closes', (page) => page.close()],
    ['a browser that ends', (page) => page.context().browser()?.close() ?? Promise.resolve()],
    ['a page that crashes', (page) => page.goto('chrome://crash').catch(() => undefined)],
  ])('%s - fails the try at once', async (_, strike) => {
    const site = await startedSite([{ ...ALICE, behaviour: 'no-redirect' }]);
    const { way, browsers } = testedWay();
    const task = taskFor(site, ALICE, await startedCallback());
    const failing = settled(way.signIn(task));
    await expect.poll(() => task.states, WAIT).toContain('waiting_for_callback');
    await strike(await waitingPage(browsers));
    expect(await failing).toMatchObject({ name: 'LoginFailure' });
    expect(browsers[0]?.isConnected()).toBe(false);
  });

  it('several logins - two browsers at a time, the next one when one has ended', async () => {
    const site = await startedSite([{ ...ALICE, behaviour: 'no-redirect' }]);
    const callback = await startedCallback();
    const { way, browsers } = testedWay();
    const aborts = [1, 2, 3, 4].map(() => new AbortController());
    const tasks = aborts.map(({ signal }) => taskFor(site, ALICE, callback, { signal }));
    const logins = tasks.map((task) => settled(way.signIn(task)));
    await expect.poll(() => tasks.filter(({ states }) => states.includes('filling')).length, WAIT).toBe(2);
    expect(browsers.length).toBe(2);
    // One that has not had its turn leaves the queue without a browser.
    aborts[3]?.abort();
    await logins[3];
    aborts[0]?.abort();
    await expect.poll(() => tasks[2]?.states, WAIT).toContain('filling');
    expect(browsers.length).toBe(3);
    expect(browsers.filter((browser) => browser.isConnected()).length).toBe(2);
    for (const abort of aborts) abort.abort();
    await Promise.all(logins);
    expect(browsers.length).toBe(3);
  });

  it('the callback says an error - it is told by its number alone', async () => {
    const site = await startedSite([ALICE]);
    const callback = await startedCallback(() => FINE.replace('= 0', '= 2'));
    const failure = await settled(sharedWay().way.signIn(taskFor(site, ALICE, callback)));
    expect(failure).toMatchObject({ code: 'callback_refused', message: expect.stringMatching(/error_code 2$/) });
  });

  it.each([
    ['the one of the account', 'org-1', 'org-1'],
    ['none is named: the personal account', undefined, ''],
  ])('organisations at the callback - %s', async (_, organisationId, chosen) => {
    const site = await startedSite([{ ...ALICE, behaviour: 'organisations' }]);
    const callback = await startedCallback((url) => (url.pathname === '/auth/callback' ? ORGANISATIONS : FINE));
    const more = organisationId === undefined ? {} : { organisationId };
    await sharedWay().way.signIn(taskFor(site, ALICE, callback, more));
    const last = callback.calls.at(-1);
    expect(last?.pathname).toBe('/auth/loginWithOrganization');
    expect(last?.searchParams.get('organizationId')).toBe(chosen);
    expect(last?.searchParams.get('state')).toBe('f'.repeat(32));
  });

  it('organisations - none that fits: the operator is told which there are', async () => {
    const site = await startedSite([{ ...ALICE, behaviour: 'organisations' }]);
    const callback = await startedCallback(() => ORGANISATIONS);
    const failure = await settled(sharedWay().way.signIn(taskFor(site, ALICE, callback, { organisationId: 'org-9' })));
    expect(failure).toMatchObject({
      code: 'needs_organisation',
      organisations: [
        { id: '', name: 'Personal' },
        { id: 'org-1', name: 'Acme' },
      ],
    });
  });

  it('a window of its own that leaves the vendor - ends the login', async () => {
    const site = await startedSite([{ ...ALICE, behaviour: 'no-redirect' }]);
    const { way, browsers } = sharedWay();
    const task = taskFor(site, ALICE, await startedCallback());
    const failing = settled(way.signIn(task));
    await expect.poll(() => task.states, WAIT).toContain('waiting_for_callback');
    const page = await waitingPage(browsers);
    await page
      .evaluate((url) => void window.open(url), `${site.origins.foreign}/x?token=canary`)
      .catch(() => undefined);
    const failure = await failing;
    expect(failure).toMatchObject({ code: 'navigation_refused', retryable: false });
    expect(String(failure)).toContain('foreign.localhost');
    expect(String(failure)).not.toContain('canary');
  });

  it('a frame of another host - may be there, and gets nothing', async () => {
    const site = await startedSite([{ ...ALICE, behaviour: 'no-redirect' }]);
    const { way, browsers } = sharedWay();
    const abort = new AbortController();
    const task = taskFor(site, ALICE, await startedCallback(), { signal: abort.signal });
    const ending = settled(way.signIn(task));
    await expect.poll(() => task.states, WAIT).toContain('waiting_for_callback');
    const page = await waitingPage(browsers);
    await page.evaluate((url) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: url }));
    }, `${site.origins.foreign}/mini_login.htm`);
    await expect.poll(() => site.requests.some(({ origin }) => origin === 'foreign'), WAIT).toBe(true);
    abort.abort(new Error('enough'));
    expect(await ending).toEqual(new Error('enough'));
    expect(site.typed.filter(({ origin }) => origin === 'foreign')).toEqual([]);
  });

  it('a page that cannot be opened - fails without its address', async () => {
    const site = await startedSite([ALICE]);
    const task = {
      ...taskFor(site, ALICE, await startedCallback()),
      url: 'http://127.0.0.1:1/lingma/login?nonce=canary',
    };
    const failure = await settled(sharedWay().way.signIn(task));
    expect(failure).toMatchObject({ code: 'browser_failed', retryable: true });
    expect(String(failure)).not.toContain('canary');
  });

  it('a picture of a failure - where it is asked for, for its owner alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'login-pictures-'));
    try {
      const site = await startedSite([{ ...ALICE, behaviour: 'wrong-password' }]);
      const callback = await startedCallback();
      await settled(sharedWay().way.signIn(taskFor(site, ALICE, callback)));
      expect(await readdir(folder)).toEqual([]);
      await settled(sharedWay({ screenshotDir: folder }).way.signIn(taskFor(site, ALICE, callback)));
      expect(await readdir(folder)).toEqual(['login-failure.png']);
      const { mode, size } = await stat(join(folder, 'login-failure.png'));
      expect(mode & 0o777).toBe(0o600);
      expect(size).toBeGreaterThan(1000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
