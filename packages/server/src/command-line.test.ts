import type { ArgsDef } from 'citty';
import { describe, expect, it } from 'vitest';
import { checkCommandLine, firstWordIndex, UsageError } from './command-line.js';

const ARGS: ArgsDef = { port: { type: 'string' }, demo: { type: 'boolean' }, 'ws-url': { type: 'string' } };
const WITH_WORDS: ArgsDef = { ...ARGS, text: { type: 'positional', required: false } };

const complaint = (words: readonly string[], args = ARGS): string => {
  try {
    checkCommandLine('serve', words, args);
    return '';
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
};

describe('checkCommandLine()', () => {
  it('both spellings of values, switches and their negation - accepted', () => {
    expect(complaint(['--port', '1', '--ws-url=ws://x/', '--demo', '--no-demo', '--demo=false', '-h'])).toBe('');
  });

  it('unknown flags - named with the nearest one, their value not complained of', () => {
    expect(complaint(['--prt', '1'])).toBe('Unknown flag --prt, did you mean --port?\nSee lingma-gateway serve --help');
    expect(complaint(['--no-port'])).toContain('Unknown flag --no-port');
  });

  it('a missing value - named', () => {
    expect(complaint(['--port'])).toContain('--port needs a value');
    expect(complaint(['--port', '--demo'])).toContain('--port needs a value');
  });

  it('words - only where the command takes them, and anything after --', () => {
    expect(complaint(['word'])).toContain('Unexpected argument word');
    expect(complaint(['word', '--', '--not-a-flag'], WITH_WORDS)).toBe('');
  });
});

describe('firstWordIndex()', () => {
  it('skips flags with their values', () => {
    expect(firstWordIndex(['--port', '9000', '--demo', 'serve'], ARGS)).toBe(3);
    expect(firstWordIndex(['--port=9000', 'chat'], ARGS)).toBe(1);
    expect(firstWordIndex(['--port', '9000'], ARGS)).toBe(-1);
    expect(firstWordIndex(['--', 'word'], ARGS)).toBe(-1);
  });
});
