/**
 * One command in a shell: bounded in time and output, and gone with everything it started. On POSIX it leads a process
 * group of its own, which is killed as a whole when the command ends, whichever way.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Clock } from '@lingma-gateway/core';
import { BoundedOutput } from './bounded-output.js';

export interface ShellCommandOptions {
  readonly command: string;
  readonly cwd: string;
  /** `bash`, `zsh`, `powershell` … What is not there gives way to the system's own shell. */
  readonly shellType: string;
  /** All of it: nothing of the gateway's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** `Infinity`: none. */
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly clock: Clock;
  /** Kills it. */
  readonly signal: AbortSignal;
}

export interface CommandEnd {
  readonly how: 'exited' | 'timed-out' | 'aborted' | 'not-started';
  /** Absent when it was killed. */
  readonly exitCode?: number;
}

/** A process that left the group may hold the output open for ever. */
const LINGER_MS = 250;
const POSIX_SHELLS = new Set(['bash', 'zsh', 'sh', 'dash', 'ksh', 'fish']);

export class ShellCommand {
  /** Never rejects. */
  readonly done: Promise<CommandEnd>;
  readonly #output: BoundedOutput;
  #end: CommandEnd | undefined;

  constructor(options: ShellCommandOptions) {
    this.#output = new BoundedOutput(options.maxOutputBytes);
    this.done = this.#run(options).then((end) => {
      this.#end = end;
      return end;
    });
  }

  /** `undefined` while it runs. */
  get end(): CommandEnd | undefined {
    return this.#end;
  }

  /** What it has written so far to either output, cut in the middle when too long. */
  get output(): string {
    return this.#output.text();
  }

  get truncated(): boolean {
    return this.#output.truncated;
  }

  #run({ command, cwd, shellType, env, timeoutMs, clock, signal }: ShellCommandOptions): Promise<CommandEnd> {
    if (signal.aborted) return Promise.resolve({ how: 'aborted' });
    const [file, ...args] = shellFor(shellType, command, env);
    const windows = process.platform === 'win32';
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      windowsHide: true,
    });
    child.stdout.on('data', (chunk: Buffer) => this.#output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#output.push(chunk));
    return new Promise((resolve) => {
      let how: CommandEnd['how'] = 'exited';
      let exitCode: number | undefined;
      let cancelLinger = (): void => undefined;
      const stop = (why: CommandEnd['how']): void => {
        if (how === 'exited') how = why;
        killTree(child);
      };
      const onAbort = (): void => stop('aborted');
      signal.addEventListener('abort', onAbort, { once: true });
      const cancelTimeout = Number.isFinite(timeoutMs) ? clock.schedule(timeoutMs, () => stop('timed-out')) : undefined;
      const ended = (): void => {
        signal.removeEventListener('abort', onAbort);
        cancelTimeout?.();
      };
      const settle = (): void => {
        ended();
        cancelLinger();
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ how, ...(exitCode !== undefined && { exitCode }) });
      };
      child.once('error', () => {
        if (child.pid !== undefined) return;
        how = 'not-started';
        settle();
      });
      child.once('exit', (code) => {
        ended();
        exitCode = code ?? undefined;
        // What it left in the background would outlive everybody who knows of it.
        killTree(child);
        cancelLinger = clock.schedule(LINGER_MS, settle);
      });
      child.once('close', settle);
    });
  }
}

function shellFor(shellType: string, command: string, env: Readonly<Record<string, string>>): [string, ...string[]] {
  const name = shellType
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/, '');
  if (process.platform === 'win32') {
    if (name === 'cmd') return ['cmd.exe', '/d', '/s', '/c', command];
    return [name === 'pwsh' ? 'pwsh.exe' : 'powershell.exe', '-NoProfile', '-NonInteractive', '-Command', command];
  }
  const places = POSIX_SHELLS.has(name) ? (env.PATH ?? '').split(delimiter) : [];
  const found = places.map((place) => join(place, name)).find((path) => path.startsWith('/') && existsSync(path));
  return [found ?? '/bin/sh', '-c', command];
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (child.exitCode === null)
      spawn('taskkill', ['/pid', `${child.pid}`, '/T', '/F'], { stdio: 'ignore' }).on('error', () => undefined);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}
