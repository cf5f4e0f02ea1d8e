import { expect, it } from 'vitest';
import { ThinkText } from './think-text.js';

it.each([
  { pieces: ['He', 'Hello', 'Hello'], whole: 'Hello' },
  { pieces: ['He', 'Hello', 'Hello', 'Hello, world'], whole: 'Hello, world' },
  { pieces: ['ha', 'ha', 'ha'], whole: 'hahaha' },
])('a thought sent as $pieces - comes out as $whole', ({ pieces, whole }) => {
  const think = new ThinkText();
  expect(pieces.map((piece) => think.push(piece)).join('') + think.end('')).toBe(whole);
});
