/**
 * Which dialect a process speaks (protocol section 4.3): `session/new` is tried with a short limit; a process that
 * does not know it, or does not answer, is asked through `chat/ask`. The trial session is deleted, also when it
 * comes late.
 */
import type { CallContext } from '../../chat/index.js';
import { type Clock, type JsonValue, systemClock } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { sessionIdOf } from './acp/acp-dialect.js';
import { buildNewSession } from './acp/build-prompt.js';
import { isUnknownMethod, toTurnError } from './classify-error.js';
import { deleteSession } from './delete-session.js';
import type { DialectName } from './dialect.js';

export interface DetectOptions {
  readonly cwd: string;
  /** Milliseconds `session/new` may take before the process counts as one without ACP. Default 5000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * @throws GatewayError `login_required` when the process says so, `upstream_error` when the connection ends, or the
 * signal's reason
 */
export async function detectDialect(
  peer: JsonRpcPeer,
  { cwd, timeoutMs = 5000, clock = systemClock }: DetectOptions,
  context: CallContext,
): Promise<DialectName> {
  const discard = (result: JsonValue): void => void deleteSession(peer, sessionIdOf(result) ?? '', context);
  const { signal } = context;
  try {
    const params = buildNewSession({ cwd }, clock.now());
    discard(await peer.call('session/new', params, { timeoutMs, signal, onLateResult: discard }));
    return 'acp';
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isUnknownMethod(error)) return 'lsp-chat';
    const failure = toTurnError(error);
    if (peer.closed || failure.code === 'login_required') throw failure;
    // Silence means no ACP. Any other refusal shows that the method is there.
    return failure.code === 'upstream_timeout' ? 'lsp-chat' : 'acp';
  }
}
