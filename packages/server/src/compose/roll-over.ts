/** Brings processes that run to another program: one after the other, each when its turns have ended. */
import type { LingmaPool, Logger } from '@lingma-gateway/core';

export interface RollOverOptions {
  readonly pool: Pick<LingmaPool, 'status' | 'drain' | 'resume' | 'on'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Never rejects. */
export async function rollOver({ pool, logger, signal }: RollOverOptions): Promise<void> {
  for (const { name, managed, draining } of pool.status().instances) {
    if (signal.aborted) return;
    // One that the operator has taken out starts from the new program when it is put back.
    if (!managed || draining) continue;
    try {
      logger.info('Another Lingma is there: the instance is started anew', { instance: name });
      await pool.drain(name);
      const settled = whenSettled(pool, name, signal);
      pool.resume(name);
      await settled;
    } catch (cause) {
      logger.warn('The instance could not be brought to the other Lingma', { instance: name, cause });
    }
  }
}

/** It works again, or it is clear that it does not. */
function whenSettled(pool: RollOverOptions['pool'], name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      unlisten();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const unlisten = pool.on('state', ({ instance, state }) => {
      if (instance === name && ['ready', 'failed', 'closed'].includes(state)) end();
    });
    signal.addEventListener('abort', end, { once: true });
  });
}
