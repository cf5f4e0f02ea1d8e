import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, runCli, startCli, startServe, temporaryFolder } from './server-process.js';

const AGENT = fileURLToPath(new URL('../support/scripted-agent.mjs', import.meta.url));

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

describe('an agent in the place of a Lingma', () => {
  const agent = (script: object): string[] => [
    ...['--command', process.execPath, '--data-dir', temporaryFolder()],
    ...['--args', JSON.stringify([AGENT, JSON.stringify(script)])],
  ];
  const models = { currentModelId: 'm-1', availableModels: [{ modelId: 'm-1', name: 'One' }] };

  it('doctor - shows its program, and that it answers', async () => {
    const { code, stdout } = await runCli(['doctor', ...agent({ models })]);
    expect(stdout).toMatch(/^ok {4}Lingma +agent node: /m);
    expect(stdout).toMatch(/^ok {4}Connection +node \(standard streams\)/m);
    expect(stdout).toMatch(/^ok {4}Product +scripted-agent 1\.2\.3/m);
    expect(stdout).toMatch(/^ok {4}Test turn /m);
    expect(code).toBe(0);
  });

  it('doctor - nobody signed in: fails and says what to do', async () => {
    const { code, stdout } = await runCli(['doctor', ...agent({ loggedOut: true })]);
    expect(stdout).toMatch(/^FAIL {2}Login [\s\S]*Sign in with the agent's own tool/m);
    expect(code).toBe(1);
  });

  it('doctor - a known one that is not installed: fails with the line that installs it', async () => {
    const env = { PATH: temporaryFolder() };
    const { code, stdout } = await runCli(['doctor', '--agent', 'qodercli', '--data-dir', temporaryFolder()], { env });
    expect(stdout).toMatch(/^FAIL {2}Lingma +agent qodercli[\s\S]*npm install -g @qoder-ai\/qodercli/m);
    expect(code).toBe(1);
  });

  it('chat - prints what it answers', async () => {
    expect(await runCli(['chat', 'Hi', ...agent({})])).toMatchObject({ code: 0, stdout: 'Hello from the agent.\n' });
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

  it('logged out - the login fails with advice', async () => {
    const loggedOut = createSimulator({ loggedOut: true });
    await loggedOut.start();
    const { code, stdout } = await runCli(['doctor', '--port', '0', '--ws-url', loggedOut.address.webSocketUrl]);
    await loggedOut.stop();
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {2}Login .*\n.*→ Log in/);
  });
});

describe('the language', () => {
  const chinese = { LANG: 'zh_CN.UTF-8' };

  it('of the banner', async () => {
    const served = startCli(['serve', '--port', '0', '--demo'], { env: chinese });
    expect(await served.until(/wire_api/)).toMatch(/^灵码 {8}未查找：[\s\S]*此时的回答都是模拟的[\s\S]*^试一试：$/m);
  });
});

describe('the command itself', () => {
  it('--version, help, and a mistake', async () => {
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await runCli(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage:'), stderr: '' });
    expect(await runCli(['--prot', '9000'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('--version - is told before anything else is loaded', async () => {
    const entry = await readFile(new URL('../../packages/server/src/cli.ts', import.meta.url), 'utf8');
    const loaded = [...entry.matchAll(/^import .*'(.*)';$/gm)].map(([, name = '']) => name);
    expect(loaded.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(loaded).not.toEqual([]);
  });
});
