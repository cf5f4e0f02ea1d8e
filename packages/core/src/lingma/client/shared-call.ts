/** Calls whose answer several turns wait for. */
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { isConnectionLost, toTurnError } from '../protocol/errors.js';

/** What turns ask for together is asked on one connection; when that one ends, the others ask on their own (`peer`). */
export async function retryAlone<Result>(
  peer: JsonRpcPeer,
  signal: AbortSignal,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted || peer.closed || !isConnectionLost(toTurnError(error))) throw error;
    return ask();
  }
}
