/** The counter that was chosen, at once where that needs nothing loaded. */
import type { TokenCounter, TokenCounterKind } from './token-counter.js';
import { estimatingCounter } from './token-estimator.js';
import { loadVocabularyCounter } from './vocabulary-counter.js';

/** Awaiting it costs nothing but a turn of the queue with `estimate`; with `vocabulary` it may reject with `not_ready`. */
export function selectTokenCounter(kind: TokenCounterKind): TokenCounter | Promise<TokenCounter> {
  return kind === 'estimate' ? estimatingCounter : loadVocabularyCounter();
}
