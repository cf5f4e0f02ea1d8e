/**
 * Counts tokens with OpenAI's o200k vocabulary, which lies close to Qwen's for text and code. It takes 70 MB and a quarter
 * of a second to load and some 30 times the estimator's time a text; a text that comes again (a history) costs one look-up.
 */
import { LRUCache } from 'lru-cache';
import { loadModule } from './load-module.js';
import type { TokenCounter } from './token-counter.js';

/** Byte-pair merging is quadratic in one unbroken run, so text is cut before it; a cut costs a token at the most. */
const SLICE_LENGTH = 512;
/** Below this, counting is cheaper than remembering. */
const CACHED_LENGTH = 256;
/** Longer texts are counted in samples spread over them: nobody else is served while one is counted. */
const MEASURED_LENGTH = 512_000;
const SAMPLES = 64;
/** Characters after which the vocabulary's memory of words is emptied; it holds one entry for two of them at the most. */
const WORDS_LENGTH = 500_000;

type Vocabulary = Pick<
  typeof import('gpt-tokenizer/encoding/o200k_base'),
  'clearMergeCache' | 'countTokens' | 'setMergeCacheSize'
>;

/**
 * Loads the vocabulary on the first call (some 250 ms), the same counter afterwards. It is an optional peer of this package: 28 MB
 * that few want.
 *
 * @throws GatewayError `not_ready`
 */
export const loadVocabularyCounter: () => Promise<TokenCounter> = loadModule(
  async () => createCounter(await import('gpt-tokenizer/encoding/o200k_base')),
  'Counting tokens with a vocabulary needs the package gpt-tokenizer beside @lingma-gateway/core: npm i gpt-tokenizer',
);

function createCounter({ clearMergeCache, countTokens, setMergeCacheSize }: Vocabulary): TokenCounter {
  // Its own limit evicts one word at a time, and each eviction walks over all the earlier ones: a process that has
  // met 100 000 words would count ten times slower ever after. Emptied as a whole, it stays small and quick.
  setMergeCacheSize(Number.POSITIVE_INFINITY);
  let sinceEmptied = 0;
  const known = new LRUCache<string, number>({
    maxSize: 32 * 1024 * 1024,
    sizeCalculation: (_, key) => key.length,
  });
  // Special tokens in user text are text.
  const options = { disallowedSpecial: new Set<string>() };
  const countAll = (text: string): number => {
    let total = 0;
    for (let start = 0; start < text.length; ) {
      const end = sliceEnd(text, start);
      sinceEmptied += end - start;
      if (sinceEmptied > WORDS_LENGTH) {
        clearMergeCache();
        sinceEmptied = 0;
      }
      total += countTokens(text.slice(start, end), options);
      start = end;
    }
    return total;
  };
  const countSamples = (text: string): number => {
    const length = MEASURED_LENGTH / SAMPLES;
    let total = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const start = Math.floor((sample * (text.length - length)) / (SAMPLES - 1));
      total += countAll(text.slice(start, start + length));
    }
    return Math.ceil((total * text.length) / MEASURED_LENGTH);
  };
  return {
    name: 'o200k_base',
    count(text) {
      if (text.length < CACHED_LENGTH) return text === '' ? 0 : countAll(text);
      let total = known.get(text);
      if (total === undefined) {
        total = text.length > MEASURED_LENGTH ? countSamples(text) : countAll(text);
        known.set(text, total);
      }
      return total;
    },
  };
}

/** Prefers a line or word end for the cut, so that slices rarely add a token, and never splits a surrogate pair. */
function sliceEnd(text: string, start: number): number {
  const limit = start + SLICE_LENGTH;
  if (limit >= text.length) return text.length;
  // Not `lastIndexOf` on the whole text: without any space it would search back to its beginning, slice after slice.
  const space = text.slice(start, limit).lastIndexOf(' ');
  if (space > 0) return start + space;
  const code = text.charCodeAt(limit);
  return code >= 0xdc00 && code <= 0xdfff ? limit - 1 : limit;
}
