/** What requests would otherwise load when they first need it. */
import { selectTokenCounter, type TokenCounterKind } from '../chat/index.js';
import { loadZstd } from './body/unpack-zstd.js';

/**
 * Loads the modules that are loaded late to spare programs that never answer a request. Whoever serves awaits this before
 * the first connection: with all file descriptors taken a module can't be read, and Node does not try a second time.
 */
export async function preloadGateway(tokenCounter: TokenCounterKind = 'estimate'): Promise<void> {
  await Promise.all([selectTokenCounter(tokenCounter), loadZstd()]);
}
