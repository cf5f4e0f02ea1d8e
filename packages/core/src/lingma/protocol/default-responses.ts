/**
 * What a request from the process is answered with when no handler took it. Silence costs a tool time-out or holds back
 * the next event, and `null` hangs some agents (acp-notes 4.15, 4.16), so there is an answer for everything.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { IncomingMessage } from '../jsonrpc/peer.js';

export type Answer =
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string } };

export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;

/** Requests and events of protocol sections 3.1, 7.7 to 7.11, 7.16 and 8.4: their answer carries nothing. */
const ACKNOWLEDGED = new Set([
  'auth/report',
  'auth/syncTokenUpdate',
  'chat/answer',
  'chat/codeChange/apply/finish',
  'chat/error',
  'chat/finish',
  'chat/notification',
  'chat/process_step_callback',
  'chat/think',
  'commitMsg/answer',
  'commitMsg/finish',
  'config/changeEndpoint',
  'config/refreshModels',
  'context/usage/sync',
  'error',
  'error/notificationError',
  'extension/register',
  'fatal_error',
  'image/uploadResultNotification',
  'model/refresh',
  'ping',
  'session/title/update',
  'session/update',
  'snapshot/syncAll',
  'system/network_recover',
  'task/planProgress/content/sync',
  'task/status/sync',
  'telemetry/event',
  'tool/call/sync',
  'update/ready',
  'user/inprogress/task/sync',
  'user/task/stats/sync',
  'window/logMessage',
  'workingSpaceFile/sync',
]);

/** True where `null` from a handler is no answer: the process reads members of the result. */
export function needsContent(method: string): boolean {
  return method === 'session/request_permission' || method === 'tool/invoke';
}

/** The answer to a request nobody took. `now` is in milliseconds since the epoch. */
export function defaultAnswer(message: IncomingMessage, now: number): Answer {
  switch (message.method) {
    case 'session/request_permission':
      return { result: refusePermission(message.params) };
    case 'tool/invoke':
      return answerTool(message.params, now);
    default:
      if (ACKNOWLEDGED.has(message.method)) return { result: {} };
      return { error: { code: METHOD_NOT_FOUND, message: `Method not found: ${message.method}` } };
  }
}

/**
 * `session/request_permission` → the option that rejects this once, else the one that always rejects, else `cancelled`.
 * Chosen by `kind` alone: ids, order and names of options differ between agents, and a reject kind is not promised.
 */
export function refusePermission(params: JsonObject): JsonObject {
  const options = Array.isArray(params.options) ? params.options.filter(isJsonObject) : [];
  for (const kind of ['reject_once', 'reject_always']) {
    const option = options.find((candidate) => candidate.kind === kind && isOptionId(candidate.optionId));
    if (option !== undefined) return { outcome: { outcome: 'selected', optionId: option.optionId } };
  }
  return { outcome: { outcome: 'cancelled' } };
}

function isOptionId(value: JsonValue | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/**
 * `tool/invoke` that no turn of ours took. The process may send it to all its clients and count their answers (protocol
 * section 3.1): a refusal would then be taken for the tool's result while the client whose turn it is still runs the
 * tool. So it is told that the turn is not ours, and of an asynchronous call only that it was heard.
 */
function answerTool(params: JsonObject, now: number): Answer {
  if (params.async === true) return { result: {} };
  const namesTurn = [params.requestId, params.sessionId].some((id) => typeof id === 'string' && id !== '');
  if (namesTurn) return { error: { code: INVALID_PARAMS, message: 'Not a turn of this client' } };
  return { result: refuseTool(params, now) };
}

/** A failed tool result (protocol section 9.2), so that the model goes on without the tool. */
function refuseTool(params: JsonObject, now: number): JsonObject {
  return {
    toolCallId: params.toolCallId ?? '',
    name: params.name ?? '',
    success: false,
    errorMessage: 'This client runs no tools',
    result: {},
    startTime: now,
    timeConsuming: 0,
  };
}
