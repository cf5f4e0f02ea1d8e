/** From a VSIX, or another archive that brings Lingma, to the folder of one version. What is not needed stays packed. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BootstrapError } from '../bootstrap-error.js';
import { isVersionName } from '../layout/version-order.js';
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
  readonly version: string;
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
    for (const { name, version } of findInnerZips(names, platform, PLATFORM_NAMES)) {
      const inner = join(scratch, 'inner.zip');
      try {
        await outer.extract(name, inner, FILE_MODE, signal);
        const found = await unpackInner(inner, version ?? extensionVersion, budget, options);
        if (found !== undefined) return { ...found, ...ofExtension };
      } finally {
        await rm(inner, { force: true });
      }
    }
  } finally {
    outer.close();
  }
  throw new BootstrapError('no_platform', `The archive holds no Lingma for ${platform}`);
}

async function unpackInner(
  path: string,
  version: string | undefined,
  budget: ByteBudget,
  options: UnpackOptions,
): Promise<Unpacked | undefined> {
  const inner = await ZipReader.open(path, budget, options.signal);
  try {
    const names = inner.entries.map(({ name }) => name);
    const layout = findLayout(names, options.platform);
    return layout === undefined ? undefined : await unpackLayout(inner, layout, version, options);
  } finally {
    inner.close();
  }
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
): Promise<string> {
  if (version !== undefined) return version;
  for (const config of configs) {
    const told = await versionIn(zip, config, 'cosy.core.version', signal);
    if (told !== undefined) return told;
  }
  return other !== undefined && isVersionName(other) ? other : '0.0.0';
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
