import { describe, expect, it } from 'vitest';
import { BodyText, letGo } from './body-text.js';

const read = (...chunks: readonly Uint8Array[]): string => {
  const text = new BodyText();
  for (const chunk of chunks) text.push(chunk);
  return text.finish();
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('BodyText', () => {
  it('characters cut at every byte - are put together', () => {
    const whole = bytes('a灵🙂码z');
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(read(whole.subarray(0, cut), whole.subarray(cut))).toBe('a灵🙂码z');
    }
  });

  it('more than fits at first - grows without losing a byte', () => {
    const pieces = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(index * 7)}\n`);
    expect(read(...pieces.map(bytes))).toBe(pieces.join(''));
  });

  it('a chunk that is used again by its maker - was copied', () => {
    const text = new BodyText();
    const chunk = bytes('first');
    text.push(chunk);
    chunk.fill(0x2e);
    expect(text.finish()).toBe('first');
  });

  it('keep() - one chunk, several, and any behind a copied one are put together', () => {
    for (const chunks of [['a灵'], ['a', '灵🙂'], ['', 'a', '']]) {
      const text = new BodyText();
      for (const chunk of chunks) text.keep(bytes(chunk));
      expect(text.byteLength).toBe(bytes(chunks.join('')).byteLength);
      expect(text.finish()).toBe(chunks.join(''));
    }
    const mixed = new BodyText();
    mixed.push(bytes('first '));
    mixed.keep(bytes('second '));
    mixed.push(bytes('third'));
    expect(mixed.finish()).toBe('first second third');
  });

  it('a long text of every width - comes out as it went in', () => {
    const text = 'aé灵🙂\ufffd'.repeat(100_000);
    expect(read(bytes(text)) === text).toBe(true);
  });

  it('a byte order mark - is left out, at the beginning alone', () => {
    expect(read(bytes('\ufeffa\ufeff'))).toBe('a\ufeff');
  });

  it.each([
    ['a byte that is none', [0x61, 0xff]],
    ['a character cut off', [0xe7, 0x81]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a longer form than needed', [0xc0, 0x80]],
  ])('%s - is no UTF-8', (_, wrong) => {
    expect(() => read(Uint8Array.from(wrong))).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('nothing - is an empty text, and so is what was finished', () => {
    const text = new BodyText();
    expect(text.finish()).toBe('');
    text.push(bytes('a'));
    expect([text.byteLength, text.finish(), text.byteLength, text.finish()]).toEqual([1, 'a', 0, '']);
  });
});

describe('letGo()', () => {
  it('a large buffer - is empty at once; a small one, or a part of one, is left alone', () => {
    const large = new Uint8Array(1024 * 1024);
    letGo(large);
    expect(large.byteLength).toBe(0);
    const small = new Uint8Array(100);
    letGo(small);
    expect(small.byteLength).toBe(100);
    const part = new Uint8Array(1024 * 1024).subarray(1);
    letGo(part);
    expect(part.byteLength).toBe(1024 * 1024 - 1);
  });
});
