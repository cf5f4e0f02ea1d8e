import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loadVocabularyCounter } from './vocabulary-counter.js';

/** What the vocabulary was asked to do: characters counted at a time, and when its memory was emptied. */
const { work, cacheSizes } = vi.hoisted(() => ({
  work: [] as (number | 'emptied')[],
  cacheSizes: [] as number[],
}));
vi.mock('gpt-tokenizer/encoding/o200k_base', async (original) => {
  const real = await original<typeof import('gpt-tokenizer/encoding/o200k_base')>();
  return {
    countTokens(text: string, options: object) {
      work.push(text.length);
      return real.countTokens(text, options);
    },
    clearMergeCache() {
      work.push('emptied');
      real.clearMergeCache();
    },
    setMergeCacheSize(size: number) {
      cacheSizes.push(size);
      real.setMergeCacheSize(size);
    },
  };
});

const counter = await loadVocabularyCounter();

describe('the counter with a vocabulary', () => {
  it.each([
    ['', 0, 0],
    ['hello world', 2, 2],
    ['你好，世界', 3, 6],
    ['<|endoftext|>', 1, 8],
    ['👩‍💻🎉', 3, 8],
  ])('%j - between %d and %d tokens', (text, low, high) => {
    expect(counter.count(text)).toBeGreaterThanOrEqual(low);
    expect(counter.count(text)).toBeLessThanOrEqual(high);
  });

  it('long texts - about the sum of their parts', () => {
    const sentence = 'The quick brown fox jumps over the lazy dog, 敏捷的狐狸。\n';
    const one = counter.count(sentence);
    const many = counter.count(sentence.repeat(1000));
    expect(many).toBeGreaterThan(one * 990);
    expect(many).toBeLessThan(one * 1060);
  });

  it('huge texts - close to what is counted piece by piece', () => {
    const pieces = Array.from({ length: 40 }, (_, index) =>
      `Part ${index} of a long report, 第${index}部分。\n`.repeat(1000),
    );
    const whole = pieces.reduce((total, piece) => total + counter.count(piece), 0);
    const text = pieces.join('');
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(counter.count(text) / whole).toBeGreaterThan(0.95);
    expect(counter.count(text) / whole).toBeLessThan(1.05);
  });

  describe('work', () => {
    beforeEach(() => work.splice(0));
    const characters = (): number => work.reduce<number>((sum, step) => sum + (typeof step === 'number' ? step : 0), 0);

    it.each([
      ['letters', 'a'],
      ['Chinese', '汉'],
      ['surrogate pairs', '🎉'],
      ['words', 'word '],
    ])('one run of %s - is counted in slices, for a run costs its square; each character once', (_name, character) => {
      const text = character.repeat(100_000 / character.length);
      counter.count(text);
      expect(Math.max(...work.filter((step) => typeof step === 'number'))).toBeLessThanOrEqual(512);
      expect(work.filter((step) => typeof step === 'number').length).toBeLessThan(500);
      expect(characters()).toBe(text.length);
    });

    it('a huge text - is counted in samples, whatever its length', () => {
      for (const length of [800_000, 8_000_000]) {
        work.splice(0);
        counter.count('ab '.repeat(length / 3));
        expect(characters()).toBe(512_000);
      }
    });

    it('a text that comes again - is looked up', () => {
      const text = `${'history '.repeat(100)}that comes again`;
      const once = counter.count(text);
      work.splice(0);
      expect(counter.count(text)).toBe(once);
      expect(work).toEqual([]);
    });

    it('a process that has met many words - has its memory of words emptied as a whole', () => {
      for (let round = 0; round < 5; round++) counter.count(`${round} `.repeat(150_000));
      const emptied = work.flatMap((step, index) => (step === 'emptied' ? [index] : []));
      expect(emptied.length).toBeGreaterThanOrEqual(2);
      for (const [index, at] of emptied.entries()) {
        const between = work
          .slice(at, emptied[index + 1])
          .reduce<number>((sum, step) => sum + (step === 'emptied' ? 0 : step), 0);
        expect(between).toBeLessThan(501_000);
      }
      expect(cacheSizes).toEqual([Number.POSITIVE_INFINITY]);
    });
  });
});

describe('loadVocabularyCounter()', () => {
  it('the vocabulary cannot be read - 503 that says when to come back, and it is tried again', async () => {
    vi.resetModules();
    vi.doMock('gpt-tokenizer/encoding/o200k_base', () => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    });
    const fresh = await import('./vocabulary-counter.js');
    await expect(fresh.loadVocabularyCounter()).rejects.toMatchObject({
      code: 'not_ready',
      status: 503,
      retryAfterMs: 2_000,
    });
    vi.doUnmock('gpt-tokenizer/encoding/o200k_base');
    expect((await fresh.loadVocabularyCounter()).count('hello world')).toBe(2);
  });
});
