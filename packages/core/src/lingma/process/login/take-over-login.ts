/** A login that lies in one work folder, for a process in another: where one process becomes several, nobody signs in again. */
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '../../../util/index.js';

/** All that a login consists of (protocol section 5.5). `cache/user` is read with the `cache/id` it was made with, and comes last. */
const LOGIN_FILES = ['cache/id', 'cache/quota', 'cache/config.json', 'cache/user'];

/**
 * Copies the login of `from` to `workDir`, where that has none of its own. Never rejects: without it the process is logged
 * out, and says so.
 */
export async function takeOverLogin(from: string, workDir: string, logger: Logger): Promise<void> {
  if ((await holdsSomething(join(workDir, 'cache/user'))) || !(await holdsSomething(join(from, 'cache/user')))) return;
  try {
    await mkdir(dirname(join(workDir, 'cache/user')), { recursive: true, mode: 0o700 });
    for (const file of LOGIN_FILES) {
      if (await holdsSomething(join(from, file))) await copyFile(join(from, file), join(workDir, file));
    }
    logger.info('The login of the one Lingma so far is taken over', { workDir });
  } catch (cause) {
    logger.warn('The login of the one Lingma so far could not be taken over', { workDir, cause });
  }
}

const holdsSomething = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );
