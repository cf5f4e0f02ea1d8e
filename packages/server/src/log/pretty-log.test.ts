import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { prettyLines } from './pretty-log.js';

const capture = (isTTY = false) => {
  const lines: string[] = [];
  return { lines, output: { isTTY, write: (text: string) => lines.push(text) } };
};

describe('pretty log lines', () => {
  it('time, level, message and fields on one line; values with spaces quoted', () => {
    const { lines, output } = capture();
    createLogger('info', { stream: prettyLines(output, {}) }).info('request', {
      status: 200,
      reason: 'two words',
      ok: 'x',
    });
    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d info {2}request status=200 reason="two words" ok=x\n$/);
  });

  it('errors as the chain of their causes; stacks below, when debugging', () => {
    const cause = new Error('outer', { cause: new TypeError('inner') });
    const plain = capture();
    createLogger('warn', { stream: prettyLines(plain.output, {}) }).warn('failed', { cause });
    expect(plain.lines.join('')).toContain('cause="Error: outer < TypeError: inner"\n');
    const debugging = capture();
    createLogger('debug', { stream: prettyLines(debugging.output, {}) }).warn('failed', { cause });
    expect(debugging.lines.join('')).toMatch(/\n {4}Error: outer\n {4} {4}at /);
  });

  it('line breaks in a message or field cannot forge a line', () => {
    const { lines, output } = capture();
    const log = createLogger('info', { stream: prettyLines(output, {}) });
    log.info('one\n12:00:00 error', { text: 'two\n12:00:00 error three', code: '\u001b[2J', wide: '\u009b2J' });
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    for (const sequence of ['\u001b', '\u009b']) expect(lines.join('')).not.toContain(sequence);
  });

  it('colour on a terminal alone', () => {
    const on = capture(true);
    createLogger('info', { stream: prettyLines(on.output, {}) }).info('m');
    expect(on.lines.join('')).toContain('\u001b[32minfo');
    const off = capture(true);
    createLogger('info', { stream: prettyLines(off.output, { NO_COLOR: '1' }) }).info('m');
    expect(off.lines.join('')).not.toContain('\u001b');
  });
});
