import { expect, it } from 'vitest';
import { ThinkMarkup } from './think-markup.js';

it.each([
  { pieces: ['He', 'Hello', 'Hello'], whole: 'Hello' },
  { pieces: ['He', 'Hello', 'Hello', 'Hello, world'], whole: 'Hello, world' },
  { pieces: ['Hello, this is it', 'Hello, this is it', 'Hello, this is it now'], whole: 'Hello, this is it now' },
  { pieces: ['He', 'He', 'Hello', 'Hello, world'], whole: 'Hello, world' },
  { pieces: ['ha', 'ha', 'ha'], whole: 'hahaha' },
  { pieces: ['\n', '\n', '\n  x'], whole: '\n\n\n  x' },
])('a thought sent as $pieces - comes out as $whole', ({ pieces, whole }) => {
  const think = new ThinkMarkup();
  expect(pieces.map((piece) => think.push(piece)).join('') + think.end('')).toBe(whole);
});
