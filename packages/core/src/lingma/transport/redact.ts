/**
 * What the process says, fit for a log: it hands its tokens to any local client (protocol section 5.1), so they may turn
 * up in whatever it answers.
 */
const MAX_LENGTH = 500;
/** Access and refresh tokens by their prefixes. */
const TOKENS = /\b(pt|rt)-[\w.~+/=-]{4,}/g;
const MEMBERS =
  /("[^"\\]*(?:token|secret|password|api_?key|access_?key|authorization)[^"\\]*"\s*:\s*)"(?:[^"\\]|\\.)*"?/gi;
const HEADERS = /\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi;

/** `text` without tokens, and not longer than a line of a log should be. */
export function withoutSecrets(text: string): string {
  // Cut first: nobody reads the rest, and matching it would take its time.
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return cut.replace(MEMBERS, '$1"***"').replace(TOKENS, '$1-***').replace(HEADERS, '$1***');
}

/** An address without what gives access: user, password, query. */
export function shownUrl(url: string): string {
  if (!/[@?#]/.test(url) || !URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
