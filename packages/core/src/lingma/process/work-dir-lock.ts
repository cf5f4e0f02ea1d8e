/**
 * One gateway a work folder. A file that only one can create says who has it; one whose owner is gone counts for nothing,
 * and an owner's number that now belongs to another process is told by the time that process was started.
 */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, type JsonValue } from '../../util/index.js';
import { processError } from './system/process-fault.js';
import { isSameProcess, type ProcessIdentity, type ProcessTable, processTable } from './system/process-table.js';

export const LOCK_FILE = '.lingma-gateway.lock';
/** Looks at a lock that comes and goes before it counts as held. */
const MAX_TRIES = 5;

export interface WorkDirLock {
  release(): Promise<void>;
}

/** What to say, and of which folder. */
interface LockTexts {
  readonly held: string;
  readonly unwritable: string;
}

const WORK_DIR: LockTexts = {
  held: 'Another gateway uses the work folder of this Lingma (LINGMA_WORK_DIR). Give each its own.',
  unwritable: 'The work folder of Lingma cannot be written to.',
};

/** @throws GatewayError `not_ready` while another gateway has it */
export const lockWorkDir = (workDir: string, table: ProcessTable): Promise<WorkDirLock> =>
  lockFile(join(workDir, LOCK_FILE), WORK_DIR, table);

/** For folders of another kind. @throws GatewayError `not_ready` with these words while another process has it */
export const lockFolder = (folder: string, texts: LockTexts): Promise<WorkDirLock> =>
  lockFile(join(folder, LOCK_FILE), texts, processTable());

/** For one file. @throws GatewayError `not_ready` with these words while another process has it */
export async function lockFile(path: string, texts: LockTexts, table = processTable()): Promise<WorkDirLock> {
  const startedAt = await table.startedAt(process.pid);
  const folder = await folderIdentity(path);
  const own = JSON.stringify({
    pid: process.pid,
    ...(startedAt !== undefined && { startedAt }),
    ...(folder !== undefined && { folder }),
  });
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    try {
      await writeFile(path, own, { flag: 'wx', mode: 0o600 });
      return { release: () => release(path, own) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw processError(texts.unwritable, `${path}: ${String(error)}`, { cause: error });
      }
    }
    const seen = await readFile(path, 'utf8').catch(() => undefined);
    if (seen === undefined) continue;
    if (await isHeld(seen, table, folder)) throw processError(texts.held, `${path} is held: ${seen}`);
    await putAway(path, seen);
  }
  throw processError(texts.held, `${path} changes all the time`);
}

/** Whether a gateway that lives has the folder. Never rejects. */
export async function isWorkDirHeld(workDir: string): Promise<boolean> {
  const path = join(workDir, LOCK_FILE);
  const seen = await readFile(path, 'utf8').catch(() => undefined);
  return seen !== undefined && isHeld(seen, processTable(), await folderIdentity(path));
}

/** Somebody else may have been faster: theirs is given back. */
async function putAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    const taken = await readFile(aside, 'utf8');
    if (taken !== stale) await writeFile(path, taken, { flag: 'wx', mode: 0o600 });
  } catch {
    // Gone, or there again: the next look tells.
  } finally {
    await rm(aside, { force: true });
  }
}

/** A lock that came with a copy of its folder says nothing of the copy. */
async function isHeld(text: string, table: ProcessTable, folder: string | undefined): Promise<boolean> {
  const owner = readOwner(text);
  if (owner === undefined || (owner.folder !== undefined && owner.folder !== folder)) return false;
  return isSameProcess(owner, table);
}

/** The folder itself, wherever it is moved to. `undefined`: this system does not tell. */
async function folderIdentity(path: string): Promise<string | undefined> {
  const found = await stat(dirname(path), { bigint: true }).catch(() => undefined);
  return found === undefined || found.ino === 0n ? undefined : `${found.dev}:${found.ino}`;
}

async function release(path: string, own: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === own) await rm(path, { force: true });
}

/** `undefined`: written half, by one that ended over it. */
function readOwner(text: string): (ProcessIdentity & { readonly folder?: string }) | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    // Numbers below 1 stand for groups or for everybody: something of the kind always lives.
    if (!isJsonObject(value) || !Number.isSafeInteger(value.pid) || Number(value.pid) < 1) return undefined;
    return {
      pid: Number(value.pid),
      ...(typeof value.startedAt === 'string' && { startedAt: value.startedAt }),
      ...(typeof value.folder === 'string' && { folder: value.folder }),
    };
  } catch {
    return undefined;
  }
}
