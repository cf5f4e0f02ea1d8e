/** What this machine tells of its processes. Where it tells nothing, the answer is `undefined`, and nobody guesses. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface ProcessTable {
  /** True also for processes of other users. */
  isAlive(pid: number): boolean;
  /** The words the process was started with; in one string where the system tells them so. */
  commandLine(pid: number): Promise<readonly string[] | undefined>;
  /** The same for as long as the process lives, another one for a later process of that number. */
  startedAt(pid: number): Promise<string | undefined>;
  parentOf(pid: number): Promise<number | undefined>;
}

/** One that has ended but whose parent does not look after it, as the first process of a container may not, is gone. */
export function isAlive(pid: number): boolean {
  return isThere(pid) && !hasEnded(pid);
}

/** Whether anything of the group `pid` leads, or led, still runs. Not on Windows. */
export function isGroupAlive(pid: number): boolean {
  if (!isThere(-pid)) return false;
  // Most often it is the leader, and all of /proc need not be read. Its number is not given away while there is the group.
  if (isAlive(pid)) return true;
  try {
    return process.platform !== 'linux' || groupMembers(pid).length > 0;
  } catch {
    // Without /proc: what is there counts.
    return true;
  }
}

/** What runs of a group, where the system tells. @throws Error where it should and does not */
export function groupMembers(group: number): readonly number[] {
  if (process.platform !== 'linux' || !isThere(-group)) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      const [state, , own] = Number.isNaN(pid) ? [] : statValues(pid);
      return Number(own) === group && !isEnd(state);
    });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const hasEnded = (pid: number): boolean => process.platform === 'linux' && isEnd(statValues(pid)[0]);

const isEnd = (state: string | undefined): boolean => state === 'Z' || state === 'X';

function statValues(pid: number): readonly string[] {
  try {
    return valuesOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  } catch {
    return [];
  }
}

const linuxTable: ProcessTable = {
  isAlive,
  async commandLine(pid) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text === '' ? undefined : text.replace(/\0$/, '').split('\0');
  },
  startedAt: async (pid) => (await statOf(pid))?.[19],
  async parentOf(pid) {
    const parent = Number((await statOf(pid))?.[1]);
    return Number.isSafeInteger(parent) && parent > 0 ? parent : undefined;
  },
};

async function statOf(pid: number): Promise<readonly string[] | undefined> {
  return valuesOf(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
}

/** The values of `/proc/<pid>/stat` from the third on: the second is a name that may hold anything. */
function valuesOf(text: string): readonly string[] | undefined {
  const end = text.lastIndexOf(')');
  return end === -1 ? undefined : text.slice(end + 2).split(' ');
}

const psTable: ProcessTable = {
  isAlive,
  async commandLine(pid) {
    const text = await ps('command=', pid);
    return text === undefined ? undefined : [text];
  },
  startedAt: (pid) => ps('lstart=', pid),
  async parentOf(pid) {
    const parent = Number(await ps('ppid=', pid));
    return Number.isSafeInteger(parent) && parent > 0 ? parent : undefined;
  },
};

const PS_TIMEOUT_MS = 5000;

function ps(column: string, pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Without `ww` it cuts what is longer than a terminal is wide.
    const options = { timeout: PS_TIMEOUT_MS, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
    execFile('ps', ['-ww', '-o', column, '-p', String(pid)], options, (error, stdout) => {
      const text = stdout.trim();
      resolve(error === null && text !== '' ? text : undefined);
    });
  });
}

/** Windows tells other programs' command lines to none of the tools that are always there. */
const windowsTable: ProcessTable = {
  isAlive,
  commandLine: () => Promise.resolve(undefined),
  startedAt: () => Promise.resolve(undefined),
  parentOf: () => Promise.resolve(undefined),
};

export function processTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  if (platform === 'linux' || platform === 'android') return linuxTable;
  return platform === 'win32' ? windowsTable : psTable;
}

/** A process by its number and, where the system tells, by its start: another one of that number has another one. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt?: string | undefined;
}

/** Whether the process lives. Of one whose start is not known, its number says so. */
export async function isSameProcess({ pid, startedAt }: ProcessIdentity, table: ProcessTable): Promise<boolean> {
  if (!table.isAlive(pid)) return false;
  if (startedAt === undefined) return true;
  const now = await table.startedAt(pid);
  return now === undefined || now === startedAt;
}

/** How far up a parent is looked for; launchers in front of a program are one or two. */
const MAX_ANCESTORS = 16;

/** Whether `pid` is `ancestor` or was started by it, directly or not. */
export async function isDescendant(pid: number, ancestor: number, table: ProcessTable): Promise<boolean> {
  let current: number | undefined = pid;
  for (let step = 0; step < MAX_ANCESTORS && current !== undefined && current > 1; step++) {
    if (current === ancestor) return true;
    current = await table.parentOf(current);
  }
  return false;
}

/** Whether a process was started with this work folder: the whole word, for `inst-1` is no `inst-10`. */
export function namesWorkDir(commandLine: readonly string[], workDir: string): boolean {
  const bare = workDir.replace(/[/\\]+$/, '') || workDir;
  if (commandLine.length === 1) {
    const [text = ''] = commandLine;
    return [`--workDir ${bare}`, `--workDir=${bare}`].some((words) => {
      const at = text.indexOf(words);
      return at !== -1 && /^[/\\]?(?:\s|$)/.test(text.slice(at + words.length));
    });
  }
  const isIt = (word: string | undefined): boolean => word?.replace(/[/\\]+$/, '') === bare;
  return commandLine.some(
    (word, index) =>
      (word.startsWith('--workDir=') && isIt(word.slice('--workDir='.length))) ||
      (word === '--workDir' && isIt(commandLine[index + 1])),
  );
}
