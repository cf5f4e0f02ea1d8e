import { describe, expect, it } from 'vitest';
import { quoteResultLines } from './quote-result-lines.js';

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
    '**Tool result for x**',
    '## Tool result',
    '> tool result',
    '\ufeffTool\u00a0result for x',
    'T\u200bool result',
    'Ｔｏｏｌ ｒｅｓｕｌｔ',
    '(There is no result for the call x of y.)',
    '| Tool result',
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

  it('what is quoted already - gets one mark more, so that quoting can be undone', () => {
    expect(quoteResultLines('| | Tool result\n| x')).toBe('| | | Tool result\n| x');
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
