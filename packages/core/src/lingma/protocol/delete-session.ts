/** Deleting a session in the process (protocol section 8.9), the same for both dialects. */
import type { Logger } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { checkResult } from './turn-end.js';

const DELETE_TIMEOUT_MS = 10_000;

/**
 * Never rejects; a process that refuses in both forms is left alone. False: the connection ended before the process
 * had answered, so another one is worth a try.
 */
export async function deleteSession(peer: JsonRpcPeer, sessionId: string, logger: Logger): Promise<boolean> {
  for (const params of [{ sessionId }, { id: sessionId }]) {
    if (peer.closed) return false;
    try {
      checkResult(await peer.call('chat/deleteSessionById', params, { timeoutMs: DELETE_TIMEOUT_MS }));
      return true;
    } catch (error) {
      logger.debug('Lingma did not delete a session', { cause: error });
    }
  }
  return !peer.closed;
}
