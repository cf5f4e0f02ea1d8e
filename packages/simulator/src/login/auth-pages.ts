import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeLoginAuth } from '../login-site/login-auth.js';
import type { Lingma } from '../process/process-state.js';
import { completeLogin } from './complete-login.js';

/** As the real page has them: literally, where nothing is filled in. */
const TEMPLATE = page(
  'window.user_info = "{USER_INFO}"; window.login_url = "{LOGIN_URL}"; window.error_code = "{ERROR_CODE}";',
);
/** Seen for an invalid state. */
const INVALID_STATE = 2;

/** The HTTP port (protocol sections 1.5 and 5.3): callbacks of a login, templates, 404 for everything else. */
export function serveAuthPages(lingma: Lingma, request: IncomingMessage, response: ServerResponse): void {
  const { status, text, type = 'text/html' } = answerOf(lingma, request);
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(text);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

const NOT_FOUND: Answer = { status: 404, text: '404 page not found\n', type: 'text/plain' };

function answerOf(lingma: Lingma, { headers, method, url: target = '/' }: IncomingMessage): Answer {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) {
    return { status: 403, text: 'forbidden host\n', type: 'text/plain' };
  }
  const url = new URL(target, 'http://127.0.0.1');
  if (method !== 'GET') return NOT_FOUND;
  switch (url.pathname) {
    case '/profile':
      return { status: 200, text: page(`window.error_code = ${INVALID_STATE};`) };
    case '/auth/callback':
      return { status: 200, text: url.search === '' ? TEMPLATE : callbackPage(lingma, url.searchParams) };
    case '/auth/loginWithOrganization':
      return { status: 200, text: organisationPage(lingma, url.searchParams) };
    default:
      return NOT_FOUND;
  }
}

function callbackPage(lingma: Lingma, query: URLSearchParams): string {
  const { logins, switches, log, recorder } = lingma;
  recorder.stats.callbacks += 1;
  const nonce = query.get('state') ?? '';
  const login = logins.find(nonce);
  if (login === undefined || login.organisations !== undefined || !query.get('auth') || !query.get('token')) {
    log('Invalid login nonce or consumed, ignore');
    return page(`window.error_code = ${INVALID_STATE};`);
  }
  const ofUser = decodeLoginAuth(query.get('auth') ?? '')?.organisations ?? [];
  const organisations = switches.organisations === '' ? ofUser : readOrganisations(switches.organisations);
  if (organisations.length === 0) {
    logins.consume(nonce);
    return succeed(lingma);
  }
  login.organisations = organisations;
  const links = organisations.map(({ id, name }) => {
    const target = new URLSearchParams({ organizationId: id, state: nonce });
    return `<li><a href="/auth/loginWithOrganization?${escapeHtml(String(target))}">${escapeHtml(name)}</a></li>`;
  });
  return page('window.is_select_account = true; window.error_code = 0;', `<ul>${links.join('\n')}</ul>`);
}

function organisationPage(lingma: Lingma, query: URLSearchParams): string {
  const { logins, log } = lingma;
  const nonce = query.get('state') ?? '';
  const id = query.get('organizationId') ?? '';
  if (logins.find(nonce)?.organisations?.some((one) => one.id === id) !== true) {
    log('Invalid login nonce or consumed, ignore');
    return page(`window.error_code = ${INVALID_STATE};`);
  }
  logins.consume(nonce);
  return succeed(lingma);
}

/** The real page hands the tokens to its own scripts. */
function succeed(lingma: Lingma): string {
  const user = completeLogin(lingma);
  const info = {
    ...{ aid: user.accountId, uid: user.id, name: user.name },
    ...{ securityOauthToken: user.token, refreshToken: user.refreshToken, expireTime: user.expireTime, authStatus: 2 },
  };
  return page(`window.user_info = ${JSON.stringify(info)}; window.error_code = 0;`, '<p>Login succeeded</p>');
}

/** `id=name` with commas between; an empty id is the personal account. */
export const readOrganisations = (text: string): { readonly id: string; readonly name: string }[] =>
  text
    .split(',')
    .filter((entry) => entry.includes('='))
    .map((entry) => ({ id: entry.slice(0, entry.indexOf('=')), name: entry.slice(entry.indexOf('=') + 1) }));

function page(script: string, body = ''): string {
  return `<!doctype html><title>Lingma simulator</title><script>${script}</script>\n${body}\n`;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
