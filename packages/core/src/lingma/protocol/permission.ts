/** What the process is told about its own tools (protocol sections 8.8, 9.2 and 9.5), as messages. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { stringOf } from './turn-end.js';
import { requestIdOf } from './turn-ids.js';

const REFUSAL = 'This client runs no tools of its own. Go on without them.';

/** The result of a tool that was not run. */
export function refusedResult(params: JsonObject, now = Date.now()): JsonObject {
  return {
    toolCallId: stringOf(params.toolCallId) ?? '',
    name: stringOf(params.name) ?? '',
    success: false,
    errorMessage: REFUSAL,
    result: {},
    startTime: now,
    timeConsuming: 0,
  };
}

/** Whether the result of a `tool/invoke` travels in a message of its own. */
export function isAsync(params: JsonObject, isRequest: boolean): boolean {
  return params.async === true || !isRequest;
}

/** `tool/invokeResult`; not in the same breath as the answer to the request it belongs to. */
export function sendResult(peer: JsonRpcPeer, params: JsonObject, result: JsonObject): void {
  const ids = {
    ...(params.requestId !== undefined && { requestId: params.requestId }),
    ...(params.sessionId !== undefined && { sessionId: params.sessionId }),
  };
  queueMicrotask(() => {
    if (!peer.closed) peer.call('tool/invokeResult', { ...ids, ...result }).catch(() => undefined);
  });
}

export interface Approval {
  readonly sessionId: string;
  readonly requestId: string;
  readonly toolCallId: string;
  readonly approval: boolean;
}

export function sendApproval(peer: JsonRpcPeer, approval: Approval): void {
  queueMicrotask(() => {
    if (!peer.closed) peer.call('tool/call/approve', { ...approval }).catch(() => undefined);
  });
}

/**
 * The answer to `session/request_permission`. By kind, never by id, order or name (a kind may occur twice); without an
 * option of the kind, `cancelled`. What is allowed is allowed once.
 */
export function permissionAnswer(params: JsonObject, allow: boolean, serverName = ''): JsonValue {
  const option = allow ? optionOf(params, 'allow_once') : rejection(params);
  const optionId = option?.optionId;
  const outcome = optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId };
  if (serverName !== 'qodercn') return { outcome };
  return { outcome, requestId: requestIdOf(params) ?? '', errorMessage: allow ? '' : REFUSAL, successful: allow };
}

/** Whether a request for leave can be granted for this one time. */
export function canAllowOnce(params: JsonObject): boolean {
  return optionOf(params, 'allow_once') !== undefined;
}

function rejection(params: JsonObject): JsonObject | undefined {
  return optionOf(params, 'reject_once') ?? optionOf(params, 'reject_always');
}

function optionOf(params: JsonObject, kind: string): JsonObject | undefined {
  const options = Array.isArray(params.options) ? params.options.filter(isJsonObject) : [];
  return options.find(
    ({ kind: own, optionId }) => own === kind && (typeof optionId === 'string' || typeof optionId === 'number'),
  );
}
