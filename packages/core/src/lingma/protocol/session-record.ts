/** What the process has on record of a turn (`chat/getSessionById`, protocol section 7.16). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { failureInResult, numberOf } from './turn-end.js';

const RECORD_TIMEOUT_MS = 2000;

/**
 * `finished`: the record of this request says that it ended well. `open`: the session is known, the request not at its
 * end. `unknown`: the process keeps no such records, or does not answer.
 */
export type TurnRecord = 'finished' | 'open' | 'unknown';

/** Never rejects. */
export async function readTurnRecord(
  peer: JsonRpcPeer,
  sessionId: string,
  requestId: string,
  signal: AbortSignal,
): Promise<TurnRecord> {
  if (sessionId === '' || peer.closed) return 'unknown';
  try {
    const session = await peer.call('chat/getSessionById', { sessionId }, { timeoutMs: RECORD_TIMEOUT_MS, signal });
    if (failureInResult(session) !== undefined) return 'unknown';
    const own = recordsOf(session).filter((record) => record.requestId === requestId);
    return own.some(({ finishStatus }) => numberOf(finishStatus) === 0) ? 'finished' : 'open';
  } catch {
    return 'unknown';
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
