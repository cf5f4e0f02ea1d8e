/** What requests would otherwise load when they first need it. */
import { selectTokenCounter, type TokenCounterKind } from '../chat/index.js';

export interface PreloadOptions {
  /** Default `estimate`, which needs nothing. */
  readonly tokenCounter?: TokenCounterKind;
}

/**
 * Loads what the configuration asks for and the first request would wait for. What only some requests need (pictures by
 * address, zstd bodies) stays unloaded until one comes: together they take some 10 MB.
 */
export async function preloadGateway({ tokenCounter = 'estimate' }: PreloadOptions = {}): Promise<void> {
  await selectTokenCounter(tokenCounter);
}
