/**
 * Method and path → route. Paths are looked up without their query, with or without `/v1`, a trailing slash or doubled
 * slashes, in Azure's spelling too: base URLs are typed by people.
 */
import type { GatewayError } from '../chat/index.js';
import type { ErrorEnvelope, ProtocolName } from '../wire/index.js';
import type { AccessTier } from './access/auth.js';
import type { RequestHeaders } from './http/gateway-request.js';
import type { GatewayResponse } from './http/gateway-response.js';
import type { RequestContext } from './request-context.js';

export interface Route {
  /** As the log names it. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without `/v1`. `:id` stands for one segment, `:id+` at the end for all that follow. */
  readonly path: string;
  /** Who dresses this route's errors; absent: told by the request's headers. */
  readonly protocol?: string;
  /** Where errors look like no protocol's: what {@link protocol} makes of one, dressed anew. */
  readonly encodeError?: (error: GatewayError, envelope: ErrorEnvelope) => ErrorEnvelope;
  /** False: its address is written without `/v1`. */
  readonly versioned?: false;
  readonly access: AccessTier;
  handle(context: RequestContext): Promise<GatewayResponse>;
}

export type RouteMatch =
  | { readonly type: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** `methods` as `Allow` lists them. */
  | { readonly type: 'wrong-method'; readonly route: Route; readonly methods: string }
  /** `suggestion`: the address that was probably meant, as it is documented. */
  | { readonly type: 'none'; readonly suggestion?: string };

export type Router = (method: string, pathname: string) => RouteMatch;

interface Entry {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

export function createRouter(routes: readonly Route[]): Router {
  const fixed = new Map<string, Route[]>();
  const patterns: Entry[] = [];
  for (const route of routes) {
    if (route.path.includes(':')) patterns.push(compile(route));
    else fixed.set(route.path, [...(fixed.get(route.path) ?? []), route]);
  }
  const written = new Map<string, RouteMatch>();
  for (const route of [...fixed.values()].flat()) {
    const match: RouteMatch = { type: 'found', route, params: {} };
    written.set(`${route.method} ${addressOf(route)}`, match);
  }
  return (method, pathname) => {
    // Nearly all ask for an address as it is documented.
    const known = written.get(`${method} ${pathname}`);
    if (known !== undefined) return known;
    const path = canonicalPath(pathname);
    const byPath = fixed.get(path);
    const found: { route: Route; params: Readonly<Record<string, string>> }[] =
      byPath?.map((route) => ({ route, params: {} })) ?? matchPatterns(patterns, path);
    const [first] = found;
    if (first === undefined) return noMatch(suggest(routes, fixed, path));
    // HEAD is a GET whose body stays away.
    const wanted = method === 'HEAD' ? 'GET' : method;
    const match = found.find(({ route }) => route.method === wanted);
    if (match !== undefined) return { type: 'found', ...match };
    // `/responses/responses` is no response of that name but a base URL with too much in it.
    const meant = byPath === undefined ? suggest(routes, fixed, path) : undefined;
    if (meant?.method === wanted) return noMatch(meant);
    const methods = new Set(found.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])));
    return { type: 'wrong-method', route: first.route, methods: [...methods, 'OPTIONS'].join(', ') };
  };
}

const noMatch = (meant: Route | undefined): RouteMatch =>
  meant === undefined ? { type: 'none' } : { type: 'none', suggestion: addressOf(meant) };

const addressOf = ({ path, versioned }: Route): string => (versioned === false ? path : `/v1${path}`);

/**
 * Base URLs are set too short, too long, or in capitals: the route whose path ends the one asked for, else one that
 * begins with it.
 */
function suggest(
  routes: readonly Route[],
  fixed: ReadonlyMap<string, readonly Route[]>,
  path: string,
): Route | undefined {
  const wanted = path.toLowerCase();
  if (wanted.length > MAX_SUGGESTED_LENGTH || wanted === '/') return undefined;
  for (let at = 0; at !== -1; at = wanted.indexOf('/', at + 1)) {
    const end = canonicalPath(wanted.slice(at));
    if (end !== '/' && fixed.has(end)) return fixed.get(end)?.[0];
  }
  return routes.find((route) => !route.path.includes(':') && route.path.startsWith(`${wanted}/`));
}

const MAX_SUGGESTED_LENGTH = 256;

/** The protocol whose envelope an error on this path is most likely read with. */
export function nearestProtocol(pathname: string, headers: Pick<RequestHeaders, 'has'>): ProtocolName {
  const path = canonicalPath(pathname);
  if (path.startsWith('/messages') || headers.has('anthropic-version')) return 'anthropic-messages';
  return path.startsWith('/responses') ? 'openai-responses' : 'openai-chat';
}

/** What goes before a path (the group is the model): `/v1` as often as it comes, and what Azure's clients write, `/openai/deployments/{model}`. */
export const PATH_PREFIX = /^(?:\/openai(?=\/))?(?:\/v1(?=\/|$))*(?:\/deployments\/([^/]+)(?=\/))?/;

function canonicalPath(pathname: string): string {
  const path = pathname.replace(/\/{2,}/g, '/').replace(PATH_PREFIX, '');
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/';
}

function compile(route: Route): Entry {
  const names: string[] = [];
  const source = route.path.replace(/:(\w+)(\+?)/g, (_, name: string, rest: string) => {
    names.push(name);
    return rest === '' ? '([^/]+)' : '(.+)';
  });
  return { route, pattern: new RegExp(`^${source}$`), names };
}

function matchPatterns(
  patterns: readonly Entry[],
  path: string,
): { route: Route; params: Readonly<Record<string, string>> }[] {
  const found = [];
  for (const { route, pattern, names } of patterns) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const params = Object.fromEntries(names.map((name, index) => [name, decodePart(match[index + 1] as string)]));
    found.push({ route, params });
  }
  return found;
}

export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
