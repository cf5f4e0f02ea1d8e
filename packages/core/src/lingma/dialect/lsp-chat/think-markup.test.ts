import { describe, expect, it } from 'vitest';
import { ThinkMarkup } from './think-markup.js';

function read(pieces: readonly string[], last = ''): string {
  const think = new ThinkMarkup();
  return pieces.map((piece) => think.push(piece)).join('') + think.end(last);
}

const THOUGHTS = ['I think, so I am.', 'hm hm hm hm', 'aaaaaaa', '想想想', '1 10 100', '👋👋'];

describe('ThinkMarkup', () => {
  it.each(THOUGHTS)('deltas - %s, by characters', (thought) => {
    const characters = [...thought];
    expect(read(characters)).toBe(thought);
    expect(read(characters, thought)).toBe(thought);
  });

  it.each(THOUGHTS)('wholes - %s, by characters', (thought) => {
    const characters = [...thought];
    const wholes = characters.map((_, index) => characters.slice(0, index + 1).join(''));
    expect(read(wholes)).toBe(thought);
    expect(read(wholes, thought)).toBe(thought);
  });

  it('pieces of any size - neither lose nor double', () => {
    const thought = 'First the one, then the other, and in the end both of them.';
    for (let size = 1; size <= thought.length; size++) {
      const deltas = thought.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      const wholes = deltas.map((_, index) => deltas.slice(0, index + 1).join(''));
      expect(read(deltas)).toBe(thought);
      expect(read(wholes)).toBe(thought);
    }
  });

  it('push() - gives most pieces at once', () => {
    const think = new ThinkMarkup();
    expect(['I ', 'think', ' so'].map((piece) => think.push(piece))).toEqual(['I ', 'think', ' so']);
    const whole = new ThinkMarkup();
    expect(['I think that', 'I think that it', 'I think that it is'].map((piece) => whole.push(piece))).toEqual([
      'I think that',
      ' it',
      ' is',
    ]);
  });
});
