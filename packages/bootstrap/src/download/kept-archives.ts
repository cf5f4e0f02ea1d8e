/** The archives in `<data>/downloads` that versions were unpacked from, and what is known of each, beside it. */
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError, codeOf, reasonOf, writeError } from '../bootstrap-error.js';
import type { Manifest } from '../layout/manifest.js';
import { hashFile } from './hash-file.js';
import { nameOfWhole, wholePath } from './part-file.js';
import { MAX_ARCHIVE_BYTES, tooLarge, unwrapGzip } from './unwrap-gzip.js';

/** Where an archive came from: what a manifest takes over. */
export type ArchiveFacts = Pick<Manifest, 'source' | 'url' | 'sha256' | 'etag'>;

export interface KeptArchive extends ArchiveFacts {
  /** In the folder of downloads. */
  readonly name: string;
}

const FACTS = '.json';

/** Gives a finished download a name that is its own, so that it takes no other one's place. */
export async function keepArchive(folder: string, path: string, facts: ArchiveFacts): Promise<KeptArchive> {
  const base =
    nameOfWhole(path)
      .replace(/\.(?:vsix|zip)$/i, '')
      .slice(0, 100) || 'lingma';
  const name = `${base}-${facts.sha256.slice(0, 12)}.vsix`;
  // What it is comes first: an archive of which nothing is known would stay for ever.
  await writeFile(join(folder, `${name}${FACTS}`), `${JSON.stringify(facts)}\n`, { mode: 0o644 });
  await rename(path, join(folder, name));
  return { name, ...facts };
}

export async function listArchives(folder: string): Promise<readonly KeptArchive[]> {
  const found: KeptArchive[] = [];
  for (const file of await readdir(folder).catch(() => [] as string[])) {
    if (!file.endsWith(`.vsix${FACTS}`)) continue;
    const name = file.slice(0, -FACTS.length);
    try {
      const facts = JSON.parse(await readFile(join(folder, file), 'utf8')) as Partial<ArchiveFacts> | null;
      const isWhole = typeof facts?.url === 'string' && typeof facts.sha256 === 'string';
      if (isWhole && (await stat(join(folder, name))).isFile()) found.push({ ...(facts as ArchiveFacts), name });
    } catch {
      // Without its archive, or half written: nothing to go on with.
    }
  }
  return found;
}

/** The path of an archive that is what it was. `undefined`: it is gone, or something else by now. */
export async function intactArchive(
  folder: string,
  { name, sha256 }: Pick<KeptArchive, 'name' | 'sha256'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Names come from a file: they lead nowhere else.
  if (/[\\/]/.test(name)) return undefined;
  const path = join(folder, name);
  try {
    return (await hashFile(path, signal)).sha256 === sha256 ? path : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

export async function removeArchive(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
  await rm(join(folder, `${name}${FACTS}`), { force: true });
}

/** Takes a file of the operator's in, as a download would be. @throws BootstrapError `no_file`, `too_large`, `not_a_zip` */
export async function importArchive(
  folder: string,
  file: string,
  { sha256: wanted, signal }: { readonly sha256?: string | undefined; readonly signal: AbortSignal },
): Promise<KeptArchive> {
  const name = file.split(/[\\/]/).at(-1) ?? 'file';
  const found = await stat(file).catch((error: unknown) => {
    throw new BootstrapError('no_file', `${file} cannot be read: ${codeOf(error) ?? reasonOf(error)}`, {
      cause: error,
    });
  });
  if (!found.isFile()) throw new BootstrapError('no_file', `${file} is no file`);
  if (found.size > MAX_ARCHIVE_BYTES) throw tooLarge(MAX_ARCHIVE_BYTES);
  const target = wholePath(join(folder, name.replace(/[^\w.-]+/g, '-')));
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await copyFile(file, target);
    signal.throwIfAborted();
    const before = (await hashFile(target, signal)).sha256;
    const sha256 = await unwrapGzip(target, before, { signal });
    if (wanted !== undefined && wanted !== before && wanted !== sha256) {
      throw new BootstrapError('wrong_checksum', `${name} has the SHA-256 ${sha256}, and should have ${wanted}`);
    }
    return await keepArchive(folder, target, { source: 'file', url: name, sha256 });
  } catch (error) {
    signal.throwIfAborted();
    throw writeError(target, error);
  } finally {
    await rm(target, { force: true }).catch(() => undefined);
  }
}
