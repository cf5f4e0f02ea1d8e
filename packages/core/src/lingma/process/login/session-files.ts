/** The login of a work folder, as files: read for an export, and put into place of another. */
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BUNDLE_FILES,
  BUNDLE_LIMITS,
  BundleError,
  type BundleFileName,
  type BundleFiles,
} from '../../../bundle/index.js';

const CACHE = 'cache';
/** Folders of writes that did not get to their end hold credentials. */
const TEMPORARY = '.bundle-';
/** Reads of files that change meanwhile: the process may just be writing them. */
const READ_TRIES = 2;

/** Whether somebody is, or was, signed in there. */
export const holdsLogin = (workDir: string): Promise<boolean> =>
  stat(join(workDir, 'cache/user')).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );

/**
 * What there is of the four files, read while a process may write them: once more where one has changed between its looks.
 *
 * @throws BundleError `file_too_large`; what the file system says
 */
export async function readSessionFiles(
  workDir: string,
  look: (workDir: string) => Promise<string> = stampOf,
): Promise<BundleFiles> {
  for (let attempt = 1; ; attempt++) {
    const before = await look(workDir);
    const files = new Map<BundleFileName, Uint8Array>();
    for (const name of BUNDLE_FILES) {
      const bytes = await readWithin(join(workDir, name));
      if (bytes !== undefined) files.set(name, bytes);
    }
    if (attempt === READ_TRIES || (await look(workDir)) === before) return files;
  }
}

/**
 * Each is written beside its place, and whole before it gets there; `user` comes last, so that no moment has it without its
 * `id`. What was there before is gone, unless it is kept by {@link keepSessionFiles}.
 */
export async function writeSessionFiles(workDir: string, files: BundleFiles): Promise<void> {
  const cache = join(workDir, CACHE);
  await mkdir(cache, { recursive: true, mode: 0o700 });
  // It may have been there before, open to others.
  await chmod(cache, 0o700);
  for (const left of await readdir(cache)) {
    if (left.startsWith(TEMPORARY)) await rm(join(cache, left), { recursive: true, force: true });
  }
  const temporary = await mkdtemp(join(cache, TEMPORARY));
  try {
    const names = BUNDLE_FILES.filter((name) => files.has(name));
    for (const name of names) await writeWhole(inFolder(temporary, name), files.get(name) as Uint8Array);
    // That of another login.
    if (!files.has('cache/quota')) await rm(join(workDir, 'cache/quota'), { force: true });
    for (const name of names) await rename(inFolder(temporary, name), join(workDir, name));
    await syncFolder(cache);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Moves what is there of the four files aside. @returns the folder they lie in now, for {@link restoreSessionFiles} */
export async function keepSessionFiles(workDir: string, at: Date): Promise<string> {
  const cache = join(workDir, CACHE);
  const folder = join(cache, `.before-bundle-${at.toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // `user` first: without its `id` it is of no use, and would be taken for a login.
  for (const name of [...BUNDLE_FILES].reverse()) await moveIfThere(join(workDir, name), inFolder(folder, name));
  return folder;
}

/** Undoes {@link keepSessionFiles}. */
export async function restoreSessionFiles(workDir: string, folder: string): Promise<void> {
  for (const name of BUNDLE_FILES) {
    await rm(join(workDir, name), { force: true });
    await moveIfThere(inFolder(folder, name), join(workDir, name));
  }
  await rm(folder, { recursive: true, force: true });
}

const inFolder = (folder: string, name: BundleFileName): string => join(folder, name.slice(CACHE.length + 1));

async function readWithin(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  if (found.size > BUNDLE_LIMITS.file) throw new BundleError('file_too_large');
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function stampOf(workDir: string): Promise<string> {
  const stamps = BUNDLE_FILES.map((name) =>
    stat(join(workDir, name)).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs}:${size}:${ino}`,
      () => 'none',
    ),
  );
  return (await Promise.all(stamps)).join(' ');
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Where folders can be synced; elsewhere the renames have to do. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
