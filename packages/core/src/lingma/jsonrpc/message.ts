/**
 * One body → one message. Requests, notifications and responses are told apart by `method` alone: ids of the two
 * directions are different number spaces (protocol section 3), so an id proves nothing.
 */
import {
  cutDepth,
  isJsonObject,
  isNumber,
  JsonLimitError,
  type JsonObject,
  type JsonValue,
  parseExactJson,
} from '../../util/index.js';
import type { IncomingMessage, JsonRpcId } from './peer.js';

export type ParsedMessage =
  | { readonly kind: 'incoming'; readonly message: IncomingMessage }
  | { readonly kind: 'result'; readonly id: JsonRpcId; readonly result: JsonValue }
  | { readonly kind: 'error'; readonly id: JsonRpcId; readonly error: ResponseError }
  /** Nothing that can be acted upon; `why` is for the log. */
  | { readonly kind: 'dropped'; readonly why: string }
  /** Not JSON. What it says is not for the log: it may hold anything. */
  | { readonly kind: 'malformed'; readonly length: number };

export interface ResponseError {
  readonly code: number;
  readonly message: string;
  readonly data?: JsonValue;
}

/**
 * Levels a message may have; what lies deeper is `null`. It would end the stack of whatever walks it with recursion,
 * `JSON.stringify` among them, and with that the process.
 */
const MAX_DEPTH = 256;

/** Never throws: a body that is no JSON was framed well, so the messages after it are none the worse (acp-notes 4.5). */
export function parseMessage(body: string): ParsedMessage {
  let value: JsonValue;
  try {
    value = parseBody(body);
  } catch {
    return { kind: 'malformed', length: body.length };
  }
  if (!isJsonObject(value)) return { kind: 'dropped', why: 'not an object' };
  const { method, id } = value;
  if (typeof method === 'string') {
    const params = toParams(value.params);
    return { kind: 'incoming', message: isId(id) ? { method, params, id } : { method, params } };
  }
  if (method !== undefined && method !== null) return { kind: 'dropped', why: 'method is not a string' };
  // Agents answer unknown notifications with an error without an id (acp-notes 4.7).
  if (!isId(id)) return { kind: 'dropped', why: 'neither method nor id' };
  if (value.error === undefined || value.error === null) {
    return { kind: 'result', id, result: value.result ?? null };
  }
  return { kind: 'error', id, error: toResponseError(value.error) };
}

/** Inputs of tool calls and tools' results are passed on, so numbers keep their digits: in all but absurdly many values. */
function parseBody(body: string): JsonValue {
  try {
    return parseExactJson(body, MAX_DEPTH);
  } catch (error) {
    if (error instanceof JsonLimitError) return cutDepth(parseBeyondLimits(body), MAX_DEPTH);
    throw error;
  }
}

function parseBeyondLimits(body: string): JsonValue {
  try {
    return parseExactJson(body, Number.POSITIVE_INFINITY);
  } catch (error) {
    // Whoever waits for this message must hear of it; the limit of a frame bounds it.
    if (error instanceof JsonLimitError) return JSON.parse(body) as JsonValue;
    throw error;
  }
}

function isId(id: JsonValue | undefined): id is JsonRpcId {
  return typeof id === 'string' || typeof id === 'number' || (id !== undefined && isNumber(id));
}

/** Params are an object. LSP libraries also send it as the only member of an array; anything else says nothing. */
function toParams(params: JsonValue | undefined): JsonObject {
  if (isJsonObject(params)) return params;
  if (Array.isArray(params) && params.length === 1 && isJsonObject(params[0])) return params[0];
  return {};
}

/** The cause may lie in `message`, in `data` or in `data.message` / `data.details` (acp-notes 4.9). */
function toResponseError(error: JsonValue): ResponseError {
  if (!isJsonObject(error)) return { code: 0, message: typeof error === 'string' ? error : JSON.stringify(error) };
  const { code: given, message: _, data, ...others } = error;
  const code = Number(given);
  const isNumber = Number.isFinite(code);
  const message = firstText(error.message, data, ...(isJsonObject(data) ? [data.message, data.details] : []));
  // Some put their own members beside the standard's, and words in the place of the code.
  const more = { ...others, ...(!isNumber && given !== undefined && { code: given }) };
  const all = Object.keys(more).length === 0 ? data : { ...more, ...(data !== undefined && { data }) };
  return { code: isNumber ? code : 0, message: message ?? 'The call failed', ...(all !== undefined && { data: all }) };
}

function firstText(...values: (JsonValue | undefined)[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}
