import { describe, expect, it } from 'vitest';
import { CHINESE } from '../text/chinese.js';
import { ENGLISH, type Messages } from '../text/english.js';
import { type Flag, firstWordIndex, parseCommandLine, UsageError } from './command-line.js';

const FLAGS: readonly Flag[] = [
  { name: 'port', short: 'p', kind: 'value', description: '' },
  { name: 'demo', kind: 'switch', negatable: true, description: '' },
  { name: 'ws-url', kind: 'value', description: '' },
  { name: 'help', short: 'h', kind: 'switch', description: '' },
];

const parse = (words: readonly string[], takesWords = false, text: Messages = ENGLISH) =>
  parseCommandLine(words, { flags: FLAGS, takesWords, text });

const complaint = (words: readonly string[], takesWords = false, text: Messages = ENGLISH): string => {
  try {
    parse(words, takesWords, text);
    return '';
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
};

describe('parseCommandLine()', () => {
  it('values in every spelling, switches and their negation; the last of several counts', () => {
    expect(parse(['--port', '1', '--ws-url=ws://x/?a=b', '--demo', '-h']).flags).toEqual({
      port: '1',
      'ws-url': 'ws://x/?a=b',
      demo: true,
      help: true,
    });
    expect(parse(['-p', '9000']).flags).toEqual({ port: '9000' });
    expect(parse(['-p9000']).flags).toEqual({ port: '9000' });
    expect(parse(['--port', '-1']).flags).toEqual({ port: '-1' });
    expect(parse(['--port=']).flags).toEqual({ port: '' });
    expect(parse(['--demo=false', '--no-demo', '--port=1', '--port=2']).flags).toEqual({ demo: false, port: '2' });
    expect(parse(['--demo=false']).flags).toEqual({ demo: 'false' });
  });

  it.each([
    [['--prt', '1'], 'Unknown flag --prt, did you mean --port?'],
    [['--prot=1'], 'Unknown flag --prot, did you mean --port?'],
    [['--PORT', '1'], 'Unknown flag --PORT, did you mean --port?'],
    [['--ws_url', 'x'], 'Unknown flag --ws_url, did you mean --ws-url?'],
    [['--no-dmeo'], 'Unknown flag --no-dmeo, did you mean --no-demo?'],
    [['--no-port'], 'Unknown flag --no-port'],
    [['-port', '9000'], 'Unknown flag -port, did you mean --port?'],
    [['-x'], 'Unknown flag -x'],
    [['--something-else'], 'Unknown flag --something-else'],
    [['--port'], '--port needs a value'],
    [['--port', '--demo'], '--port needs a value'],
    [['-p'], '-p needs a value'],
    [['word'], 'Unexpected argument word'],
    [['--', 'word'], 'Unexpected argument word'],
    [['--prt', '1', 'word'], 'Unknown flag --prt, did you mean --port?\nUnexpected argument word'],
  ])('%j - %s', (words, message) => {
    expect(complaint(words)).toBe(message);
  });

  it('words - where the command takes them, and anything after --', () => {
    expect(parse(['one', '--demo', 'two', '--', '--not-a-flag', '-p'], true)).toEqual({
      flags: { demo: true },
      words: ['one', 'two', '--not-a-flag', '-p'],
    });
  });

  it('in Chinese', () => {
    expect(complaint(['--prot', '1'], false, CHINESE)).toBe('未知参数 --prot，是不是想用 --port？');
  });
});

describe('firstWordIndex()', () => {
  it.each([
    [['--port', '9000', '--demo', 'serve'], 3],
    [['-p', '9000', 'serve'], 2],
    [['--port=9000', 'chat'], 1],
    [['--port', '9000'], -1],
    [['--', 'word'], -1],
    [['--prot', '9000'], -1],
    [['--prot', '9000', 'chat'], 2],
    [['--jsno', 'chat'], 1],
    [['--no-demo', 'modles'], 1],
    [['modles'], 0],
  ])('%j - %s', (words, index) => {
    expect(firstWordIndex(words, FLAGS, ['serve', 'chat'])).toBe(index);
  });
});
