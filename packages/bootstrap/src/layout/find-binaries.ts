/** Looks at the places where a Lingma may lie, and at what `lingma.bin` names: a program, or a folder that holds one. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Platform } from '../platform.js';
import { inspectVersion, sizeOf } from './inspect-version.js';
import { activeVersion, listVersions } from './installed-versions.js';
import { type KnownPlace, knownPlaces, type PlaceSources, programNames } from './known-places.js';
import { isVersionName } from './version-order.js';

/** A Lingma that lies on this machine. */
export interface FoundBinary {
  readonly path: string;
  readonly product: KnownPlace['product'];
  /** As its folder or a file beside it tells. */
  readonly version?: string;
  /** It lies in the gateway's own folder. */
  readonly isOwn: boolean;
  /** In the gateway's own folder: something of it is missing. */
  readonly isDamaged: boolean;
}

/** All of them, the one that would be started first. */
export async function findBinaries(sources: PlaceSources): Promise<readonly FoundBinary[]> {
  const found: FoundBinary[] = [];
  for (const place of knownPlaces(sources)) {
    for (const binary of await binariesAt(place, sources.platform)) {
      if (!found.some(({ path }) => path === binary.path)) found.push(binary);
    }
  }
  return found;
}

async function binariesAt({ kind, path, product }: KnownPlace, platform: Platform): Promise<readonly FoundBinary[]> {
  const isOwn = product === 'data folder';
  const common = { product, isOwn, isDamaged: false };
  if (kind === 'file') return (await sizeOf(path)) === undefined ? [] : [{ ...common, path }];
  if (kind === 'program') {
    const program = await programIn(path, platform);
    if (program === undefined) return [];
    const version = await versionBeside(dirname(path));
    return [{ ...common, path: program, ...(version !== undefined && { version }) }];
  }
  const active = await activeVersion(path, platform);
  const versions = (await listVersions(path, platform)).toReversed();
  const ordered = active === undefined ? versions : [active, ...versions.filter((name) => name !== active)];
  const found: FoundBinary[] = [];
  for (const version of ordered) {
    const { program, damaged } = await inspectVersion(join(path, version), platform);
    if ((await sizeOf(program)) === undefined) continue;
    found.push({ ...common, path: program, version, isDamaged: isOwn && damaged.length > 0 });
  }
  return found;
}

/** The program that a path names: itself, or what lies in a folder that Lingma or an IDE is installed in. */
export async function resolveBinary(path: string, platform: Platform): Promise<string | undefined> {
  if ((await sizeOf(path)) !== undefined) return path;
  // The folder of a version or of a platform; a folder of versions, or one above it; an IDE's, or an app of macOS.
  const inApp = [
    ['resources', 'app', 'resources', 'bin'],
    ['Contents', 'Resources', 'app', 'resources', 'bin'],
  ].map((parts) => join(path, ...parts));
  for (const folder of [path, join(path, 'bin'), ...inApp]) {
    const program = (await programIn(folder, platform)) ?? (await programIn(join(folder, platform), platform));
    const version = program === undefined ? await activeVersion(folder, platform) : undefined;
    const found = version === undefined ? program : await programIn(join(folder, version, platform), platform);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function programIn(folder: string, platform: Platform): Promise<string | undefined> {
  for (const name of programNames(platform)) {
    const path = join(folder, name);
    if ((await sizeOf(path)) !== undefined) return path;
  }
  return undefined;
}

/** Of an IDE: `config.json` beside its programs. */
async function versionBeside(folder: string): Promise<string | undefined> {
  try {
    const value = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown> | null;
    const version = value?.['cosy.core.version'];
    return typeof version === 'string' && isVersionName(version) ? version : undefined;
  } catch {
    return undefined;
  }
}
