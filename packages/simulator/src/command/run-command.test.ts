import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../testing/raw-client.js';
import { eventually } from '../testing/with-simulator.js';
import { runCommand } from './run-command.js';

let workDir: string;
let out: string;
let err: string;
let exits: number[];
let signal: () => void;
let flushed: number;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'sim-test-'));
  out = '';
  err = '';
  exits = [];
  flushed = 0;
});
afterEach(() => rmSync(workDir, { recursive: true, force: true }));

const run = (...args: string[]): Promise<void> =>
  runCommand(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    exit: (code) => exits.push(code),
    onStopSignal: (listener) => {
      signal = listener;
    },
    env: { HOME: '/home/me', LANG: 'C' },
    flush: async (text) => {
      flushed += text.length;
    },
    startHelper: () => 4711,
  });

describe('lingma-simulator', () => {
  it('prints its version as the real program does', async () => {
    await run('version');
    await run('version', '--profile', 'lingma-ide-0.7');
    expect(out).toBe('version: 2.11.1\nversion: 0.7.1\n');
  });

  it('starts, tells its state through status, and stops on a signal', async () => {
    await run('status', '-o', 'json', '--workDir', workDir);
    expect(JSON.parse(out)).toEqual({ logged_in: false, version: '2.11.1' });
    await run('start', '--workDir', workDir, '--socketPort', '0', '--httpPort', '0');
    const info = JSON.parse(readFileSync(join(workDir, '.info.json'), 'utf8')) as { websocketPort: number };
    const client = await RawClient.webSocket(`ws://127.0.0.1:${info.websocketPort}/`);
    await client.initialize();
    out = '';
    await run('status', '-o', 'json', '--workDir', workDir);
    expect(JSON.parse(out)).toEqual({
      ...{ logged_in: true, username: 'simulator', user_type: 'personal_standard', version: '2.11.1' },
    });
    expect(err).toContain('Communication servers ready - WebSocket:');
    signal();
    await client.waitClosed();
    await eventually(() => exits.length > 0);
    expect(exits).toEqual([0]);
    expect(existsSync(join(workDir, '.info.json'))).toBe(false);
  });

  it('ends with 1 when it cannot start and with 2 on a wrong command line', async () => {
    await run('start', '--workDir', workDir, '--fail-start');
    await run('start');
    expect(exits).toEqual([1, 2]);
    expect(err).toContain('start needs --workDir DIR');
  });

  it('start - prints what it was told to, has a helper, and stays when it is to', async () => {
    await run(
      ...['start', '--workDir', workDir, '--socketPort', '0', '--httpPort', '0'],
      ...['--print-env', '--print-bytes', '100000', '--helper', '--ignore-term'],
    );
    expect(out).toBe('HOME=/home/me\nLANG=C\n');
    expect(flushed).toBe(100_000);
    expect(err).toContain('helper process 4711\n');
    signal();
    const info = JSON.parse(readFileSync(join(workDir, '.info.json'), 'utf8')) as { websocketPort: number };
    await (await RawClient.webSocket(`ws://127.0.0.1:${info.websocketPort}/`)).initialize();
    expect(exits).toEqual([]);
  });

  it('start - ends at once with the code it is given', async () => {
    await run('start', '--workDir', workDir, '--exit-at-once', '3');
    expect(exits).toEqual([3]);
    expect(existsSync(join(workDir, '.info.json'))).toBe(false);
  });
});
