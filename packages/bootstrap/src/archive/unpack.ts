/** From a VSIX, or another archive that brings Lingma, to the folder of one version. What is not needed stays packed. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BootstrapError } from '../bootstrap-error.js';
import { compareVersions, isVersionName } from '../layout/version-order.js';
import { PLATFORM_NAMES, type Platform } from '../platform.js';
import { findInnerZips, findLayout, type Layout } from './select-entries.js';
import { ByteBudget, type UnpackedFile, ZipReader } from './zip-reader.js';

export interface UnpackOptions {
  readonly archive: string;
  /** The folder of the version: there, and empty. */
  readonly target: string;
  /** For what is unpacked on the way; there. */
  readonly scratch: string;
  readonly platform: Platform;
  readonly signal: AbortSignal;
  readonly budget?: ByteBudget;
  readonly onProgress?: (bytes: number, total: number) => void;
}

export interface Unpacked {
  /** `undefined`: nothing in the archive tells. */
  readonly version: string | undefined;
  /** Of the VS Code extension that the archive is, if it is one. */
  readonly extensionVersion?: string;
  /** By path within the version's folder. */
  readonly files: Readonly<Record<string, UnpackedFile>>;
}

const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;
const MAX_JSON_BYTES = 1024 * 1024;

/** @throws BootstrapError with the rule that the archive breaks; what was written by then is left to the caller */
export async function unpack(options: UnpackOptions): Promise<Unpacked> {
  const { archive, platform, scratch, signal, budget = new ByteBudget() } = options;
  const outer = await ZipReader.open(archive, budget, signal);
  try {
    const names = outer.entries.map(({ name }) => name);
    const extensionVersion = await versionIn(outer, 'extension/package.json', 'version', signal);
    const ofExtension = extensionVersion === undefined ? {} : { extensionVersion };
    const flat = findLayout(names, platform);
    if (flat !== undefined) {
      return { ...(await unpackLayout(outer, flat, extensionVersion, options)), ...ofExtension };
    }
    const inner = await newestInner(outer, join(scratch, 'inner'), budget, options);
    if (inner !== undefined) {
      try {
        const unpacked = await unpackLayout(inner.zip, inner.layout, inner.version ?? extensionVersion, options);
        return { ...unpacked, ...ofExtension };
      } finally {
        await inner.close();
      }
    }
  } finally {
    outer.close();
  }
  throw new BootstrapError('no_platform', `The archive holds no Lingma for ${platform}`);
}

/** A ZIP within the archive that holds Lingma. */
interface Inner {
  readonly zip: ZipReader;
  readonly layout: Layout;
  /** As its name tells. */
  readonly version: string | undefined;
  close(): Promise<void>;
}

/** That of the highest version; those that do not tell theirs by their name are looked into. */
async function newestInner(
  outer: ZipReader,
  scratch: string,
  budget: ByteBudget,
  { platform, signal }: UnpackOptions,
): Promise<Inner | undefined> {
  let best: Inner | undefined;
  try {
    const names = outer.entries.map(({ name }) => name);
    for (const [index, { name, version }] of findInnerZips(names, platform, PLATFORM_NAMES).entries()) {
      const found = await openInner(outer, name, `${scratch}-${index}.zip`, { platform, budget, version, signal });
      if (found === undefined) continue;
      const isBetter = best === undefined || compareVersions(versionOfInner(found), versionOfInner(best)) > 0;
      await (isBetter ? best : found)?.close();
      if (isBetter) best = found;
      if (version !== undefined) break;
    }
    return best;
  } catch (error) {
    await best?.close();
    throw error;
  }
}

const versionOfInner = ({ layout, version }: Inner): string => layout.version ?? version ?? '';

async function openInner(
  outer: ZipReader,
  name: string,
  path: string,
  {
    platform,
    budget,
    version,
    signal,
  }: { platform: Platform; budget: ByteBudget; version: string | undefined; signal: AbortSignal },
): Promise<Inner | undefined> {
  let zip: ZipReader | undefined;
  const close = async (): Promise<void> => {
    zip?.close();
    await rm(path, { force: true });
  };
  try {
    await outer.extract(name, path, FILE_MODE, signal);
    zip = await ZipReader.open(path, budget, signal);
    const layout = findLayout(
      zip.entries.map((entry) => entry.name),
      platform,
    );
    if (layout !== undefined) return { zip, layout, version, close };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return undefined;
}

async function unpackLayout(
  zip: ZipReader,
  layout: Layout,
  otherVersion: string | undefined,
  { target, platform, signal, onProgress }: UnpackOptions,
): Promise<Unpacked> {
  const { platformFolder, extensionFolder } = layout;
  const wanted = zip.entries.flatMap(({ name, isFolder, size }) => {
    if (isFolder) return [];
    const path = name.startsWith(platformFolder)
      ? `${platform}/${name.slice(platformFolder.length)}`
      : name.startsWith(extensionFolder)
        ? `extension/${name.slice(extensionFolder.length)}`
        : undefined;
    return path === undefined ? [] : [{ name, path, size }];
  });
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  const files: Record<string, UnpackedFile> = {};
  let done = 0;
  for (const { name, path } of wanted) {
    const file = join(target, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    const unpacked = await zip.extract(name, file, path.startsWith(`${platform}/`) ? PROGRAM_MODE : FILE_MODE, signal);
    files[path] = unpacked;
    done += unpacked.size;
    onProgress?.(done, total);
  }
  return { version: await versionOf(zip, layout, otherVersion, signal), files };
}

async function versionOf(
  zip: ZipReader,
  { version, configs }: Layout,
  other: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (version !== undefined) return version;
  for (const config of configs) {
    const told = await versionIn(zip, config, 'cosy.core.version', signal);
    if (told !== undefined) return told;
  }
  return other !== undefined && isVersionName(other) ? other : undefined;
}

/** A version that a JSON file of the archive tells. What is no version would be no folder either. */
async function versionIn(
  zip: ZipReader,
  name: string,
  member: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!zip.has(name)) return undefined;
  const text = await zip.readText(name, MAX_JSON_BYTES, signal);
  try {
    const told = (JSON.parse(text.replace(/^\uFEFF/, '')) as Readonly<Record<string, unknown>> | null)?.[member];
    return typeof told === 'string' && isVersionName(told) ? told : undefined;
  } catch {
    return undefined;
  }
}
