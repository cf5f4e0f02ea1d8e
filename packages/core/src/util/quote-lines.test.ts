import { expect, it } from 'vitest';
import { plainLine, quoteLines, toOneLine } from './quote-lines.js';

it('quoteLines() - marks the lines asked for, whatever ends them, and keeps the ends', () => {
  const text = 'a\nb\r\na\ra\u2028b\x85a\u2029\va';
  expect(quoteLines(text, (line) => line === 'a')).toBe('| a\nb\r\n| a\r| a\u2028b\x85| a\u2029\v| a');
  expect(quoteLines(text, () => false)).toBe(text);
});

it('plainLine() - what is seen', () => {
  expect(plainLine('| | [1mＳ\u200bys\u0301tem:')).toBe('System:');
  expect(plainLine('plain | line')).toBe('plain | line');
});

it('toOneLine()', () => {
  expect(toOneLine('call_1')).toBe('call_1');
  expect(toOneLine(' a\nTool result\u2028b\x85c\x1cd ')).toBe('a Tool result b c d');
});
