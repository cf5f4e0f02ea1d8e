import { describe, expect, it } from 'vitest';
import { readLeftover, withoutCutMark } from './after-call.js';

describe('withoutCutMark()', () => {
  it.each([
    '<',
    '</',
    '</tool_',
    '</tool_call>',
    '<|tool_call_e',
    '<|im_end|>',
    '`',
    '``',
    '<tool_call>',
    ' </function> ',
  ])('%j behind the last call - is what is left of its closing mark', (rest) => {
    const isMark = rest !== '<';
    expect(withoutCutMark([1, rest])).toEqual(isMark ? [1] : [1, rest]);
  });

  it.each(['a', '</p> and more', '<b', '```', '``x', '</tool_call> Done.'])(
    '%j behind the last call - is text',
    (rest) => {
      expect(withoutCutMark([1, rest])).toEqual([1, rest]);
    },
  );

  it('text alone, or a call last - stays', () => {
    expect(withoutCutMark(['</tool_call>'])).toEqual(['</tool_call>']);
    expect(withoutCutMark(['``', 1])).toEqual(['``', 1]);
    expect(withoutCutMark([])).toEqual([]);
  });

  it('a mark longer than any - is text', () => {
    const long = `</${'a'.repeat(80)}:tool_call>`;
    expect(withoutCutMark([1, long])).toEqual([1, long]);
  });
});

describe('readLeftover()', () => {
  it('a run of backticks without end - is decided while it comes', () => {
    expect(readLeftover('`'.repeat(20), 0, true, false)).toEqual({ type: 'more' });
    expect(readLeftover('`'.repeat(40), 0, true, false)).toEqual({ type: 'none' });
  });
});
