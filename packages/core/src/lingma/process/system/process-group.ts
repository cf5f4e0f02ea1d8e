/** Ends a process with everything it has started: its group, or its tree on Windows. */
import { execFile, spawnSync } from 'node:child_process';
import { MessageChannel } from 'node:worker_threads';
import { type Clock, sleep } from '../../../util/index.js';
import { isAlive, isGroupAlive } from './process-table.js';

/** After `SIGTERM`. */
export const TERMINATE_MS = 5000;
/** Between looks at whether it has ended. */
const LOOK_MS = 50;
/** What the system may take to end what it was told to kill. */
const KILL_MS = 2000;

export interface GroupEnd {
  /** Of a process that leads a group, or led one, as those do that are started with `detached`. */
  readonly pid: number;
  readonly clock: Clock;
  readonly platform?: NodeJS.Platform;
}

/** Asks first, then kills. Resolves when nothing of it is left, or when the system does not let go of it. */
export async function endGroup({ pid, clock, platform = process.platform }: GroupEnd): Promise<void> {
  if (platform === 'win32') {
    await taskkill(pid, []);
    if (await isGoneWithin(TERMINATE_MS, () => isAlive(pid), clock)) return;
    await taskkill(pid, ['/F']);
    return;
  }
  const lives = (): boolean => isAlive(pid) || isGroupAlive(pid);
  signalGroup(pid, 'SIGTERM');
  if (await isGoneWithin(TERMINATE_MS, lives, clock)) return;
  signalGroup(pid, 'SIGKILL');
  await isGoneWithin(KILL_MS, lives, clock);
}

/** At once, and without waiting: the last thing a gateway does. */
export function killGroup(pid: number, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') spawnSync('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true });
  else signalGroup(pid, 'SIGKILL');
}

/** What is left of a group whose leader has ended. The number may belong to another process by now, which is left alone. */
export function endHelpers(pid: number): void {
  if (process.platform === 'win32' || isAlive(pid) || !isGroupAlive(pid)) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // One that leads no group is signalled alone.
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // Gone, or not ours to end.
    }
  }
}

async function isGoneWithin(ms: number, lives: () => boolean, clock: Clock): Promise<boolean> {
  // Timers keep nobody alive here: a gateway that is about to end would leave before it has seen this through.
  const { port1 } = new MessageChannel();
  port1.ref();
  try {
    for (let waited = 0; lives(); waited += LOOK_MS) {
      if (waited >= ms) return false;
      await sleep(LOOK_MS, undefined, clock);
    }
    return true;
  } finally {
    port1.close();
  }
}

function taskkill(pid: number, flags: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    execFile('taskkill', ['/PID', String(pid), '/T', ...flags], { windowsHide: true }, () => resolve());
  });
}
