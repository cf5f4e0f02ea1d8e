/** What requests would otherwise load when they first need it. */
import { loadToolEmulation } from '../channel/index.js';
import { selectTokenCounter, type TokenCounterKind } from '../chat/index.js';
import { completionExchange, lateProtocols, responsesExchange } from '../wire/light.js';
import { metricsModule } from './observe/load-metrics.js';

/** What is to be loaded before it is asked for. */
export interface PreloadOptions {
  /** Default `estimate`, which needs nothing. */
  readonly tokenCounter?: TokenCounterKind;
  /** Whether metrics are going to be read. Default false. */
  readonly metrics?: boolean;
}

/**
 * Loads what the first request would wait for: the translators of the protocols, what tools take, and what the configuration asks
 * for. What only some requests need (pictures, zstd bodies) stays unloaded until one comes: together they take some 10 MB.
 */
export async function preloadGateway({ tokenCounter = 'estimate', metrics }: PreloadOptions = {}): Promise<void> {
  await Promise.all([
    ...Object.values(lateProtocols).map(({ translator }) => translator.load()),
    ...[responsesExchange, completionExchange].map((exchange) => exchange.load()),
    loadToolEmulation(),
    selectTokenCounter(tokenCounter),
    ...(metrics === true ? [metricsModule.load()] : []),
  ]);
}
