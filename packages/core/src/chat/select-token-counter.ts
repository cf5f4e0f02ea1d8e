/** The counter that was chosen, at once where that needs nothing loaded. */
import { loadOnce } from '../util/load-once.js';
import { lateModule } from './load-module.js';
import type { TokenCounter, TokenCounterKind } from './token-counter.js';
import { estimatingCounter } from './token-estimator.js';

const vocabulary = lateModule(() => import('./vocabulary-counter.js'));
const loadCounter = loadOnce(async () => (await vocabulary.load()).loadVocabularyCounter());

/** Awaiting it costs nothing but a turn of the queue with `estimate`; with `vocabulary` it may reject with `not_ready`. */
export function selectTokenCounter(kind: TokenCounterKind): TokenCounter | Promise<TokenCounter> {
  return kind === 'estimate' ? estimatingCounter : loadCounter();
}
