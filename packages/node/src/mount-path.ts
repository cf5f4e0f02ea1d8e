/** Where in an app a handler stands, and what of a request's path lies below. */
import type { IncomingMessage } from 'node:http';
import { toUrl } from './to-web-request.js';

/** Without slashes at its end; `''` is the root. @throws TypeError where it is no path */
export function normalBasePath(basePath: string): string {
  if (basePath !== '' && !basePath.startsWith('/')) throw new TypeError('basePath must begin with a slash');
  return basePath.replace(/\/+$/, '');
}

/** Path and query below `basePath`; `undefined` where the request is for something else. */
export function targetBelow(incoming: IncomingMessage, basePath: string): string | undefined {
  const target = pathOf(incoming);
  if (basePath === '') return target;
  if (!target.startsWith(basePath)) return undefined;
  const rest = target.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}

/** Without its first `count` segments, which a router has matched and which may be parameters. */
export function targetBelowSegments(incoming: IncomingMessage, count: number): string {
  const target = pathOf(incoming);
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  let at = 0;
  for (let left = count; left > 0 && at !== -1; left--) at = path.indexOf('/', at + 1);
  const rest = at === -1 ? '' : path.slice(at);
  return (rest.startsWith('/') ? rest : `/${rest}`) + (query === -1 ? '' : target.slice(query));
}

/** Path and query, where proxies send a whole URL, too. */
function pathOf(incoming: IncomingMessage): string {
  const target = incoming.url ?? '/';
  if (target.startsWith('/')) return target;
  const { pathname, search } = new URL(toUrl(incoming));
  return pathname + search;
}

/** As a router compares it: without the query, dots and odd characters as a URL writes them. */
export function pathnameOf(target: string): string {
  const path = target.split('?', 1)[0] as string;
  return PLAIN_PATH.test(path) && !path.includes('/.') ? path : urlPath(path);
}

const urlPath = (path: string): string => {
  const url = `http://localhost${path}`;
  return URL.canParse(url) ? new URL(url).pathname : path;
};

/** Paths that a URL leaves as they are: no escapes to put in, no dots to take out. */
export const PLAIN_PATH = /^\/[\w/:@.-]*$/;
