/** A call of any method of the process's: what the client has no method of its own for. */
import { abortReason, GatewayError } from '../../chat/index.js';
import {
  checkOptions,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Logger,
  type OptionRules,
  redactText,
  redactValue,
} from '../../util/index.js';
import { type CancelSignal, JsonRpcError } from '../jsonrpc/peer.js';
import { isUnknownMethod, toTurnError } from '../protocol/errors.js';
import type { ConnectionPool } from './connection-pool.js';

/** What {@link LingmaClient.request} can be told. */
export interface RawRequestOptions {
  /** Aborted: the call is given up, and the promise rejects at once. */
  readonly signal?: AbortSignal;
  /** Milliseconds until it fails with `upstream_timeout`. Default 15 000. */
  readonly timeoutMs?: number;
}

const RULES: OptionRules<RawRequestOptions> = { signal: 'object', timeoutMs: 'count' };
const TIMEOUT_MS = 15_000;

/** They begin and end a connection, and the connections are the client's. */
const OF_CONNECTIONS = new Set(['initialize', 'initialized', 'shutdown', 'exit']);

/** @throws TypeError */
export function checkRequest(owner: string, method: unknown, params: unknown, options: RawRequestOptions): void {
  if (typeof method !== 'string' || method === '') throw new TypeError(`${owner} takes the name of a method`);
  if (OF_CONNECTIONS.has(method)) throw new TypeError(`${owner}: "${method}" is for the client to send`);
  if (!isJsonObject(params)) throw new TypeError(`${owner}: the params of ${method} must be an object`);
  checkOptions(owner, options, RULES);
}

export interface RawRequest {
  readonly method: string;
  readonly params: JsonObject;
  readonly timeoutMs?: number | undefined;
}

/** @throws GatewayError */
export async function sendRequest(
  connections: ConnectionPool,
  { method, params, timeoutMs = TIMEOUT_MS }: RawRequest,
  signal: AbortSignal,
  logger: Logger,
): Promise<JsonValue> {
  if (signal.aborted) throw abortReason(signal.reason);
  let lease: Awaited<ReturnType<ConnectionPool['acquire']>>;
  try {
    lease = await connections.acquire(signal);
  } catch (error) {
    throw signal.aborted ? abortReason(signal.reason) : error;
  }
  logger.debug('Lingma is asked', { method, params: redactValue(params) });
  try {
    const given = timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs;
    const options = { timeoutMs: given, signal: signal as CancelSignal };
    return (await lease.peer.call(method, params, options)) ?? null;
  } catch (error) {
    if (signal.aborted) throw abortReason(signal.reason);
    throw failureOf(method, withoutSecrets(error));
  } finally {
    lease.release();
  }
}

function failureOf(method: string, error: unknown): GatewayError {
  if (!isUnknownMethod(error)) return toTurnError(error);
  return new GatewayError('unsupported_feature', `This Lingma has no method ${method}`, { cause: error });
}

/** Processes repeat in an error what they were sent, and errors come to rest in logs. */
function withoutSecrets(error: unknown): unknown {
  if (!(error instanceof JsonRpcError)) return error;
  const { method, code, message, data } = error;
  return new JsonRpcError(method, code, redactText(message), data === undefined ? undefined : redactValue(data));
}
