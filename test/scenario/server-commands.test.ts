import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, runCli, startCli, temporaryFolder } from './server-process.js';

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

  it('no Lingma - one line on stderr and code 1', async () => {
    const { code, stdout, stderr } = await runCli(['models', '--ws-url', 'ws://127.0.0.1:1/']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Start Lingma');
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
