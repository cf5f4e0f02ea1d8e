import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { commandEnv } from './command-env.js';
import { inHostFolder, sessionIn } from './testing/host-folder.js';

const folder = inHostFolder();

/** Two sleepers: the shell's child and one in the background; their ids end up in `pids`. */
const SLEEPERS = 'sleep 60 & echo $! > pids; sleep 60 & echo $! >> pids; echo started; wait';

async function pids(): Promise<number[]> {
  const file = join(folder.cwd, 'pids');
  return vi.waitFor(() => {
    const found = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
    expect(found).toHaveLength(2);
    return found;
  });
}

/** A killed process nobody has waited for yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

const expectDead = (ids: readonly number[]) => vi.waitFor(() => expect(ids.filter(isAlive)).toEqual([]), 5000);

describe.skipIf(process.platform === 'win32')('run_in_terminal', () => {
  it('runs in the working folder and gives both outputs and the exit code', async () => {
    const { success, result } = await folder.call('run_in_terminal', { command: 'pwd; echo oops >&2; exit 3' });
    expect(success).toBe(true);
    expect(result).toMatchObject({ exitCode: 3, isRunning: false });
    expect(sortedLines(result.content)).toEqual([folder.cwd, 'oops'].sort());
  });

  it('speaks the shell that Lingma was told of, and falls back to the system’s', async () => {
    const bashism = { command: '[[ a == a* ]] && echo "v$BASH_VERSION"' };
    expect((await folder.call('run_in_terminal', bashism)).result.content).toMatch(/^v\d/);
    const odd = sessionIn(folder.cwd, { shellType: '../evil' });
    expect((await odd.call('run_in_terminal', { command: 'echo fine' })).result.content).toBe('fine\n');
  });

  it('shows commands nothing of the environment but path, home and language', async () => {
    const { result } = await folder.call('run_in_terminal', { command: 'env' });
    const names = sortedLines(result.content).map((line) => line.split('=')[0]);
    // What shells set themselves.
    const own = ['_', 'PWD', 'SHLVL', 'OLDPWD'];
    expect(names.filter((name) => !own.includes(name as string))).toEqual(['HOME', 'LANG', 'PATH']);
    expect(result.content).toContain('HOME=/home/of/test');
  });

  it('does not wait for input', async () => {
    expect((await folder.call('run_in_terminal', { command: 'cat; echo end' })).result.content).toBe('end\n');
  });

  it('keeps the beginning and the end of a long output', async () => {
    const small = sessionIn(folder.cwd, { maxOutputBytes: 1000 });
    const { result } = await small.call('run_in_terminal', { command: 'echo first; seq 1 20000; echo last' });
    const content = result.content as string;
    expect(result.truncated).toBe(true);
    expect(content.length).toBeLessThan(1100);
    expect(content).toMatch(/^first\n1\n2\n[\s\S]*\[\d+ bytes left out\][\s\S]*\n20000\nlast\n$/);
  });

  it('kills the whole group when the time is up, and tells what came until then', async () => {
    const hasty = sessionIn(folder.cwd, { commandTimeoutMs: 2000 });
    const answer = await hasty.call('run_in_terminal', { command: SLEEPERS });
    expect(answer).toMatchObject({
      success: false,
      errorMessage: 'The command took longer than 2 s and was ended',
      result: { content: 'started\n' },
    });
    await expectDead(await pids());
  });

  it('kills the whole group when the turn is over', async () => {
    const running = folder.call('run_in_terminal', { command: SLEEPERS });
    const started = await pids();
    expect(started.every(isAlive)).toBe(true);
    folder.session.close();
    expect(await running).toMatchObject({ success: false, result: { content: 'started\n' } });
    await expectDead(started);
  });

  it('leaves nothing behind of a command that ends before its children', async () => {
    const { success } = await folder.call('run_in_terminal', { command: SLEEPERS.replace('; wait', '') });
    expect(success).toBe(true);
    await expectDead(await pids());
  });

  it('starts nothing without a command, or after the turn', async () => {
    for (const parameters of [{}, { command: ' ' }, { command: 'a\0b' }]) {
      expect((await folder.call('run_in_terminal', parameters)).success).toBe(false);
    }
    folder.session.close();
    expect((await folder.call('run_in_terminal', { command: 'touch late' })).success).toBe(false);
    expect(existsSync(join(folder.cwd, 'late'))).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('get_terminal_output', () => {
  it('tells what a command in the background has written, by its id', async () => {
    const command = 'echo one; until [ -e go ]; do sleep 0.05; done; echo two; exit 4';
    const opened = await folder.call('run_in_terminal', { command, isBackground: true }, 'call_7');
    expect(opened).toMatchObject({
      success: true,
      result: { terminalId: 'call_7', isRunning: true },
    });
    await folder.call('run_in_terminal', { command: 'echo other', isBackground: 'true' }, 'call_8');
    await folder.call('create_file_with_text', { path: 'go', text: '' });
    await vi.waitFor(async () => {
      const { result } = await folder.call('get_terminal_output', { terminal_id: 'call_7' });
      expect(result).toEqual({ content: 'one\ntwo\n', isRunning: false, exitCode: 4 });
    }, 5000);
    const other = await folder.call('get_terminal_output', { id: 'call_8' });
    expect(other.result).toMatchObject({ content: 'other\n', exitCode: 0 });
    expect((await folder.call('get_terminal_output', { id: 'call_9' })).success).toBe(false);
    expect((await folder.call('get_terminal_output', {})).success).toBe(false);
  });

  it('ids - are never given twice', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) {
      ids.push(
        (await folder.call('run_in_terminal', { command: 'true', isBackground: true }, 'same')).result.terminalId,
      );
    }
    expect(new Set(ids).size).toBe(3);
  });

  it('ended commands - the output of the oldest is forgotten, of a running one never', async () => {
    const open = (command: string, id: string) =>
      folder.call('run_in_terminal', { command, isBackground: true }, id).then(({ success }) => success);
    const isKept = (id: string) => folder.call('get_terminal_output', { id }).then(({ success }) => success);
    expect(await open('exec sleep 60', 'running')).toBe(true);
    for (let i = 0; i < 31; i++) expect(await open('true', `ended-${i}`)).toBe(true);
    expect(await Promise.all(['running', 'ended-0', 'ended-1'].map(isKept))).toEqual([true, true, true]);
    expect(await open('true', 'one more')).toBe(true);
    const kept = await Promise.all(['running', 'ended-0', 'ended-1', 'one more'].map(isKept));
    expect(kept).toEqual([true, false, true, true]);
  }, 30_000);

  it('background commands - end with the turn, and are eight at most', async () => {
    const command = SLEEPERS;
    await folder.call('run_in_terminal', { command, isBackground: true }, 'first');
    const started = await pids();
    const more = await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        folder.call('run_in_terminal', { command: 'sleep 60', isBackground: true }, `more-${i}`),
      ),
    );
    expect(more.filter(({ success }) => success)).toHaveLength(7);
    folder.session.close();
    await expectDead(started);
  });
});

describe('commandEnv()', () => {
  const source = {
    PATH: '/bin',
    HOME: '/h',
    LANG: 'de',
    AWS_SECRET: 's',
    BASH_ENV: 'x',
    SystemRoot: 'C:\\W',
    Path: 'D',
  };

  it('takes what a shell needs and nothing else', () => {
    expect(commandEnv(source, 'linux')).toEqual({ PATH: '/bin', HOME: '/h', LANG: 'de' });
    expect(Object.keys(commandEnv({}, 'linux')).sort()).toEqual(['HOME', 'LANG', 'PATH']);
  });

  it('knows what Windows needs, in any case', () => {
    const { USERPROFILE, ...env } = commandEnv({ Path: 'C:\\bin', systemroot: 'C:\\W', API_KEY: 's' }, 'win32');
    expect(USERPROFILE).not.toBe('');
    expect(env).toEqual({ PATH: 'C:\\bin', SystemRoot: 'C:\\W' });
  });
});

function sortedLines(content: unknown): string[] {
  return String(content).trim().split('\n').sort();
}
