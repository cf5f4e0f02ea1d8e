/** Instances are signed in: by bundle, token, browser and pasted address, over processes of the gateway's own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoginFailure } from '@lingma-gateway/login';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Answer, CANARY, callbackOf, cleanUp, fakeBrowser, folder, type House, openHouse } from './login-house.js';

afterEach(cleanUp);

const start = (house: House, query = ''): Promise<Answer> => house.call('POST', `/internal/auto-login/start?${query}`);
const paste = async (house: House, url: string, id: string) =>
  house.call('POST', '/internal/auto-login/callback', { id, callback_url: url });
/** What the test itself tells the simulator: which token it is to take. */
const SIMULATED = /(?:^|\0)LINGMA_SIMULATOR_ARGS=[^\0]*/g;
/** Everything that somebody could look at. */
async function shown(house: House): Promise<string> {
  const pages = await Promise.all(
    [
      '/internal/auto-login/status',
      '/internal/instances',
      '/internal/effective-config',
      '/internal/stats',
      '/internal/debug/requests',
    ].map(async (path) => (await house.call('GET', path)).text),
  );
  // What other users of this machine can see of the process, and what it was started with.
  const { pid } = JSON.parse(readFileSync(join(house.workDir, '.info.json'), 'utf8')) as { pid: number };
  const ofProcess = ['cmdline', 'environ'].map((name) => `/proc/${pid}/${name}`).filter((path) => existsSync(path));
  return [
    ...pages,
    await house.metrics(),
    ...house.logged,
    ...ofProcess.map((path) => readFileSync(path, 'utf8').replace(SIMULATED, '')),
  ].join('\n');
}
const codeOf = ({ status, body }: Answer): unknown[] => [status, body.error?.code];

describe('paste-back', () => {
  it('the address is told once, what the browser ended at signs in, and turns run', async () => {
    const house = openHouse();
    await house.whenState('needed');
    expect((await house.ask()).status).toBe(503);
    const begun = await start(house, 'instance=inst-0&way=paste');
    expect([begun.status, begun.headers.get('cache-control')]).toEqual([202, 'no-store']);
    const { id, login_url: url } = begun.body;
    expect(begun.body).toEqual({
      ...{ instance: 'inst-0', id: expect.any(String), state: 'waiting_for_paste' },
      ...{
        expires_at: expect.stringMatching(/^\d{4}-/),
        login_url: expect.stringMatching(/^https:\/\/devops\.aliyun\.com\//),
      },
    });
    const again = await start(house, 'instance=inst-0&way=paste');
    expect([again.status, again.body.id, again.body.login_url]).toEqual([202, id, undefined]);

    const callback = callbackOf(url);
    const wrong = [
      callback.replace('http:', 'https:'),
      callback.replace('127.0.0.1', '127.0.0.2'),
      callback.replace('127.0.0.1', 'evil.example'),
      callback.replace(/:(\d+)\//, (_, port: string) => `:${Number(port) + 1}/`),
      callback.replace('/auth/callback', '/auth/start'),
      callback.replace(/state=[^&]*/, 'state='),
      `${callback}&pad=${'x'.repeat(17_000)}`,
      'not an address',
    ];
    for (const bad of wrong) expect(codeOf(await paste(house, bad, id))).toEqual([400, 'bad_callback_url']);
    expect(codeOf(await paste(house, callback, 'nobody'))).toEqual([404, 'no_such_flow']);

    const accepted = await paste(house, callback.replace('127.0.0.1', 'localhost'), id);
    expect([accepted.status, accepted.body.state]).toEqual([200, 'verifying']);
    expect(await house.whenState('logged_in')).toMatchObject({ logged_in: true, id, way: 'paste', last_error: null });
    expect((await house.ask()).status).toBe(200);
    expect(codeOf(await paste(house, callback, id))).toEqual([409, 'login_nonce_used']);
    expect((await start(house, 'instance=inst-0')).body).toEqual({ state: 'logged_in' });
    expect((await house.call('GET', '/internal/instances')).body.instances[0].login_state).toBe('logged_in');
    const metrics = await house.metrics();
    expect(metrics).toContain('gateway_login_attempts_total{name="inst-0",result="success"} 1');
    expect(metrics).toContain('gateway_pool_instance_login_state{name="inst-0",idx="0",state="logged_in"} 1');
    const everything = await shown(house);
    for (const secret of [new URL(url).searchParams.get('nonce') as string, 'opaque-auth', 'opaque-token']) {
      expect(everything).not.toContain(secret);
    }
  });

  it('forced - although somebody is signed in; the address decides, without a name the router', async () => {
    const house = openHouse({}, { simulator: '' });
    await house.whenState('logged_in');
    expect((await start(house, 'way=paste&force=false')).body).toEqual({ state: 'logged_in' });
    const { status, body } = await start(house, 'way=paste&force=true');
    expect([status, body.instance, body.state]).toEqual([202, 'inst-0', 'waiting_for_paste']);
    expect((await paste(house, callbackOf(body.login_url), body.id)).status).toBe(200);
    expect(await house.whenState('logged_in')).toMatchObject({ id: body.id, way: 'paste' });
  });

  it('an address that Lingma does not accept - 409, and the login is over', async () => {
    const house = openHouse();
    await house.whenState('needed');
    const { body } = await start(house, 'way=paste');
    expect(codeOf(await paste(house, callbackOf(body.login_url, 'a', ''), body.id))).toEqual([409, 'login_nonce_used']);
    expect(await house.whenState('failed')).toMatchObject({ last_error: { code: 'login_nonce_used' } });
    expect(codeOf(await paste(house, callbackOf(body.login_url), body.id))).toEqual([409, 'login_nonce_used']);
  });

  it('cancelled, or not answered in ten minutes - over', async () => {
    const house = openHouse();
    await house.whenState('needed');
    const first = (await start(house, 'way=paste')).body;
    const cancelled = await house.call('DELETE', '/internal/auto-login?instance=inst-0');
    expect(cancelled.body).toEqual({ instance: 'inst-0', cancelled: true, state: 'cancelled' });
    expect(codeOf(await paste(house, callbackOf(first.login_url), first.id))).toEqual([410, 'login_flow_expired']);
    expect((await house.call('DELETE', '/internal/auto-login?instance=inst-0')).body.cancelled).toBe(false);
    const second = (await start(house, 'way=paste')).body;
    expect(second.id).not.toBe(first.id);
  });

  it.each([
    [undefined, '=Personal,org-1=Tea', 'logged_in'],
    ['org-1', '=Personal,org-1=Tea', 'logged_in'],
    ['org-2', '=Personal,org-1=Tea', 'needs_organisation'],
    [undefined, 'org-1=Tea,org-3=Rice', 'needs_organisation'],
  ] as const)('organisation %s of %s - %s', async (org, organisations, state) => {
    const house = openHouse(
      {
        AUTO_LOGIN_ENABLED: 'false',
        ...(org !== undefined && { LINGMA_GATEWAY_ORG_ID: org, LINGMA_USERNAME: 'u', LINGMA_PASSWORD: 'p' }),
      },
      { simulator: `--logged-out --organisations ${organisations}` },
    );
    await house.whenState('needed');
    const { body } = await start(house, 'way=paste');
    const accepted = await paste(house, callbackOf(body.login_url), body.id);
    expect(accepted.status).toBe(200);
    const seen = await house.whenState(state);
    if (state === 'needs_organisation')
      expect(seen.organisations.at(-1)).toEqual({ id: expect.any(String), name: expect.any(String) });
  });

  it.each([
    ['http', 'bad_login_url'],
    ['foreign', 'bad_login_url'],
    ['other-port', 'bad_login_url'],
    ['no-port', 'bad_login_url'],
  ])('an address that is %s - %s, and nobody is sent there', async (form, code) => {
    const house = openHouse({}, { simulator: `--logged-out --login-url-form ${form}` });
    await house.whenState('needed');
    const { status, body, text } = await start(house, 'way=paste');
    expect([status, body.error.details]).toEqual([502, { login_error: code }]);
    expect(text).not.toMatch(/https?:/);
    expect(await house.status()).toMatchObject({ state: 'failed', last_error: { code } });
  });

  it.each(['login-url', 'snake', 'generate'])('the address comes as %s - understood', async (from) => {
    const house = openHouse({}, { simulator: `--logged-out --login-url-from ${from} --login-url-form wrapped` });
    await house.whenState('needed');
    const { body } = await start(house, 'way=paste');
    const inner = new URL(body.login_url).searchParams.get('oauth_callback') as string;
    await paste(house, callbackOf(inner), body.id);
    await house.whenState('logged_in');
  });
});

describe('token', () => {
  const TOKEN = { LINGMA_GATEWAY_PERSONAL_TOKEN: CANARY.token, LINGMA_GATEWAY_USER_ID: CANARY.user };

  it('one that Lingma takes - signed in by itself, and shown nowhere', async () => {
    const house = openHouse(TOKEN, {
      simulator: `--logged-out --personal-token ${CANARY.user}:${CANARY.token} --login-status-delay 300 --login-file-delay 300 --models-empty-calls 2`,
    });
    expect(await house.whenState('logged_in')).toMatchObject({ way: 'token', attempt: 1, max_attempts: 2 });
    const everything = await shown(house);
    for (const secret of Object.values(CANARY)) expect(everything).not.toContain(secret);
  });

  it('keys - taken too; a refused token - once, then it rests for a quarter of an hour', async () => {
    const keys = openHouse(
      { LINGMA_GATEWAY_ACCESS_KEY: 'ak', LINGMA_GATEWAY_SECRET_KEY: 'sk' },
      { simulator: '--logged-out --access-keys ak:sk' },
    );
    await keys.whenState('logged_in');
    const house = openHouse(TOKEN, { simulator: '--logged-out --personal-token other:token' });
    const seen = await house.whenState('failed');
    expect(seen).toMatchObject({ attempt: 1, last_error: { code: 'token_refused' } });
    expect(Date.parse(seen.next_retry_at) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(await shown(house)).not.toContain(CANARY.token);
  });

  it.each(['', ' --no-update-endpoint'])('an enterprise’s service%s - is named before', async (more) => {
    const domain = 'https://lingma.example.com';
    const house = openHouse(
      { ...TOKEN, DEDICATED_DOMAIN_URL: domain },
      { simulator: `--logged-out --personal-token ${CANARY.user}:${CANARY.token} --dedicated-domain ${domain}${more}` },
    );
    await house.whenState('logged_in');
  });

  it('nothing to sign in with, or logins by itself are off - needed, and a way that is asked for says what is missing', async () => {
    const house = openHouse({ ...TOKEN, AUTO_LOGIN_ENABLED: 'false' }, { simulator: '--logged-out' });
    await house.whenState('needed');
    expect(codeOf(await start(house, 'way=browser'))).toEqual([409, 'no_login_way']);
    expect(codeOf(await start(house, 'way=magic'))).toEqual([400, null]);
    expect(codeOf(await start(house, 'instance=nobody'))).toEqual([404, 'instance_not_found']);
    expect((await house.call('GET', '/internal/auto-login/status')).body.enabled).toBe(false);
    await house.gateway.pool.drain('inst-0');
    expect(codeOf(await start(house, 'instance=inst-0'))).toEqual([409, 'instance_not_running']);
    expect(codeOf(await start(house))).toEqual([409, 'instance_not_running']);
  });
});

describe('browser', () => {
  const ACCOUNT = { LINGMA_USERNAME: CANARY.user, LINGMA_PASSWORD: CANARY.password };

  it('user and password - handed to the browser with an address that is checked; tries have addresses of their own', async () => {
    let fails = 1;
    const browser = fakeBrowser(() => (fails-- > 0 ? new LoginFailure('timeout', 'too slow') : undefined));
    const house = openHouse(ACCOUNT, { loadBrowser: async () => browser.way });
    expect(await house.whenState('logged_in')).toMatchObject({ way: 'browser', attempt: 2 });
    const [first, second] = browser.tasks;
    expect(first).toMatchObject({ username: CANARY.user, password: CANARY.password, headed: false });
    expect(second?.url).not.toBe(first?.url);
    const allowed = (url: string) => second?.isAllowedUrl(url);
    expect(allowed('https://passport.aliyun.com/mini_login.htm')).toBe(true);
    expect(allowed(`http://127.0.0.1:${second?.httpPort}/auth/callback`)).toBe(true);
    for (const url of [
      'http://passport.aliyun.com/',
      'https://evil-aliyun.com/',
      'https://aliyun.com.evil.example/',
      'http://127.0.0.1:1/',
    ]) {
      expect([url, allowed(url)]).toEqual([url, false]);
    }
    const everything = await shown(house);
    for (const secret of [...Object.values(CANARY), new URL(first?.url as string).searchParams.get('nonce')]) {
      expect(everything).not.toContain(secret);
    }
  });

  it.each(['finish', 'rpc-error'])(
    'the login is lost unseen - a turn that fails for it (%s) begins another',
    async (how) => {
      const browser = fakeBrowser();
      const simulator = `--logged-out --not-logged-in ${how}`;
      const house = openHouse(ACCOUNT, { loadBrowser: async () => browser.way, simulator });
      expect(await house.whenState('logged_in')).toMatchObject({ user: 'c***' });
      rmSync(join(house.workDir, 'cache/user'));
      expect((await house.ask()).status).toBe(503);
      await vi.waitFor(() => expect(browser.tasks).toHaveLength(2), { timeout: 20_000 });
      await house.whenState('logged_in');
      expect((await house.ask()).status).toBe(200);
    },
  );

  it('three instances, one wrong password - two are ready, one has failed and waits; turns go on', async () => {
    const browser = fakeBrowser(({ password }) =>
      password === 'wrong' ? new LoginFailure('wrong_password', 'The page says that the password is wrong') : undefined,
    );
    const house = openHouse(
      { LINGMA_ACCOUNTS: 'one:right,two:wrong,three:right' },
      { loadBrowser: async () => browser.way },
    );
    await house.whenState('logged_in', 'inst-0');
    await house.whenState('logged_in', 'inst-2');
    const failed = await house.whenState('failed', 'inst-1');
    expect(failed).toMatchObject({ logged_in: false, attempt: 1, last_error: { code: 'wrong_password' } });
    expect(failed.next_retry_at).toEqual(expect.any(String));
    expect(browser.tasks.filter(({ password }) => password === 'wrong')).toHaveLength(1);
    expect((await house.ask()).status).toBe(200);
    expect(await house.metrics()).toContain('gateway_login_attempts_total{name="inst-1",result="wrong_password"} 1');
  });

  it.each([
    ['challenge', 'needs_attention'],
    ['account_locked', 'needs_attention'],
    ['browser_unavailable', 'unavailable'],
  ] as const)('%s - %s, not tried again by itself; a pasted address then signs in', async (code, state) => {
    const browser = fakeBrowser(() => new LoginFailure(code, 'not by itself'));
    const house = openHouse(ACCOUNT, { loadBrowser: async () => browser.way });
    expect(await house.whenState(state)).toMatchObject({ attempt: 1, next_retry_at: null, last_error: { code } });
    const { body } = await start(house, 'way=paste');
    await paste(house, callbackOf(body.login_url), body.id);
    await house.whenState('logged_in');
    expect(browser.tasks).toHaveLength(1);
  });

  it('signed out under load - turns go elsewhere, the login runs, the instance comes back', async () => {
    const browser = fakeBrowser();
    const house = openHouse({ LINGMA_ACCOUNTS: 'one:p,two:p' }, { loadBrowser: async () => browser.way });
    await house.whenState('logged_in', 'inst-0');
    await house.whenState('logged_in', 'inst-1');
    expect(codeOf(await house.call('POST', '/internal/auto-login/logout?instance=inst-0', {}))).toEqual([400, null]);
    const answers = Array.from({ length: 12 }, () => house.ask('@sim {"text":"fine","chunks":5,"delayMs":20}'));
    expect((await house.call('POST', '/internal/auto-login/logout?instance=inst-0', { confirm: true })).status).toBe(
      200,
    );
    answers.push(...Array.from({ length: 12 }, () => house.ask()));
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await house.whenState('logged_in', 'inst-0');
    expect(browser.tasks).toHaveLength(3);
  });
});

describe('session bundles', () => {
  /** A login made on a machine, and taken away from it. */
  async function exported(): Promise<Answer> {
    const house = openHouse({}, { simulator: '' });
    await house.whenState('logged_in');
    const answer = await house.call('POST', '/internal/session/export?instance=inst-0');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await house.metrics()).toContain('gateway_session_bundles_total{name="inst-0",direction="export"} 1');
    const log = house.logged.join('\n');
    expect(log).toContain(answer.body.sha256.slice(0, 12));
    expect(log).not.toContain(answer.body.bundle_b64.slice(40, 80));
    expect((await house.call('GET', '/internal/session/export')).status).toBe(405);
    await house.close();
    return answer.body;
  }

  it('exported, and started with elsewhere without credentials - signed in, no browser', async () => {
    const bundle = await exported();
    expect(bundle).toMatchObject({
      ...{ instance: 'inst-0', files: ['cache/id', 'cache/quota', 'cache/config.json', 'cache/user'] },
      ...{ bytes: Buffer.from(bundle.bundle_b64, 'base64').byteLength, bundle_b64: expect.stringMatching(/^H4sI/) },
    });
    const browser = fakeBrowser();
    const house = openHouse({ LINGMA_SESSION_BUNDLE: bundle.bundle_b64 }, { loadBrowser: async () => browser.way });
    await house.whenState('logged_in');
    expect((await house.ask()).status).toBe(200);
    expect(browser.tasks).toEqual([]);
    expect(await shown(house)).not.toContain(bundle.bundle_b64.slice(40, 80));
    expect(readdirSync(join(house.workDir, 'cache')).filter((name) => name.startsWith('.bundle-'))).toEqual([]);
  });

  it('a broken one, with an account - a warning that says nothing of it, and the browser', async () => {
    const browser = fakeBrowser();
    const house = openHouse(
      { LINGMA_SESSION_BUNDLE: 'H4sICANARYbroken', LINGMA_USERNAME: 'u', LINGMA_PASSWORD: 'p' },
      { loadBrowser: async () => browser.way },
    );
    await house.whenState('logged_in');
    expect(browser.tasks).toHaveLength(1);
    expect(house.logged.join('\n')).toContain('A session bundle is not used');
    expect(house.logged.join('\n')).not.toContain('CANARY');
  });

  it('where somebody is signed in - stays out, unless it is forced, which keeps what was there', async () => {
    const { bundle_b64: text } = await exported();
    const workDir = folder();
    mkdirSync(join(workDir, 'cache'));
    writeFileSync(join(workDir, 'cache/user'), 'another login');
    const user = () => readFileSync(join(workDir, 'cache/user'), 'utf8');
    const kept = openHouse({ LINGMA_SESSION_BUNDLE: text }, { workDir });
    await kept.whenState('needed');
    expect(user()).toBe('another login');
    await kept.close();
    const forced = openHouse({ LINGMA_SESSION_BUNDLE: text, LINGMA_SESSION_BUNDLE_FORCE: 'true' }, { workDir });
    await forced.whenState('logged_in');
    const [before] = readdirSync(join(workDir, 'cache')).filter((name) => name.startsWith('.before-bundle-'));
    expect(readFileSync(join(workDir, 'cache', before as string, 'user'), 'utf8')).toBe('another login');
  });

  it('imported - takes the place of the login; one that does not work, or is none, leaves it as it was', async () => {
    const { bundle_b64: text } = await exported();
    const house = openHouse();
    await house.whenState('needed');
    expect(codeOf(await house.call('POST', '/internal/session/export'))).toEqual([409, 'not_logged_in']);
    const imported = await house.call('POST', '/internal/session/import?instance=inst-0', { bundle_b64: text });
    expect([imported.status, imported.body.state]).toEqual([200, 'logged_in']);
    await house.whenState('logged_in');
    const user = readFileSync(join(house.workDir, 'cache/user'), 'utf8');
    const refused = await house.call('POST', '/internal/session/import', { bundle_b64: 'H4sInonsense' });
    expect([...codeOf(refused), typeof refused.body.error.details.rule]).toEqual([400, 'bad_session_bundle', 'string']);
    expect(codeOf(await house.call('POST', '/internal/session/import', {}))).toEqual([400, null]);
    expect(readFileSync(join(house.workDir, 'cache/user'), 'utf8')).toBe(user);
    expect((await house.ask()).status).toBe(200);
  });

  it('a login of another machine id - refused by Lingma, and the one before is back', { timeout: 60_000 }, async () => {
    const good = openHouse({}, { simulator: '' });
    await good.whenState('logged_in');
    const { packForeign } = await import('./foreign-bundle.js');
    const cache = join(good.workDir, 'cache');
    const before = readFileSync(join(cache, 'user'), 'utf8');
    const answer = await good.call('POST', '/internal/session/import', { bundle_b64: await packForeign(cache) });
    expect(codeOf(answer)).toEqual([409, 'not_logged_in']);
    await good.whenState('logged_in');
    expect(readFileSync(join(cache, 'user'), 'utf8')).toBe(before);
    await vi.waitFor(async () => expect((await good.ask()).status).toBe(200), { timeout: 20_000 });
    rmSync(cache, { recursive: true });
    expect(existsSync(cache)).toBe(false);
  });
});
