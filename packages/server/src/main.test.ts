/** What the command says, without a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator } from '@lingma-gateway/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from './main.js';
import { createTerminal } from './terminal/terminal.js';

type Environment = Readonly<Record<string, string>>;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'lingma-gateway-test-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function run(words: readonly string[], env: Environment = {}, columns?: number) {
  let stdout = '';
  let stderr = '';
  const terminal = createTerminal({
    env: { HOME: home, USERPROFILE: home, ...env },
    stdout: {
      write: (text) => {
        stdout += text;
      },
      ...(columns !== undefined && { isTTY: true, columns }),
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
  });
  const code = await runMain(words, terminal);
  return { code, stdout, stderr };
}

const CHINESE = { LANG: 'zh_CN.UTF-8' };
const NOWHERE = ['--ws-url', 'ws://127.0.0.1:1/'];

describe('help', () => {
  it('the overview names every command, that of a command its flags, the common ones first', async () => {
    const overview = (await run(['--help'])).stdout;
    for (const command of ['serve', 'models', 'chat', 'doctor', 'config']) expect(overview).toContain(`  ${command} `);
    const help = (await run(['serve', '--help'])).stdout;
    const flags =
      '--host --port --config --api-keys --transport --ws-url --pipe --dialect --model --mode --cwd --current-file-path ' +
      '--shell-type --session-mode --timeout --max-in-flight --demo';
    for (const flag of flags.split(' ')) expect(help).toMatch(new RegExp(`^ {2}${flag}\\b`, 'm'));
    const inOrder = [
      'Examples:',
      'Common flags:',
      '--port, -p',
      'Server:',
      '--allow-anonymous',
      'Images:',
      'Other flags:',
    ];
    const places = inOrder.map((part) => help.indexOf(part));
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(places).not.toContain(-1);
    expect((await run(['help', 'chat'])).stdout).toContain('lingma-gateway chat "Hello"');
  });

  it.each([
    [undefined, {}, false],
    [80, {}, true],
    [80, { NO_COLOR: '1' }, false],
    [80, { TERM: 'dumb' }, false],
    [undefined, { FORCE_COLOR: '1' }, true],
    [undefined, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('terminal of %s columns, %j - colour: %s', async (columns, env: Environment, coloured) => {
    expect((await run(['--help'], env, columns)).stdout.includes('\u001b')).toBe(coloured);
  });

  it.each([60, 80, 120])('a terminal of %d columns - no line of a flag is wider', async (columns) => {
    for (const env of [{ NO_COLOR: '1' }, { ...CHINESE, NO_COLOR: '1' }]) {
      const lines = (await run(['models', '--help'], env, columns)).stdout.split('\n');
      const texts = lines.filter((line) => line.startsWith('      '));
      const tooWide = texts.filter((line) => displayed(line) > columns && /\S\s+\S/.test(line.trim()));
      expect(tooWide).toEqual([]);
    }
  });

  it.each([
    [CHINESE, '用法：'],
    [{ ...CHINESE, LC_ALL: 'C' }, 'Usage:'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, '用法：'],
  ])('%j - in the language of the messages', async (env: Environment, usage) => {
    expect((await run(['--help'], env)).stdout).toContain(usage);
  });
});

/** Columns that a text takes: Chinese characters and full-width marks take two. */
const displayed = (text: string): number => [...text].reduce((sum, char) => sum + (char > '\u2e7f' ? 2 : 1), 0);

describe('mistakes - code 2', () => {
  it.each([
    [['--prot', '9000'], {}, 'Unknown flag --prot, did you mean --port?\nSee lingma-gateway serve --help\n'],
    [['--prot', '9000'], CHINESE, '未知参数 --prot，是不是想用 --port？\n用法见 lingma-gateway serve --help\n'],
    [['modles'], {}, 'Unknown command modles: did you mean models?\n'],
  ])('%j %j', async (words, env: Environment, stderr) => {
    expect(await run(words, env)).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each([
    [['serve', 'extra'], {}, 'Unexpected argument extra'],
    [['serve', '--port'], {}, '--port needs a value'],
    [['serve', '--port', 'abc'], CHINESE, '提示：0 到 65535 之间的整数'],
    [['serve', '--prot', '9000', '--wsurl=ws://x/'], {}, 'Unknown flag --prot, did you mean --port?'],
    [['serve', '--prot', '9000', '--wsurl=ws://x/'], {}, 'Unknown flag --wsurl, did you mean --ws-url?'],
    [['serve', '--transport', 'smoke'], { LINGMA_GATEWAY_PORT: 'abc' }, 'lingma.transport (flag --transport)'],
    [['serve', '--transport', 'smoke'], { LINGMA_GATEWAY_PORT: 'abc' }, '(environment LINGMA_GATEWAY_PORT)'],
    [['serve', '--host', '0.0.0.0', '--port', '0'], {}, 'server.host (flag --host)'],
    [['serve', '--host', '0.0.0.0', '--port', '0'], {}, '--allow-anonymous'],
    [['config', '--config', 'missing.json'], {}, 'missing.json cannot be read'],
    [['doctor', '--port', '0', '--cwd', '/no/such/folder', ...NOWHERE], {}, "'/no/such/folder' must exist"],
  ])('%j %j', async (words, env: Environment, part) => {
    expect(await run(words, env)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(part) });
  });
});

describe('config', () => {
  it('every setting with its origin, secrets hidden', async () => {
    const env = { LINGMA_GATEWAY_API_KEYS: 'sk-secret', LINGMA_GATEWAY_MODE: 'agent' };
    const { code, stdout } = await run(['config', '--port', '9000'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^server\.port +9000 +flag --port$/m);
    expect(stdout).toMatch(/^lingma\.mode +agent +environment LINGMA_GATEWAY_MODE$/m);
    expect(stdout).toMatch(/^auth\.clientKeys +\["\*\*\*"\] +environment LINGMA_GATEWAY_API_KEYS$/m);
    expect(stdout).not.toContain('sk-secret');
  });

  it('accounts and what they change - told without a word of who they are, for people and for programs', async () => {
    const env = { LINGMA_BIN: '/opt/Lingma', LINGMA_ACCOUNTS: 'canary:canary,two:canary', LINGMA_WORK_DIR: '/w' };
    const shown = await run(['config', '--args', '--verbose'], { ...env, ...CHINESE });
    expect(shown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--args') });
    const table = await run(['config', '--args=--verbose'], env);
    expect(table.stdout).toMatch(
      /^lingma\.workDir +\/w \(the folders of the pool go by it\) +environment LINGMA_WORK_DIR$/m,
    );
    expect(table.stdout).toMatch(/^lingma\.args +\["--verbose"\] +flag --args$/m);
    const json = await run(['config', '--json'], env);
    const { settings } = JSON.parse(json.stdout) as { settings: { path: string; value: unknown; note?: string }[] };
    const told = (path: string) => settings.find((entry) => entry.path === path);
    expect(told('lingma.accounts')).toMatchObject({ value: ['***', '***'] });
    expect(told('lingma.password')).toMatchObject({ value: null });
    expect(told('lingma.workDir')?.note).toBe('the folders of the pool go by it');
    expect(table.stdout + table.stderr + json.stdout + json.stderr).not.toContain('canary');
  });
});

describe('without a Lingma', () => {
  it.each([
    [{}, ['Start Lingma', 'lingma-gateway models --demo']],
    [CHINESE, ['没有找到可用的灵码', 'lingma-gateway models --demo']],
  ])('%j - what to do, the demo too, on stderr and code 1', async (env: Environment, parts) => {
    const { code, stdout, stderr } = await run(['models', ...NOWHERE], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const part of parts) expect(stderr).toContain(part);
  });
});

describe('doctor - in Chinese', () => {
  it('names and verdicts are in it; what programs read is not', async () => {
    const simulator = createSimulator();
    await simulator.start();
    const words = ['doctor', '--port', '0', '--ws-url', simulator.address.webSocketUrl];
    const [shown, read] = [await run(words, CHINESE), await run([...words, '--json'], CHINESE)];
    await simulator.stop();
    expect(shown.stdout).toMatch(/^正常 {2}灵码/m);
    const { checks } = JSON.parse(read.stdout) as { checks: { name: string; verdict: string }[] };
    expect(checks).toContainEqual(expect.objectContaining({ name: 'Test turn', verdict: 'ok' }));
  });
});
