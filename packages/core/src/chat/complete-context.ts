/** The context of a call of which the caller has said only what matters to it. */
import { createCancelSource, createId, type Logger } from '../util/index.js';
import type { CallContext } from './channel.js';

/** What is not given: an id of its own, a signal that nobody aborts, and `logger`. */
export function completeContext(given: Partial<CallContext>, logger: Logger): CallContext {
  const { principal, affinityKey, trace, report } = given;
  return {
    requestId: given.requestId ?? createId('turn_'),
    signal: given.ownSignal ?? given.signal ?? createCancelSource().signal,
    logger: given.logger ?? logger,
    ...(principal !== undefined && { principal }),
    ...(affinityKey !== undefined && { affinityKey }),
    ...(trace !== undefined && { trace }),
    ...(report !== undefined && { report }),
  };
}
