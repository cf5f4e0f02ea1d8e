/**
 * Gets a Lingma to start: the one that is there, put right where something of it is missing, or else a download. Where one is there
 * that works, no failure of the network or of a newer one takes it away.
 *
 * Over 250 lines: what is there, what is wanted and what is done under the lock read the same facts.
 */
import { join } from 'node:path';
import { BootstrapError, reasonOf } from './bootstrap-error.js';
import { takeLock } from './bootstrap-lock.js';
import type { BootstrapOptions, LocatedBinary } from './bootstrap-options.js';
import { createHttpClient } from './download/http-client.js';
import { importArchive, intactArchive, type KeptArchive } from './download/kept-archives.js';
import { removeLeftovers } from './download/part-file.js';
import { type FetchHost, fetchArchive, type Place, places } from './fetch-archive.js';
import { type InstallHost, install } from './install.js';
import { findBinaries } from './layout/find-binaries.js';
import { inspectVersion, sizeOf, type VersionReport } from './layout/inspect-version.js';
import { activeVersion, cleanUp } from './layout/installed-versions.js';
import { isNewer } from './marketplace/extension-query.js';
import { isSupported, platformOf } from './platform.js';
import { type BootstrapProgress, ProgressReport } from './progress.js';

/** What is in the data folder, or with an IDE. */
interface Present {
  /** Works as far as can be seen; may lack something of its extension. */
  readonly usable?: LocatedBinary;
  /** The extension's, else Lingma's own. */
  readonly version?: string;
  /** The version in use in the data folder. */
  readonly own?: VersionReport;
}

/** Whether a program that is there will do. */
export interface EnsureOptions {
  readonly force?: boolean;
  /** Look for a newer one. */
  readonly update?: boolean;
}

/** Gets a Lingma into the data folder: what is installed is checked, what is missing is fetched. */
export class Bootstrap {
  readonly #options: BootstrapOptions;
  readonly #report: ProgressReport;
  readonly #host: Omit<InstallHost, 'platform'>;

  constructor(options: BootstrapOptions) {
    const { dataDir, clock, logger, onProgress } = options;
    this.#options = options;
    this.#report = new ProgressReport(clock, logger, onProgress);
    this.#host = {
      bin: join(dataDir, 'bin'),
      downloads: join(dataDir, 'downloads'),
      isNative:
        options.platform === undefined ||
        (isSupported(process.platform, process.arch) &&
          options.platform === platformOf(process.platform, process.arch)),
      options,
      report: this.#report,
    };
  }

  get progress(): BootstrapProgress {
    return this.#report.now;
  }

  /**
   * The Lingma to start. Asks the network only where there is none, something is missing of it and cannot be had from the archive
   * that is kept, or the options say so.
   *
   * @throws BootstrapError `no_binary`, with the reason as its cause; the signal's reason
   */
  async ensure(signal: AbortSignal, { force = false, update = false }: EnsureOptions = {}): Promise<LocatedBinary> {
    const present = await this.#look();
    if (!force && !update && !this.#isWanted(present) && present.usable !== undefined) {
      this.#report.end({ state: 'done', version: present.version });
      return present.usable;
    }
    return this.#locked(signal, () => this.#bringUp(signal, force, update));
  }

  /** Unpacks the version in use again. `false`: it is none of ours. @throws as `ensure` */
  async repair(signal: AbortSignal): Promise<boolean> {
    const { own } = await this.#look();
    if (own === undefined) return false;
    await this.#locked(signal, async () => {
      await this.#heal(own, signal);
      return this.#located();
    });
    return true;
  }

  /** What is there now, without any network. */
  async #look(): Promise<Present> {
    const { platform, bin } = this.#installHost;
    const { env, homedir, discover } = this.#options;
    const active = await activeVersion(bin, platform);
    if (active !== undefined) {
      const own = await inspectVersion(join(bin, active), platform);
      const version = own.manifest?.extensionVersion ?? active;
      if ((await sizeOf(own.program)) === undefined) return { own, version };
      return { own, version, usable: { path: own.program, version: active, isOwn: true } };
    }
    if (!discover || !this.#host.isNative) return {};
    const found = await findBinaries({ node: process.platform, platform, homedir, env, bin });
    const [usable] = found.filter(({ isOwn }) => !isOwn);
    if (usable === undefined) return {};
    const { path, version } = usable;
    const told = version === undefined ? {} : { version };
    return { usable: { path, isOwn: false, ...told }, ...told };
  }

  #isWanted({ usable, own, version }: Present): boolean {
    const { version: wanted, source } = this.#options;
    if (usable === undefined || (own?.damaged.length ?? 0) > 0) return true;
    return wanted !== undefined && source !== 'none' && version !== wanted && usable.version !== wanted;
  }

  async #locked(signal: AbortSignal, run: () => Promise<LocatedBinary>): Promise<LocatedBinary> {
    const { clock, logger } = this.#options;
    const { bin, downloads } = this.#host;
    try {
      const release = await takeLock({
        ...{ path: join(bin, '.bootstrap.lock'), clock, signal },
        onWait: (pid) => {
          this.#report.enter('waiting');
          logger.info('Another process fetches Lingma: waiting for it', { pid });
        },
      });
      try {
        await cleanUp(bin);
        await removeLeftovers(downloads, clock.now());
        const located = await run();
        this.#report.end({ state: 'done', version: located.version });
        return located;
      } finally {
        await release();
      }
    } catch (error) {
      if (signal.aborted) this.#report.end({ state: 'idle' });
      else this.#report.end({ state: 'failed', error: failureOf(error) });
      throw error;
    }
  }

  /** Under the lock: another process may have done it in the meantime. */
  async #bringUp(signal: AbortSignal, force: boolean, update: boolean): Promise<LocatedBinary> {
    const { logger } = this.#options;
    let present = await this.#look();
    if (!force && present.own !== undefined && present.own.damaged.length > 0) {
      try {
        await this.#heal(present.own, signal);
      } catch (error) {
        signal.throwIfAborted();
        logger.warn('Lingma lacks something and could not be put right', {
          missing: present.own.damaged.slice(0, 5),
          reason: reasonOf(error),
        });
      }
      present = await this.#look();
    }
    const isNeeded =
      force || update || this.#isWanted({ ...present, ...(present.own && { own: { ...present.own, damaged: [] } }) });
    if (isNeeded) {
      try {
        await this.#fetch(present, force, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (present.usable === undefined) throw noBinary(error);
        logger.warn('No other Lingma could be fetched: the one that is there goes on', { reason: reasonOf(error) });
      }
    }
    return this.#located();
  }

  async #located(): Promise<LocatedBinary> {
    const { usable } = await this.#look();
    if (usable !== undefined) return usable;
    throw noBinary(undefined);
  }

  /** The version in use, from the archive that it came from; else the same version from where that was. */
  async #heal({ manifest, folder, damaged }: VersionReport, signal: AbortSignal): Promise<void> {
    const { downloads } = this.#host;
    const { logger, source } = this.#options;
    logger.info('Lingma is unpacked anew', { missing: damaged.slice(0, 5) });
    if (manifest?.archive !== undefined) {
      const archive: KeptArchive = { ...manifest, name: manifest.archive };
      const path = await intactArchive(downloads, archive, signal);
      if (path !== undefined) {
        await install(this.#installHost, { archive, path, accepts: () => true, signal });
        return;
      }
    }
    if (source === 'none') throw new BootstrapError('no_binary', 'Nothing is fetched: bootstrap.source is none');
    const version = manifest?.extensionVersion ?? manifest?.version ?? folder.split(/[\\/]/).at(-1);
    await this.#fetchFrom(version, () => true, signal);
  }

  async #fetch({ version: present, usable, own }: Present, force: boolean, signal: AbortSignal): Promise<void> {
    const { source, file, version, sha256, logger } = this.#options;
    const isFirst = force || version !== undefined || usable === undefined;
    const accepts = (offered: string): boolean => {
      if (isFirst || isNewer(offered, present)) return true;
      logger.info('The Lingma that is there is as new', { present, offered });
      return false;
    };
    if (source === 'none') throw new BootstrapError('no_binary', 'Nothing is fetched: bootstrap.source is none');
    if (source !== 'file') {
      // The archive of the one in use needs no unpacking to tell that it is no newer.
      const isInUse = ({ sha256: offered }: KeptArchive): boolean =>
        !force && own?.damaged.length === 0 && own.manifest?.sha256 === offered;
      return this.#fetchFrom(version, accepts, signal, isInUse);
    }
    if (file === undefined) throw new BootstrapError('no_file', 'bootstrap.file is not set');
    const archive = await importArchive(this.#host.downloads, file, { sha256, signal });
    await install(this.#installHost, { archive, path: join(this.#host.downloads, archive.name), accepts, signal });
  }

  async #fetchFrom(
    version: string | undefined,
    accepts: (version: string) => boolean,
    signal: AbortSignal,
    isInUse: (archive: KeptArchive) => boolean = () => false,
  ): Promise<void> {
    const { logger, isPublicAddress, proxy, resolve } = this.#options;
    const http = createHttpClient({
      isPublicAddress,
      ...(proxy !== undefined && { proxy }),
      ...(resolve !== undefined && { resolve }),
    });
    const host: FetchHost = { ...this.#installHost, http };
    let failure: unknown;
    const onFailure = (error: unknown, place?: Place): void => {
      failure = error;
      logger.warn('Lingma could not be fetched', { ...(place && { source: place.source }), reason: reasonOf(error) });
    };
    try {
      for await (const place of places(host, version, signal, onFailure)) {
        if (place.version !== undefined && !accepts(place.version)) return;
        try {
          const archive = await fetchArchive(host, place, signal);
          if (isInUse(archive)) return;
          const path = join(host.downloads, archive.name);
          await install(this.#installHost, { archive, path, accepts, signal });
          return;
        } catch (error) {
          signal.throwIfAborted();
          onFailure(error, place);
          if (error instanceof BootstrapError && ['no_space', 'cannot_write'].includes(error.code)) throw error;
        }
      }
    } finally {
      await http.close();
    }
    throw failure ?? new BootstrapError('no_version', 'There is no place to fetch Lingma from');
  }

  get #installHost(): InstallHost {
    return { ...this.#host, platform: this.#options.platform ?? platformOf(process.platform, process.arch) };
  }
}

const noBinary = (cause: unknown): BootstrapError => {
  if (cause instanceof BootstrapError && cause.code === 'no_binary') return cause;
  const why = cause === undefined ? '' : `: ${reasonOf(cause)}`;
  return new BootstrapError('no_binary', `There is no Lingma, and none could be fetched${why}`, { cause });
};

const failureOf = (error: unknown): { readonly code: string; readonly message: string } => ({
  code: error instanceof BootstrapError ? error.code : 'cannot_write',
  message: reasonOf(error),
});
