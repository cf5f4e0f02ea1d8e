/** The built command as a child process, in an environment without any Lingma of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const CLI = fileURLToPath(new URL('../../packages/server/dist/cli.js', import.meta.url));
const SIMULATOR = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** The test goes on writing to it. */
  readonly keepStdin?: true;
  /** File descriptors that it may have (`ulimit -n`); needs bash. */
  readonly openFiles?: number;
}

export interface Cli {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit code, or the signal's name when one ended the process. */
  readonly exit: Promise<number | string>;
  /** Resolves with stdout once it matches. Rejects when the process ends first. */
  until(pattern: RegExp): Promise<string>;
}

const running = new Set<ChildProcess>();
const folders: string[] = [];
/** Beginnings of names of folders that a demo leaves when its process is killed. */
const demoFolders: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lingma-gateway-test-'));
  folders.push(folder);
  return folder;
}

export function startCli(args: readonly string[], options: CliOptions = {}): Cli {
  const home = temporaryFolder();
  const limit = ['-c', `ulimit -n ${options.openFiles}; exec "$@"`, 'bash'];
  const [command = '', ...words] =
    options.openFiles === undefined ? [process.execPath] : ['bash', ...limit, process.execPath];
  const child = spawn(command, [...words, CLI, ...args], {
    cwd: options.cwd ?? home,
    env: { PATH: process.env.PATH, HOME: home, USERPROFILE: home, TMPDIR: tmpdir(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  demoFolders.push(`lingma-sim-${child.pid}-`);
  const exit = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'unknown');
    });
  });
  if (options.keepStdin !== true) child.stdin?.end(options.stdin ?? '');
  let stdout = '';
  let stderr = '';
  const waiters = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const check of waiters) check();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    exit,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(stdout)) return;
          waiters.delete(check);
          resolve(stdout);
        };
        waiters.add(check);
        void exit.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${stdout}\n${stderr}`)));
        check();
      }),
  };
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}) {
  const cli = startCli(args, options);
  const code = await cli.exit;
  return { code, stdout: cli.stdout(), stderr: cli.stderr() };
}

/** A gateway on a free port, once it has printed everything. */
export async function startServe(args: readonly string[], options: CliOptions = {}) {
  const cli = startCli(['serve', '--port', '0', ...args], options);
  const announcement = await cli.until(/wire_api = "responses"\n/);
  const url = /Base URL +(http:\/\/\S+)\/v1/.exec(announcement)?.[1];
  if (url === undefined) throw new Error(`no base URL in:\n${announcement}`);
  return { cli, url, announcement };
}

/** A simulator as a process of its own. Resolves with its WebSocket's address. */
export async function startSimulatorProcess(): Promise<string> {
  const workDir = temporaryFolder();
  const child = spawn(
    process.execPath,
    [SIMULATOR, 'start', '--workDir', workDir, '--socketPort', '0', '--httpPort', '0'],
    {
      stdio: 'ignore',
    },
  );
  running.add(child);
  child.once('close', () => running.delete(child));
  return vi.waitFor(
    () => {
      const { websocketPort } = JSON.parse(readFileSync(join(workDir, '.info.json'), 'utf8'));
      return `ws://127.0.0.1:${websocketPort}/`;
    },
    { timeout: 30_000, interval: 50 },
  );
}

/**
 * A gateway that is killed leaves the Lingmas it has started to whoever comes next; here nobody does. Asked once it waits for its
 * answers, asked again it ends at once with all that is its own.
 */
async function endWithItsOwn(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const again = setInterval(() => child.kill('SIGTERM'), 300);
  const atLast = setTimeout(() => child.kill('SIGKILL'), 10_000);
  child.kill('SIGTERM');
  await closed;
  clearInterval(again);
  clearTimeout(atLast);
}

/** For `afterEach`: ends what a test left running and removes its folders. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...running].map(endWithItsOwn));
  const prefixes = demoFolders.splice(0);
  const left = readdirSync(tmpdir()).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  for (const folder of [...folders.splice(0), ...left.map((name) => join(tmpdir(), name))])
    rmSync(folder, { recursive: true, force: true });
}
