/**
 * Keeps web pages out. A page can reach a local port by way of the user's browser: by a DNS name that it rebinds to
 * 127.0.0.1 (seen in Host) or by a plain cross-site request (seen in Origin). Comes before everything else.
 */
import { GatewayError } from '../chat/index.js';

export interface OriginGuardOptions {
  /**
   * Given on loopback binds: names accepted in Host besides the loopback ones, without port. Absent: Host is not
   * checked.
   */
  readonly allowedHosts?: readonly string[];
  /** Foreign web origins that may call, such as `https://chat.example`. */
  readonly allowedOrigins?: readonly string[];
}

export interface OriginGuard {
  /** The origin to name in CORS headers, if the request carries one. @throws GatewayError `permission_denied` */
  check(request: Request, url: URL): string | undefined;
}

export function createOriginGuard({ allowedHosts, allowedOrigins = [] }: OriginGuardOptions): OriginGuard {
  const hosts = allowedHosts === undefined ? undefined : new Set(allowedHosts.map(normalName));
  const origins = new Set(allowedOrigins.map((origin) => origin.replace(/\/+$/, '').toLowerCase()));
  return {
    check({ headers }, url) {
      const host = headers.get('host') ?? url.host;
      if (hosts !== undefined) {
        const name = hostName(host);
        if (name === undefined || !(isLoopback(name) || hosts.has(name))) {
          throw new GatewayError('permission_denied', 'This Host is not allowed', {
            cause: new Error(`Host ${host}: add it to the allowed hosts if it is yours`),
          });
        }
      }
      const origin = headers.get('origin');
      if (origin === null || isAllowedOrigin(origin, host, origins)) return origin ?? undefined;
      throw new GatewayError('permission_denied', 'This Origin is not allowed', {
        cause: new Error(`Origin ${origin}`),
      });
    },
  };
}

function isAllowedOrigin(origin: string, host: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(origin.toLowerCase())) return true;
  // Any page can make itself a `null` origin.
  if (origin === 'null') return false;
  // Programs with a web view (editors, desktop chats) have schemes of their own; no web page can claim them.
  if (!/^https?:/i.test(origin)) return true;
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  if (parsed === undefined) return false;
  return parsed.host === host.toLowerCase() || isLoopback(normalName(parsed.hostname));
}

/** The name in a Host header, lower case and without port; `undefined` when it is malformed. */
function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/@?#[\]]+)(?::\d{1,5})?$/i.exec(host.trim());
  return match === null ? undefined : normalName(match[1] as string);
}

const normalName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
