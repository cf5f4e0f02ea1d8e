import { expect, it } from 'vitest';
import { SurrogateBuffer } from './surrogate-buffer.js';

it('SurrogateBuffer - any cut gives whole characters, and all of them', () => {
  const text = 'a👩‍🚀世界🎉';
  for (let at = 0; at <= text.length; at++) {
    const pieces = new SurrogateBuffer();
    const [first, second] = [pieces.push(text.slice(0, at)), pieces.push(text.slice(at))];
    expect(first + second + pieces.end()).toBe(text);
    for (const piece of [first, second]) expect(() => encodeURIComponent(piece)).not.toThrow();
  }
});

it('SurrogateBuffer - a half that stays alone is replaced, once, unless it is forgotten', () => {
  const pieces = new SurrogateBuffer();
  expect([pieces.push('a\ud83d'), pieces.end(), pieces.end()]).toEqual(['a', '\ufffd', '']);
  expect(pieces.push('\ud83d')).toBe('');
  pieces.reset();
  expect([pieces.push('b'), pieces.end()]).toEqual(['b', '']);
});
