/** Runs `Lingma version`: whether what was unpacked is a program for this machine, and which. */
import { execFile } from 'node:child_process';
import { BootstrapError, reasonOf } from '../bootstrap-error.js';

const VERSION_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Runs a program and resolves with what it prints. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  context: { readonly env: Environment; readonly signal: AbortSignal },
) => Promise<string>;

export interface ProgramCheck {
  readonly env: Environment;
  readonly run?: RunProgram;
  /** Whether the C library here is not the one that Lingma is made for. Asked when it does not run. */
  readonly isMusl?: () => boolean;
}

/** Variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What it says its version is, if it does. @throws BootstrapError `does_not_run`, or the signal's reason */
export async function checkProgram(
  program: string,
  signal: AbortSignal,
  { env, run = runProgram, isMusl = runsOnMusl }: ProgramCheck,
): Promise<string | undefined> {
  let output: string;
  try {
    output = await run(program, ['version'], { env: plain(env), signal });
  } catch (error) {
    signal.throwIfAborted();
    const hint = isMusl() ? '; it is made for glibc, and this system has musl: install a compatibility layer' : '';
    throw new BootstrapError('does_not_run', `The Lingma that was unpacked does not run: ${reasonOf(error)}${hint}`, {
      cause: error,
    });
  }
  return /^\s*version:\s*(\S+)/im.exec(output)?.[1];
}

/** What a program says its version is, if it runs and does. */
export async function programVersion(
  program: string,
  env: Environment,
  signal: AbortSignal,
): Promise<string | undefined> {
  return checkProgram(program, signal, { env, isMusl: () => false }).catch(() => undefined);
}

/** What a program needs of the environment, and no keys. */
const PLAIN_VARIABLES = ['PATH', 'HOME', 'USERPROFILE', 'SYSTEMROOT', 'TEMP', 'TMPDIR', 'LANG'];

const plain = (env: Environment): Environment =>
  Object.fromEntries(PLAIN_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

const runProgram: RunProgram = (program, args, { env, signal }) =>
  new Promise((resolve, reject) => {
    const options = {
      timeout: VERSION_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      env,
      signal,
      windowsHide: true,
      killSignal: 'SIGKILL',
    } as const;
    execFile(program, [...args], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error.killed === true ? new Error(`it did not answer within ${VERSION_MS} ms`) : error);
    });
  });

/** Of this process: of Linux without glibc. */
export function runsOnMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined;
}
