/** Ends a process with everything it has started: its group, or its tree on Windows. */
import { execFile, spawnSync } from 'node:child_process';
import { readlink, realpath } from 'node:fs/promises';
import { type Clock, sleep } from '../../../util/index.js';
import { holdProcess } from './hold-process.js';
import { groupMembers, isAlive, isGroupAlive } from './process-table.js';

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
  // One that leads no group is ended alone. Not asked again: once all of a group is gone, its number may be given away.
  const [target, lives] = isGroupAlive(pid) ? [-pid, () => isGroupAlive(pid)] : [pid, () => isAlive(pid)];
  sendSignal(target, 'SIGTERM');
  if (await isGoneWithin(TERMINATE_MS, lives, clock)) return;
  sendSignal(target, 'SIGKILL');
  await isGoneWithin(KILL_MS, lives, clock);
}

/** At once, and without waiting: the last thing a gateway does. */
export function killGroup(pid: number, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') spawnSync('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true });
  else if (!sendSignal(-pid, 'SIGKILL')) sendSignal(pid, 'SIGKILL');
}

/** What is left of a group whose leader has ended. The number may belong to another process by now, which is left alone. */
export function endHelpers(pid: number): void {
  if (process.platform === 'win32' || isAlive(pid) || !isGroupAlive(pid)) return;
  sendSignal(-pid, 'SIGKILL');
}

/**
 * Helpers that outlived both a leader and the gateway that had started it: what runs in its group and stands in its folder.
 * Both, for numbers are given away again. Only where the system tells.
 */
export async function endOrphans(leader: number, folder: string): Promise<void> {
  const own = await realpath(folder).catch(() => folder);
  let members: readonly number[] = [];
  try {
    members = groupMembers(leader);
  } catch {
    // Nobody tells.
  }
  for (const pid of members) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (cwd === own) sendSignal(pid, 'SIGKILL');
  }
}

/** False: gone, or not ours to end. */
function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

async function isGoneWithin(ms: number, lives: () => boolean, clock: Clock): Promise<boolean> {
  // A gateway that is about to end would leave before it has seen this through.
  const letGo = holdProcess();
  try {
    for (let waited = 0; lives(); waited += LOOK_MS) {
      if (waited >= ms) return false;
      await sleep(LOOK_MS, undefined, clock);
    }
    return true;
  } finally {
    letGo();
  }
}

function taskkill(pid: number, flags: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    execFile('taskkill', ['/PID', String(pid), '/T', ...flags], { windowsHide: true }, () => resolve());
  });
}
