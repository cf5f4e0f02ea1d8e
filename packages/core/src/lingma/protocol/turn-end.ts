/**
 * How turns end, in both dialects: `chat/finish` params, `chat_finish` data (protocol section 7.9), error events
 * (7.11), and the `stopReason` of standard ACP agents.
 */
import { type FinishReason, GatewayError } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { classifyFailure, classifyThrown } from './errors.js';
import { readFailure } from './failure-detail.js';
import { meaningOfStatus, meaningOfVendorCode } from './failure-rules.js';

export type TurnEnd =
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly fullAnswer?: string }
  /** Stopped by us or by somebody else; an ordinary end only after a stop or a refused tool. */
  | { readonly type: 'cancelled' }
  | { readonly type: 'error'; readonly error: GatewayError };

const LENGTH = /^(length|max_?(output_?)?tokens|max_turn_requests|token_limit|model_context_window_exceeded)$/i;
const FILTER = /^(refusal|content[_-]?filter(ed)?|filter(ed)?|sensitive)$/i;
const CANCELLED = /^cancel(l?ed)?$|^(abort|interrupt)ed$/i;
const FAILED =
  /^(error|failed|failure|time[_-]?d?[_-]?out|fatal|overloaded|rate[_-]?limit(ed)?|(quota|limit)[_-]?exceeded|unauthorized|login[_-]?required)$/i;

export function decodeFinish(data: JsonObject): TurnEnd {
  const raw = stringOf(data.reason) ?? stringOf(data.stopReason);
  const status = failingCode(data, ['statusCode', 'status', 'errorCode', 'code']);
  if (raw !== undefined && CANCELLED.test(raw) && !isKnown(status)) return { type: 'cancelled' };
  const failed =
    status !== undefined ||
    data.success === false ||
    (raw !== undefined && (FAILED.test(raw) || (raw.trimStart().startsWith('{') && readFailure(raw).codes.length > 0)));
  if (failed) {
    // The answer so far is no word about the failure.
    const { fullAnswer: _, ...rest } = data;
    const error = classifyFailure({ text: '', ...(status !== undefined && { status }), data: rest });
    return error === 'content-filter' ? { type: 'finish', reason: 'content-filter' } : { type: 'error', error };
  }
  const fullAnswer = stringOf(data.fullAnswer);
  return {
    type: 'finish',
    reason: raw === undefined ? 'stop' : LENGTH.test(raw) ? 'length' : FILTER.test(raw) ? 'content-filter' : 'stop',
    ...(fullAnswer !== undefined && { fullAnswer }),
  };
}

/** The first of the members that is a code other than 0 and 200: all of these mean failure, the vendor's small ones too. */
function failingCode(data: JsonObject, members: readonly string[]): number | undefined {
  for (const member of members) {
    const code = numberOf(data[member]);
    if (code !== undefined && code !== 0 && code !== 200) return code;
  }
  return undefined;
}

/** A code that says what happened; any other may be how this process puts "cancelled". */
function isKnown(code: number | undefined): boolean {
  return code !== undefined && (meaningOfVendorCode([code]) ?? meaningOfStatus([code])) !== undefined;
}

/** `chat/error`, `error`, `fatal_error`, `chat_error`: the text may stand nearly anywhere. */
export function decodeErrorEvent(params: JsonObject): TurnEnd {
  const error = classifyFailure({ text: '', data: params });
  return error === 'content-filter' ? { type: 'finish', reason: 'content-filter' } : { type: 'error', error };
}

/** How a turn ends whose question was answered with what was thrown. */
export function endOfThrown(thrown: unknown): TurnEnd {
  const error = classifyThrown(thrown);
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
  const hasCode =
    (errorCode !== undefined && !/^(0|200|ok|success)?$/i.test(errorCode)) ||
    failingCode(result, ['statusCode']) !== undefined;
  const saysYes = result.success === true || result.isSuccess === true;
  if (!saysNo && (!hasCode || saysYes)) return undefined;
  const status = failingCode(result, ['errorCode', 'statusCode', 'status', 'code']);
  return classifyFailure({ text: '', ...(status !== undefined && { status }), data: result });
}

/** @throws GatewayError the failure inside a reply; see {@link failureInResult} */
export function checkResult(result: JsonValue): void {
  const failure = failureInResult(result);
  if (failure === undefined) return;
  throw failure === 'content-filter'
    ? new GatewayError('upstream_error', 'Lingma’s content filter refused the request')
    : failure;
}

/** What happened in the turn before its end. */
export interface TurnHistory {
  /** The content filter struck. */
  readonly filtered: boolean;
  /** A tool or a permission was refused, after which agents may call the turn cancelled. */
  readonly refused: boolean;
}

export type JudgedEnd =
  | { readonly error: GatewayError }
  /** `fullAnswer`: for a turn of which nothing came so far; `''` where there is none, or none to be shown. */
  | { readonly reason: FinishReason; readonly fullAnswer: string };

/** What the reported end means for the turn at hand: the same words end one turn well and fail another. */
export function judgeEnd(end: TurnEnd, { filtered, refused }: TurnHistory): JudgedEnd {
  switch (end.type) {
    case 'error':
      // After the filter an error is only how this process ends a filtered answer (protocol section 7.15).
      return filtered ? { reason: 'content-filter', fullAnswer: '' } : { error: end.error };
    case 'cancelled':
      if (!refused) return { error: new GatewayError('upstream_error', 'Lingma cancelled the turn') };
      return { reason: filtered ? 'content-filter' : 'stop', fullAnswer: '' };
    case 'finish':
      return filtered
        ? { reason: 'content-filter', fullAnswer: '' }
        : { reason: end.reason, fullAnswer: end.fullAnswer ?? '' };
  }
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
