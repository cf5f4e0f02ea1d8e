/** Work dirs of simulators that were given none. Each is named after its process, so that what a killed one left can be told. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Followed by the number of the process whose folder it is. */
const PREFIX = 'lingma-sim-';
/** Of this process. Bounded by the simulators that run in it. */
const open = new Set<string>();
let watchesExit = false;

/** Makes one, and removes those whose processes are gone. */
export function makeTemporaryDir(): string {
  if (!watchesExit) {
    watchesExit = true;
    removeAbandoned();
    // Whoever calls `process.exit()` has no time to stop a simulator.
    process.once('exit', () => {
      for (const path of open) rmSync(path, { recursive: true, force: true });
    });
  }
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  open.add(path);
  return path;
}

export function removeTemporaryDir(path: string): void {
  open.delete(path);
  rmSync(path, { recursive: true, force: true });
}

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^lingma-sim-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
