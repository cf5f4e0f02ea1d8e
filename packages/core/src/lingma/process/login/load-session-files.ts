/** Logins are read and put into place by what is loaded with the first of them. */
import type { BundleFiles } from '../../../bundle/index.js';
import { lateModule } from '../../../chat/index.js';

export const sessionFiles = lateModule(() => import('./session-files.js'));

/** What there is of a login in a work folder. @throws BundleError `file_too_large`; what the file system says */
export async function readSessionFiles(workDir: string): Promise<BundleFiles> {
  const { readSessionFiles: read } = sessionFiles.loaded ?? (await sessionFiles.load());
  return read(workDir);
}
