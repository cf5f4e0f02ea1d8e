import { afterEach, describe, expect, it } from 'vitest';
import { decodeLoginAuth } from './login-auth.js';
import { createLoginSite, type LoginSite, type LoginSiteOptions } from './login-site.js';
import { SMS_CODE } from './routes.js';
import { DEFAULT_ORGANISATIONS, LOGIN_BEHAVIOURS, type LoginBehaviour } from './users.js';

const open: LoginSite[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((site) => site.stop()));
});

async function started(options: LoginSiteOptions): Promise<LoginSite> {
  const site = createLoginSite(options);
  open.push(site);
  await site.start();
  return site;
}

const withUser = (behaviour: LoginBehaviour, more: Partial<LoginSiteOptions> = {}): Promise<LoginSite> =>
  started({ users: [{ name: 'alice', password: 'right', behaviour }], ...more });

const get = (url: string): Promise<Response> => fetch(url, { redirect: 'manual' });
const send = async (url: string, form: Record<string, string>): Promise<Record<string, unknown>> =>
  (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).json() as Promise<Record<string, unknown>>;
const credentials = { loginId: 'alice', password: 'right' };
const QUERY = 'nonce=n1&port=37510&state=s';

async function ticketOf(site: LoginSite): Promise<string> {
  const answer = await send(`${site.origins.form}/newlogin/login.do`, credentials);
  return String(answer.ticket);
}

describe('login site', () => {
  it('the chain - login, sign-in page with the form in a frame of another origin, callback', async () => {
    const site = await withUser('ok');
    const { site: origin, form } = site.origins;
    const first = await get(`${site.loginUrl}?${QUERY}`);
    expect(first.status).toBe(302);
    const signIn = await (await get(first.headers.get('location') ?? '')).text();
    const frame = /<iframe id="alibaba-login-box" src="([^"]+)"/.exec(signIn)?.[1]?.replaceAll('&#38;', '&') ?? '';
    expect(new URL(frame).origin).toBe(form);
    expect(await (await get(frame)).text()).toContain('fm-login-password');
    const authorize = new URL(new URL(frame).searchParams.get('redirect') ?? '');
    expect([authorize.origin, authorize.searchParams.get('nonce')]).toEqual([origin, 'n1']);
    authorize.searchParams.set('ticket', await ticketOf(site));
    const callback = new URL((await get(authorize.href)).headers.get('location') ?? '');
    expect(`${callback.origin}${callback.pathname}`).toBe('http://127.0.0.1:37510/auth/callback');
    expect(callback.searchParams.get('state')).toBe('n1');
    expect(callback.searchParams.get('token')).toMatch(/^pt-/);
    expect(decodeLoginAuth(callback.searchParams.get('auth') ?? '')).toEqual({ name: 'alice', organisations: [] });
  });

  it('a ticket - is good for one callback', async () => {
    const site = await withUser('ok');
    const url = `${site.origins.site}/lingma/authorize?${QUERY}&ticket=${await ticketOf(site)}`;
    expect((await get(url)).headers.get('location')).toContain('/auth/callback');
    expect((await get(url)).headers.get('location')).toContain('/login/login.htm');
  });

  it.each([
    ['ok', 'ticket'],
    ['wrong-password', 'error'],
    ['locked', 'error'],
    ['slider', 'slider'],
    ['slider-person', 'slider'],
    ['sms', 'sms'],
    ['organisations', 'ticket'],
  ] as const)('%s - the form is answered with %s', async (behaviour, kind) => {
    const site = await withUser(behaviour);
    expect((await send(`${site.origins.form}/newlogin/login.do`, credentials)).kind).toBe(kind);
  });

  it('a slider - can be passed by a person where it can be passed at all', async () => {
    const answers = await Promise.all(
      (['slider', 'slider-person'] as const).map(async (behaviour) =>
        send(`${(await withUser(behaviour)).origins.form}/newlogin/person.do`, credentials),
      ),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['slider', 'ticket']);
  });

  it('a code by SMS - the right one passes', async () => {
    const { origins } = await withUser('sms');
    const kinds = [];
    for (const code of ['000000', SMS_CODE]) {
      kinds.push((await send(`${origins.form}/newlogin/sms.do`, { ...credentials, code })).kind);
    }
    expect(kinds).toEqual(['sms', 'ticket']);
  });

  it.each(LOGIN_BEHAVIOURS)('%s - a wrong password is refused', async (behaviour) => {
    const site = await withUser(behaviour, { stepMs: 1 });
    const answer = await send(`${site.origins.form}/newlogin/login.do`, { ...credentials, password: 'wrong' });
    expect(answer.kind).toBe('error');
  });

  it('organisations - go to the process with the name', async () => {
    const site = await withUser('organisations');
    const answer = await get(`${site.origins.site}/lingma/authorize?${QUERY}&ticket=${await ticketOf(site)}`);
    const callback = new URL(answer.headers.get('location') ?? '');
    expect(decodeLoginAuth(callback.searchParams.get('auth') ?? '')?.organisations).toEqual(DEFAULT_ORGANISATIONS);
  });

  it('a foreign host - gets the callback of the user who is sent there', async () => {
    const site = await withUser('foreign-redirect');
    const answer = await get(`${site.origins.site}/lingma/authorize?${QUERY}&ticket=${await ticketOf(site)}`);
    expect(answer.headers.get('location')).toContain(`${site.origins.foreign}/auth/callback?`);
  });

  it('traffic - attempts by name, what was typed where, bounded', async () => {
    const site = await withUser('wrong-password');
    const { form } = site.origins;
    await send(`${form}/newlogin/login.do`, credentials);
    await send(`${form}/newlogin/login.do`, credentials);
    await fetch(`${form}/typed`, { method: 'POST', body: '{"page":"/mini_login.htm","field":"x","value":"typed"}' });
    await fetch(`${form}/typed`, { method: 'POST', body: 'no report' });
    expect([site.attempts('alice'), site.attempts('bob')]).toEqual([2, 0]);
    expect(site.typed).toContainEqual({
      origin: 'form',
      page: '/newlogin/login.do',
      field: 'password',
      value: 'right',
    });
    expect(site.typed.at(-1)).toEqual({ origin: 'form', page: '/mini_login.htm', field: 'x', value: 'typed' });
    expect(site.requests).toContainEqual({ origin: 'form', method: 'POST', path: '/newlogin/login.do' });
    const many = new URLSearchParams(Array.from({ length: 2500 }, (_, index) => [`f${index}`, '']));
    await fetch(`${form}/newlogin/login.do`, { method: 'POST', body: many });
    expect(site.typed.length).toBe(2000);
  });

  it('bodies beyond a form, other hosts, a callback port that is none - are refused', async () => {
    const site = await withUser('ok');
    const { site: origin, form } = site.origins;
    const large = await fetch(`${form}/newlogin/login.do`, { method: 'POST', body: 'x'.repeat(70_000) }).catch(
      () => undefined,
    );
    expect([413, undefined]).toContain(large?.status);
    const ticket = await ticketOf(site);
    expect((await get(`${origin}/lingma/authorize?nonce=n&port=99999&ticket=${ticket}`)).status).toBe(404);
    expect((await get(`${origin}/elsewhere`)).status).toBe(404);
  });

  it('before its start - has no address', () => {
    expect(() => createLoginSite({ users: [] }).origins).toThrow('not running');
  });
});
