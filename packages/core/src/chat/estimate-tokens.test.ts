import { describe, expect, it } from 'vitest';
import { loadTokenCounter } from './estimate-tokens.js';

const counter = await loadTokenCounter();

describe('TokenCounter', () => {
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

  it.each([
    ['letters', 'a'],
    ['Chinese', '汉'],
    ['surrogate pairs', '🎉'],
  ])('one run of %s without a space - work grows with its length, not with its square', (_name, character) => {
    const time = (length: number): number => {
      const text = character.repeat(length / character.length);
      const started = performance.now();
      counter.count(text);
      return performance.now() - started;
    };
    time(50_000);
    const small = Math.max(time(100_000), 5);
    // Quadratic work would make it 64 times as much.
    expect(time(800_000) / small).toBeLessThan(32);
  });

  it('a process that has met many words - counts new text as quickly as at first', () => {
    let seed = 1;
    const word = (): string => {
      seed = (seed * 48_271) % 2_147_483_647;
      // Letters only: digits are tokens by themselves, and no word to remember.
      return seed.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] as string);
    };
    const time = (): number => {
      const text = Array.from({ length: 20_000 }, word).join(' ');
      const started = performance.now();
      counter.count(text);
      return performance.now() - started;
    };
    time();
    const first = Math.max(Math.min(time(), time()), 5);
    for (let round = 0; round < 8; round++) time();
    expect(Math.min(time(), time())).toBeLessThan(first * 4);
  });
});
