/** Whether the folder of a version still holds all that was unpacked into it. Looks at sizes alone: a start reads no 500 MB. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Platform, programName } from '../platform.js';
import { type Manifest, readManifest } from './manifest.js';

export interface VersionReport {
  readonly folder: string;
  /** Absolute path of the program, there or not. */
  readonly program: string;
  readonly manifest?: Manifest;
  /** What is missing or has another size, by path within the folder. Empty: it is whole. */
  readonly damaged: readonly string[];
}

/** As the extension runtime is called in what the extension brings. */
export const EXTENSION_MAIN = 'extension/main.js';

export async function inspectVersion(folder: string, platform: Platform): Promise<VersionReport> {
  const manifest = await readManifest(folder);
  const program = join(folder, platform, programName(platform));
  const expected = new Map<string, number | undefined>([
    [`${platform}/${programName(platform)}`, undefined],
    [EXTENSION_MAIN, undefined],
    ...Object.entries(manifest?.files ?? {}).map(([path, { size }]) => [path, size] as const),
  ]);
  const damaged: string[] = [];
  for (const [path, size] of expected) {
    const found = await sizeOf(join(folder, ...path.split('/')));
    if (found === undefined || (size === undefined ? found === 0 : found !== size)) damaged.push(path);
  }
  return { folder, program, damaged, ...(manifest !== undefined && { manifest }) };
}

/** `undefined`: no file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}
