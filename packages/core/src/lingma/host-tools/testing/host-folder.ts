/** A folder for one test with things inside and outside of what host tools may touch. For tests alone. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, type LogFields, type Logger, silentLogger, systemClock } from '../../../util/index.js';
import { HostToolRun, type HostToolSettings } from '../host-tool-run.js';

export interface HostFolder {
  /** The working folder; `inside/` of {@link HostFolder.base}. */
  readonly cwd: string;
  readonly base: string;
  remove(): Promise<void>;
}

/**
 * `inside/a.txt`, `inside/sub/b.ts`, `inside/node_modules/x.js`; `outside/secret.txt`; links in `inside`: `way-out` to
 * the folder outside, `secret-link` to the file, `dangling` to a file outside that is not there, `near` to `a.txt`.
 */
export async function hostFolder(): Promise<HostFolder> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'host-tools-')));
  const cwd = join(base, 'inside');
  const outside = join(base, 'outside');
  await mkdir(join(cwd, 'sub'), { recursive: true });
  await mkdir(join(cwd, 'node_modules'));
  await mkdir(outside);
  await writeFile(join(cwd, 'a.txt'), 'one\ntwo\nthree\n');
  await writeFile(join(cwd, 'sub', 'b.ts'), 'const two = 2;\r\nexport { two };\r\n');
  await writeFile(join(cwd, 'node_modules', 'x.js'), 'two');
  await writeFile(join(outside, 'secret.txt'), 'secret two');
  await symlink(outside, join(cwd, 'way-out'));
  await symlink(join(outside, 'secret.txt'), join(cwd, 'secret-link'));
  await symlink(join(outside, 'not-there.txt'), join(cwd, 'dangling'));
  await symlink('a.txt', join(cwd, 'near'));
  return { base, cwd, remove: () => rm(base, { recursive: true, force: true }) };
}

export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export function recordingLogger(lines: LoggedLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const logger: Logger = {
    ...silentLogger,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

export interface RunInFolder {
  readonly run: HostToolRun;
  readonly lines: LoggedLine[];
  /** A call; returns the whole tool result. */
  call(name: string, parameters: JsonObject, toolCallId?: string): Promise<ToolResult>;
}

export interface ToolResult extends JsonObject {
  readonly success: boolean;
  readonly errorMessage: string;
  readonly result: JsonObject;
}

export function runIn(cwd: string, settings: Partial<HostToolSettings> = {}): RunInFolder {
  const lines: LoggedLine[] = [];
  const env = { PATH: process.env.PATH, HOME: '/home/of/test', LANG: 'C.UTF-8', API_KEY: 'sk-secret' };
  const run = new HostToolRun({ cwd, shellType: 'bash', env, ...settings }, recordingLogger(lines), systemClock);
  return {
    run,
    lines,
    call: async (name, parameters, toolCallId = 'call_1') =>
      (await run.invoke({ sessionId: 's', toolCallId, name, parameters })) as ToolResult,
  };
}
