/** What the process has on record of a turn (`chat/getSessionById`, protocol section 7.16). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { numberOf } from './decode-finish.js';

const RECORD_TIMEOUT_MS = 2000;

/** True when the session's record of this request says that it finished well. Never rejects. */
export async function isFinishedRecord(
  peer: JsonRpcPeer,
  sessionId: string,
  requestId: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (sessionId === '' || peer.closed) return false;
  try {
    const session = await peer.call('chat/getSessionById', { sessionId }, { timeoutMs: RECORD_TIMEOUT_MS, signal });
    return recordsOf(session).some((record) => record.requestId === requestId && numberOf(record.finishStatus) === 0);
  } catch {
    return false;
  }
}

function recordsOf(session: JsonValue): readonly JsonObject[] {
  if (!isJsonObject(session)) return [];
  if (Array.isArray(session.chatRecords)) return session.chatRecords.filter(isJsonObject);
  for (const name of ['result', 'data', 'session'] as const) {
    if (isJsonObject(session[name])) return recordsOf(session[name]);
  }
  return [];
}
