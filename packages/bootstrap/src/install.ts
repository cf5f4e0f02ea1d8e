/** From an archive to a version in use: unpacked aside, tried, put in place by a rename. Nothing is left of one that is refused. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from './archive/unpack.js';
import { BootstrapError, writeError } from './bootstrap-error.js';
import type { BootstrapOptions } from './bootstrap-options.js';
import { type KeptArchive, listArchives, removeArchive } from './download/kept-archives.js';
import { checkProgram } from './layout/check-program.js';
import { EXTENSION_MAIN } from './layout/inspect-version.js';
import { activate, listVersions, makeTemporary, prune, putInPlace } from './layout/installed-versions.js';
import { type Manifest, readManifest, writeManifest } from './layout/manifest.js';
import { isVersionName } from './layout/version-order.js';
import { type Platform, programName } from './platform.js';
import type { ProgressReport } from './progress.js';

export interface InstallRequest {
  readonly archive: KeptArchive;
  /** Of the archive: there, and what it should be. */
  readonly path: string;
  /** Whether a version may take the place of the one in use. */
  readonly accepts: (version: string) => boolean;
  readonly signal: AbortSignal;
}

export interface InstallHost {
  readonly bin: string;
  readonly downloads: string;
  readonly platform: Platform;
  /** It runs here. */
  readonly isNative: boolean;
  readonly options: BootstrapOptions;
  readonly report: ProgressReport;
}

/** The folder of a version that neither the archive nor the program tells. */
const UNKNOWN_VERSION = '0.0.0';

/** Name of the version's folder; `undefined`: it was not accepted. @throws BootstrapError, or the signal's reason */
export async function install(host: InstallHost, request: InstallRequest): Promise<string | undefined> {
  const { bin, downloads, platform, options, report } = host;
  const { archive, path, accepts, signal } = request;
  let folder: string | undefined;
  try {
    folder = await makeTemporary(bin, randomBytes(6).toString('hex'));
    const target = join(folder, 'version');
    await mkdir(target);
    report.enter('unpack');
    const unpacked = await unpack({
      ...{ archive: path, target, scratch: folder, platform, signal },
      onProgress: (bytes, total) => report.bytes(bytes, total),
    });
    const check = (told: string): boolean => {
      if (options.version !== undefined && ![told, unpacked.version].includes(options.version)) {
        throw new BootstrapError('wrong_version', `The archive brings ${told} in place of ${options.version}`);
      }
      return accepts(told);
    };
    const extension = unpacked.extensionVersion ?? unpacked.version;
    if (extension !== undefined && !check(extension)) return undefined;
    report.enter('verify', unpacked.version);
    const told = await verify(host, target, unpacked.files[EXTENSION_MAIN]?.size ?? 0, unpacked.version, signal);
    const version = unpacked.version ?? (told !== undefined && isVersionName(told) ? told : UNKNOWN_VERSION);
    if (extension === undefined && !check(version)) return undefined;
    const manifest: Manifest = {
      version,
      platform,
      source: archive.source,
      url: archive.url,
      sha256: archive.sha256,
      ...(archive.etag !== undefined && { etag: archive.etag }),
      ...(unpacked.extensionVersion !== undefined && { extensionVersion: unpacked.extensionVersion }),
      archive: archive.name,
      files: unpacked.files,
      at: new Date(options.clock.now()).toISOString(),
    };
    await writeManifest(target, manifest);
    signal.throwIfAborted();
    const name = (await putInPlace(bin, target, version)).slice(bin.length + 1);
    await activate(bin, name, platform);
    options.logger.info('Lingma was unpacked', {
      ...{ version, platform, source: archive.source, url: archive.url, sha256: archive.sha256 },
    });
    await tidy(host, name);
    return name;
  } catch (error) {
    signal.throwIfAborted();
    const wrapped = writeError(bin, error);
    // It would be refused the next time, too.
    if (isOfArchive(wrapped)) await removeArchive(downloads, archive.name);
    throw wrapped;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** What the program says its version is, if it can be asked. */
async function verify(
  { platform, isNative, options }: InstallHost,
  folder: string,
  extensionBytes: number,
  version: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (extensionBytes === 0) {
    throw new BootstrapError('no_extension_runtime', `The archive lacks ${EXTENSION_MAIN}, or it is empty`);
  }
  if (!isNative) return undefined;
  const { env, runProgram } = options;
  const program = join(folder, platform, programName(platform));
  const told = await checkProgram(program, signal, { env, ...(runProgram !== undefined && { run: runProgram }) });
  if (version !== undefined && told !== version) {
    options.logger.warn('Lingma says another version than its folder', { version, told: told ?? 'none' });
  }
  return told;
}

/** Old versions, and the archives that no version is of any more. */
async function tidy({ bin, downloads, platform, options }: InstallHost, active: string): Promise<void> {
  await prune(bin, active, options.keep, platform);
  const kept = await Promise.all((await listVersions(bin, platform)).map((name) => readManifest(join(bin, name))));
  const archives = new Set(kept.map((manifest) => manifest?.archive));
  for (const { name } of await listArchives(downloads)) {
    if (!archives.has(name)) await removeArchive(downloads, name);
  }
}

/** The archive itself is what is wrong. */
const isOfArchive = ({ code }: BootstrapError): boolean => code !== 'no_space' && code !== 'cannot_write';
