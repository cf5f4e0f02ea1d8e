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

it.each<[string, readonly string[], string]>([
  ['the first one, and something else behind it', ['a\ud83d', 'b'], 'a\ufffdb'],
  ['the first one within a piece', ['a\ud83db\ud83d', '\ude42'], 'a\ufffdb🙂'],
  ['the second one', ['a', '\ude42b'], 'a\ufffdb'],
  ['both in the wrong order', ['\ude42', '\ud83d'], '\ufffd\ufffd'],
  ['two first ones', ['\ud83d', '\ud83d', '\ude42'], '\ufffd🙂'],
])('SurrogateBuffer - half a character that the other half does not follow: %s - is replaced', (_, pieces, text) => {
  const buffer = new SurrogateBuffer();
  expect(pieces.map((piece) => buffer.push(piece)).join('') + buffer.end()).toBe(text);
});
