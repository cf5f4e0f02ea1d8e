/** What requests would otherwise load when they first need it. */
import { loadUndici } from '../channel/index.js';
import { selectTokenCounter, type TokenCounterKind } from '../chat/index.js';
import { loadZstd } from './body/unpack-zstd.js';
import { loadPromClient } from './observe/metrics.js';

export interface PreloadOptions {
  /** Default `estimate`, which needs nothing. */
  readonly tokenCounter?: TokenCounterKind;
  /** Whether pictures are fetched. Default false. */
  readonly remoteImages?: boolean;
  /** Whether metrics are going to be read. Default false. */
  readonly metrics?: boolean;
}

/**
 * Loads the modules that are loaded late. Whoever serves calls this once it listens: with all file descriptors taken a
 * module can't be read, and Node does not try a second time.
 */
export async function preloadGateway(options: PreloadOptions = {}): Promise<void> {
  const { tokenCounter = 'estimate', remoteImages, metrics } = options;
  await Promise.all([
    selectTokenCounter(tokenCounter),
    loadZstd(),
    ...(remoteImages === true ? [loadUndici()] : []),
    ...(metrics === true ? [loadPromClient()] : []),
  ]);
}
