/** A session bundle of the settings, put into a work folder before its process starts. */
import { constants, open } from 'node:fs/promises';
import {
  BUNDLE_LIMITS,
  BundleError,
  type BundleFiles,
  decodeBundleText,
  isGzip,
  unpackBundle,
} from '../../../bundle/index.js';
import type { Logger, Secret } from '../../../util/index.js';
import { holdsLogin, keepSessionFiles, readSessionFiles, writeSessionFiles } from './session-files.js';

/** Where a bundle comes from. The text wins. */
export interface BundleSource {
  readonly text?: Secret;
  /** Holds the text, or the bytes behind it. */
  readonly file?: string;
  /** Also where somebody is signed in; what was there before is kept. */
  readonly force?: boolean;
}

/** `kept`: there is a login, which stays. */
export type Injection = 'injected' | 'kept' | 'refused';

/**
 * Never rejects and never says what a bundle holds: one that is refused is told by its rule, and the process starts without it.
 */
export async function injectBundle(
  workDir: string,
  source: BundleSource,
  { logger, now }: { readonly logger: Logger; readonly now: () => number },
): Promise<Injection> {
  try {
    const isThere = await holdsLogin(workDir);
    if (isThere && source.force !== true) return 'kept';
    const files = await loadBundle(source, logger);
    if (files === undefined) return 'kept';
    if (isThere) {
      if (isSameLogin(files, await readSessionFiles(workDir))) return 'kept';
      await keepSessionFiles(workDir, new Date(now()));
    }
    await writeSessionFiles(workDir, files);
    logger.info('The login of a session bundle is put into place');
    return 'injected';
  } catch (error) {
    const reason =
      error instanceof BundleError
        ? { rule: error.rule }
        : { code: (error as NodeJS.ErrnoException | null)?.code ?? 'unknown' };
    logger.warn('A session bundle is not used', reason);
    return 'refused';
  }
}

/** @throws BundleError; what the file system says */
export async function loadBundle({ text, file }: BundleSource, logger: Logger): Promise<BundleFiles | undefined> {
  if (text !== undefined) return unpackBundle(decodeBundleText(text.reveal()));
  if (file === undefined) return undefined;
  const bytes = await readBundleFile(file, logger);
  return unpackBundle(isGzip(bytes) ? bytes : decodeBundleText(bytes.toString('latin1')));
}

/** The same file is looked at and read, whatever becomes of its name meanwhile. */
async function readBundleFile(path: string, logger: Logger): Promise<Buffer> {
  // A pipe that nobody writes to would hold up the start for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (!found.isFile()) throw Object.assign(new Error('no regular file'), { code: 'not_a_regular_file' });
    if (found.size > BUNDLE_LIMITS.text) throw new BundleError('text_too_large');
    if ((found.mode & 0o077) !== 0 && process.platform !== 'win32') {
      logger.warn('Others on this machine can read the file of a session bundle: chmod 600 it');
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function isSameLogin(bundle: BundleFiles, present: BundleFiles): boolean {
  return (['cache/id', 'cache/user'] as const).every((name) => {
    const [one, other] = [bundle.get(name), present.get(name)];
    return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
  });
}
