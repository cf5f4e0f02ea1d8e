import type { Clock } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import type { Organisation } from '../login-failure.js';
import { classifyPage } from './classify-page.js';
import type { PageView } from './page-view.js';
import type { SignInPage } from './sign-in-page.js';
import { isRamUser, type SignInTask, STEP_LIMIT_MS, signInSteps } from './sign-in-steps.js';
import { frameView, HTTP_PORT, pageView } from './testing/views.js';

const CHOICE = pageView({ marks: ['accountTab'] });
const FORM = pageView({ marks: ['accountTab', 'accountName', 'accountPassword', 'accountSubmit'] });
const WAITING = pageView({ lines: ['正在跳转'] });
const UNKNOWN = pageView({ lines: ['新版'] });
const SLIDER = pageView({ marks: ['slider'] });
const DONE = pageView({}, { url: `http://127.0.0.1:${HTTP_PORT}/auth/callback`, errorCode: 0 });
const PERSONAL: Organisation = { id: '', name: 'Personal' };
const ACME: Organisation = { id: 'org-1', name: 'Acme' };
const organisations = (...offered: Organisation[]): PageView =>
  pageView({}, { url: DONE.url, selectAccount: true, organisations: offered });

/** Time passes as soon as somebody waits for it. */
function rushingClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    schedule(ms, callback) {
      const timer = setImmediate(() => {
        now += ms;
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** Shows one view after the other, the last one for ever, and writes down what is done. */
function scripted(
  views: readonly PageView[],
  hasRamForm = true,
  moves = 0,
): { readonly page: SignInPage; readonly acts: string[] } {
  const acts: string[] = [];
  let looks = 0;
  const note = (act: string) => async (): Promise<void> => void acts.push(act);
  const page: SignInPage = {
    async look() {
      const view = views[Math.min(looks, views.length - 1)] as PageView;
      looks += 1;
      return { view, finding: classifyPage(view, HTTP_PORT), navigations: Math.min(looks, moves) };
    },
    chooseAccountTab: async (attempt) => void acts.push(`tab ${attempt}`),
    goToRamForm: async () => {
      acts.push('ram form');
      return hasRamForm;
    },
    fillAccount: note('account'),
    fillRamName: note('ram name'),
    fillRamPassword: note('ram password'),
    press: async (button) => void acts.push(`press ${button}`),
    goOnWithOrganisation: async (id) => void acts.push(`organisation ${id}`),
  };
  return { page, acts };
}

async function run(
  views: readonly PageView[],
  task: Partial<SignInTask> = {},
  hasRamForm = true,
): Promise<{
  readonly acts: string[];
  readonly states: readonly string[];
  readonly failure: unknown;
  readonly ms: number;
}> {
  const { page, acts } = scripted(views, hasRamForm);
  const states: string[] = [];
  const clock = rushingClock();
  const whole: SignInTask = {
    username: 'alice',
    password: 'secret',
    headed: false,
    deadline: 180_000,
    signal: new AbortController().signal,
    onState: (state) => {
      if (states.at(-1) !== state) states.push(state);
    },
    ...task,
  };
  const failure = await signInSteps(page, whole, clock).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return { acts, states, failure, ms: clock.now() };
}

const many = (view: PageView, looks: number): PageView[] => Array.from({ length: looks }, () => view);

describe('signInSteps()', () => {
  it('the whole way - each act once', async () => {
    const consent = pageView({ lines: ['授权'], buttons: ['同意'] });
    const { acts, states, failure } = await run([
      ...[
        pageView(),
        CHOICE,
        FORM,
        FORM,
        FORM,
        WAITING,
        consent,
        consent,
        WAITING,
        organisations(PERSONAL, ACME),
        DONE,
      ],
    ]);
    expect(failure).toBeUndefined();
    expect(acts).toEqual(['tab 0', 'account', 'press 同意', 'organisation ']);
    expect(states).toEqual(['waiting_for_browser', 'filling', 'waiting_for_callback']);
  });

  it('a tab that does nothing - the next spelling is tried', async () => {
    const { acts } = await run([...many(CHOICE, 30), FORM, DONE]);
    expect(acts.slice(0, 3)).toEqual(['tab 0', 'tab 1', 'tab 2']);
  });

  it('a RAM user - goes to its form, name then password', async () => {
    const name = pageView({ marks: ['ramName', 'ramNext'] });
    const password = pageView({ marks: ['ramPassword', 'ramSubmit'] });
    const task = { username: 'alice@acme.onaliyun.com' };
    expect((await run([FORM, name, name, password, password, DONE], task)).acts).toEqual([
      ...['ram form', 'ram name', 'ram password'],
    ]);
    expect((await run([FORM, FORM, DONE], task, false)).acts).toEqual(['ram form', 'account']);
  });

  const FAILURES: readonly (readonly [string, readonly PageView[], Partial<SignInTask>, object])[] = [
    ['wrong password', [FORM, pageView({ error: '密码错误' })], {}, { code: 'wrong_password', retryable: false }],
    ['locked', [FORM, pageView({ error: '账号已锁定' })], {}, { code: 'account_locked', retryable: false }],
    ['slider', [FORM, SLIDER], {}, { code: 'challenge', retryable: false }],
    ['sms', [FORM, pageView({ marks: ['smsField'] })], {}, { code: 'challenge', retryable: false }],
    ['sms under the tabs', [FORM, pageView({ marks: ['smsField', 'accountTab'] })], {}, { code: 'challenge' }],
    ['terms', [pageView({ lines: ['服务协议'] })], {}, { code: 'terms_refused', retryable: false }],
    ['unknown', [UNKNOWN], {}, { code: 'page_not_understood' }],
    ['a form that does not answer', [FORM], {}, { code: 'timeout', retryable: true }],
    ['never redirected', [FORM, WAITING], {}, { code: 'timeout', retryable: true }],
    ['an error', [pageView({ error: '系统繁忙' })], {}, { code: 'browser_failed', retryable: true }],
    ['a busy form', [FORM, pageView({ error: '系统繁忙' })], {}, { code: 'browser_failed', retryable: true }],
    [
      'a form in words that nobody knows',
      [FORM, pageView({ error: 'E-42' })],
      {},
      { code: 'browser_failed', retryable: false },
    ],
    ['a callback refused', [{ ...DONE, errorCode: 2 }], {}, { code: 'callback_refused', retryable: true }],
    [
      'several organisations, and no personal account',
      [organisations(ACME, { id: 'org-2', name: 'Labs' })],
      {},
      { code: 'needs_organisation', organisations: [ACME, { id: 'org-2', name: 'Labs' }] },
    ],
    [
      'no organisation that was named',
      [organisations(PERSONAL, ACME)],
      { organisationId: 'org-9' },
      { code: 'needs_organisation', retryable: false, organisations: [PERSONAL, ACME] },
    ],
  ];
  it.each(FAILURES)('%s - fails in its own words', async (_, views, task, expected) => {
    const { failure } = await run(views, task);
    expect(failure).toMatchObject({ name: 'LoginFailure', ...expected });
    expect(String(failure)).not.toMatch(/alice|secret/);
  });

  it('a step that does not go on - ends after 30 s, however the pages before it took', async () => {
    const { ms, failure } = await run([...many(WAITING, 80), UNKNOWN]);
    expect(failure).toMatchObject({ code: 'page_not_understood' });
    expect(ms).toBeGreaterThanOrEqual(20_000 + STEP_LIMIT_MS);
    expect(ms).toBeLessThan(20_000 + STEP_LIMIT_MS + 1000);
  });

  it('redirects that are long in coming - are no standstill', async () => {
    const clock = rushingClock();
    const { page } = scripted([...many(FORM, 400), DONE], true, 400);
    const { signal } = new AbortController();
    const task = { username: 'a', password: 'b', headed: false, deadline: 1, signal, onState: () => undefined };
    await signInSteps(page, task, clock);
    expect(clock.now()).toBeGreaterThan(STEP_LIMIT_MS * 2);
  });

  it('a form that never comes - is a page that nobody understands', async () => {
    expect((await run([CHOICE])).failure).toMatchObject({ code: 'page_not_understood' });
  });

  it('a challenge with a window - waits for the person and goes on by itself', async () => {
    const { states, failure, acts } = await run([FORM, ...many(SLIDER, 400), WAITING, DONE], { headed: true });
    expect(failure).toBeUndefined();
    expect(states).toContain('challenge');
    expect(acts).toEqual(['account']);
  });

  it('nobody to type for - everything is left to the person', async () => {
    const { page, acts } = scripted([CHOICE, ...many(FORM, 400), pageView({ error: '密码错误' }), FORM, WAITING, DONE]);
    const { signal } = new AbortController();
    await signInSteps(page, { headed: true, deadline: 1, signal, onState: () => undefined }, rushingClock());
    expect(acts).toEqual([]);
  });

  it('a confirm button that stays - is pressed once', async () => {
    const { acts } = await run([...many(pageView({ lines: ['继续使用'], buttons: ['继续'] }), 20), DONE]);
    expect(acts).toEqual(['press 继续']);
  });

  it('one organisation alone - is taken', async () => {
    expect((await run([organisations(ACME), DONE])).acts).toEqual(['organisation org-1']);
  });

  it('organisations that come late - are waited for', async () => {
    const { acts } = await run([organisations(), organisations(ACME, PERSONAL), DONE], { organisationId: 'org-1' });
    expect(acts).toEqual(['organisation org-1']);
  });

  it('an abort - ends with its reason', async () => {
    const abort = new AbortController();
    const { page } = scripted([WAITING]);
    const task: SignInTask = { headed: true, deadline: 1, signal: abort.signal, onState: () => abort.abort('stop') };
    await expect(signInSteps(page, task, rushingClock())).rejects.toBe('stop');
  });

  it('a mark in another frame - is found there', async () => {
    const framed = pageView(
      {},
      { frames: [frameView({ lines: ['x'] }), frameView({ marks: ['accountName', 'accountPassword'] })] },
    );
    expect((await run([framed, DONE])).acts).toEqual(['account']);
  });
});

describe('isRamUser()', () => {
  it.each([
    ['alice@acme.onaliyun.com', true],
    ['alice@123456.onaliyun.com', true],
    ['alice@acme', true],
    ['alice@example.com', false],
    ['alice', false],
    ['13800000000', false],
    ['alice@onaliyun.com.evil.example', false],
  ])('%s - %s', (name, expected) => {
    expect(isRamUser(name)).toBe(expected);
  });
});
