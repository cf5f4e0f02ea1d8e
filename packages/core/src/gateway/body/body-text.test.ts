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

describe('what nobody else looks at', () => {
  const LENGTH = 20_000;
  const large = (): Uint8Array => new Uint8Array(LENGTH).fill(0x61);

  it('chunks of ours - are given back as soon as the text is put together; those of others stay', () => {
    const text = new BodyText();
    const [first, second, other] = [large(), large(), large()];
    text.keep(first, true);
    expect(first.byteLength).toBe(LENGTH);
    text.keep(second, true);
    text.keep(other);
    expect([first.byteLength, second.byteLength, other.byteLength]).toEqual([0, 0, LENGTH]);
    expect(text.finish()).toBe('a'.repeat(3 * LENGTH));
  });

  it.each([
    ['ours', true, 0],
    ['of somebody else', false, LENGTH],
  ])('the only chunk, %s - after the text was made', (_, isOwn, left) => {
    const text = new BodyText();
    const only = large();
    text.keep(only, isOwn);
    expect(text.finish()).toBe('a'.repeat(LENGTH));
    expect(only.byteLength).toBe(left);
  });

  it.each([
    ['in one piece of ours', [true], 0],
    ['in one piece of somebody else', [false], LENGTH],
    ['in pieces', [true, false], LENGTH],
  ])('bytes that were taken %s - are there until they are let go of', (_, isOwn, left) => {
    const text = new BodyText();
    const chunks = isOwn.map(() => large());
    for (const [index, chunk] of chunks.entries()) text.keep(chunk, isOwn[index]);
    const taken = text.take();
    expect(Buffer.from(taken.bytes).toString('latin1')).toBe('a'.repeat(chunks.length * LENGTH));
    taken.letGo();
    taken.letGo();
    expect(chunks.at(-1)?.byteLength).toBe(left);
    expect(taken.bytes.byteLength).toBe(chunks.length === 1 ? left : 0);
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
