/**
 * Where the program of managed processes comes from: `lingma.bin` where that is one, what is installed, or a download. The code for
 * the rest is read only where the path alone does not tell.
 */
import { lstat, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve, sep } from 'node:path';
import type { BinarySource, BootstrapOptions } from '@lingma-gateway/bootstrap';
import {
  GatewayError,
  type JsonObject,
  type Logger,
  loadAddressGuard,
  type ProgramSource,
  systemClock,
} from '@lingma-gateway/core';
import { type GatewayConfig, type LoadedConfig, wantsDownload } from '@lingma-gateway/core/config';

export interface ProgramSourceOptions {
  readonly loaded: Pick<LoadedConfig, 'config' | 'origins'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** A command that only asks something uses what is there. */
  readonly mayFetch: boolean;
}

export interface ManagedProgramSource extends ProgramSource {
  /** Whether there is another program now than the one that processes were started from. */
  hasChanged(signal: AbortSignal): Promise<boolean>;
  /** Stops a download and keeps what has come. Never rejects. */
  close(): Promise<void>;
}

export function createProgramSource({ loaded, env, logger, mayFetch }: ProgramSourceOptions): ManagedProgramSource {
  const { config, origins } = loaded;
  let opened: Promise<BinarySource> | undefined;
  let source: BinarySource | undefined;
  let isClosed = false;
  const open = async (): Promise<BinarySource> => {
    const { BinarySource, Bootstrap } = await import('@lingma-gateway/bootstrap');
    const options = await bootstrapOptions(config, { env, logger, mayFetch });
    const { always: update, force, source: from } = options;
    const bootstrap = new Bootstrap(options);
    source = new BinarySource({ bootstrap, clock: systemClock, force, update: update && from !== 'none' });
    if (isClosed) await source.close();
    return source;
  };
  const binarySource = (): Promise<BinarySource> => {
    opened ??= open();
    return opened;
  };
  const locate = async (signal: AbortSignal): Promise<string> => {
    const given = await givenProgram(config, wantsDownload(config, origins));
    if (given !== undefined) return given;
    const binaries = await binarySource();
    try {
      return await binaries.locate(signal);
    } catch (error) {
      signal.throwIfAborted();
      throw notThere(error, binaries.retryInMs);
    }
  };
  return {
    locate,
    async repair(reason, signal) {
      return (await opened)?.repair(reason, signal) ?? false;
    },
    isBootstrapping: () => source?.isBusy === true,
    describe: () => (source === undefined ? undefined : described(source)),
    async hasChanged(signal) {
      return (await opened)?.hasChanged(signal) ?? false;
    },
    async close() {
      isClosed = true;
      await source?.close();
    },
  };
}

/**
 * What `lingma.bin` names, where no more than a look is needed. A path in the data folder that is no file of its own is where a
 * download comes to lie.
 *
 * @throws GatewayError `not_ready` for a folder without a program
 */
async function givenProgram({ lingma }: GatewayConfig, wantsFetched: boolean): Promise<string | undefined> {
  if (lingma.bin === undefined) return undefined;
  const path = resolve(lingma.bin);
  const bin = resolve(lingma.dataDir, 'bin');
  if (path === bin || path.startsWith(`${bin}${sep}`)) {
    const found = await lstat(path).catch(() => undefined);
    return found?.isFile() === true ? path : undefined;
  }
  const found = await stat(path).catch(() => undefined);
  // That there is nothing is told by whoever starts it.
  if (found?.isDirectory() !== true) return found === undefined && wantsFetched ? undefined : path;
  const { platformOf, resolveBinary } = await import('@lingma-gateway/bootstrap');
  const program = await resolveBinary(path, platformOf(process.platform, process.arch));
  if (program !== undefined) return program;
  throw new GatewayError('not_ready', 'The folder that is configured for Lingma (LINGMA_BIN) holds no Lingma', {
    shouldRetry: false,
  });
}

/** `message` is for clients, too: it names no path and no address. */
function notThere(error: unknown, retryInMs: number | undefined): GatewayError {
  const cause = (error as { readonly cause?: unknown } | undefined)?.cause;
  const codes = [error, cause].map((each) => (each as { readonly code?: unknown } | undefined)?.code);
  const code = [...new Set(codes.filter((each) => typeof each === 'string'))].join(': ');
  const message = `There is no Lingma to start, and none could be fetched${code === '' ? '' : ` (${code})`}`;
  return new GatewayError('not_ready', message, {
    cause: error,
    ...(retryInMs !== undefined && { retryAfterMs: Math.max(1000, retryInMs) }),
  });
}

function described({ progress, retryInMs }: BinarySource): JsonObject {
  const { state, phase, version, bytes, total, error } = progress;
  return {
    state,
    ...(phase !== undefined && { phase }),
    ...(version !== undefined && { version }),
    ...(bytes !== undefined && { bytes }),
    ...(total !== undefined && { total, percent: total === 0 ? 0 : Math.floor(((bytes ?? 0) / total) * 100) }),
    ...(error !== undefined && { error: { ...error } }),
    ...(state === 'failed' &&
      retryInMs !== undefined && { next_retry_at: new Date(Date.now() + retryInMs).toISOString() }),
  };
}

/** The settings as the bootstrap takes them. @throws GatewayError `not_ready` */
export async function bootstrapOptions(
  { lingma, bootstrap }: GatewayConfig,
  { env, logger, mayFetch }: Omit<ProgramSourceOptions, 'loaded'>,
): Promise<BootstrapOptions> {
  const { isPublicAddress } = await loadAddressGuard();
  const { file, marketplaceUrl, publisher, extension, always, forceRefresh, proxy, ...rest } = bootstrap;
  const source = bootstrap.source ?? (file === undefined ? 'marketplace' : 'file');
  return {
    ...rest,
    dataDir: resolve(lingma.dataDir),
    source: mayFetch ? source : 'none',
    marketplace: { url: marketplaceUrl, publisher, extension },
    file: file === undefined ? undefined : resolve(file),
    always: always && mayFetch,
    force: forceRefresh && mayFetch,
    proxy: proxiesOf(env, proxy?.reveal()),
    env,
    homedir: homedir(),
    isPublicAddress,
    clock: systemClock,
    logger,
  };
}

function proxiesOf(env: ProgramSourceOptions['env'], own: string | undefined): NonNullable<BootstrapOptions['proxy']> {
  if (own !== undefined) return { http: own, https: own };
  const [http, https, no] = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map(
    (name) => env[name.toLowerCase()]?.trim() || env[name]?.trim(),
  );
  return { ...(http && { http }), ...(https && { https }), ...(no && { no }) };
}
