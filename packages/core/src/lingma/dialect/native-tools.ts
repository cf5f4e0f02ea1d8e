/**
 * What the process is told when it wants to run a tool or asks for leave (protocol sections 8.8 and 9): a proper
 * refusal, at once, so that the model goes on. Nothing runs here. Only turns of ours are answered: other clients of
 * the process may see the same broadcast and mean to run theirs.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { stringOf } from './decode-finish.js';

export interface NativeToolGuard {
  /** `id` of a turn or session of ours; its tool requests are refused from now on, late ones included. */
  own(id: string): void;
}

const REFUSAL = 'This client runs no tools of its own. Go on without them.';
const MAX_OWN_IDS = 512;

const guards = new WeakMap<JsonRpcPeer, NativeToolGuard>();

/** The one guard of a connection; it lives as long as the connection. */
export function nativeToolGuard(peer: JsonRpcPeer): NativeToolGuard {
  let guard = guards.get(peer);
  if (guard === undefined) {
    guard = createGuard(peer);
    guards.set(peer, guard);
  }
  return guard;
}

function createGuard(peer: JsonRpcPeer): NativeToolGuard {
  const ownIds = new Set<string>();
  const isOurs = (params: JsonObject): boolean => {
    const ids = [requestIdOf(params), stringOf(params.sessionId)].filter((id) => id !== undefined && id !== '');
    return ids.length === 0 || ids.some((id) => ownIds.has(id as string));
  };
  /** Tool ids refused already: several syncs come per call. */
  const refused = new Set<string>();

  peer.onMessage(({ method, params, id }) => {
    switch (method) {
      case 'tool/invoke':
        return isOurs(params) ? refuseInvoke(peer, params, id !== undefined) : undefined;
      case 'tool/call/sync':
        if (isOurs(params)) refuseCall(peer, params, refused);
        return undefined;
      case 'session/request_permission':
        return refusePermission(params, peer.serverInfo.name);
      default:
        return undefined;
    }
  });
  return {
    own(id) {
      if (id === '') return;
      ownIds.add(id);
      remember(ownIds);
    },
  };
}

function refuseInvoke(peer: JsonRpcPeer, params: JsonObject, isRequest: boolean): JsonValue {
  const result = {
    toolCallId: stringOf(params.toolCallId) ?? '',
    name: stringOf(params.name) ?? '',
    success: false,
    errorMessage: REFUSAL,
    result: {},
    startTime: Date.now(),
    timeConsuming: 0,
  };
  if (params.async !== true && isRequest) return result;
  const echoed = {
    ...(params.requestId !== undefined && { requestId: params.requestId }),
    ...(params.sessionId !== undefined && { sessionId: params.sessionId }),
  };
  // After the answer to this very request, hence not in the same breath.
  queueMicrotask(() => {
    if (!peer.closed) peer.call('tool/invokeResult', { ...echoed, ...result }).catch(() => undefined);
  });
  return {};
}

function refuseCall(peer: JsonRpcPeer, params: JsonObject, refused: Set<string>): void {
  const { requestId, sessionId, toolCallId } = params;
  if (params.toolCallStatus !== 'PENDING' || typeof toolCallId !== 'string' || toolCallId === '') return;
  if (typeof requestId !== 'string' || typeof sessionId !== 'string' || refused.has(toolCallId)) return;
  refused.add(toolCallId);
  remember(refused);
  queueMicrotask(() => {
    if (peer.closed) return;
    peer.call('tool/call/approve', { sessionId, requestId, toolCallId, approval: false }).catch(() => undefined);
  });
}

/** By kind, never by id, order or name (a kind may occur twice); without a kind of refusal, `cancelled`. */
function refusePermission(params: JsonObject, serverName: string): JsonValue {
  const options = Array.isArray(params.options) ? params.options.filter(isJsonObject) : [];
  const reject =
    options.find((option) => option.kind === 'reject_once') ??
    options.find((option) => option.kind === 'reject_always');
  const outcome =
    typeof reject?.optionId === 'string'
      ? { outcome: 'selected', optionId: reject.optionId }
      : { outcome: 'cancelled' };
  if (serverName !== 'qodercn') return { outcome };
  return { outcome, requestId: requestIdOf(params) ?? '', errorMessage: REFUSAL, successful: false };
}

/** Where a request id may stand: at top level, or in `_meta` (ACP). */
export function requestIdOf(params: JsonObject): string | undefined {
  const meta = isJsonObject(params._meta) ? stringOf(params._meta['ai-coding/request-id']) : undefined;
  return stringOf(params.requestId) ?? meta;
}

function remember(ids: Set<string>): void {
  if (ids.size <= MAX_OWN_IDS) return;
  for (const oldest of ids) {
    ids.delete(oldest);
    return;
  }
}
