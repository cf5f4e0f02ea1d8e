/**
 * The note that a gateway leaves in the work folder about the process it started there, so that a later gateway knows its
 * leftover from somebody else's process.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonValue } from '../../util/index.js';
import { readSmallFile } from '../transport/read-small-file.js';
import { isSameProcess, namesWorkDir, type ProcessTable } from './system/process-table.js';

export const OWNERSHIP_FILE = '.lingma-gateway.json';

export interface Ownership {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly bin: string;
  readonly socketPort: number;
  readonly httpPort: number;
  readonly gatewayPid: number;
  /** What the system calls the process's start, where it tells: another process of that number has another one. */
  readonly processStart?: string;
}

/** For this user alone. */
export async function writeOwnership(workDir: string, ownership: Ownership): Promise<void> {
  const path = join(workDir, OWNERSHIP_FILE);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(ownership)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

export async function removeOwnership(workDir: string): Promise<void> {
  await rm(join(workDir, OWNERSHIP_FILE), { force: true });
}

/** `undefined` when there is none that can be read. */
export async function readOwnership(workDir: string): Promise<Ownership | undefined> {
  try {
    const text = await readSmallFile(join(workDir, OWNERSHIP_FILE));
    return text === undefined ? undefined : parseOwnership(JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}

function parseOwnership(value: JsonValue): Ownership | undefined {
  if (!isJsonObject(value)) return undefined;
  const { pid, processStart, bin } = value;
  // Numbers below stand for groups or for everybody, and 1 is the system's first.
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const numberOf = (name: string): number => (typeof value[name] === 'number' ? value[name] : 0);
  return {
    pid,
    startedAt: numberOf('startedAt'),
    bin: typeof bin === 'string' ? bin : '',
    socketPort: numberOf('socketPort'),
    httpPort: numberOf('httpPort'),
    gatewayPid: numberOf('gatewayPid'),
    ...(typeof processStart === 'string' && { processStart }),
  };
}

/**
 * `ours`: the process that was started here lives. `foreign`: something of that number lives and may not be touched,
 * because it is another or because nobody can tell.
 */
export async function ownerState(
  { pid, processStart }: Ownership,
  workDir: string,
  table: ProcessTable,
): Promise<'ours' | 'foreign' | 'gone'> {
  if (pid === process.pid || !table.isAlive(pid)) return pid === process.pid ? 'foreign' : 'gone';
  const [commandLine, isSame] = await Promise.all([
    table.commandLine(pid),
    isSameProcess({ pid, startedAt: processStart }, table),
  ]);
  return isSame && commandLine !== undefined && namesWorkDir(commandLine, workDir) ? 'ours' : 'foreign';
}
