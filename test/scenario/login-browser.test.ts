/** From an account's name and password to the first token: `serve`, the simulator under the real program's name, a Chromium. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLoginSite, type LoginBehaviour, type LoginSite } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, PROTOCOLS } from '../support/ask.js';
import { sim } from '../support/stack.js';
import { type Cli, cleanUp, startServe, temporaryFolder } from './server-process.js';

const LINGMA = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));
const CHROMIUM = [process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);
if (CHROMIUM === undefined) console.warn('SKIPPED: no Chromium on this machine, no account is signed in by a browser');

const NAME = 'canary-account';
const PASSWORD = 'canary-Pa55-word!';
const ADMIN = 'the-admin-token';
const WAIT = { timeout: 60_000, interval: 200 };

const sites: LoginSite[] = [];
afterEach(async () => {
  await cleanUp();
  await Promise.all(sites.splice(0).map((site) => site.stop()));
});

interface Instance {
  readonly logged_in: boolean;
  readonly state: string;
  readonly attempt: number;
  readonly last_error?: { readonly code: string };
  readonly next_retry_at?: string;
}

async function serving(behaviour: LoginBehaviour, env: Readonly<Record<string, string>> = {}) {
  const site = createLoginSite({ users: [{ name: NAME, password: PASSWORD, behaviour }] });
  await site.start();
  sites.push(site);
  const workDir = temporaryFolder();
  const { cli, url } = await startServe([], {
    env: {
      LINGMA_BIN: LINGMA,
      LINGMA_WORK_DIR: workDir,
      LINGMA_SOCKET_PORT: '0',
      LINGMA_SIMULATOR_ARGS: `--logged-out --login-page ${site.loginUrl}`,
      LINGMA_USERNAME: NAME,
      LINGMA_PASSWORD: PASSWORD,
      LINGMA_GATEWAY_LOGIN_ALLOW_LOOPBACK: 'true',
      LINGMA_GATEWAY_LOGIN_BROWSER_PATH: CHROMIUM ?? '',
      LINGMA_GATEWAY_LOGIN_NO_SANDBOX: String(process.getuid?.() === 0),
      ADMIN_TOKEN: ADMIN,
      LINGMA_GATEWAY_LOG_LEVEL: 'debug',
      ...env,
    },
  });
  const admin = async (path: string, method = 'GET', body?: object) => {
    const response = await fetch(`${url}/internal/${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const instance = async (): Promise<Instance> => JSON.parse((await admin('auto-login/status')).text).instances[0];
  return { site, cli, url, workDir, admin, instance };
}

type Serving = Awaited<ReturnType<typeof serving>>;

async function firstTokens(url: string): Promise<void> {
  for (const protocol of PROTOCOLS) {
    const answer = await ask(url, protocol, { prompt: sim({ text: 'signed in' }), stream: true });
    expect(answer).toMatchObject({ status: 200, text: 'signed in', ended: true });
  }
}

/** What was said and shown: no word of the account, of its tokens, of the address. */
async function expectNoCanary({ cli, admin, url, workDir }: Serving): Promise<void> {
  const told = await Promise.all(
    ['auto-login/status', 'instances', 'config', 'stats', 'debug/requests', 'effective-config'].map(
      async (path) => (await admin(path)).text,
    ),
  );
  const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${ADMIN}` } })).text();
  const user = Buffer.from(readUser(workDir), 'base64').toString('utf8');
  const secrets = [
    NAME,
    PASSWORD,
    'nonce=',
    'auth=',
    ...[...user.matchAll(/"((?:pt|rt)-[^"]+)"/g)].map(([, token]) => token),
  ];
  const everything = [cli.stdout(), cli.stderr(), metrics, ...told, ...childrenOf(cli)].join('\n');
  for (const secret of secrets) expect(everything).not.toContain(secret);
}

function readUser(workDir: string): string {
  const [path] = [join(workDir, 'cache', 'user'), join(workDir, 'inst-0', 'cache', 'user')].filter(existsSync);
  return path === undefined ? '' : readFileSync(path, 'utf8');
}

/** Arguments and environments of the processes that the gateway has started. */
function childrenOf({ child }: Cli): string[] {
  if (process.platform !== 'linux') return [];
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  return children
    .filter((pid) => pid !== '')
    .flatMap((pid) => ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')));
}

/** Those that a process has started, and theirs. */
function descendantsOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const children = text === '' ? [] : text.split(' ').map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

const commandOf = (pid: number): string => readOf(pid, 'cmdline');

/** Empty: it has ended. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

describe.skipIf(CHROMIUM === undefined)('serve with an account alone', { timeout: 120_000 }, () => {
  it('user and password - the first token, in all protocols, and no word of the account', async () => {
    const gateway = await serving('consent');
    await expect.poll(async () => (await gateway.instance()).state, WAIT).toBe('logged_in');
    await firstTokens(gateway.url);
    expect(gateway.site.attempts(NAME)).toBe(1);
    const places = gateway.site.typed.filter(({ value }) => value.includes(PASSWORD)).map(({ origin }) => origin);
    expect(new Set(places)).toEqual(new Set(['form']));
    await expectNoCanary(gateway);
  });

  it('a broken bundle and credentials - the browser signs in', async () => {
    const gateway = await serving('ok', { LINGMA_SESSION_BUNDLE: Buffer.from('\x1f\x8bcanary').toString('base64') });
    await expect.poll(async () => (await gateway.instance()).state, WAIT).toBe('logged_in');
    await firstTokens(gateway.url);
    await expectNoCanary(gateway);
  });

  it('a wrong password - is sent once, and the next try waits', async () => {
    const gateway = await serving('wrong-password');
    await expect.poll(async () => (await gateway.instance()).next_retry_at, WAIT).not.toBeNull();
    expect(await gateway.instance()).toMatchObject({ state: 'failed', last_error: { code: 'wrong_password' } });
    expect(gateway.site.attempts(NAME)).toBe(1);
    await expectNoCanary(gateway);
  });

  it('organisations at the callback - none is named: the personal account', async () => {
    const gateway = await serving('organisations');
    await expect.poll(async () => (await gateway.instance()).state, WAIT).toBe('logged_in');
  });

  it.runIf(process.platform === 'linux')('the end of the gateway while it signs in - leaves no browser', async () => {
    const gateway = await serving('no-redirect');
    await expect.poll(async () => (await gateway.instance()).state, WAIT).toBe('waiting_for_callback');
    const browsers = descendantsOf(gateway.cli.child.pid as number).filter((pid) => commandOf(pid).includes('chrom'));
    expect(browsers.length).toBeGreaterThan(0);
    const started = browsers.flatMap((pid) => ['cmdline', 'environ'].map((file) => readOf(pid, file)));
    for (const secret of [NAME, PASSWORD, ADMIN, 'nonce=']) expect(started.join('\n')).not.toContain(secret);
    gateway.cli.child.kill('SIGTERM');
    await gateway.cli.exit;
    await expect.poll(() => browsers.filter((pid) => commandOf(pid) !== ''), WAIT).toEqual([]);
  });

  it('a slider - needs attention; the address of another browser, pasted back, signs in', async () => {
    const gateway = await serving('slider-person');
    const { site, admin } = gateway;
    await expect.poll(async () => (await gateway.instance()).state, WAIT).toBe('needs_attention');
    expect(await gateway.instance()).toMatchObject({ attempt: 1, last_error: { code: 'challenge' } });
    expect(site.attempts(NAME)).toBe(1);

    const start = await admin('auto-login/start?way=paste', 'POST');
    expect(start.status).toBe(202);
    const { id, login_url } = JSON.parse(start.text);
    const callback_url = await signInElsewhere(site, login_url);
    expect((await admin('auto-login/callback', 'POST', { id, callback_url })).status).toBe(200);
    await expect.poll(async () => (await gateway.instance()).state, WAIT).toBe('logged_in');
    await firstTokens(gateway.url);
    await expectNoCanary(gateway);
  });
});

/** A person in a browser of their own: passes the slider, and copies the address that the browser ends at. */
async function signInElsewhere(site: LoginSite, loginUrl: string): Promise<string> {
  const signIn = (await fetch(loginUrl, { redirect: 'manual' })).headers.get('location') ?? '';
  const authorize = new URL(new URL(signIn).searchParams.get('oauth_callback') ?? '');
  const person = await fetch(`${site.origins.form}/newlogin/person.do`, {
    method: 'POST',
    body: new URLSearchParams({ loginId: NAME, password: PASSWORD }),
  });
  const { ticket } = (await person.json()) as { readonly ticket: string };
  authorize.searchParams.set('ticket', ticket);
  return (await fetch(authorize, { redirect: 'manual' })).headers.get('location') ?? '';
}
