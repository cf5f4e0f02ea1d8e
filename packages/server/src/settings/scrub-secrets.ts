/**
 * Takes our keys out of where other processes of the same user find them: the environment and the arguments the process
 * was started with stay readable in `/proc` for as long as it runs, and a command that a model runs is such a process.
 * Deleting a variable does not change what `/proc` shows, so on Linux the values are overwritten in our own memory.
 * Elsewhere only the variables go. What stands in the parent's environment (a shell, npm, a service's file) stays there.
 */

import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { describeSettings, secretVariables } from '@lingma-gateway/core/config';

export interface ScrubOptions {
  /** Variables that hold secrets. Default: those of the settings. */
  readonly names?: readonly string[];
  /** Flags that hold secrets, with their dashes. Default: those of the settings. */
  readonly flags?: readonly string[];
  /** For tests. Default: the process's. */
  readonly process?: Pick<NodeJS.Process, 'env' | 'argv' | 'platform' | 'title'>;
  readonly overwrite?: (names: ReadonlySet<string>) => void;
}

/** `hidden: false`: other processes of this user can still read them. Never throws. */
export function scrubSecrets(options: ScrubOptions = {}): { readonly found: boolean; readonly hidden: boolean } {
  const { process: target = process, overwrite = overwriteVariables } = options;
  const secrets = describeSettings().filter(({ secret }) => secret);
  const names = options.names ?? secretVariables();
  const flags = options.flags ?? secrets.flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
  const given = new Set(names.filter((name) => (target.env[name] ?? '') !== ''));
  const inArguments = target.argv.some((word) => flags.some((flag) => word === flag || word.startsWith(`${flag}=`)));
  let hidden = target.platform === 'linux';
  if (given.size > 0 && hidden) {
    try {
      overwrite(given);
    } catch {
      // A kernel that forbids it, or no `/proc`.
      hidden = false;
    }
  }
  for (const name of given) delete target.env[name];
  // Setting it writes over all arguments, and only where there is a reason: people look for the command's name.
  if (inArguments) target.title = 'lingma-gateway';
  return { found: given.size > 0 || inArguments, hidden };
}

/** Bytes of an environment that are looked at; Linux's own limit for one is a quarter of the stack. */
const MAX_BYTES = 8 * 1024 * 1024;

/** @throws Error when our own memory can't be written, or does not hold what it should */
function overwriteVariables(names: ReadonlySet<string>): void {
  const [start, end] = environmentRange();
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    const block = Buffer.alloc(end - start);
    if (readSync(memory, block, 0, block.length, start) !== block.length) throw new Error('Not readable');
    for (let at = 0; at < block.length; ) {
      const stop = block.indexOf(0, at);
      const next = stop === -1 ? block.length : stop;
      const equals = block.indexOf('=', at);
      const isOne = equals > at && equals < next && names.has(block.toString('utf8', at, equals));
      if (isOne && next > equals + 1)
        writeSync(memory, Buffer.alloc(next - equals - 1), 0, next - equals - 1, start + equals + 1);
      at = next + 1;
    }
  } finally {
    closeSync(memory);
  }
}

/** Where the kernel put the environment: the 50th and 51st value of `stat`, counted behind the name, which may hold anything. */
function environmentRange(): readonly [start: number, end: number] {
  const text = readFileSync('/proc/self/stat', 'utf8');
  const values = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [Number(values[47]), Number(values[48])];
  if (
    !Number.isSafeInteger(start) ||
    !Number.isSafeInteger(end) ||
    start <= 0 ||
    end <= start ||
    end - start > MAX_BYTES
  ) {
    throw new Error('No such range');
  }
  return [start, end];
}
