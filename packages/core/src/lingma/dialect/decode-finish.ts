/**
 * How turns end, in both dialects: `chat/finish` params, `chat_finish` data (protocol section 7.9), error events
 * (7.11), and the `stopReason` of standard ACP agents.
 */
import { type FinishReason, GatewayError } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { classifyFailure } from './classify-error.js';

export type TurnEnd =
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly raw?: string; readonly fullAnswer?: string }
  /** Stopped by us or by somebody else; an ordinary end only after a stop or a refused tool. */
  | { readonly type: 'cancelled' }
  | { readonly type: 'error'; readonly error: GatewayError };

const LENGTH = /^(length|max_?(output_?)?tokens|max_turn_requests|token_limit)$/i;
const FILTER = /^(refusal|content[_-]?filter(ed)?|filter(ed)?|sensitive)$/i;
const CANCELLED = /^cancel(l?ed)?$|^(abort|interrupt)ed$/i;
const FAILED = /^(error|failed|failure|timeout|fatal)$/i;

export function decodeFinish(data: JsonObject): TurnEnd {
  const raw = stringOf(data.reason) ?? stringOf(data.stopReason);
  const status = numberOf(data.statusCode);
  const message = stringOf(data.errorMessage) ?? stringOf(data.message) ?? '';
  if (raw !== undefined && CANCELLED.test(raw)) return { type: 'cancelled' };
  const failed =
    (status !== undefined && status >= 400) || data.success === false || (raw !== undefined && FAILED.test(raw));
  if (failed) {
    const text = [raw, message].filter((part) => part !== undefined && part !== '').join(': ');
    const error = classifyFailure({ text, ...(status !== undefined && { status }) });
    return error === 'content-filter'
      ? { type: 'finish', reason: 'content-filter', ...(raw !== undefined && { raw }) }
      : { type: 'error', error };
  }
  const fullAnswer = stringOf(data.fullAnswer);
  return {
    type: 'finish',
    reason: raw === undefined ? 'stop' : LENGTH.test(raw) ? 'length' : FILTER.test(raw) ? 'content-filter' : 'stop',
    ...(raw !== undefined && { raw }),
    ...(fullAnswer !== undefined && { fullAnswer }),
  };
}

/** `chat/error`, `error`, `fatal_error`, `chat_error`: the text may stand nearly anywhere. */
export function decodeErrorEvent(params: JsonObject): TurnEnd {
  const inner = isJsonObject(params.error) ? params.error : isJsonObject(params.data) ? params.data : {};
  const status = numberOf(
    params.statusCode ??
      params.status ??
      params.errorCode ??
      params.code ??
      inner.statusCode ??
      inner.status ??
      inner.code,
  );
  const texts = [
    params.message,
    params.errorMessage,
    params.error,
    params.reason,
    params.data,
    inner.message,
    inner.errorMessage,
    inner.reason,
  ].filter((value) => typeof value === 'string');
  const error = classifyFailure({ text: texts.join(': '), ...(status !== undefined && { status }) });
  return error === 'content-filter' ? { type: 'finish', reason: 'content-filter' } : { type: 'error', error };
}

/**
 * The failure inside a reply that is a JSON-RPC result and yet says no: `success:false`, `isSuccess:false`, or an
 * `errorCode` that is not empty (section 3).
 */
export function failureInResult(result: JsonValue): GatewayError | 'content-filter' | undefined {
  if (!isJsonObject(result)) return undefined;
  const errorCode = typeof result.errorCode === 'number' ? String(result.errorCode) : stringOf(result.errorCode);
  const saysNo = result.success === false || result.isSuccess === false;
  const hasCode = errorCode !== undefined && !/^(0|200|ok|success)?$/i.test(errorCode);
  const saysYes = result.success === true || result.isSuccess === true;
  if (!saysNo && (!hasCode || saysYes)) return undefined;
  const text = [errorCode, stringOf(result.errorMessage), stringOf(result.errorMsg), stringOf(result.message)]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
  const status = numberOf(result.errorCode ?? result.status);
  return classifyFailure({ text, ...(status !== undefined && status >= 400 && { status }) });
}

/** @throws GatewayError the failure inside a reply; see {@link failureInResult} */
export function checkResult(result: JsonValue): void {
  const failure = failureInResult(result);
  if (failure === undefined) return;
  throw failure === 'content-filter'
    ? new GatewayError('upstream_error', 'Lingma’s content filter refused the request')
    : failure;
}

export function emptyAnswer(): GatewayError {
  return new GatewayError('upstream_error', 'Lingma ended the turn without an answer');
}

export function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Numbers as numbers or digits; anything else, and the empty string, is `undefined`. */
export function numberOf(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
