/** Processes of the gateway's own, as they are: the simulator under the real program's name, started, ended and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type BinaryPort,
  type GatewayError,
  LingmaClient,
  type Logger,
  ManagedProcess,
  type ManagedProcessOptions,
  Supervisor,
} from '@lingma-gateway/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { impatientClock } from '../support/impatient-clock.js';

const LINGMA = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));
const CORE = pathToFileURL(fileURLToPath(new URL('../../packages/core/dist/index.js', import.meta.url))).href;
const ENV = { PATH: process.env.PATH, HOME: process.env.HOME };
const never = new AbortController().signal;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lingma-managed-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Noted {
  readonly level: string;
  readonly message: string;
}

function memoryLogger(): { readonly logger: Logger; readonly noted: Noted[] } {
  const noted: Noted[] = [];
  const note =
    (level: string) =>
    (message: string): void =>
      void noted.push({ level, message });
  const logger: Logger = {
    debug: () => undefined,
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    child: () => logger,
  };
  return { logger, noted };
}

function managed({ bin = LINGMA, ...options }: Partial<ManagedProcessOptions> & { readonly bin?: string } = {}) {
  const workDir = options.workDir ?? folder();
  const lines: string[] = [];
  const lingma = new ManagedProcess({
    name: 'inst-0',
    workDir,
    binary: { locate: async () => bin },
    env: ENV,
    ...options,
  });
  lingma.on('line', ({ text }) => {
    if (lines.length < 1000) lines.push(text);
  });
  cleanups.push(() => lingma.stop());
  return { lingma, workDir, lines };
}

function clientOf(lingma: ManagedProcess): LingmaClient {
  const client = new LingmaClient({ connector: lingma.connector, deadlines: { connectMs: 40_000 } });
  cleanups.push(() => client.close());
  return client;
}

async function textOf(client: LingmaClient, directive: object): Promise<string> {
  const { content } = await client.complete({
    messages: [{ role: 'user', text: `Hello @sim ${JSON.stringify(directive)}` }],
  });
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

const pidOf = (lingma: ManagedProcess): number => lingma.status().pid as number;

/** One that has ended but that nobody has looked after does not run. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

const ended = (pid: number): Promise<void> => vi.waitFor(() => expect(runs(pid)).toBe(false));
const failure = (start: Promise<unknown>): Promise<GatewayError> =>
  start.then(
    () => expect.fail('it should have failed'),
    (error: GatewayError) => error,
  );

describe.skipIf(process.platform === 'win32')('ManagedProcess', () => {
  it('start() - answers turns; stop() leaves nothing behind', async () => {
    const { lingma, workDir } = managed();
    await lingma.start(never);
    const pid = pidOf(lingma);
    const note = join(workDir, '.lingma-gateway.json');
    expect(statSync(note).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(note, 'utf8'))).toMatchObject({
      ...{ pid, bin: LINGMA, gatewayPid: process.pid, ...lingma.status().ports },
      startedAt: expect.any(Number),
    });
    const client = clientOf(lingma);
    expect(await textOf(client, { text: 'from a process of ours' })).toBe('from a process of ours');
    await client.close();
    await lingma.stop();
    expect(runs(pid)).toBe(false);
    for (const name of ['.lingma-gateway.json', '.lingma-gateway.lock', '.info.json']) {
      expect(existsSync(join(workDir, name)), name).toBe(false);
    }
    await lingma.start(never);
    expect(lingma.status().restarts).toBe(1);
  });

  it('environment - no secret reaches the process; proxies, locale and home do', async () => {
    const { lingma, lines } = managed({
      args: ['--print-env'],
      secretVariables: ['LINGMA_ACCOUNTS', 'LINGMA_SESSION_BUNDLE'],
      env: {
        ...ENV,
        HTTPS_PROXY: 'http://proxy:3128',
        LANG: 'zh_CN.UTF-8',
        LINGMA_ACCOUNTS: 'canary-1',
        LINGMA_SESSION_BUNDLE_FILE: 'canary-2',
        ADMIN_TOKEN: 'canary-3',
        OPENAI_API_KEY: 'canary-4',
        DB_PASSWORD: 'canary-5',
        github_token: 'canary-6',
      },
    });
    await lingma.start(never);
    expect(lines).toEqual(expect.arrayContaining(['HTTPS_PROXY=http://proxy:3128', 'LANG=zh_CN.UTF-8']));
    expect(lines.some((line) => line.startsWith('HOME='))).toBe(true);
    expect(lines.filter((line) => line.includes('canary') || /_(TOKEN|PASSWORD|KEY)/i.test(line))).toEqual([]);
  });

  it('arguments - the endpoint and further ones are passed on', async () => {
    const { lingma, workDir } = managed({ endpoint: 'https://lingma.example', args: ['--extra', 'one'] });
    const script = join(workDir, 'echo-arguments');
    writeFileSync(script, '#!/bin/sh\nprintf "%s\\n" "$@"\nsleep 0.01\nexit 7\n');
    chmodSync(script, 0o755);
    const { lingma: echo } = managed({ bin: script, endpoint: 'https://lingma.example', args: ['--extra', 'one'] });
    const { cause } = await failure(echo.start(never));
    expect((cause as { output: readonly string[] }).output).toEqual([
      ...['start', '--workDir', expect.any(String), '--socketPort', expect.stringMatching(/^\d+$/)],
      ...['--httpPort', expect.stringMatching(/^\d+$/), '--endpoint', 'https://lingma.example', '--extra', 'one'],
    ]);
    expect(lingma.status().pid).toBeUndefined();
  });

  it('ports - the wished one, and another with a warning where it is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as { readonly port: number };
    const { logger, noted } = memoryLogger();
    const { lingma } = managed({ wishedPort: port, logger });
    await lingma.start(never);
    expect(lingma.status().ports?.socketPort).not.toBe(port);
    expect(noted).toContainEqual({ level: 'warn', message: expect.stringContaining('is taken') });
    await lingma.stop();
    await new Promise((resolve) => blocker.close(resolve));
    await lingma.start(never);
    expect(lingma.status()).toMatchObject({ ports: { socketPort: port }, address: `ws://127.0.0.1:${port}/` });
  });

  it.each([['--slow-start 300'], ['--info-file late --info-delay 300'], ['--logged-out'], ['--acp absent']])(
    'start() - waits for one with %s',
    async (flags) => {
      const { lingma } = managed({ args: flags.split(' ') });
      await lingma.start(never);
      expect(lingma.status().address).toMatch(/^ws:/);
    },
  );

  it('start() - what an earlier process has left in .info.json is not believed', async () => {
    const { lingma, workDir } = managed({ args: ['--info-file', 'none'], startupMs: 1500 });
    const other = managed();
    await other.lingma.start(never);
    const text = readFileSync(join(other.workDir, '.info.json'), 'utf8');
    writeFileSync(join(workDir, '.info.json'), text);
    const error = await failure(lingma.start(never));
    expect(error).toMatchObject({ code: 'not_ready', status: 503 });
    await lingma.stop();
  });

  it.each(['stale', 'none'])(
    'start() - fails in time when .info.json is %s, and ends what it started',
    async (infoFile) => {
      const { lingma, lines } = managed({ args: ['--info-file', infoFile, '--helper'], startupMs: 2000 });
      const error = await failure(lingma.start(never));
      expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining('in time') });
      expect(String((error.cause as Error).message)).toContain('Communication servers ready');
      const helper = Number(/helper process (\d+)/.exec(lines.join('\n'))?.[1]);
      expect(helper).toBeGreaterThan(0);
      await ended(helper);
      expect(lingma.status().pid).toBeUndefined();
    },
  );

  it('exit before it answers - told with its last words, which clients do not get', async () => {
    const { lingma } = managed({ args: ['--fail-start'] });
    const error = await failure(lingma.start(never));
    expect(error).toMatchObject({ code: 'not_ready', cause: { permanent: false } });
    expect((error.cause as Error).message).toContain('failed to start communication servers');
    expect(error.message).not.toContain('communication');
  });

  it('exit at once - after three of them no further start is any use', async () => {
    // However slow the machine is: no time passes.
    const clock = { now: () => 0, schedule: (ms: number, callback: () => void) => cancelOf(setTimeout(callback, ms)) };
    const { lingma } = managed({ args: ['--exit-at-once', '3'], clock });
    const permanent: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const error = await failure(lingma.start(never));
      permanent.push((error.cause as { permanent: boolean }).permanent);
    }
    expect(permanent).toEqual([false, false, true]);
  });

  it('stop() - one that goes on after SIGTERM, and its helper, are killed', async () => {
    let isStopping = false;
    const clock = impatientClock(() => isStopping);
    const { lingma, lines } = managed({ args: ['--ignore-term', '--helper'], clock });
    await lingma.start(never);
    const pid = pidOf(lingma);
    const helper = Number(/helper process (\d+)/.exec(lines.join('\n'))?.[1]);
    expect([runs(pid), runs(helper)]).toEqual([true, true]);
    isStopping = true;
    await lingma.stop();
    expect([runs(pid), runs(helper)]).toEqual([false, false]);
  });

  it('kill() - ends both at once', async () => {
    const { lingma, lines, workDir } = managed({ args: ['--ignore-term', '--helper'] });
    await lingma.start(never);
    const pid = pidOf(lingma);
    const helper = Number(/helper process (\d+)/.exec(lines.join('\n'))?.[1]);
    lingma.kill();
    await ended(pid);
    await ended(helper);
    expect(existsSync(join(workDir, '.lingma-gateway.lock'))).toBe(false);
  });

  it('its end - its helper goes as well, and the listener hears of it', async () => {
    const { lingma, lines } = managed({ args: ['--helper'] });
    await lingma.start(never);
    const exits: unknown[] = [];
    lingma.on('exit', (exit) => exits.push(exit));
    const helper = Number(/helper process (\d+)/.exec(lines.join('\n'))?.[1]);
    process.kill(pidOf(lingma), 'SIGKILL');
    await vi.waitFor(() => expect(exits).toMatchObject([{ beforeReady: false, permanent: false }]));
    await ended(helper);
    expect(lingma.status().pid).toBeUndefined();
  });

  it('output - 100 MB at the start: read to the end, the newest kept', async () => {
    const before = process.memoryUsage().rss;
    let peak = 0;
    let count = 0;
    const { lingma } = managed({ args: ['--print-bytes', '100000000'] });
    lingma.on('line', () => {
      if (count++ % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    });
    await lingma.start(never);
    const { lastOutput } = lingma.status();
    expect(lastOutput.length).toBeLessThanOrEqual(200);
    expect(lastOutput.join('\n')).toContain('Communication servers ready');
    expect(count).toBeGreaterThan(100_000);
    expect((peak - before) / 1e6).toBeLessThan(80);
  }, 90_000);

  it('work folder - a second gateway is refused while the first has it', async () => {
    const first = managed();
    await first.lingma.start(never);
    const second = managed({ workDir: first.workDir });
    const error = await failure(second.lingma.start(never));
    expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining('Another gateway') });
    await first.lingma.stop();
    await second.lingma.start(never);
    expect(second.lingma.status().address).toBeDefined();
  });
});

const cancelOf = (timer: NodeJS.Timeout): (() => void) => {
  timer.unref();
  return () => clearTimeout(timer);
};

/** A gateway in a process of its own, so that it can die without a word. */
async function startOwner(workDir: string, args: readonly string[] = []): Promise<ChildProcess> {
  const script = `
    import { ManagedProcess } from ${JSON.stringify(CORE)};
    const lingma = new ManagedProcess({
      name: 'inst-0', workDir: ${JSON.stringify(workDir)}, env: process.env, args: ${JSON.stringify(args)},
      binary: { locate: async () => ${JSON.stringify(LINGMA)} },
    });
    await lingma.start(new AbortController().signal);
    process.stdout.write('up');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(() => void owner.kill('SIGKILL'));
  await new Promise((resolve) => owner.stdout?.once('data', resolve));
  return owner;
}

const notedPid = (workDir: string): number =>
  (JSON.parse(readFileSync(join(workDir, '.lingma-gateway.json'), 'utf8')) as { readonly pid: number }).pid;

async function killOwner(owner: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => owner.once('exit', resolve));
  owner.kill('SIGKILL');
  await exit;
}

describe.skipIf(process.platform === 'win32')('a gateway that died', () => {
  it('leftover - taken over, used, and ended in the end', async () => {
    const workDir = folder();
    const owner = await startOwner(workDir);
    const pid = notedPid(workDir);
    cleanups.push(() => killQuietly(pid));
    await killOwner(owner);
    const { lingma } = managed({ workDir });
    await lingma.start(never);
    expect(lingma.status()).toMatchObject({ pid, adopted: true });
    expect(JSON.parse(readFileSync(join(workDir, '.lingma-gateway.json'), 'utf8'))).toMatchObject({
      ...{ pid, gatewayPid: process.pid },
    });
    expect(await textOf(clientOf(lingma), { text: 'still here' })).toBe('still here');
    await lingma.stop();
    expect(runs(pid)).toBe(false);
  });

  it('leftover - its end is noticed, though it is no child', async () => {
    const workDir = folder();
    const owner = await startOwner(workDir);
    const pid = notedPid(workDir);
    cleanups.push(() => killQuietly(pid));
    await killOwner(owner);
    const { lingma } = managed({ workDir });
    await lingma.start(never);
    const exits: unknown[] = [];
    lingma.on('exit', (exit) => exits.push(exit));
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(exits).toHaveLength(1));
    await lingma.start(never);
    expect(pidOf(lingma)).not.toBe(pid);
  });

  it('leftover - one that does not answer is ended, and another started', async () => {
    const workDir = folder();
    const owner = await startOwner(workDir, ['--helper']);
    const pid = notedPid(workDir);
    cleanups.push(() => killQuietly(pid));
    await killOwner(owner);
    process.kill(pid, 'SIGSTOP');
    const { lingma } = managed({ workDir, clock: impatientClock(() => runs(pid)) });
    await lingma.start(never);
    expect(pidOf(lingma)).not.toBe(pid);
    expect(runs(pid)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'helpers whose process is gone - ended where they stand in its folder',
    async () => {
      const workDir = folder();
      const orphan = async (cwd: string) => {
        const shell = spawn('/bin/sh', ['-c', 'sleep 1000 >/dev/null 2>&1 & echo $!'], {
          ...{ cwd, detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
        });
        const pid = await new Promise<number>((resolve) => shell.stdout?.once('data', (text) => resolve(Number(text))));
        cleanups.push(() => killQuietly(pid));
        await ended(shell.pid as number);
        return { pid, leader: shell.pid as number };
      };
      const [own, foreign] = [await orphan(workDir), await orphan(folder())];
      const note = { startedAt: 1, bin: LINGMA, socketPort: 1, httpPort: 2, gatewayPid: 99_999_999 };
      writeFileSync(join(workDir, '.lingma-gateway.json'), JSON.stringify({ ...note, pid: own.leader }));
      const { lingma } = managed({ workDir });
      await lingma.start(never);
      await ended(own.pid);
      expect(runs(foreign.pid)).toBe(true);
      // The same note, in a folder where its process does not stand.
      const other = folder();
      writeFileSync(join(other, '.lingma-gateway.json'), JSON.stringify({ ...note, pid: foreign.leader }));
      await managed({ workDir: other }).lingma.start(never);
      expect(runs(foreign.pid)).toBe(true);
    },
  );

  it('leftover - one that leads no group is taken over and ended as well', async () => {
    const workDir = folder();
    const left = spawn(LINGMA, ['start', '--workDir', workDir, '--socketPort', '0', '--httpPort', '0'], {
      ...{ env: ENV, stdio: 'ignore' },
    });
    const pid = left.pid as number;
    cleanups.push(() => killQuietly(pid));
    await vi.waitFor(() => expect(existsSync(join(workDir, '.info.json'))).toBe(true));
    const note = { pid, startedAt: 1, bin: LINGMA, socketPort: 1, httpPort: 2, gatewayPid: 99_999_999 };
    writeFileSync(join(workDir, '.lingma-gateway.json'), JSON.stringify(note));
    const { lingma } = managed({ workDir });
    await lingma.start(never);
    expect(lingma.status()).toMatchObject({ pid, adopted: true });
    await lingma.stop();
    expect(runs(pid)).toBe(false);
  });

  it.each([
    ['another program', ['-e', 'setInterval(() => {}, 1000)']],
    ['one whose folder only begins alike', ['-e', 'setInterval(() => {}, 1000)', 'start', '--workDir', '<workDir>0']],
    ['one that reads the folder', ['-e', 'setInterval(() => {}, 1000)', '<workDir>/logs/lingma.log']],
  ])('its number given away - %s is left alone', async (_name, args) => {
    const workDir = folder();
    const foreign = spawn(
      process.execPath,
      args.map((word) => word.replace('<workDir>', workDir)),
      { stdio: 'ignore', detached: true },
    );
    const pid = foreign.pid as number;
    cleanups.push(() => killQuietly(pid));
    const left = { pid, startedAt: 1, bin: LINGMA, socketPort: 1, httpPort: 2, gatewayPid: 99_999_999 };
    writeFileSync(join(workDir, '.lingma-gateway.json'), JSON.stringify(left));
    writeFileSync(join(workDir, '.lingma-gateway.lock'), JSON.stringify({ pid: 99_999_999 }));
    const { lingma } = managed({ workDir });
    await lingma.start(never);
    expect(pidOf(lingma)).not.toBe(pid);
    expect(notedPid(workDir)).toBe(pidOf(lingma));
    await lingma.stop();
    expect(runs(pid)).toBe(true);
  });
});

function killQuietly(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Gone.
    }
  }
}

function supervised(options: Partial<ManagedProcessOptions> = {}) {
  const { lingma, workDir } = managed(options);
  const client = clientOf(lingma);
  const supervisor = new Supervisor({ client, process: lingma, random: () => 0 });
  cleanups.push(() => supervisor.close());
  return { lingma, client, supervisor, workDir };
}

describe.skipIf(process.platform === 'win32')('Supervisor over a real process', () => {
  it('kill -9 - heals by itself, and a turn that waits meanwhile is answered', async () => {
    const { lingma, client, supervisor } = supervised();
    await supervisor.ready(never);
    const pid = pidOf(lingma);
    process.kill(pid, 'SIGKILL');
    await ended(pid);
    await vi.waitFor(() => expect(supervisor.state).not.toBe('ready'));
    await supervisor.ready(never);
    expect(await textOf(client, { text: 'back' })).toBe('back');
    expect(pidOf(lingma)).not.toBe(pid);
    expect(lingma.status().restarts).toBe(1);
  });

  it('kill -9 before the answer began - the turn is repeated on the next process, unseen', async () => {
    const { lingma, client, supervisor } = supervised();
    await supervisor.ready(never);
    const asked = new Promise<void>((resolve) => {
      lingma.on('line', ({ text }) => {
        if (text.includes('Async chat, request id')) resolve();
      });
    });
    const answer = textOf(client, { text: 'the second time', firstDelayMs: 2500 });
    await asked;
    process.kill(pidOf(lingma), 'SIGKILL');
    expect(await answer).toBe('the second time');
    expect(lingma.status().restarts).toBe(1);
  });

  it('a program with nothing else to do - waits for the next start, and ends by itself when all is closed', async () => {
    const script = `
      import { LingmaClient, ManagedProcess, Supervisor } from ${JSON.stringify(CORE)};
      const lingma = new ManagedProcess({
        name: 'inst-0', workDir: ${JSON.stringify(folder())}, env: process.env,
        binary: { locate: async () => ${JSON.stringify(LINGMA)} },
      });
      const client = new LingmaClient({ connector: lingma.connector });
      const supervisor = new Supervisor({ client, process: lingma, random: () => 1 });
      const { signal } = new AbortController();
      await supervisor.ready(signal);
      const lost = new Promise((resolve) => supervisor.on('state', resolve));
      process.kill(lingma.status().pid, 'SIGKILL');
      await lost;
      await supervisor.ready(signal);
      await supervisor.close();
      process.stdout.write('closed');`;
    const program = spawn(process.execPath, ['--input-type=module', '-e', script], {
      ...{ env: ENV, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    cleanups.push(() => void program.kill('SIGKILL'));
    let text = '';
    program.stdout?.on('data', (piece) => {
      text += String(piece);
    });
    expect(await new Promise((resolve) => program.once('close', resolve))).toBe(0);
    expect(text).toBe('closed');
  });

  it('missing extension runtime - one repair, one restart, however often it is missed', async () => {
    const repairs: string[] = [];
    const binary: BinaryPort = {
      locate: async () => LINGMA,
      repair: async (reason) => {
        repairs.push(reason);
        return true;
      },
    };
    const { lingma, supervisor } = supervised({ binary, args: ['--extension-runtime', 'missing'] });
    await supervisor.ready(never);
    await vi.waitFor(() => expect(lingma.status().restarts).toBe(1));
    await supervisor.ready(never);
    expect(lingma.status().extensionRuntime).toBe('missing');
    expect(repairs).toEqual(['extension-runtime-missing']);
    expect(lingma.status().restarts).toBe(1);
  });

  it('a program that is not there - said at once, tried again by the next turn', async () => {
    const workDir = folder();
    const bin = join(workDir, 'Lingma');
    const { supervisor } = supervised({ workDir, binary: { locate: async () => bin } });
    const error = await failure(supervisor.ready(never));
    expect(error).toMatchObject({ code: 'not_ready', status: 503, shouldRetry: false });
    expect(error.message).toContain('does not exist');
    expect(error.message).not.toContain(bin);
    expect(supervisor.state).toBe('failed');
    writeFileSync(bin, readFileSync(LINGMA, 'utf8').replace('../dist/cli.js', join(LINGMA, '../../dist/cli.js')));
    chmodSync(bin, 0o755);
    await supervisor.ready(never);
    expect(supervisor.state).toBe('ready');
  });
});
