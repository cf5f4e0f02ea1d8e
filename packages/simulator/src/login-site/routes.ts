/** What each origin of the login site answers, as a function from a request to a reply. */
import { randomBytes } from 'node:crypto';
import { changedFormPage, formPage } from './form-pages.js';
import { encodeLoginAuth } from './login-auth.js';
import { confirmPage, ramPage, signInPage, termsPage, WAITING_PAGE } from './site-pages.js';
import type { Tickets } from './tickets.js';
import { DEFAULT_ORGANISATIONS, type LoginSiteUser } from './users.js';

export interface SiteCall {
  readonly method: string;
  readonly url: URL;
  readonly form: URLSearchParams;
}

export type SiteReply =
  | { readonly kind: 'html'; readonly html: string }
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'not-found' };

export interface SiteContext {
  readonly tickets: Tickets;
  /** The user whose page is shown before a name was typed. */
  expected(): LoginSiteUser | undefined;
  readonly origins: { readonly site: string; readonly form: string; readonly foreign: string };
}

/** The code that the site "sends" by SMS. */
export const SMS_CODE = '135790';

const html = (text: string): SiteReply => ({ kind: 'html', html: text });
const NOT_FOUND: SiteReply = { kind: 'not-found' };

/** The site that a login begins and ends at. */
export function answerSite(call: SiteCall, context: SiteContext): SiteReply {
  const { url, method, form } = call;
  const { site } = context.origins;
  const authorize = (): string => `${site}/lingma/authorize?${ticketless(url)}`;
  switch (url.pathname) {
    case '/lingma/login':
      return {
        kind: 'redirect',
        to: `${site}/login/login.htm?${new URLSearchParams({ oauth_callback: authorize() })}`,
      };
    case '/logout/logout.htm':
      return signedOut(url.searchParams.get('oauth_callback') ?? '', site);
    case '/login/login.htm':
      return html(signIn(url.searchParams.get('oauth_callback') ?? '', context));
    case '/login.htm':
      if (method === 'POST') return { kind: 'json', json: context.tickets.judge(credentialsOf(form)) };
      return html(ramPage(url.searchParams.get('callback') ?? ''));
    case '/lingma/authorize':
    case '/lingma/finish':
      return behindForm(url, context);
    default:
      // The form without a frame sends to where it stands.
      return context.expected()?.behaviour === 'main-page-form' ? answerForm(call, context) : NOT_FOUND;
  }
}

/** The origin of the form. */
export function answerForm({ url, method, form }: SiteCall, context: SiteContext): SiteReply {
  const judge = (passed?: 'slider' | 'sms'): SiteReply => ({
    kind: 'json',
    json: context.tickets.judge({ ...credentialsOf(form), ...(passed === undefined ? {} : { passed }) }),
  });
  if (url.pathname === '/mini_login.htm' && method === 'GET') {
    const behaviour = context.expected()?.behaviour;
    if (behaviour === 'changed-markup') return html(changedFormPage());
    return html(formPage(url.searchParams.get('redirect') ?? '', { english: behaviour === 'english' }));
  }
  if (method !== 'POST') return NOT_FOUND;
  if (url.pathname === '/newlogin/login.do') return judge();
  if (url.pathname === '/newlogin/person.do') return judge('slider');
  if (url.pathname !== '/newlogin/sms.do') return NOT_FOUND;
  return form.get('code') === SMS_CODE ? judge('sms') : { kind: 'json', json: { kind: 'sms' } };
}

/** A host that nobody may be sent to. It looks like the form, and takes what it gets. */
export function answerForeign({ url, method }: SiteCall): SiteReply {
  if (method === 'POST') return { kind: 'json', json: { kind: 'error', text: 'thank you' } };
  return html(formPage(url.searchParams.get('redirect') ?? ''));
}

/** On to where it was asked to go, within the site. */
function signedOut(target: string, site: string): SiteReply {
  return target.startsWith(`${site}/`) ? { kind: 'redirect', to: target } : NOT_FOUND;
}

function signIn(redirect: string, { origins, expected }: SiteContext): string {
  const behaviour = expected()?.behaviour;
  const query = new URLSearchParams({ appName: 'lingma', redirect });
  if (behaviour === 'main-page-form') return formPage(redirect, { open: true });
  const frameOrigin = behaviour === 'foreign-form' ? origins.foreign : origins.form;
  const ram = `${origins.site}/login.htm?${new URLSearchParams({ callback: redirect })}`;
  return signInPage(`${frameOrigin}/mini_login.htm?${query}`, frameOrigin, ram);
}

function behindForm(url: URL, context: SiteContext): SiteReply {
  const ticket = url.searchParams.get('ticket') ?? '';
  const user = context.tickets.holder(ticket);
  const { site, foreign } = context.origins;
  if (user === undefined) {
    return { kind: 'redirect', to: `${site}/login/login.htm?${new URLSearchParams({ oauth_callback: url.href })}` };
  }
  const finish = `${site}/lingma/finish?${url.searchParams}`;
  const asks = url.pathname === '/lingma/authorize';
  if (asks && user.behaviour === 'consent') {
    return html(confirmPage({ text: '授权后即表示同意服务协议与隐私政策', button: '同意', target: finish }));
  }
  if (asks && user.behaviour === 'continue-as') {
    return html(confirmPage({ text: '选择账号：以当前账号继续使用', button: '继续', target: finish }));
  }
  if (asks && user.behaviour === 'english') {
    return html(confirmPage({ text: 'Terms of Service and Privacy Policy', button: 'Agree', target: finish }));
  }
  if (asks && user.behaviour === 'popup') {
    return html(confirmPage({ text: '登录确认', button: '确认登录', target: finish, popup: true }));
  }
  if (user.behaviour === 'terms') return html(termsPage());
  if (user.behaviour === 'no-redirect') return html(WAITING_PAGE);
  context.tickets.spend(ticket);
  const callback = callbackQuery(url, user);
  if (user.behaviour === 'foreign-redirect') return { kind: 'redirect', to: `${foreign}/auth/callback?${callback}` };
  const port = Number(url.searchParams.get('port'));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return NOT_FOUND;
  return { kind: 'redirect', to: `http://127.0.0.1:${port}/auth/callback?${callback}` };
}

function callbackQuery(url: URL, user: LoginSiteUser): URLSearchParams {
  const organisations = user.behaviour === 'organisations' ? (user.organisations ?? DEFAULT_ORGANISATIONS) : [];
  return new URLSearchParams({
    state: url.searchParams.get('nonce') ?? '',
    auth: encodeLoginAuth({ name: user.name, organisations }),
    token: `pt-${randomBytes(24).toString('hex')}`,
  });
}

function credentialsOf(form: URLSearchParams): { readonly name: string; readonly password: string } {
  return { name: form.get('loginId') ?? '', password: form.get('password') ?? '' };
}

function ticketless(url: URL): URLSearchParams {
  const query = new URLSearchParams(url.searchParams);
  query.delete('ticket');
  return query;
}
