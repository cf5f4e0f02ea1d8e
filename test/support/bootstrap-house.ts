/** A bootstrap over the simulator's store, in a folder of its own. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bootstrap, type BootstrapOptions, type BootstrapProgress } from '@lingma-gateway/bootstrap';
import { type Clock, type Logger, silentLogger } from '@lingma-gateway/core';
import { createVsixStore, type StoreBehaviour, type VsixStore } from '@lingma-gateway/simulator';
import { onTestFinished } from 'vitest';

export interface BootstrapHouse {
  readonly store: VsixStore;
  readonly dataDir: string;
  readonly progress: readonly BootstrapProgress[];
  readonly warnings: readonly string[];
  /** A new one, as a new process would have it. */
  create(options?: Partial<BootstrapOptions>): Bootstrap;
  /** Names in a folder of the data folder, sorted. */
  list(folder: string): Promise<readonly string[]>;
}

const LOCK_HEARTBEAT_MS = 5000;
const STALL_MS = 30_000;

/** Ends what waits at once: back-offs take no time. */
export const hastyClock: Clock = {
  now: () => Date.now(),
  schedule(ms, callback) {
    // Limits and heartbeats must not strike.
    if (ms === LOCK_HEARTBEAT_MS || ms >= STALL_MS) return () => undefined;
    const timer = setTimeout(callback, 1);
    return () => clearTimeout(timer);
  },
};

/** The folder and the store end with the test. */
export async function bootstrapHouse(behaviour: StoreBehaviour = {}): Promise<BootstrapHouse> {
  const store = await createVsixStore(behaviour);
  const dataDir = await mkdtemp(join(tmpdir(), 'lingma-bootstrap-'));
  onTestFinished(async () => {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const progress: BootstrapProgress[] = [];
  const warnings: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields ?? {})}`),
    child: () => logger,
  };
  return {
    store,
    dataDir,
    progress,
    warnings,
    create: (options) =>
      new Bootstrap({
        dataDir,
        source: 'marketplace',
        marketplace: { url: store.url, publisher: 'Alibaba-Cloud', extension: 'tongyi-lingma' },
        vsixUrl: store.vsixUrl,
        allowHosts: [],
        always: false,
        force: false,
        discover: false,
        keep: 2,
        env: { PATH: process.env.PATH },
        homedir: join(dataDir, 'home'),
        isPublicAddress: () => false,
        clock: hastyClock,
        logger,
        onProgress: (each) => progress.push(each),
        ...options,
      }),
    list: async (folder) => (await readdir(join(dataDir, folder)).catch(() => [] as string[])).sort(),
  };
}

export const noSignal = (): AbortSignal => new AbortController().signal;
