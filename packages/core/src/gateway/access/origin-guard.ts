/**
 * Keeps web pages out. A page can reach a local port by way of the user's browser: by a DNS name that it rebinds to
 * 127.0.0.1 (seen in Host) or by a plain cross-site request (seen in Origin). Comes before everything else.
 */
import { GatewayError } from '../../chat/index.js';
import { isLoopbackHost } from '../../util/index.js';
import type { RequestHeaders } from '../http/gateway-request.js';

export interface OriginGuardOptions {
  /**
   * Names accepted in Host besides the loopback ones, without port; `*` among them: all. Absent: none besides, on
   * connections to a loopback address, which is where rebinding leads; elsewhere Host is not checked.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Foreign origins that may call: `https://chat.example`, `chrome-extension://abcdef`, all of a scheme that is not the web's
   * (`vscode-webview://*`), or `null`.
   */
  readonly allowedOrigins?: readonly string[];
}

/** The part of a request that is looked at; the URL only where there is no Host. */
export interface GuardedRequest {
  readonly headers: Pick<RequestHeaders, 'get'>;
  readonly url: { readonly host: string };
}

export interface OriginGuard {
  /** @param localAddress that was connected to, where it is known. @returns the origin to name in CORS headers, if the request carries one. @throws GatewayError `permission_denied` */
  check(request: GuardedRequest, localAddress?: string): string | undefined;
}

const NO_NAMES: ReadonlySet<string> = new Set();

export function createOriginGuard({ allowedHosts, allowedOrigins = [] }: OriginGuardOptions): OriginGuard {
  const checksAll = allowedHosts !== undefined && !allowedHosts.includes('*');
  const checksLoopback = allowedHosts === undefined;
  const hosts = checksAll ? new Set(allowedHosts.map(normalName)) : NO_NAMES;
  const origins = new Set(allowedOrigins.map(normalOrigin));
  /** The last one that was found to be allowed: it is nearly always the same. */
  let lastHost: string | undefined;
  return {
    check(request, localAddress) {
      const { headers } = request;
      const host = headers.get('host') ?? request.url.host;
      const isChecked = checksAll || (checksLoopback && localAddress !== undefined && isLoopbackHost(localAddress));
      if (isChecked && host !== lastHost) {
        const name = hostName(host);
        if (name === undefined || !isAllowedName(name, hosts)) {
          throw new GatewayError('permission_denied', 'This Host is not allowed', {
            cause: new Error(`Host ${host.slice(0, MAX_SHOWN)}: add it to the allowed hosts if it is yours`),
          });
        }
        lastHost = host;
      }
      const origin = headers.get('origin');
      if (origin === null || isAllowedOrigin(origin, host, origins)) return origin ?? undefined;
      throw new GatewayError(
        'permission_denied',
        'This Origin is not allowed; whoever runs the gateway can allow it (--cors-origins)',
        { cause: new Error(`Origin ${origin.slice(0, MAX_SHOWN)}`) },
      );
    },
  };
}

/** Of a header's value in the log. */
const MAX_SHOWN = 200;

/**
 * Besides the listed ones only the gateway's own pages and those of this machine. Browser extensions and programs with a web
 * view (editors, desktop chats) have schemes of their own, and which of them is asking only their name tells.
 */
function isAllowedOrigin(origin: string, host: string, allowed: ReadonlySet<string>): boolean {
  const name = normalOrigin(origin);
  if (allowed.has(name)) return true;
  if (!/^https?:/.test(name)) {
    const scheme = /^[a-z][a-z\d+.-]*:\/\//.exec(origin.trim().toLowerCase())?.[0];
    return scheme !== undefined && allowed.has(`${scheme}*`);
  }
  const parsed = URL.canParse(name) ? new URL(name) : undefined;
  if (parsed === undefined) return false;
  return parsed.host === host.toLowerCase() || isLoopbackHost(normalName(parsed.hostname));
}

const normalOrigin = (origin: string): string => origin.trim().toLowerCase().replace(/\/+$/, '');

/** As it is written, or in the one spelling that is compared: most are plain, and a URL a request costs. */
function isAllowedName(name: string, hosts: ReadonlySet<string>): boolean {
  if (isLoopbackHost(name) || hosts.has(name)) return true;
  const normal = normalName(name);
  return isLoopbackHost(normal) || hosts.has(normal);
}

/** The name in a Host header, lower case and without port; `undefined` when it is malformed. */
function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/@?#[\]]+)(?::\d{1,5})?$/i.exec(host.trim());
  return match === null ? undefined : bareName(match[1] as string);
}

const bareName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');

/** In one spelling: addresses have many (`[::ffff:127.0.0.1]`, `[::FFFF:7f00:1]`, `127.1`). */
function normalName(name: string): string {
  const bare = bareName(name);
  const url = `http://${bare.includes(':') ? `[${bare}]` : bare}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : bare;
}
