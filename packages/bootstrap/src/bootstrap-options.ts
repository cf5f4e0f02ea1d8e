/** What a bootstrap is told, and its ports. */
import type { Clock, Logger } from '@lingma-gateway/core';
import type { HttpClientOptions } from './download/http-client.js';
import type { RunProgram } from './layout/check-program.js';
import type { Platform } from './platform.js';
import type { BootstrapProgress } from './progress.js';

/** Where the program comes from, where it goes, and how its download is guarded. */
export interface BootstrapOptions {
  /** Absolute. */
  readonly dataDir: string;
  /** Default: this machine's. */
  readonly platform?: Platform;
  readonly source: 'marketplace' | 'vsix' | 'file' | 'none';
  readonly marketplace: { readonly url: string; readonly publisher: string; readonly extension: string };
  readonly vsixUrl: string;
  /** With `source: 'file'`. */
  readonly file?: string | undefined;
  /** The version of the extension to have. */
  readonly version?: string | undefined;
  readonly sha256?: string | undefined;
  readonly allowHosts: readonly string[];
  readonly proxy?: HttpClientOptions['proxy'];
  /** Look for a newer one at the first {@link Bootstrap.ensure}. */
  readonly always: boolean;
  /** Fetch at the first {@link Bootstrap.ensure}, whatever is there. */
  readonly force: boolean;
  /** Use what an IDE has installed. */
  readonly discover: boolean;
  /** Versions that are kept. */
  readonly keep: number;
  /** Where known places are: home folders of users and programs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  /** Whether an address lies on the public internet. */
  readonly isPublicAddress: (address: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onProgress?: (progress: BootstrapProgress) => void;
  /** Default: starts it. */
  readonly runProgram?: RunProgram;
  /** Default: the system's. */
  readonly resolve?: HttpClientOptions['resolve'];
  /** Bytes that are free in a folder. Default: asks the system. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
}

/** The Lingma to start. */
export interface LocatedBinary {
  readonly path: string;
  readonly version?: string;
  /** It lies in the data folder: it was downloaded, and can be put right. */
  readonly isOwn: boolean;
}
