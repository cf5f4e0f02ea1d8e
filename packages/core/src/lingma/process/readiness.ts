/** When a process can be talked to: it has said where it is, somebody answers there, and `initialize` succeeds. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, sleep } from '../../util/index.js';
import { allows, loopbackUrl } from '../discovery/candidates.js';
import type { TransportChoice } from '../discovery/discovery-options.js';
import { type InfoFile, parseInfoFile } from '../discovery/info-file.js';
import { createJsonRpcConnection } from '../jsonrpc/connection.js';
import { defaultAnswer } from '../protocol/default-responses.js';
import { buildInitialize } from '../protocol/initialize.js';
import type { LingmaAddress } from '../transport/address.js';
import { connectLingma } from '../transport/connect.js';
import { readSmallFile } from '../transport/read-small-file.js';

const POLL_MS = 150;
const HANDSHAKE_MS = 5000;
/** In the order in which they are believed. */
const INFO_FILES = ['.info.json', '.info'] as const;

/** What a discovery file was like at a time. */
export interface InfoSnapshot {
  readonly path: string;
  readonly text: string | undefined;
  readonly mtimeMs: number | undefined;
}

/** What lies there before a start is what an earlier process has left. */
export function snapshotInfoFiles(workDir: string): Promise<readonly InfoSnapshot[]> {
  return Promise.all(INFO_FILES.map((name) => snapshot(join(workDir, name))));
}

async function snapshot(path: string): Promise<InfoSnapshot> {
  const [text, found] = await Promise.all([
    readSmallFile(path).catch(() => undefined),
    stat(path).catch(() => undefined),
  ]);
  return { path, text, mtimeMs: found?.mtimeMs };
}

export interface ReadinessOptions {
  readonly workDir: string;
  readonly transport: TransportChoice;
  /** Whether a process is the one that was started, or was started by it. */
  readonly isOurs: (pid: number) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Waits until the process can be talked to; rejects with the signal's reason alone. `before`: what an earlier process has
 * left. By its text and its time both, since clocks of file systems differ from ours.
 */
export async function whenReachable(
  options: ReadinessOptions,
  before: readonly InfoSnapshot[],
): Promise<LingmaAddress> {
  for (;;) {
    const address = await findReachable(options, before);
    if (address !== undefined) return address;
    await sleep(POLL_MS, options.signal, options.clock);
  }
}

/** One look. `undefined`: nothing there that answers. */
export async function findReachable(
  options: ReadinessOptions,
  before: readonly InfoSnapshot[] = [],
): Promise<LingmaAddress | undefined> {
  const { workDir, transport, isOurs, signal, logger } = options;
  for (const now of await snapshotInfoFiles(workDir)) {
    const earlier = before.find(({ path }) => path === now.path);
    if (now.text === undefined || (earlier?.text === now.text && earlier.mtimeMs === now.mtimeMs)) continue;
    const info = parseInfoFile(now.text);
    if (info === undefined || (info.pid !== undefined && !(await isOurs(info.pid)))) continue;
    for (const address of addressesOf(info, workDir, now.path)) {
      if (!allows(transport, address.kind)) continue;
      signal.throwIfAborted();
      try {
        await greet(address, options);
        return address;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        logger.debug('Lingma does not answer yet', { cause: error });
      }
    }
  }
  return undefined;
}

async function greet(address: LingmaAddress, { workDir, clock, logger, signal }: ReadinessOptions): Promise<void> {
  const transport = await connectLingma(address, { signal, clock, timeoutMs: HANDSHAKE_MS });
  const connection = createJsonRpcConnection(transport, { logger, clock, defaultAnswer });
  try {
    await connection.initialize(buildInitialize(workDir, clock.now()), { timeoutMs: HANDSHAKE_MS, signal });
  } finally {
    connection.close();
  }
}

function addressesOf(info: InfoFile, workDir: string, origin: string): readonly LingmaAddress[] {
  const known = { workDir, origin, ...(info.pid !== undefined && { pid: info.pid }) };
  const webSocket: readonly LingmaAddress[] =
    info.websocketPort === undefined ? [] : [{ kind: 'websocket', url: loopbackUrl(info.websocketPort), ...known }];
  const pipe: readonly LingmaAddress[] =
    info.ipcServerPath === undefined ? [] : [{ kind: 'pipe', path: info.ipcServerPath, ...known }];
  return process.platform === 'win32' ? [...pipe, ...webSocket] : [...webSocket, ...pipe];
}
