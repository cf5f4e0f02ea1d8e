/**
 * What a request from the process is answered with when no handler took it. Silence costs a tool time-out or holds back
 * the next event, and `null` hangs some agents (acp-notes 4.15, 4.16), so there is an answer for everything.
 */
import type { JsonObject } from '../../util/index.js';
import { INVALID_PARAMS, METHOD_NOT_FOUND } from '../jsonrpc/error-codes.js';
import type { IncomingMessage, JsonRpcAnswer } from '../jsonrpc/peer.js';
import { permissionAnswer, refusedResult } from './permission.js';

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

/** The answer to a request nobody took. `now` is in milliseconds since the epoch. */
export function defaultAnswer(message: IncomingMessage, now: number): JsonRpcAnswer {
  switch (message.method) {
    case 'session/request_permission':
      return { result: permissionAnswer(message.params, false) };
    case 'tool/invoke':
      return answerTool(message.params, now);
    default:
      if (ACKNOWLEDGED.has(message.method)) return { result: {} };
      return { error: { code: METHOD_NOT_FOUND, message: `Method not found: ${message.method}` } };
  }
}

/**
 * `tool/invoke` that no turn of ours took. The process may send it to all its clients and count their answers (protocol
 * section 3.1): a refusal would then be taken for the tool's result while the client whose turn it is still runs the
 * tool. So it is told that the turn is not ours, and of an asynchronous call only that it was heard.
 */
function answerTool(params: JsonObject, now: number): JsonRpcAnswer {
  if (params.async === true) return { result: {} };
  const namesTurn = [params.requestId, params.sessionId].some((id) => typeof id === 'string' && id !== '');
  if (namesTurn) return { error: { code: INVALID_PARAMS, message: 'Not a turn of this client' } };
  return { result: refusedResult(params, now) };
}
