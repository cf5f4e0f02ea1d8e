import { describe, expect, it, onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../options.js';
import { createSimulator } from '../simulator.js';
import { RawClient } from '../testing/raw-client.js';

async function signedOut(options: SimulatorOptions = {}) {
  const log: string[] = [];
  const simulator = createSimulator({ loggedOut: true, logger: (line) => log.push(line), ...options });
  await simulator.start();
  onTestFinished(() => simulator.stop());
  const client = await RawClient.webSocket(simulator.address.webSocketUrl);
  await client.initialize();
  const login = async (params: object = { loginType: '' }, method = 'auth/login') =>
    (await client.call(method, params)).result as Record<string, string>;
  const status = async () => ((await client.call('auth/status')).result as { status: number }).status;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${simulator.address.httpPort}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  return { simulator, client, log, login, status, get };
}
const callback = (url: string): string =>
  `/auth/callback?state=${new URL(url).searchParams.get('nonce')}&auth=a&token=t`;
const errorCode = (text: string): string | undefined => /window\.error_code = (-?\d+);/.exec(text)?.[1];

describe('login in a browser', () => {
  it('the address - leads to the vendor, with a nonce, our port and a challenge', async () => {
    const { login, simulator } = await signedOut();
    const url = new URL((await login()).url as string);
    expect(`${url.origin}${url.pathname}`).toBe('https://devops.aliyun.com/lingma/login');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ nonce: expect.stringMatching(/^[\da-f]{32}$/), port: String(simulator.address.httpPort) },
      ...{ challenge_method: 'S256', challenge: expect.stringMatching(/^[\w-]{43}$/) },
    });
    expect((await login()).url).not.toBe(url.href);
  });

  it('the callback - signs in, tells the clients, and works once', async () => {
    const { login, status, get, client, log, simulator } = await signedOut();
    const path = callback((await login()).url as string);
    expect(errorCode((await get(path)).text)).toBe('0');
    await client.wait((message) => message.method === 'model/refresh');
    expect(client.methods()).toContain('auth/report');
    expect(await status()).toBe(2);
    expect(errorCode((await get(path)).text)).toBe('2');
    expect(log).toContain('Invalid login nonce or consumed, ignore');
    expect(simulator.stats.callbacks).toBe(2);
  });

  it.each([
    ['an unknown nonce', '/auth/callback?state=nobody&auth=a&token=t', {}],
    ['nothing but a nonce', '/auth/callback?state=nobody', {}],
    ['an organisation that was not asked for', '/auth/loginWithOrganization?organizationId=x&state=nobody', {}],
  ])('%s - no login', async (_, path, headers) => {
    const { status, get } = await signedOut();
    expect(errorCode((await get(path, headers)).text)).toBe('2');
    expect(await status()).toBe(1);
  });

  it('a nonce that is too old - no login', async () => {
    const { login, status, get } = await signedOut({ loginNonceMs: 0 });
    expect(errorCode((await get(callback((await login()).url as string))).text)).toBe('2');
    expect(await status()).toBe(1);
  });

  it('a bare callback - the template; other paths and methods - 404', async () => {
    const { get } = await signedOut();
    expect((await get('/auth/callback')).text).toContain('{LOGIN_URL}');
    expect((await get('/')).status).toBe(404);
  });

  it('several organisations - one is chosen on a page', async () => {
    const { login, status, get } = await signedOut({ organisations: '=Personal,org-1=Tea & Co' });
    const { text } = await get(callback((await login()).url as string));
    expect(text).toContain('window.is_select_account = true');
    expect(await status()).toBe(1);
    const links = [...text.matchAll(/href="([^"]+)">([^<]+)</g)].map(([, href, name]) => [
      href?.replaceAll('&amp;', '&'),
      name,
    ]);
    expect(links.map(([, name]) => name)).toEqual(['Personal', 'Tea &amp; Co']);
    expect(errorCode((await get(links[1]?.[0] as string)).text)).toBe('0');
    expect(await status()).toBe(2);
  });

  it.each([
    ['login-url', 'auth/login', 'loginUrl'],
    ['snake', 'auth/login', 'login_url'],
    ['generate', 'login/generateUrl', 'loginUrl'],
  ] as const)('loginUrlFrom %s - %s gives %s', async (loginUrlFrom, method, member) => {
    const { login } = await signedOut({ loginUrlFrom });
    expect((await login({ loginType: '' }, method))[member]).toMatch(/^https:/);
    const refused = await login({ loginType: '' }, method === 'auth/login' ? 'login/generateUrl' : 'auth/login');
    expect(refused).toMatchObject({ success: false });
  });

  it('each condition - as late as the switches say', async () => {
    const { login, status, get, client, simulator } = await signedOut({ loginStatusDelayMs: 50, loginFileDelayMs: 1 });
    await get(callback((await login()).url as string));
    expect(await status()).toBe(1);
    await client.wait((message) => message.method === 'auth/report');
    expect(await status()).toBe(2);
    expect(simulator.stats.calls['auth/status']).toBe(2);
  });
});

describe('login with a token', () => {
  it.each([
    ['personalToken', { personalToken: 'user:pat' }, { personalToken: 'pat', userId: 'user' }, true],
    ['personalToken', { personalToken: 'user:pat' }, { personalToken: 'pat', userId: 'other' }, false],
    ['personalToken', {}, { personalToken: '', userId: '' }, false],
    ['aksks', { accessKeys: 'ak:sk' }, { accessKey: 'ak', secretKey: 'sk', orgId: '' }, true],
    ['aksks', { accessKeys: 'ak:sk' }, { accessKey: 'ak', secretKey: 'no', orgId: '' }, false],
    ['other', { accessKeys: 'ak:sk' }, { accessKey: 'ak', secretKey: 'sk' }, false],
  ])('%s %j %j - %s', async (loginType, switches, params, success) => {
    const { login, status } = await signedOut(switches);
    expect(await login({ loginType, ...params })).toMatchObject({ success });
    expect(await status()).toBe(success ? 2 : 1);
  });
});

describe('an enterprise’s service', () => {
  const dedicatedDomain = 'https://lingma.example.com';

  it('has to be named before the login', async () => {
    const { login } = await signedOut({ dedicatedDomain });
    const params = { loginType: '', loginDedicatedType: 'dedicated' };
    expect(await login(params)).toMatchObject({ success: false });
    await login({ endpoint: dedicatedDomain }, 'config/updateEndpoint');
    expect(await login({ loginType: '' })).toMatchObject({ success: false });
    expect(await login(params)).toMatchObject({ success: true });
  });

  it('may be named at the start alone', async () => {
    const { login, client } = await signedOut({ dedicatedDomain, endpoint: dedicatedDomain, updateEndpoint: false });
    expect((await client.call('config/updateEndpoint', { endpoint: 'x' })).error).toMatchObject({ code: -32601 });
    expect(await login({ loginType: '', loginDedicatedType: 'dedicated' })).toMatchObject({ success: true });
  });
});
