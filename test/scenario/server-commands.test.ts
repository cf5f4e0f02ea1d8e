import { readFile } from 'node:fs/promises';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, runCli, startCli, startServe, temporaryFolder } from './server-process.js';

let simulator: Simulator;
let address: readonly string[];

beforeAll(async () => {
  simulator = createSimulator();
  await simulator.start();
  address = ['--ws-url', simulator.address.webSocketUrl];
});
afterAll(() => simulator.stop());
afterEach(cleanUp);

describe('models', () => {
  it('a table, or JSON', async () => {
    const table = await runCli(['models', ...address]);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^MODEL +NAME +DEFAULT/);
    const json = JSON.parse((await runCli(['models', '--json', ...address])).stdout) as { id: string }[];
    expect(json.length).toBeGreaterThan(1);
    for (const { id } of json) expect(table.stdout).toContain(id);
  });

  it('no Lingma - what to do, the demo too, on stderr and code 1', async () => {
    const { code, stdout, stderr } = await runCli(['models', '--ws-url', 'ws://127.0.0.1:1/']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Start Lingma');
    expect(stderr).toContain('lingma-gateway models --demo');
  });
});

describe('a gateway that runs already', () => {
  it('no Lingma found - models, chat and doctor ask it, and say so', async () => {
    const { url } = await startServe(['--demo']);
    const port = new URL(url).port;
    const models = await runCli(['models', '-p', port]);
    expect(models).toMatchObject({ code: 0, stdout: expect.stringMatching(/^MODEL +NAME\n/) });
    expect(models.stderr).toContain(`asking the gateway that runs on ${url}`);
    const chat = await runCli(['chat', '@sim {"text":"from there"}'], { env: { LINGMA_GATEWAY_PORT: port } });
    expect(chat).toMatchObject({ code: 0, stdout: 'from there\n', stderr: expect.stringContaining(url) });
    const doctor = await runCli(['doctor', '--port', port]);
    expect(doctor.code).toBe(0);
    expect(doctor.stdout).toMatch(/^note {2}Lingma .*[\s\S]*runs on http[\s\S]*^ok {4}Test turn /m);
  });

  it('with keys - one of them is needed, by its own variable or by that of the gateway', async () => {
    const { url } = await startServe(['--demo', '--api-keys', 'sk-one']);
    const port = new URL(url).port;
    const refused = await runCli(['chat', '-p', port, 'hello']);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('LINGMA_GATEWAY_KEY') });
    for (const env of [{ LINGMA_GATEWAY_KEY: 'sk-one' }, { LINGMA_GATEWAY_API_KEYS: 'sk-one' }]) {
      expect((await runCli(['chat', '-p', port, '@sim {"text":"fine"}'], { env })).stdout).toBe('fine\n');
    }
  });

  it('a Lingma that was spoken of and is not there - no other answers in its place', async () => {
    const { url } = await startServe(['--demo']);
    const env = { LINGMA_GATEWAY_PORT: new URL(url).port, LINGMA_BIN: '/nowhere/Lingma' };
    expect(await runCli(['chat', 'hello'], { env })).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('chat', () => {
  it('prints the answer, without thoughts where no person reads', async () => {
    const { code, stdout } = await runCli(['chat', ...address, '@sim {"text":"forty-two","reasoning":"hmm"}']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'forty-two\n' });
  });

  it('reads stdin when no text is given', async () => {
    const { stdout } = await runCli(['chat', ...address], { stdin: '@sim {"echo":"transcript"}\nfrom a pipe' });
    expect(stdout).toContain('from a pipe');
  });

  it('--demo - says on stderr that the answer is simulated', async () => {
    const { code, stdout, stderr } = await runCli(['chat', '--demo', 'hello', 'there']);
    expect(code).toBe(0);
    expect(stdout).toContain('hello there');
    expect(stderr).toContain('ANSWERS ARE SIMULATED');
  });

  it('a failed turn - code 1; nothing to ask - code 2', async () => {
    const failed = await runCli(['chat', ...address, '@sim {"error":{"status":500,"message":"broken"}}']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).not.toBe('');
    expect((await runCli(['chat', ...address], { stdin: ' ' })).code).toBe(2);
  });

  it.skipIf(process.platform === 'win32')('Ctrl-C - stops the turn in Lingma', async () => {
    const before = simulator.stats.stops.length;
    const cli = startCli(['chat', ...address, '@sim {"text":"word ","repeat":500,"chunks":500,"delayMs":50}']);
    await cli.until(/word/);
    cli.child.kill('SIGINT');
    expect(await cli.exit).toBe(130);
    expect(simulator.stats.stops.length).toBe(before + 1);
  });
});

describe('doctor', () => {
  it('all is well - code 0', async () => {
    const { code, stdout } = await runCli(['doctor', '--json', '--port', '0', ...address]);
    const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: { name: string; verdict: string }[] };
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(checks.map(({ name }) => name)).toEqual([
      'Version',
      'Lingma',
      'Connection',
      'Product',
      'Dialect',
      'Login',
      'Models',
      'Test turn',
      'Port',
    ]);
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
  });

  it('no Lingma - where it looked, what to do, code 1', async () => {
    const folder = temporaryFolder();
    const { code, stdout } = await runCli(['doctor', '--port', '0', '--work-dir', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {2}Lingma/);
    expect(stdout).toContain('→ Start Lingma');
    const json = JSON.parse((await runCli(['doctor', '--json', '--port', '0', '--work-dir', folder])).stdout);
    const looked = json.checks.find(({ name }: { name: string }) => name === 'Lingma').looked as { place: string }[];
    expect(looked.some(({ place }) => place.startsWith(folder))).toBe(true);
  });

  it('a folder that is not there - said at once, code 2', async () => {
    const { code, stderr } = await runCli(['doctor', '--port', '0', '--cwd', '/no/such/folder', ...address]);
    expect(code).toBe(2);
    expect(stderr).toContain("'/no/such/folder' must exist");
  });

  it('logged out - the login fails with advice', async () => {
    const loggedOut = createSimulator({ loggedOut: true });
    await loggedOut.start();
    const { code, stdout } = await runCli(['doctor', '--port', '0', '--ws-url', loggedOut.address.webSocketUrl]);
    await loggedOut.stop();
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {2}Login .*\n.*→ Log in/);
  });
});

describe('config', () => {
  it('every setting with its origin, secrets hidden', async () => {
    const { code, stdout } = await runCli(['config', '--port', '9000'], {
      env: { LINGMA_GATEWAY_API_KEYS: 'sk-secret', LINGMA_GATEWAY_MODE: 'agent' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^server\.port +9000 +flag --port$/m);
    expect(stdout).toMatch(/^lingma\.mode +agent +environment LINGMA_GATEWAY_MODE$/m);
    expect(stdout).toMatch(/^auth\.clientKeys +\["\*\*\*"\] +environment LINGMA_GATEWAY_API_KEYS$/m);
    expect(stdout).not.toContain('sk-secret');
  });

  it('a file that cannot be read - code 2', async () => {
    const { code, stderr } = await runCli(['config', '--config', 'missing.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('missing.json cannot be read');
  });
});

describe('the language', () => {
  const chinese = { LANG: 'zh_CN.UTF-8' };

  it('help, errors, doctor and the banner are in it; what programs read is not', async () => {
    expect((await runCli(['--help'], { env: chinese })).stdout).toMatch(/^用法： lingma-gateway[\s\S]*^常用参数：\n/m);
    expect(await runCli(['--prot', '9000'], { env: chinese })).toMatchObject({
      code: 2,
      stderr: '未知参数 --prot，是不是想用 --port？\n用法见 lingma-gateway serve --help\n',
    });
    const wrong = await runCli(['serve', '--port', 'abc'], { env: chinese });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('提示：0 到 65535 之间的整数') });
    const doctor = await runCli(['doctor', '--port', '0', ...address], { env: chinese });
    expect(doctor.stdout).toMatch(/^正常 {2}灵码/m);
    const json = JSON.parse((await runCli(['doctor', '--json', '--port', '0', ...address], { env: chinese })).stdout);
    expect(json.checks.map(({ name }: { name: string }) => name)).toContain('Test turn');
    const none = await runCli(['models', '--ws-url', 'ws://127.0.0.1:1/'], { env: chinese });
    expect(none.stderr).toContain('没有找到可用的灵码');
    const served = startCli(['serve', '--port', '0', '--demo'], { env: chinese });
    expect(await served.until(/wire_api/)).toMatch(/^灵码 {8}未查找：[\s\S]*此时的回答都是模拟的[\s\S]*^试一试：$/m);
  });

  it('LC_ALL before LC_MESSAGES before LANG', async () => {
    const usage = async (env: Readonly<Record<string, string>>) => (await runCli(['--help'], { env })).stdout;
    expect(await usage({ ...chinese, LC_ALL: 'C' })).toContain('Usage:');
    expect(await usage({ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' })).toContain('用法：');
  });
});

describe('the command itself', () => {
  it('--version and --help', async () => {
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const overview = (await runCli(['--help'])).stdout;
    for (const command of ['serve', 'models', 'chat', 'doctor', 'config']) expect(overview).toContain(`  ${command} `);
    const help = (await runCli(['serve', '--help'])).stdout;
    const flags =
      '--host --port --config --api-keys --transport --ws-url --pipe --dialect --model --mode --cwd --current-file-path ' +
      '--shell-type --session-mode --timeout --max-in-flight --demo';
    for (const flag of flags.split(' ')) expect(help).toMatch(new RegExp(`^ {2}${flag}\\b`, 'm'));
    expect(help).not.toContain('\u001b');
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
    expect((await runCli(['help', 'chat'])).stdout).toContain('lingma-gateway chat "Hello"');
  });

  it('--version - is told before anything else is loaded', async () => {
    const entry = await readFile(new URL('../../packages/server/src/cli.ts', import.meta.url), 'utf8');
    const loaded = [...entry.matchAll(/^import .*'(.*)';$/gm)].map(([, name = '']) => name);
    expect(loaded.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(loaded).not.toEqual([]);
  });

  it('colour - never in a pipe, unless it is forced', async () => {
    const coloured = async (env: Readonly<Record<string, string>>) =>
      (await runCli(['--help'], { env })).stdout.includes('\u001b');
    expect(await coloured({})).toBe(false);
    expect(await coloured({ FORCE_COLOR: '1' })).toBe(true);
    expect(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });

  it('a misspelt flag without a command - is told, not its value', async () => {
    expect(await runCli(['--prot', '9000'])).toMatchObject({
      code: 2,
      stderr: 'Unknown flag --prot, did you mean --port?\nSee lingma-gateway serve --help\n',
    });
  });

  it('unknown commands and stray words - code 2', async () => {
    expect(await runCli(['modles'])).toMatchObject({
      code: 2,
      stderr: 'Unknown command modles: did you mean models?\n',
    });
    expect((await runCli(['serve', 'extra'])).stderr).toContain('Unexpected argument extra');
    expect((await runCli(['serve', '--port'])).stderr).toContain('--port needs a value');
  });
});
