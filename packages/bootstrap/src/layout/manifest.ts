/** What is known of a version that was unpacked, beside it: `.manifest.json`. It tells whether all of it is still there. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnpackedFile } from '../archive/zip-reader.js';
import type { Platform } from '../platform.js';

export interface Manifest {
  readonly version: string;
  readonly platform: Platform;
  readonly source: 'marketplace' | 'vsix' | 'file';
  /** Without what is secret in it; of a file, its name. */
  readonly url: string;
  /** Of the archive. */
  readonly sha256: string;
  readonly etag?: string;
  /** Of the extension, which the store goes by. */
  readonly extensionVersion?: string;
  /** Name of the archive in the folder of downloads. */
  readonly archive?: string;
  readonly files: Readonly<Record<string, UnpackedFile>>;
  /** When it was unpacked, ISO 8601. */
  readonly at: string;
}

export const MANIFEST_FILE = '.manifest.json';
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o644 });
}

/** `undefined`: there is none, or none that can be read. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST_FILE);
  try {
    if ((await stat(path)).size > MAX_MANIFEST_BYTES) return undefined;
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Manifest> | null;
    const isManifest =
      typeof value?.version === 'string' &&
      typeof value.sha256 === 'string' &&
      typeof value.url === 'string' &&
      typeof value.files === 'object' &&
      value.files !== null;
    return isManifest ? (value as Manifest) : undefined;
  } catch {
    return undefined;
  }
}
