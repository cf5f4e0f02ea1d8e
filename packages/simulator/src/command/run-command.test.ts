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

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'sim-test-'));
  out = '';
  err = '';
  exits = [];
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
});
