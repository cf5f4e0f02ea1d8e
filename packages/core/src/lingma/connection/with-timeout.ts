/** Work under a time limit of its own, besides the caller's signal. */
import { type Clock, Deadline, linkedController } from '../../util/index.js';

/** Runs `work` with a signal that also aborts after `ms`, with `onExpire()` as its reason. */
export async function withTimeout<Result>(
  { ms, signal, clock, onExpire }: { ms: number; signal: AbortSignal; clock: Clock; onExpire: () => Error },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = linkedController(signal);
  const deadline = new Deadline(ms, () => limit.controller.abort(onExpire()), clock);
  try {
    return await work(limit.controller.signal);
  } finally {
    deadline.clear();
    limit.release();
  }
}
