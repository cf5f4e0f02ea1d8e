/**
 * Which dialect a process speaks (protocol section 4.3): `session/new` is tried with a short limit; a process that
 * does not know it, or does not answer, is asked through `chat/ask`. The trial session is given up, also when it comes
 * late.
 */
import type { CallContext } from '../../chat/index.js';
import { abortable, type Clock, systemClock } from '../../util/index.js';
import { METHOD_NOT_FOUND } from '../jsonrpc/error-codes.js';
import { JsonRpcError, type JsonRpcPeer } from '../jsonrpc/peer.js';
import type { DialectName } from '../protocol/dialect-name.js';
import { isUnknownMethod, toTurnError } from '../protocol/errors.js';
import { readFailure } from '../protocol/failure-detail.js';
import { buildNewSession, sessionIdOf } from '../protocol/new-session.js';
import { checkResult } from '../protocol/turn-end.js';
import type { AbandonSession } from './dialect.js';

export interface DetectOptions {
  readonly cwd: string;
  /** Milliseconds `session/new` may take before the process counts as one without ACP. Default 5000. */
  readonly timeoutMs?: number;
  readonly abandon: AbandonSession;
  readonly clock?: Clock;
}

/**
 * @throws GatewayError `login_required` when the process says so, `upstream_error` when the connection ends, or the
 * signal's reason
 */
export async function detectDialect(
  peer: JsonRpcPeer,
  { cwd, timeoutMs = 5000, abandon, clock = systemClock }: DetectOptions,
  { signal }: CallContext,
): Promise<DialectName> {
  signal.throwIfAborted();
  const trial = peer.call('session/new', buildNewSession(cwd, clock.now()), {
    timeoutMs,
    onLateResult: (late) => abandon(Promise.resolve(sessionIdOf(late) ?? '')),
  });
  abandon(trial.then((result) => sessionIdOf(result) ?? ''));
  try {
    const result = await abortable(trial, signal);
    if (sessionIdOf(result) !== undefined) return 'acp';
    checkResult(result);
    return 'lsp-chat';
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isAboutTheCall(error)) return 'acp';
    if (isUnknownMethod(error)) return 'lsp-chat';
    const failure = toTurnError(error);
    if (peer.closed || failure.code === 'login_required') throw failure;
    return ACCOUNT_PROBLEMS.includes(failure.code) ? 'acp' : 'lsp-chat';
  }
}

/** Refusals of somebody who would have opened a session otherwise; all others may be any way to say "no such method". */
const ACCOUNT_PROBLEMS: readonly string[] = ['quota_exceeded', 'rate_limited', 'upstream_overloaded'];
/** Likewise: the parameters were read (protocol section 3.2). */
const ABOUT_THE_CALL = /work.?space|work.?dir|folder|directory|\bcwd\b|(model key|request.?id) is empty|工作区|目录/i;

/** "the folder does not exist" is no word about the method. */
function isAboutTheCall(thrown: unknown): boolean {
  if (thrown instanceof JsonRpcError && thrown.code === METHOD_NOT_FOUND) return false;
  const words = wordsOf(thrown);
  return ABOUT_THE_CALL.test(words) && !/method|handler/i.test(words);
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof JsonRpcError) return readFailure(thrown.message, thrown.data).text;
  return thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : '';
}
