/** Deleting a session in the process (protocol section 8.9), the same for both dialects. */
import type { CallContext } from '../../chat/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';

const DELETE_TIMEOUT_MS = 10_000;

/** Never rejects; failures are logged. Goes on when the request that made the session was aborted. */
export async function deleteSession(peer: JsonRpcPeer, sessionId: string, { logger }: CallContext): Promise<void> {
  if (sessionId === '' || peer.closed) return;
  try {
    await peer.call('chat/deleteSessionById', { sessionId }, { timeoutMs: DELETE_TIMEOUT_MS });
  } catch (first) {
    if (peer.closed) return;
    try {
      await peer.call('chat/deleteSessionById', { id: sessionId }, { timeoutMs: DELETE_TIMEOUT_MS });
    } catch {
      logger.debug('Lingma did not delete a session', { cause: first });
    }
  }
}
