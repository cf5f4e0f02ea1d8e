/** A listening gateway and its end: what `serve` does, for programs too. */
import { type Logger, preloadGateway, type ReloadResult } from '@lingma-gateway/core';
import {
  type ConfigFile,
  type GatewayConfig,
  isLoopbackHost,
  type Language,
  type LoadedConfig,
  loadConfig,
  type RuleViolation,
} from '@lingma-gateway/core/config';
import { type NodeHandler, toNodeHandler } from '@lingma-gateway/node';
import { type Composition, compose, speaksOfLingma } from '../compose/compose.js';
import { type OpenRecords, openRecords } from '../compose/open-records.js';
import { createLogger, type LeveledLogger } from '../log/logger.js';
import { readTextFile } from '../settings/read-text-file.js';
import { messagesIn } from '../text/messages.js';
import { listen } from './listen.js';
import { openFilesLimit, withinOpenFiles } from './open-files-limit.js';

/** What {@link startServer} takes. */
export interface StartServerOptions {
  /** By name without dashes: `{ port: '0', 'ws-url': 'ws://127.0.0.1:36510/' }`. See docs/configuration.md. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** A JSON file's text. Default: none. */
  readonly file?: ConfigFile;
  /** Default: empty. Hand in `process.env` to have the server configured by it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: lines on stderr, at the configured level and in the configured format. */
  readonly logger?: Logger;
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8317`, with the real port. */
  readonly url: string;
  readonly port: number;
  /**
   * Lets requests finish for `graceMs` (default: the configured time), then cuts them off. Until then it listens and tells
   * those who come that it is about to end. Idempotent.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /**
   * Reads the settings anew from where they came, and takes over what counts without a restart: all of it, or nothing.
   *
   * @throws ConfigError with every problem
   */
  reload(): ReloadResult;
  /** Ends processes of its own at once: for when this one ends without `close()`. Never throws. */
  kill(): void;
}

/**
 * Starts the gateway as `lingma-gateway serve` does, without printing. The bundled simulator answers only when the
 * `demo` setting is true; an absent Lingma is looked for again on each request.
 *
 * @throws ConfigError, ListenError
 */
export async function startServer(options: StartServerOptions = {}): Promise<RunningServer> {
  const { flags, env = {}, file } = options;
  const load = (): LoadedConfig =>
    loadConfig({
      env,
      readFile: readTextFile,
      ...(flags !== undefined && { flags }),
      ...(file !== undefined && { file }),
    });
  const loaded = load();
  const { logLevel, logFormat } = loaded.config.server;
  const own =
    options.logger === undefined
      ? createLogger(logLevel, { format: logFormat, withContents: loaded.config.debug.bodies })
      : undefined;
  const logger = options.logger ?? (own as LeveledLogger);
  logWarnings(loaded, logger);
  const { server } = await openServer({
    loaded,
    load,
    env,
    logger,
    demoWhenAbsent: false,
    ...(own !== undefined && { onReload: ({ server: { logLevel: level } }) => own.setLevel(level) }),
  });
  return server;
}

export interface OpenServerOptions {
  readonly loaded: LoadedConfig;
  /** The settings once more, from where they came. @throws ConfigError */
  readonly load: () => LoadedConfig;
  /** Told what is in effect after a reload. */
  readonly onReload?: (config: GatewayConfig) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly demoWhenAbsent: boolean;
  /** Of problems. Default: English. */
  readonly language?: Language;
}

/** @throws ListenError before anything else is started */
export async function openServer(
  options: OpenServerOptions,
): Promise<{ readonly server: RunningServer; readonly composition: Composition }> {
  const { config } = options.loaded;
  const { host, port } = config.server;
  let { drainTimeoutMs } = config.server;
  const needsKey = hasClientKeys(config);
  if (!isLoopbackHost(host) && !needsKey) {
    options.logger.warn('Whoever reaches this address may use your Lingma account: no keys are set', { host });
  }
  // The port is taken first, so that a busy one fails at once; requests that are early wait for the gateway behind it.
  let handler: NodeHandler | undefined;
  let provide: (made: NodeHandler) => void = () => undefined;
  const provided = new Promise<NodeHandler>((resolve) => {
    provide = resolve;
  });
  const openFiles = openFilesLimit();
  const isDemo = mayBeDemo(options);
  const bound = withinOpenFiles(config.lingma.maxConnections, openFiles, isDemo);
  const open = !needsKey && !config.server.allowAnonymous;
  const listening = await listen({
    host,
    port,
    // What the settings allowed for a name's sake holds for the address behind it only.
    loopbackOnly: isLoopbackHost(host) && (open || config.lingma.nativeTools === 'run'),
    ...(bound.connections !== undefined && { connections: bound.connections }),
    text: messagesIn(options.language ?? 'en'),
    handler(incoming, outgoing) {
      if (handler === undefined) provided.then((made) => made(incoming, outgoing));
      else handler(incoming, outgoing);
    },
  });
  let composition: Composition;
  let opened: OpenRecords | undefined;
  try {
    opened = await openRecords(options.loaded, options.logger);
    const fitting = (loaded: LoadedConfig): LoadedConfig => {
      const { lingma } = loaded.config;
      const { maxConnections } = withinOpenFiles(lingma.maxConnections, openFiles, isDemo);
      return { ...loaded, config: { ...loaded.config, lingma: { ...lingma, maxConnections } } };
    };
    composition = await compose({
      ...options,
      mayFetch: true,
      loaded: fitting(options.loaded),
      ...(opened !== undefined && { records: opened.records }),
      settingsSource: {
        load: () => fitting(options.load()),
        rules: [(next) => (listening.isLoopback ? undefined : opensToOthers(next))],
        applied(next) {
          drainTimeoutMs = next.server.drainTimeoutMs;
          options.onReload?.(next);
        },
      },
    });
  } catch (error) {
    await opened?.close();
    listening.destroy();
    throw error;
  }
  if (isLoopbackHost(host) && !needsKey && composition.demo === undefined) {
    options.logger.warn('Every program on this machine may use your Lingma account: no client keys are set', {
      setting: 'auth.clientKeys',
    });
  }
  handler = toNodeHandler(composition.gateway.fetch, {
    onError: (cause) => options.logger.error('a response could not be sent', { cause }),
  });
  provide(handler);
  const notLoaded = (cause: unknown): void => options.logger.warn('not everything could be loaded', { cause });
  // It answers already; whoever waits for the start finds what every request needs there.
  await preloadGateway().catch(notLoaded);
  preloadGateway({
    tokenCounter: config.models.tokenCounter,
    metrics: config.auth.metricsPublic || config.auth.metricsToken !== undefined,
  }).catch(notLoaded);

  let closing: Promise<void> | undefined;
  const closeAll = async (graceMs: number): Promise<void> => {
    const until = performance.now() + graceMs;
    // Listening meanwhile: load balancers ask whether we are ready, and whoever has an open connection is told to leave it.
    await composition.close({ graceMs });
    await opened?.close();
    // Slow readers take what was written for them; streams that were cut off, their error frames.
    await listening.drain(Math.max(LAST_WORDS_MS, until - performance.now()));
    listening.destroy();
  };
  const server: RunningServer = {
    url: listening.url,
    port: listening.port,
    close({ graceMs = drainTimeoutMs } = {}) {
      closing ??= closeAll(graceMs);
      return closing;
    },
    reload: () => composition.gateway.reload(),
    kill: () => composition.gateway.kill(),
  };
  return { server, composition };
}

/** Whether clients must send a key. */
export const hasClientKeys = ({ auth }: GatewayConfig): boolean => auth.clientKeys.length + auth.keys.length > 0;

/** Whoever listens where others come by needs keys, whatever name the address goes by. */
function opensToOthers(config: GatewayConfig): RuleViolation | undefined {
  if (hasClientKeys(config) || config.server.allowAnonymous) return undefined;
  return {
    path: 'auth.clientKeys',
    message: `${config.server.host} can be reached from other machines, and no client keys are left`,
    hint: 'leave one, or pass --allow-anonymous if everyone may use your Lingma account',
    chinese: {
      message: `${config.server.host} 可以从其他机器访问，而客户端密钥已全部去掉`,
      hint: '至少保留一个密钥；若任何人都可以使用你的灵码账号，加上 --allow-anonymous',
    },
  };
}

/** Whether both ends of a connection to Lingma may lie in this process. */
function mayBeDemo({ loaded, demoWhenAbsent }: OpenServerOptions): boolean {
  return loaded.config.server.demo ?? (demoWhenAbsent && !speaksOfLingma(loaded));
}

const LAST_WORDS_MS = 1000;

export function logWarnings({ warnings }: LoadedConfig, logger: Logger): void {
  for (const { subject, message } of warnings) logger.warn(message, { setting: subject });
}
