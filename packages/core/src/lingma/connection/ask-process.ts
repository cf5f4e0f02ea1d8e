/** A call of the process that belongs to no turn. */
import type { JsonObject, JsonValue } from '../../util/index.js';
import { isUnknownMethod, toTurnError } from '../protocol/errors.js';
import type { ConnectionPool } from './connection-pool.js';

/**
 * What it answers; `undefined` where it does not know the method.
 *
 * @throws GatewayError what it fails with, or the signal's reason
 */
export async function askProcess(
  connections: ConnectionPool,
  method: string,
  params: JsonObject,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<JsonValue | undefined> {
  const lease = await connections.acquire(signal);
  try {
    return (await lease.peer.call(method, params, { timeoutMs, signal })) ?? null;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isUnknownMethod(error)) return undefined;
    throw toTurnError(error);
  } finally {
    lease.release();
  }
}
