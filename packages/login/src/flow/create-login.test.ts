/** Logins over a clock that the test moves: limits, tries, waits, and what is told of a flow that is over. */
import { GatewayError, type LoginRequest, type LoginTask, Secret } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import type { BrowserTask } from '../browser-way.js';
import { LoginFailure, type LoginFailureCode } from '../login-failure.js';
import { createLogin } from './create-login.js';
import type { LoginAccount } from './login-account.js';
import { TestClock } from './testing/test-clock.js';

const PORT = 37510;
const ACCOUNT: LoginAccount = { username: new Secret('canary'), password: new Secret('canary') };

/** A process that gives a new address each time and never says that somebody is signed in, unless `loggedIn` is set. */
function setUp(fails: readonly (LoginFailureCode | undefined)[] = [], options: Parameters<typeof createLogin>[0] = {}) {
  const clock = new TestClock();
  const state = { loggedIn: false, isSilent: false, asked: 0 };
  const tasks: { readonly url: string; readonly at: number; readonly password?: string }[] = [];
  const client = {
    ask: async () => ({ url: `https://devops.aliyun.com/lingma/login?nonce=n${++state.asked}&port=${PORT}` }),
    checkLogin: async () => state.loggedIn,
    queryModels: async () => ({ chat: [{ key: 'auto' }] }),
    status: () => ({ loggedIn: state.loggedIn }),
    on: () => () => undefined,
  } as unknown as LoginTask['client'];
  const signIn = async ({ url, password }: BrowserTask): Promise<void> => {
    const code = fails[tasks.length];
    tasks.push({ url, at: clock.now(), ...(password !== undefined && { password }) });
    if (code !== undefined) throw new LoginFailure(code, 'as the test wants it');
    state.loggedIn = !state.isSilent;
  };
  const service = createLogin({
    ...{ clock, stampOf: async () => 'steady', loadBrowser: async () => ({ signIn }) },
    ...options,
  });
  const login = (request?: LoginRequest, account: LoginAccount = ACCOUNT): Promise<unknown> =>
    service
      .login({
        ...{ instance: 'inst-0', client, account, process: () => ({ httpPort: PORT, workDir: '/w' }) },
        ...(request !== undefined && { request }),
        signal: new AbortController().signal,
      })
      .then(
        () => 'signed in',
        (error: unknown) => error,
      );
  return { clock, state, tasks, service, login, report: () => service.report('inst-0') };
}

const codeOf = (thrown: unknown): unknown => (GatewayError.isInstance(thrown) ? thrown.code : thrown);

describe('a pasted address', () => {
  it('that nobody brings for ten minutes - the flow is over, and told as too late', async () => {
    const { clock, service, login, report } = setUp();
    const ids: string[] = [];
    const ending = login({ way: 'paste', onUrl: (invitation) => void ids.push(invitation.id) });
    await clock.pass(10 * 60_000 - 1);
    expect(report()).toMatchObject({ state: 'waiting_for_paste', running: true, expiresAt: 600_000 });
    await clock.pass(1);
    expect(await ending).toMatchObject({ code: 'timeout' });
    expect(report()).toMatchObject({ state: 'failed', running: false, maxAttempts: 1, lastError: { code: 'timeout' } });
    const late = service.callback(ids[0] as string, `http://127.0.0.1:${PORT}/auth/callback?state=n1&auth=a&token=t`);
    expect(await late.catch(codeOf)).toBe('login_flow_expired');
    const nobody = service.callback('nobody', 'http://127.0.0.1/');
    expect(await nobody.catch(codeOf)).toBe('no_such_flow');
  });

  it('an address of a flow before - told as too late, too', async () => {
    const { clock, service, login } = setUp();
    const ids: string[] = [];
    for (let flow = 0; flow < 2; flow++) {
      const ending = login({ way: 'paste', onUrl: ({ id }) => void ids.push(id) });
      await clock.pass(1000);
      service.cancel('inst-0');
      expect(await ending).toMatchObject({ code: 'cancelled', needsPerson: true });
    }
    expect(new Set(ids).size).toBe(2);
    const late = service.callback(ids[0] as string, `http://127.0.0.1:${PORT}/auth/callback?state=n1`);
    expect(await late.catch(codeOf)).toBe('login_flow_expired');
  });
});

describe('tries', () => {
  it('that fail - 5 s, then 30 s between them, and an address of its own for each', async () => {
    const { clock, tasks, login, report } = setUp(['timeout', 'browser_failed', 'timeout', 'timeout'], {
      maxAttempts: 4,
    });
    const ending = login();
    await clock.pass(200_000);
    expect(tasks.map(({ at }) => at)).toEqual([0, 5_000, 35_000, 65_000]);
    expect(new Set(tasks.map(({ url }) => url)).size).toBe(4);
    expect(await ending).toMatchObject({ code: 'timeout', needsPerson: false });
    expect(report()).toMatchObject({ state: 'failed', attempt: 4, maxAttempts: 4, way: 'browser' });
  });

  it('the default - two, and the second may succeed', async () => {
    const { clock, tasks, login, report } = setUp(['timeout']);
    const ending = login();
    await clock.pass(5_000);
    expect(tasks).toHaveLength(2);
    await clock.pass(60_000);
    expect(await ending).toBe('signed in');
    expect(report()).toMatchObject({ state: 'logged_in', attempt: 2, maxAttempts: 2 });
    expect(report()?.lastError).toBeUndefined();
  });

  it.each([0, -1, 1])('%d of them wanted - one', async (maxAttempts) => {
    const { clock, tasks, login } = setUp(['timeout', 'timeout'], { maxAttempts });
    const ending = login();
    await clock.pass(200_000);
    expect([tasks.length, await ending]).toEqual([1, expect.objectContaining({ code: 'timeout' })]);
  });

  it.each<[LoginFailureCode, string]>([
    ['wrong_password', 'failed'],
    ['navigation_refused', 'failed'],
    ['challenge', 'needs_attention'],
    ['account_locked', 'needs_attention'],
    ['terms_refused', 'needs_attention'],
    ['needs_organisation', 'needs_organisation'],
    ['browser_unavailable', 'unavailable'],
  ])('%s - is not tried again, and leaves %s', async (code, state) => {
    const { clock, tasks, login, report } = setUp([code]);
    const ending = login();
    await clock.pass(600_000);
    expect(await ending).toMatchObject({ code, needsPerson: state !== 'failed' });
    expect([tasks.length, report()?.state]).toEqual([1, state]);
  });

  it('one that takes longer than its limit - ends with it, however far it is', async () => {
    const { clock, tasks, login, report, state } = setUp([], { timeoutMs: 20_000, maxAttempts: 2 });
    // The page is through; the process says nothing of it.
    state.isSilent = true;
    const ending = login();
    await clock.pass(0);
    expect(report()?.state).toBe('verifying');
    await clock.pass(19_999);
    expect(tasks).toHaveLength(1);
    state.isSilent = false;
    await clock.pass(5_001);
    expect(tasks).toHaveLength(2);
    await clock.pass(60_000);
    expect(await ending).toBe('signed in');
  });

  it('a token that is refused - the browser is next', async () => {
    const clock = new TestClock();
    const account = { ...ACCOUNT, personalToken: new Secret('t'), userId: new Secret('u') };
    const failing = { success: false, errorCode: 401 };
    const service = createLogin({
      clock,
      stampOf: async () => 's',
      loadBrowser: async () => ({ signIn: async () => undefined }),
    });
    const client = {
      ask: async (_: string, { loginType }: { readonly loginType?: string }) =>
        loginType === 'personalToken' ? failing : { login_url: `https://qoder.com/l?port=${PORT}` },
      checkLogin: async () => true,
      queryModels: async () => [1],
      status: () => ({ loggedIn: false }),
      on: () => () => undefined,
    } as unknown as LoginTask['client'];
    const { signal } = new AbortController();
    const ending = service.login({ instance: 'x', client, account, process: () => ({ httpPort: PORT }), signal });
    await clock.pass(10_000);
    await ending;
    expect(service.report('x')).toMatchObject({ state: 'logged_in', way: 'browser', attempt: 1 });
  });
});
