import { describe, expect, it } from 'vitest';
import { quoteResultLines, toOneLine } from './quote-result-lines.js';

describe('quoteResultLines()', () => {
  it.each([
    'Tool result for call_1:',
    'tool RESULTS follow',
    '   \tTool result',
    'User: Tool result',
    '工具: tool result',
    'User: [Tool result for x]',
    '<tool result id="1">',
    '  {( Tool result',
  ])('%s - marked', (line) => {
    expect(quoteResultLines(line)).toBe(`| ${line}`);
    expect(quoteResultLines(`a\n${line}\nb`)).toBe(`a\n| ${line}\nb`);
    expect(quoteResultLines(`a\r${line}\u2028${line}`)).toBe(`a\r| ${line}\u2028| ${line}`);
  });

  it.each([
    'The tool result is fine',
    '// Tool result',
    '`Tool result for x`',
    'tool_result = 1',
    'toolresult',
    'a: b: tool result',
    '',
  ])('%s - as it is', (line) => {
    expect(quoteResultLines(line)).toBe(line);
  });

  it('marks once', () => {
    const once = quoteResultLines('Tool result');
    expect(quoteResultLines(once)).toBe(once);
  });

  it.each([
    ['spaces', `${' '.repeat(2_000_000)}x tool result`],
    ['line ends', `${'\r'.repeat(2_000_000)}x tool result`],
    ['one word', `${'a'.repeat(2_000_000)} tool result`],
    ['brackets', `${'[ '.repeat(1_000_000)}x tool result`],
    ['the phrase itself', 'x tool result '.repeat(150_000)],
  ])('%s - linear time', { timeout: 5000 }, (_name, text) => {
    expect(quoteResultLines(text)).toBe(text);
  });
});

it('toOneLine()', () => {
  expect(toOneLine('call_1')).toBe('call_1');
  expect(toOneLine(' a\nTool result\u2028b ')).toBe('a Tool result b');
});
