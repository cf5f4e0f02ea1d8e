/** A folder for one test with things inside and outside of what host tools may touch. For tests alone. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, JsonObject, NativeToolOutcome, NativeToolSession } from '@lingma-gateway/core';
import { afterEach, beforeEach } from 'vitest';
import { createHostTools, type HostToolsOptions } from '../host-tools.js';

interface HostFolder {
  /** The working folder; `inside/` of {@link HostFolder.base}. */
  readonly cwd: string;
  readonly base: string;
  remove(): Promise<void>;
}

/**
 * `inside/a.txt`, `inside/sub/b.ts`, `inside/node_modules/x.js`; `outside/secret.txt`; links in `inside`: `way-out` to
 * the folder outside, `secret-link` to the file, `dangling` to a file outside that is not there, `near` to `a.txt`.
 */
async function hostFolder(): Promise<HostFolder> {
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

/** Real time: what these tools wait for are processes. */
const clock: Clock = {
  now: () => Date.now(),
  schedule(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

interface SessionInFolder {
  readonly session: NativeToolSession;
  call(name: string, parameters: JsonObject, toolCallId?: string): Promise<NativeToolOutcome>;
}

export function sessionIn(
  cwd: string,
  { shellType = 'bash', ...options }: HostToolsOptions & { readonly shellType?: string } = {},
): SessionInFolder {
  const env = { PATH: process.env.PATH, HOME: '/home/of/test', LANG: 'C.UTF-8', API_KEY: 'sk-secret' };
  const session = createHostTools({ env, ...options }).begin({ cwd, shellType, clock });
  return {
    session,
    call: (name, parameters, toolCallId = 'call_1') => session.run({ toolCallId, name, parameters }),
  };
}

/** A folder of its own for each test of the file, and a turn in it that ends with the test. */
export function inHostFolder(): Omit<HostFolder, 'remove'> & SessionInFolder {
  let folder: HostFolder;
  let tools: SessionInFolder;
  beforeEach(async () => {
    folder = await hostFolder();
    tools = sessionIn(folder.cwd);
  });
  afterEach(async () => {
    tools.session.close();
    await folder.remove();
  });
  return {
    get cwd() {
      return folder.cwd;
    },
    get base() {
      return folder.base;
    },
    get session() {
      return tools.session;
    },
    call: (...call) => tools.call(...call),
  };
}
