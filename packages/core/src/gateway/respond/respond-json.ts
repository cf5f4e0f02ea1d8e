/** JSON answers, good and bad, with the headers every one of them carries. */
import { type ChatWarning, type ErrorCode, GatewayError } from '../../chat/index.js';
import { type JsonObject, stringifyJson } from '../../util/index.js';
import { ACCEPTED_CODINGS } from '../body/content-coding.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';

type HeaderFields = Readonly<Record<string, string>>;

/** Sets the length, so that a runtime need not send a small body in chunks. */
export function respondJson(body: JsonObject, status = 200, headers: HeaderFields = {}): GatewayResponse {
  const text = stringifyJson(body);
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers },
    body: text,
  };
}

/** What HTTP wants said with a status. */
const REMEDY: Readonly<Partial<Record<ErrorCode, HeaderFields>>> = {
  unauthenticated: { 'www-authenticate': 'Bearer' },
  unsupported_media_type: { 'accept-encoding': ACCEPTED_CODINGS },
};

/** The failure in the envelope of the request's protocol; noted for the log. */
export function respondError(thrown: unknown, context: RequestContext, headers: HeaderFields = {}): GatewayResponse {
  const error = context.fail(thrown);
  const envelope = context.protocol.encodeError(error, context.requestId);
  return respondJson(envelope.body, envelope.status, { ...envelope.headers, ...REMEDY[error.code], ...headers });
}

/** Whoever read the answer went away: noted for the log, and what still runs for it ends. */
export function noteClientGone(context: RequestContext): void {
  const gone = new GatewayError('client_closed', 'The client went away');
  context.fail(gone);
  // Not left to the end of the turn: closing it may wait for a read that only the signal ends.
  context.abort(gone);
}

/** @param suggestion the address that was probably meant */
export function notFound(context: RequestContext, suggestion?: string): GatewayError {
  const { pathname, url, basePath = '' } = context.request;
  const hint = suggestion === undefined ? '' : `. Did you mean ${suggestion}? ${baseUrls(url.origin + basePath)}`;
  return new GatewayError('not_found', `Unknown route: ${context.request.method} ${pathname.slice(0, 200)}${hint}`);
}

const baseUrls = (base: string): string =>
  `The base URL is ${base}/v1 for OpenAI clients, ${base} for Anthropic clients`;

/** Header values are bytes and pass through proxies with limits of their own. */
const MAX_WARNINGS_LENGTH = 1_024;

/** `type: subject; type: subject`, cut at a bound; `undefined` when there are none. */
export function warningsHeader(warnings: readonly ChatWarning[]): string | undefined {
  let value = '';
  for (const { type, subject } of warnings) {
    const item = `${type}: ${subject}`.replace(/[^\x20-\x3a\x3c-\x7e]/g, '?').slice(0, 200);
    if (value.length + item.length + 2 > MAX_WARNINGS_LENGTH) return `${value}; ...`;
    value += value === '' ? item : `; ${item}`;
  }
  return value === '' ? undefined : value;
}

export function warningHeaders(warnings: readonly ChatWarning[]): Record<string, string> {
  const value = warningsHeader(warnings);
  return value === undefined ? {} : { 'x-lingma-warnings': value };
}
