/** Which addresses a download may come from: https, hosts of the store or of the operator, and nothing that only this machine can reach. Pure. */
import { BootstrapError } from '../bootstrap-error.js';

/** Where the store keeps its files. */
const STORE_HOSTS = ['*.visualstudio.com', '*.vsassets.io', '*.gallery.vsassets.io'];

export interface UrlRule {
  /** Hosts, or `*.` and what they end with. */
  readonly hosts: readonly string[];
  /** Of those: such as may lie in a private network. The operator has named them. */
  readonly privateHosts: readonly string[];
  /** The address that the operator gave is one of this machine: those it leads to may be, too, and without encryption. */
  readonly loopback: boolean;
}

export interface UrlRuleOptions {
  /** As the operator gave it: its own host needs no other permission. */
  readonly given: string;
  readonly allowHosts: readonly string[];
}

/** @throws BootstrapError `bad_url` */
export function urlRule({ given, allowHosts }: UrlRuleOptions): UrlRule {
  const { hostname } = parseUrl(given);
  return {
    hosts: [...STORE_HOSTS, hostname, ...allowHosts],
    privateHosts: allowHosts,
    loopback: isLoopbackName(hostname),
  };
}

/**
 * @param base what a relative address starts from
 * @throws BootstrapError `bad_url`, `host_not_allowed`
 */
export function checkUrl(address: string, rule: UrlRule, base?: URL): URL {
  const url = parseUrl(address, base);
  const { hostname, protocol } = url;
  const isLocal = rule.loopback && isLoopbackName(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) {
    throw new BootstrapError('bad_url', `${shownUrl(url)} is refused: downloads come by https`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new BootstrapError('bad_url', `${shownUrl(url)} is refused: it holds a user name or password`);
  }
  if (!isLocal && !rule.hosts.some((pattern) => matchesHost(hostname, pattern))) {
    const how = 'bootstrap.allowHosts (LINGMA_GATEWAY_BOOTSTRAP_ALLOW_HOSTS) names further ones';
    throw new BootstrapError('host_not_allowed', `Downloads do not come from ${hostname}; ${how}`);
  }
  return url;
}

/** Whether the host may lie where only this machine or its network reaches it. */
export const mayBePrivate = ({ hostname }: URL, rule: UrlRule): boolean =>
  (rule.loopback && isLoopbackName(hostname)) || rule.privateHosts.some((pattern) => matchesHost(hostname, pattern));

function parseUrl(address: string, base?: URL): URL {
  try {
    return new URL(address, base);
  } catch {
    throw new BootstrapError('bad_url', 'What a download should come from is no address');
  }
}

function matchesHost(hostname: string, pattern: string): boolean {
  const [host, wanted] = [plainHost(hostname), plainHost(pattern)];
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) && host !== wanted.slice(2) : host === wanted;
}

const plainHost = (name: string): string => name.trim().toLowerCase().replace(/\.$/, '');

export const isLoopbackName = (hostname: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname.replace(/\.$/, ''));

/** Without what may be secret: queries, user names. */
export const shownUrl = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;
