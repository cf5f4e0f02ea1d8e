/**
 * One bootstrap at a time over all processes: a file with the owner's number, touched while it lives. An owner that is gone counts
 * for nothing; one whose number was given to another process since (as in a container that starts anew) is told by its silence.
 */
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '@lingma-gateway/core';
import { BootstrapError, codeOf, reasonOf } from './bootstrap-error.js';
import { sleep } from './sleep.js';

export interface LockOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told once where somebody else has it. */
  readonly onWait?: (pid: number | undefined) => void;
  /** Whether a process of this number lives. Default: asks the system. */
  readonly isAlive?: (pid: number) => boolean;
}

const TOUCH_MS = 5_000;
const SILENT_MS = 60_000;
const LOOK_MS = 500;

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly id: string;
}

/** Locks that this process holds: its own number says nothing of them. */
const held = new Set<string>();

/** Waits until it has the lock. Returns what gives it back. @throws the signal's reason; BootstrapError `cannot_write` */
export async function takeLock({
  path,
  clock,
  signal,
  onWait,
  isAlive = isProcessAlive,
}: LockOptions): Promise<() => Promise<void>> {
  const own: Owner = { pid: process.pid, host: hostname(), id: `${process.pid}-${clock.now()}-${held.size}` };
  const text = JSON.stringify(own);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 }).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  for (let waits = 0; ; waits++) {
    signal.throwIfAborted();
    try {
      await writeFile(path, text, { flag: 'wx', mode: 0o644 });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw cannotWrite(path, error);
    }
    const seen = await readFile(path, 'utf8').catch(() => undefined);
    if (seen === undefined) continue;
    const owner = readOwner(seen);
    if (await isStale(path, owner, clock, isAlive)) {
      await putAway(path, seen);
      continue;
    }
    if (waits === 0) onWait?.(owner?.pid);
    await sleep(LOOK_MS, signal, clock);
  }
  held.add(own.id);
  const touching = beat(path, clock);
  return async () => {
    touching();
    held.delete(own.id);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true });
  };
}

async function isStale(
  path: string,
  owner: Owner | undefined,
  clock: Clock,
  isAlive: (pid: number) => boolean,
): Promise<boolean> {
  const { mtimeMs = clock.now() } = (await stat(path).catch(() => undefined)) ?? {};
  const isSilent = clock.now() - mtimeMs > SILENT_MS;
  // Half written by one that ended over it, or of another machine that shares the folder.
  if (owner === undefined || owner.host !== hostname()) return isSilent;
  if (owner.pid === process.pid) return !held.has(owner.id);
  return isSilent || !isAlive(owner.pid);
}

function readOwner(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    const isOwner = Number.isSafeInteger(value?.pid) && Number(value?.pid) > 0 && typeof value?.host === 'string';
    return isOwner ? { pid: Number(value.pid), host: String(value.host), id: String(value.id) } : undefined;
  } catch {
    return undefined;
  }
}

/** Somebody else may have been faster: theirs is given back. */
async function putAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    const taken = await readFile(aside, 'utf8');
    if (taken !== stale) await writeFile(path, taken, { flag: 'wx', mode: 0o644 });
  } catch {
    // Gone, or there again: the next look tells.
  } finally {
    await rm(aside, { force: true });
  }
}

function beat(path: string, clock: Clock): () => void {
  let cancel = clock.schedule(TOUCH_MS, touch);
  function touch(): void {
    const now = new Date(clock.now());
    utimes(path, now, now).catch(() => undefined);
    cancel = clock.schedule(TOUCH_MS, touch);
  }
  return () => cancel();
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const cannotWrite = (path: string, cause: unknown): BootstrapError =>
  new BootstrapError('cannot_write', `${path} cannot be written: ${reasonOf(cause)}`, { cause });
