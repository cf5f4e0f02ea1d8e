/** What becomes of the login in a work folder at the next start: a bundle of the settings, or one that an operator has sent. */
import type { BundleFiles } from '../../../bundle/index.js';
import { lateModule } from '../../../chat/index.js';
import type { Clock, Logger } from '../../../util/index.js';
import type { BundleSource } from './inject-bundle.js';
import { sessionFiles } from './load-session-files.js';

const bundleInjection = lateModule(() => import('./inject-bundle.js'));

export interface SwapSettings {
  readonly workDir: string;
  readonly sessionBundle?: BundleSource;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The session of a process, exchanged at its next start. */
export interface SessionReplacement {
  /** Whether the login of the process is one that a bundle of the settings has put there. */
  readonly fromBundle: boolean;
  /** At the next start these take the place of what is there. */
  replaceWith(files: BundleFiles): void;
  /** At the next start what {@link replaceWith} has moved aside comes back. */
  restore(): void;
}

export class SessionSwap implements SessionReplacement {
  readonly #settings: SwapSettings;
  /** What is forced is forced once: what the process makes of it later on is newer. */
  #injected = false;
  #fromBundle = false;
  #next: BundleFiles | 'restore' | undefined;
  /** Where the files lie that the last import has taken the place of. */
  #kept: string | undefined;

  constructor(settings: SwapSettings) {
    this.#settings = settings;
  }

  get fromBundle(): boolean {
    return this.#fromBundle;
  }

  replaceWith(files: BundleFiles): void {
    this.#next = files;
  }

  restore(): void {
    this.#next = this.#kept === undefined ? undefined : 'restore';
  }

  /** Before a process starts in the folder. @throws what the file system says of a login that was sent */
  async apply(): Promise<void> {
    const { workDir, sessionBundle, logger, clock } = this.#settings;
    const next = this.#next;
    this.#next = undefined;
    if (next === 'restore') {
      const { restoreSessionFiles } = sessionFiles.loaded ?? (await sessionFiles.load());
      const kept = this.#kept;
      this.#kept = undefined;
      if (kept !== undefined) await restoreSessionFiles(workDir, kept);
    } else if (next !== undefined) {
      const { keepSessionFiles, writeSessionFiles } = sessionFiles.loaded ?? (await sessionFiles.load());
      this.#kept = await keepSessionFiles(workDir, new Date(clock.now()));
      await writeSessionFiles(workDir, next);
      this.#injected = true;
    }
    if (sessionBundle === undefined) return;
    const source = this.#injected ? { ...sessionBundle, force: false } : sessionBundle;
    this.#injected = true;
    const { injectBundle } = bundleInjection.loaded ?? (await bundleInjection.load());
    const outcome = await injectBundle(workDir, source, { logger, now: () => clock.now() });
    if (outcome === 'injected') this.#fromBundle = true;
  }
}
