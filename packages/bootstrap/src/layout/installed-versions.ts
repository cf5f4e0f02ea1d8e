/**
 * The versions in `<data>/bin`, and the one in use. A version is put there whole, by one rename; which one is in use is said by
 * `config.json`, as Lingma itself does it. What a run that was killed has left is put away by the next.
 */
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { codeOf, writeError } from '../bootstrap-error.js';
import { isWindows, type Platform, programName } from '../platform.js';
import { sizeOf } from './inspect-version.js';
import { compareVersions, isVersionName } from './version-order.js';

const CONFIG_FILE = 'config.json';
const CONFIG_MEMBER = 'cosy.core.version';
const TEMPORARY = '.tmp-';
const ASIDE = '.old-';
const MAX_CONFIG_BYTES = 64 * 1024;

/** Folders of versions that hold the program for this platform. */
export async function listVersions(bin: string, platform: Platform): Promise<readonly string[]> {
  const names = await readdir(bin).catch(() => [] as string[]);
  const versions: string[] = [];
  for (const name of names) {
    if (!isVersionName(name)) continue;
    if ((await sizeOf(join(bin, name, platform, programName(platform)))) !== undefined) versions.push(name);
  }
  return versions.sort(compareVersions);
}

/** The version that `config.json` names; where that cannot be read, the one that changed last. `undefined`: none is there. */
export async function activeVersion(bin: string, platform: Platform): Promise<string | undefined> {
  const named = await namedVersion(bin);
  // Its folder may be damaged, and is then put right rather than passed over.
  if (named !== undefined && (await stat(join(bin, named)).catch(() => undefined))?.isDirectory() === true)
    return named;
  let newest: { readonly name: string; readonly at: number } | undefined;
  for (const name of await listVersions(bin, platform)) {
    const at = (await stat(join(bin, name)).catch(() => undefined))?.mtimeMs ?? 0;
    if (newest === undefined || at >= newest.at) newest = { name, at };
  }
  return newest?.name;
}

async function namedVersion(bin: string): Promise<string | undefined> {
  const path = join(bin, CONFIG_FILE);
  try {
    if ((await stat(path)).size > MAX_CONFIG_BYTES) return undefined;
    const value = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>> | null;
    const name = value?.[CONFIG_MEMBER];
    return typeof name === 'string' && isVersionName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** An empty folder beside the versions. */
export async function makeTemporary(bin: string, random: string): Promise<string> {
  const folder = join(bin, `${TEMPORARY}${random}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/**
 * Puts a finished folder in the place of its version and returns its path. The files of a process that runs are not touched: an
 * older folder of that name is moved aside, and where the system forbids that, the new one gets a name of its own.
 */
export async function putInPlace(bin: string, folder: string, version: string): Promise<string> {
  const target = join(bin, version);
  const aside = join(bin, `${ASIDE}${version}`);
  await rm(aside, { recursive: true, force: true }).catch(() => undefined);
  try {
    await rename(target, aside);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return putBeside(bin, folder, version);
  }
  await rename(folder, target).catch((error: unknown) => {
    throw writeError(target, error);
  });
  await rm(aside, { recursive: true, force: true }).catch(() => undefined);
  return target;
}

async function putBeside(bin: string, folder: string, version: string): Promise<string> {
  for (let number = 2; ; number++) {
    const target = join(bin, `${version}-r${number}`);
    if ((await stat(target).catch(() => undefined)) !== undefined) continue;
    await rename(folder, target).catch((error: unknown) => {
      throw writeError(target, error);
    });
    return target;
  }
}

/** From now on this version is the one in use. */
export async function activate(bin: string, name: string, platform: Platform): Promise<void> {
  const config = join(bin, CONFIG_FILE);
  await writeFile(`${config}.tmp`, `${JSON.stringify({ [CONFIG_MEMBER]: name })}\n`, { mode: 0o644 });
  await rename(`${config}.tmp`, config);
  if (isWindows(platform)) return;
  const link = join(bin, programName(platform));
  const target = relative(bin, join(bin, name, platform, programName(platform)));
  if ((await readlink(link).catch(() => undefined)) === target) return;
  // Somebody's own program in that place is theirs.
  if ((await sizeOf(link)) !== undefined && (await readlink(link).catch(() => undefined)) === undefined) return;
  await rm(`${link}.tmp`, { force: true });
  await symlink(target, `${link}.tmp`);
  await rename(`${link}.tmp`, link);
}

/** Takes away what a run has left that was killed: under the lock. */
export async function cleanUp(bin: string): Promise<void> {
  for (const name of await readdir(bin).catch(() => [] as string[])) {
    const path = join(bin, name);
    if (name.startsWith(TEMPORARY)) await rm(path, { recursive: true, force: true });
    if (!name.startsWith(ASIDE)) continue;
    const version = join(bin, name.slice(ASIDE.length));
    // It was killed between the two renames.
    if ((await stat(version).catch(() => undefined)) === undefined) await rename(path, version);
    else await rm(path, { recursive: true, force: true });
  }
}

/** Keeps the one in use and the newest of the others, `keep` in all. Returns those that went. */
export async function prune(bin: string, active: string, keep: number, platform: Platform): Promise<readonly string[]> {
  const others = (await listVersions(bin, platform)).filter((name) => name !== active);
  const gone = others.slice(0, Math.max(0, others.length - (keep - 1)));
  for (const name of gone) {
    // In use by a process, on systems that mind: the next time.
    await rm(join(bin, name), { recursive: true, force: true }).catch(() => undefined);
  }
  return gone;
}
