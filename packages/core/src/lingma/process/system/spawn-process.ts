/** Starts the program in a group of its own, and hands on its output and its end. Knows nothing of what it is for. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { spawnError } from './check-binary.js';

export interface SpawnOptions {
  readonly bin: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
  /** It is talked to by its standard streams: `stdout` is left to whoever does. Default false. */
  readonly talks?: boolean;
}

export interface ExitInfo {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface SpawnedProcess {
  /** Absent where there is none: {@link SpawnedProcess.started} says why. */
  readonly pid: number | undefined;
  /** Present where it {@link SpawnOptions.talks}. */
  readonly streams?: { readonly stdin: Writable; readonly stdout: Readable };
  /** @throws GatewayError `not_ready` */
  readonly started: Promise<void>;
  /** When it has ended and all that it had written by then has been handed on. Never rejects. */
  readonly exited: Promise<ExitInfo>;
}

/** What it has left in its pipes; others it has started may hold these open for ever. */
const FLUSH_TURNS = 20;

/** @throws GatewayError `not_ready` */
export function spawnProcess(options: SpawnOptions): SpawnedProcess {
  const { bin, args, cwd, env, onOutput, talks = false } = options;
  let child: ChildProcess;
  try {
    child = spawn(bin, args, {
      cwd,
      env,
      // A group of its own, so that a signal of the terminal's is for the gateway alone, and its children end with it.
      detached: process.platform !== 'win32',
      stdio: [talks ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
  } catch (error) {
    throw spawnError(bin, error);
  }
  for (const stream of talks ? (['stderr'] as const) : (['stdout', 'stderr'] as const)) {
    const decoder = new TextDecoder();
    // Always read, whoever listens: a process whose pipe is full stands still.
    child[stream]?.on('data', (bytes: Buffer) => onOutput(stream, decoder.decode(bytes, { stream: true })));
    child[stream]?.on('error', () => undefined);
  }
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(spawnError(bin, error)));
  });
  const exited = new Promise<ExitInfo>((resolve) => {
    const closed = new Promise((done) => child.once('close', done));
    child.once('exit', async (code, signal) => {
      await Promise.race([closed, someTurns()]);
      resolve({ code: code ?? undefined, signal: signal ?? undefined });
    });
  });
  // A failed `kill` is told here as well; nobody is to fall over it.
  child.on('error', () => undefined);
  const { stdin, stdout } = child;
  return { pid: child.pid, started, exited, ...(talks && stdin && stdout && { streams: { stdin, stdout } }) };
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < FLUSH_TURNS; turn++) await new Promise((next) => setImmediate(next));
}
