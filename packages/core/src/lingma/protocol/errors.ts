/**
 * What a failure of the process means to a client. What it says is read by `failure-detail.ts` and looked up in
 * `failure-rules.ts`: the vendor's codes first, then the words, then HTTP statuses and JSON-RPC codes (protocol sections
 * 3.2 and 7.15). Details stay in `cause`: messages are ours.
 */
import { GatewayError } from '../../chat/index.js';
import { type JsonValue, OutsideTextError } from '../../util/index.js';
import { METHOD_NOT_FOUND } from '../jsonrpc/error-codes.js';
import { JsonRpcError } from '../jsonrpc/peer.js';
import { withoutSecrets } from '../transport/redact.js';
import type { DialectName } from './dialect-name.js';
import { readFailure } from './failure-detail.js';
import { MEANING, meaningOfOverload, meaningOfStatus, meaningOfVendorCode, meaningOfWords } from './failure-rules.js';

/** How the process reported the failure. */
export interface UpstreamFailure {
  /** Text of the error, reason of the finish: whatever words there are. */
  readonly text: string;
  /** `statusCode` of a finish or error event: an HTTP status or a code of the vendor's. */
  readonly status?: number;
  /** JSON-RPC error code; processes put statuses and vendor codes there as well. */
  readonly rpcCode?: number;
  /** Whatever else came with it, of any shape. */
  readonly data?: JsonValue;
}

/** JSON-RPC code of ACP's for "authentication required", and of many a server's for whatever went wrong. */
const AUTHENTICATION_REQUIRED = -32_000;
const AUTHENTICATION = /^\s*$|auth|log[ -]?[io]n|sign[ -]?in|credential|account|登[录陆]|认证|鉴权/i;

/** `content-filter` is an end of the answer, not an error; everything else is. */
export function classifyFailure(failure: UpstreamFailure, cause?: unknown): GatewayError | 'content-filter' {
  const { text, status, rpcCode, data } = failure;
  const detail = readFailure({ code: rpcCode, status, text }, data);
  const meaning =
    meaningOfVendorCode(detail.codes) ??
    (detail.queued ? MEANING.queued : undefined) ??
    meaningOfWords(detail.text) ??
    meaningOfStatus(detail.codes) ??
    meaningOfOverload(detail) ??
    (rpcCode === AUTHENTICATION_REQUIRED && AUTHENTICATION.test(detail.text) ? MEANING.login : undefined);
  const code = status ?? detail.codes[0] ?? rpcCode;
  const forLog = cause ?? new OutsideTextError(withoutSecrets(detail.text), code);
  if (meaning === undefined) {
    const suffix = code === undefined ? '' : ` (${code})`;
    return new GatewayError('upstream_error', `Lingma reported an error${suffix}`, { cause: forLog });
  }
  if (meaning.code === 'content-filter') return meaning.code;
  const mayWait = meaning.code === 'rate_limited' || meaning.code === 'upstream_overloaded';
  return new GatewayError(meaning.code, meaning.message, {
    cause: forLog,
    ...meaning.options,
    ...(mayWait && detail.retryAfterMs !== undefined && { retryAfterMs: detail.retryAfterMs }),
  });
}

/** Anything thrown while talking to the process, as a {@link GatewayError} of the table. */
export function toTurnError(thrown: unknown): GatewayError {
  const classified = classifyThrown(thrown);
  return classified === 'content-filter'
    ? new GatewayError('upstream_error', 'Lingma’s content filter refused the request', { cause: thrown })
    : classified;
}

/** As {@link toTurnError}, where a refusal of the content filter is an end of its own. */
export function classifyThrown(thrown: unknown): GatewayError | 'content-filter' {
  if (GatewayError.isInstance(thrown)) return thrown;
  if (!(thrown instanceof JsonRpcError)) {
    return new GatewayError('upstream_error', 'Lingma could not answer', { cause: thrown });
  }
  const { message, code, data } = thrown;
  return classifyFailure({ text: message, rpcCode: code, ...(data !== undefined && { data }) }, thrown);
}

const UNKNOWN_METHOD =
  /unknown method|(no such|invalid|undefined|unhandled|unrecogni[sz]ed) method|(method|handler)\b.{0,60}\b(not (found|supported|implemented|exist|registered|available)|unknown|unsupported|missing)|does ?n[o']t exist|not supported|unsupported|not implemented|no handler/i;

/** Whether the process answered that it has no such method; only a style of the text is known (protocol section 3.2). */
export function isUnknownMethod(thrown: unknown): boolean {
  return thrown instanceof JsonRpcError && (thrown.code === METHOD_NOT_FOUND || UNKNOWN_METHOD.test(thrown.message));
}

/**
 * A process that serves no way to hold a conversation, in words that say what to do; any other failure as it is.
 * `dialect`: the client's setting.
 */
export function explainUnserved(error: GatewayError, dialect: DialectName | 'auto'): GatewayError {
  const { cause } = error;
  if (!(cause instanceof JsonRpcError) || !isUnknownMethod(cause)) return error;
  // "the model does not exist" is no word about the method.
  if (cause.code !== METHOD_NOT_FOUND && !/method|handler/i.test(cause.message)) return error;
  const asked = TURN_METHODS[cause.method];
  if (asked === undefined) return error;
  const message =
    dialect === 'auto'
      ? 'This Lingma serves neither ACP nor chat/ask: update it, or set the dialect if you know which one it speaks'
      : `This Lingma does not serve ${asked}: set the dialect to ${dialect === 'acp' ? 'lsp-chat' : 'acp'} or auto, or update it`;
  return new GatewayError(error.code, message, { cause });
}

const TURN_METHODS: Readonly<Record<string, string>> = {
  'chat/ask': 'chat/ask',
  'session/new': 'ACP',
  'session/prompt': 'ACP',
};

/** Cause of errors that end a turn because its connection died; such a turn may be repeated on a new one. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A process that broke the wire protocol is told from one that went away. */
export function connectionLost(cause?: unknown): GatewayError {
  if (GatewayError.isInstance(cause) && cause.code === 'upstream_protocol') {
    return new GatewayError(cause.code, cause.message, {
      cause: new ConnectionLost('connection to the process given up', { cause }),
    });
  }
  return new GatewayError('upstream_error', 'The connection to Lingma was lost', {
    cause: new ConnectionLost('connection to the process lost', { cause }),
  });
}

/** `not_ready` is how a connection rejects calls that were under way when it closed. */
export function isConnectionLost(error: unknown): boolean {
  return GatewayError.isInstance(error) && (error.code === 'not_ready' || error.cause instanceof ConnectionLost);
}
