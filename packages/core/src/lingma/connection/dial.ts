/** Opening one connection: where the process was known to be, and at need wherever it is found now. */
import { GatewayError } from '../../chat/index.js';

/**
 * Beside living connections the known address holds; without any, a failure may mean that the process has moved, so
 * one more look is taken. `isAlone` is asked before and after: the others may die while this one dials.
 */
export async function openAnywhere<Connection>(
  open: (fresh: boolean, signal: AbortSignal) => Promise<Connection>,
  isAlone: () => boolean,
  signal: AbortSignal,
): Promise<Connection> {
  const alone = isAlone();
  try {
    return await open(false, signal);
  } catch (error) {
    if (!(alone || isAlone()) || signal.aborted || !mayHaveMoved(error)) throw error;
    return open(true, signal);
  }
}

/** A login or protocol problem is the same at any address. */
function mayHaveMoved(error: unknown): boolean {
  return (
    !GatewayError.isInstance(error) || !['login_required', 'shutting_down', 'upstream_protocol'].includes(error.code)
  );
}
