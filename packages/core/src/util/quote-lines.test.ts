import { expect, it } from 'vitest';
import { isDisguised, plainLine, quoteLines, toOneLine } from './quote-lines.js';

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

it('isDisguised() - each character by itself', () => {
  const disguise =
    /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\u0370-\u058f\u017f\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d9b-\u1dbf\u2070-\u209c\u2100-\u214f\u2460-\u24ff\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f19f}]/u;
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (isDisguised(character) !== disguise.test(character)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});
