import { isLoginRunning, Secret } from '@lingma-gateway/core';
import { describe, expect, it } from 'vitest';
import { LoginFailure } from '../login-failure.js';
import { checkCallbackUrl } from './callback-url.js';
import { type LoginAccount, waysOf, waysWithoutPerson } from './login-account.js';
import { type LoginEvent, needsPerson, nextLoginState } from './login-states.js';
import { checkLoginUrl, isAllowedLoginUrl, isAllowedNavigation } from './login-url.js';
import { chooseOrganisation, readOrganisationPage } from './organisations.js';

describe('where signing in may lead', () => {
  const rules = { httpPort: 37510, dedicatedHost: 'lingma.example.com' };

  it.each([
    ['https://aliyun.com/', true],
    ['https://devops.aliyun.com/lingma/login?port=37510', true],
    ['https://passport.alibabacloud.com/', true],
    ['https://qoder.com.cn/x', true],
    ['https://a.b.qoder.com/x', true],
    ['https://LINGMA.example.com/x', true],
    ['https://sso.lingma.example.com/x', true],
    ['http://aliyun.com/', false],
    ['https://example.com/', false],
    ['https://evilaliyun.com/', false],
    ['https://aliyun.com.evil.example/', false],
    ['https://aliyun.com@evil.example/', false],
    ['https://user:pass@aliyun.com/', false],
    ['https://evil.example/?x=aliyun.com', false],
    ['https://evil.example#.aliyun.com', false],
    ['https://evil.example\\.aliyun.com/', false],
    ['https://127.0.0.1:37510/', false],
    ['http://127.0.0.1:37510/auth/callback', false],
    ['javascript:alert(1)', false],
    ['data:text/html,aliyun.com', false],
    ['not an address', false],
  ])('%s - %s', (url, allowed) => {
    expect(isAllowedLoginUrl(url, rules)).toBe(allowed);
  });

  it('navigation - the process’s own port too, and nothing else of this machine', () => {
    const may = (url: string) => isAllowedNavigation(url, rules);
    expect(may('http://127.0.0.1:37510/auth/callback?state=x')).toBe(true);
    expect(may('http://localhost:37510/auth/loginWithOrganization')).toBe(true);
    for (const url of [
      'http://127.0.0.1:37511/',
      'http://127.0.0.1/',
      'https://127.0.0.1:37510/',
      'http://127.0.0.2:37510/',
    ]) {
      expect([url, may(url)]).toEqual([url, false]);
    }
  });

  it('loopback - for tests alone', () => {
    expect(isAllowedLoginUrl('http://127.0.0.1:9/login', { allowLoopback: true })).toBe(true);
    expect(isAllowedLoginUrl('http://127.0.0.1:9/login', {})).toBe(false);
    expect(isAllowedLoginUrl('http://evil.example/', { allowLoopback: true })).toBe(false);
  });

  const wrap = (inner: string): string =>
    `https://account.alibabacloud.com/logout/logout.htm?oauth_callback=${encodeURIComponent(inner)}`;
  it.each([
    ['its port is the process’s', 'https://devops.aliyun.com/l?port=37510', 37510],
    ['wrapped once', wrap('https://devops.aliyun.com/l?port=37510'), 37510],
    ['wrapped twice', wrap(wrap('https://devops.aliyun.com/l?port=37510')), 37510],
    ['another port', 'https://devops.aliyun.com/l?port=37511', undefined],
    ['another port within', wrap('https://devops.aliyun.com/l?port=1'), undefined],
    ['two ports', 'https://devops.aliyun.com/l?port=37510&port=1', undefined],
    ['no port', 'https://devops.aliyun.com/l', undefined],
    ['a port that is none', 'https://devops.aliyun.com/l?port=37510x', undefined],
    ['around somebody else', wrap('https://evil.example/l?port=37510'), undefined],
    ['17 KiB', `https://devops.aliyun.com/l?port=37510&x=${'x'.repeat(17_000)}`, undefined],
  ])('%s', (_, url, httpPort) => {
    const check = () => checkLoginUrl(url, rules).httpPort;
    if (httpPort !== undefined) return expect(check()).toBe(httpPort);
    expect(check).toThrow(LoginFailure);
    expect(check).not.toThrow(/https?:|evil/);
  });

  it('of a process whose port is not known - the one that the address names', () => {
    expect(checkLoginUrl('https://devops.aliyun.com/l?port=41000', {})).toEqual({ httpPort: 41000 });
  });
});

describe('the pasted address', () => {
  it('becomes path and query, whatever it is called', () => {
    expect(checkCallbackUrl(' http://localhost:37510/auth/callback?state=s&auth=a%2Bb#x\n', 37510)).toBe(
      '/auth/callback?state=s&auth=a%2Bb',
    );
    expect(checkCallbackUrl('http://127.0.0.1/auth/loginWithOrganization?state=s', 80)).toContain('?state=s');
  });

  it('what is wrong is said, what was pasted is not', () => {
    const paste = () => checkCallbackUrl('http://127.0.0.1:1/auth/callback?state=canary&token=canary', 37510);
    expect(paste).toThrow('its port is not that of this Lingma');
    expect(paste).not.toThrow(/canary/);
    expect(() => checkCallbackUrl('http://[::1]:37510/auth/callback?state=s', 37510)).toThrow('127.0.0.1');
    expect(() => checkCallbackUrl('http://u:p@127.0.0.1:37510/auth/callback?state=s', 37510)).toThrow('password');
  });
});

describe('which ways are tried', () => {
  const secret = (text: string) => new Secret(text);
  const PASSWORD: LoginAccount = { username: secret('u'), password: secret('p') };
  const TOKEN: LoginAccount = { personalToken: secret('t'), userId: secret('u') };
  const KEYS: LoginAccount = { accessKey: secret('a'), secretKey: secret('s') };

  it.each([
    ['nothing', undefined, []],
    ['half of each', { username: secret('u'), personalToken: secret('t'), accessKey: secret('a') }, []],
    ['a password', PASSWORD, ['browser']],
    ['a token', TOKEN, ['token']],
    ['keys', KEYS, ['token']],
    ['all', { ...PASSWORD, ...TOKEN, ...KEYS }, ['token', 'browser']],
  ])('%s - by itself', (_, account, ways) => {
    expect(waysWithoutPerson(account)).toEqual(ways);
    expect(waysOf(undefined, account)).toEqual(ways);
    expect(waysOf({ way: 'paste' }, account)).toEqual(['paste']);
    expect(waysOf({ way: 'browser', headed: true }, account)).toEqual(['browser']);
    expect(waysOf({ headed: true }, account)).toEqual(ways.length === 0 ? ['browser'] : ways);
    expect(waysOf({ way: 'token' }, account)).toEqual(ways.filter((way) => way === 'token'));
  });
});

describe('states of a login', () => {
  const after = (...events: LoginEvent[]) =>
    events.reduce(nextLoginState, 'idle' as const as ReturnType<typeof nextLoginState>);
  const BEGIN: LoginEvent = { type: 'begin' };
  const browser = (state: 'waiting_for_browser' | 'filling' | 'challenge' | 'waiting_for_callback'): LoginEvent => ({
    type: 'browser',
    state,
  });
  const failed = (code: LoginFailure['code']): LoginEvent => ({ type: 'failed', code });

  it.each<[string, readonly LoginEvent[], string]>([
    ['begun', [BEGIN], 'starting'],
    ['a browser at work', [BEGIN, browser('waiting_for_browser'), browser('filling')], 'filling'],
    [
      'a challenge that a person passes',
      [BEGIN, browser('challenge'), browser('waiting_for_callback')],
      'waiting_for_callback',
    ],
    ['invited', [BEGIN, { type: 'invited' }], 'waiting_for_paste'],
    ['verified', [BEGIN, { type: 'verify' }, { type: 'verified' }], 'logged_in'],
    ['verified before anything came', [BEGIN, { type: 'verified' }], 'starting'],
    ['a browser that speaks late', [BEGIN, { type: 'verify' }, browser('filling')], 'verifying'],
    ['another try', [BEGIN, browser('filling'), { type: 'retry' }], 'starting'],
    ['a wrong password', [BEGIN, browser('filling'), failed('wrong_password')], 'failed'],
    ['a challenge', [BEGIN, browser('challenge'), failed('challenge')], 'needs_attention'],
    ['a locked account', [BEGIN, failed('account_locked')], 'needs_attention'],
    ['terms', [BEGIN, failed('terms_refused')], 'needs_attention'],
    ['organisations', [BEGIN, failed('needs_organisation')], 'needs_organisation'],
    ['no browser', [BEGIN, failed('browser_unavailable')], 'unavailable'],
    ['cancelled', [BEGIN, { type: 'cancelled' }], 'cancelled'],
    ['cancelled, then a failure', [BEGIN, { type: 'cancelled' }, failed('browser_failed')], 'cancelled'],
    ['nothing begun', [browser('filling'), { type: 'verified' }, failed('timeout')], 'idle'],
  ])('%s - %#', (_, events, state) => {
    expect(after(...events)).toBe(state);
  });

  it('what runs, and what waits for a person', () => {
    expect((['starting', 'verifying', 'failed', 'logged_in'] as const).map(isLoginRunning)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect((['needs_attention', 'unavailable', 'failed'] as const).map(needsPerson)).toEqual([true, true, false]);
  });
});

describe('organisations', () => {
  const page = (...links: string[]): string => `<ul>${links.join('')}</ul>`;
  const link = (id: string, name: string): string =>
    `<li><a class="x" href="/auth/loginWithOrganization?organizationId=${id}&amp;state=s">${name}</a></li>`;

  it('links - with their ids, names and addresses', () => {
    expect(readOrganisationPage(page(link('', 'Personal'), link('o1', '<b>Tea &amp; Co</b>')))).toEqual({
      organisations: [
        { id: '', name: 'Personal', path: '/auth/loginWithOrganization?organizationId=&state=s' },
        { id: 'o1', name: 'Tea & Co', path: '/auth/loginWithOrganization?organizationId=o1&state=s' },
      ],
    });
  });

  it('data - where the page’s scripts make the links', () => {
    const html =
      '<script>window.is_select_account = true; window.orgs = [{"organizationId":"o1","organizationName":"Tea"}]</script>';
    expect(readOrganisationPage(html)).toEqual({ organisations: [{ id: 'o1', name: 'Tea' }] });
    expect(readOrganisationPage('<p>Login succeeded</p>')).toBeUndefined();
    expect(readOrganisationPage('<script>window.is_select_account = false</script>')).toBeUndefined();
  });

  it('a hundred at the most, names of 200 characters', () => {
    const many = Array.from({ length: 150 }, (_, at) => link(`o${at}`, 'x'.repeat(500)));
    const { organisations } = readOrganisationPage(page(...many)) ?? { organisations: [] };
    expect([organisations.length, organisations[0]?.name.length]).toEqual([100, 200]);
  });

  it.each([
    [undefined, ['', 'o1'], ''],
    ['o1', ['', 'o1'], 'o1'],
    ['o2', ['', 'o1'], undefined],
    [undefined, ['o1', 'o2'], undefined],
    ['o1', [], 'o1'],
  ])('%s of %j - %s', (wanted, ids, chosen) => {
    const choose = () =>
      chooseOrganisation({ organisations: ids.map((id) => ({ id, name: `name ${id}` })) }, wanted).id;
    if (chosen !== undefined) return expect(choose()).toBe(chosen);
    expect(choose).toThrow(
      expect.objectContaining({
        code: 'needs_organisation',
        organisations: ids.map((id) => ({ id, name: `name ${id}` })),
      }),
    );
  });
});
