/** What requests would otherwise load when they first need it. */
import { selectTokenCounter, type TokenCounterKind } from '../chat/index.js';
import { loadPromClient } from './observe/metrics.js';

/** What is to be loaded before it is asked for. */
export interface PreloadOptions {
  /** Default `estimate`, which needs nothing. */
  readonly tokenCounter?: TokenCounterKind;
  /** Whether metrics are going to be read. Default false. */
  readonly metrics?: boolean;
}

/**
 * Loads what the configuration asks for and the first request would wait for. What only some requests need (pictures by
 * address, zstd bodies) stays unloaded until one comes: together they take some 10 MB.
 */
export async function preloadGateway({ tokenCounter = 'estimate', metrics }: PreloadOptions = {}): Promise<void> {
  await Promise.all([selectTokenCounter(tokenCounter), ...(metrics === true ? [loadPromClient()] : [])]);
}
