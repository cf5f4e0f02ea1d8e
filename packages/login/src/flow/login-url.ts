/** Which addresses a login may lead to. Pure. */
import { LoginFailure } from '../login-failure.js';

export interface UrlRules {
  /** Of the process; absent: not known. */
  readonly httpPort?: number;
  /** Host of the enterprise's own service. */
  readonly dedicatedHost?: string;
  /** For tests against a sign-in page on this machine. */
  readonly allowLoopback?: boolean;
}

/** Where the vendor has people sign in; names below them count. */
const HOSTS = ['aliyun.com', 'alibabacloud.com', 'qoder.com', 'qoder.com.cn'];
/** Addresses come wrapped into others: a sign-out that goes on to a sign-in. */
const WRAPPERS = ['oauth_callback', 'redirect', 'redirect_url', 'callback', 'goto'];
const MAX_WRAPS = 4;
const MAX_URL_CHARS = 16 * 1024;

/** Whether somebody may be sent there, or type a password there. */
export function isAllowedLoginUrl(text: string, rules: UrlRules): boolean {
  const url = parse(text);
  if (url === undefined || url.username !== '' || url.password !== '') return false;
  const host = url.hostname.toLowerCase();
  if (rules.allowLoopback === true && isLoopback(host)) return url.protocol === 'http:' || url.protocol === 'https:';
  if (url.protocol !== 'https:') return false;
  const hosts = rules.dedicatedHost === undefined ? HOSTS : [...HOSTS, rules.dedicatedHost.toLowerCase()];
  return hosts.some((allowed) => host === allowed || host.endsWith(`.${allowed}`));
}

/** As {@link isAllowedLoginUrl}, and the callback of the process itself: where the main frame may go. */
export function isAllowedNavigation(text: string, rules: UrlRules): boolean {
  const url = parse(text);
  if (url === undefined) return false;
  const isOwn = ['127.0.0.1', 'localhost'].includes(url.hostname) && url.port === String(rules.httpPort ?? '');
  return (isOwn && url.protocol === 'http:') || isAllowedLoginUrl(text, rules);
}

/**
 * The port that the callback goes to.
 *
 * @throws LoginFailure `bad_login_url`; it says nothing of the address
 */
export function checkLoginUrl(text: string, rules: UrlRules): { readonly httpPort: number } {
  if (text.length > MAX_URL_CHARS || !isAllowedLoginUrl(text, rules)) {
    throw badUrl('does not lead to a sign-in page of the vendor');
  }
  const port = portOf(text, rules, 0);
  if (port === undefined || (rules.httpPort !== undefined && port !== rules.httpPort)) {
    throw badUrl('names another port than that of the process');
  }
  return { httpPort: port };
}

const badUrl = (why: string): LoginFailure =>
  new LoginFailure('bad_login_url', `The address to sign in at ${why}: nothing was sent there`);

/** `port` of the address, or of the one that it is wrapped around. */
function portOf(text: string, rules: UrlRules, depth: number): number | undefined {
  const url = parse(text);
  if (url === undefined || depth > MAX_WRAPS) return undefined;
  const ports = url.searchParams.getAll('port');
  if (ports.length > 0) {
    const [port = ''] = ports;
    const isOne = new Set(ports).size === 1 && /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= 65_535;
    return isOne ? Number(port) : undefined;
  }
  for (const name of WRAPPERS) {
    const inner = url.searchParams.get(name);
    if (inner === null || !isAllowedLoginUrl(inner, rules)) continue;
    const found = portOf(inner, rules, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
