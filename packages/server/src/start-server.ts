/** A listening gateway and its end: what `serve` does, for programs too. */
import { type Logger, preloadGateway } from '@lingma-gateway/core';
import {
  type ConfigFile,
  type GatewayConfig,
  isLoopbackHost,
  type Language,
  type LoadedConfig,
  loadConfig,
} from '@lingma-gateway/core/config';
import { type NodeHandler, toNodeHandler } from '@lingma-gateway/node';
import { type Composition, compose, speaksOfLingma } from './compose.js';
import { listen } from './listen.js';
import { createLogger } from './logger.js';
import { openFilesLimit, withinOpenFiles } from './open-files-limit.js';
import { readTextFile } from './read-text-file.js';
import { messagesIn } from './text/messages.js';

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

export interface RunningServer {
  /** `http://127.0.0.1:8317`, with the real port. */
  readonly url: string;
  readonly port: number;
  /** Lets requests finish for `graceMs` (default: the configured time), then cuts them off. Idempotent. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
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
  const loaded = loadConfig({
    env,
    readFile: readTextFile,
    ...(flags !== undefined && { flags }),
    ...(file !== undefined && { file }),
  });
  const { logLevel, logFormat } = loaded.config.server;
  const logger =
    options.logger ?? createLogger(logLevel, { format: logFormat, withContents: loaded.config.debug.bodies });
  logWarnings(loaded, logger);
  const { server } = await openServer({ loaded, env, logger, demoWhenAbsent: false });
  return server;
}

export interface OpenServerOptions {
  readonly loaded: LoadedConfig;
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
  const { host, port, drainTimeoutMs } = config.server;
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
  const bound = withinOpenFiles(config.lingma.maxConnections, openFilesLimit(), mayBeDemo(options));
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
  try {
    const lingma = { ...config.lingma, maxConnections: bound.maxConnections };
    composition = await compose({ ...options, loaded: { ...options.loaded, config: { ...config, lingma } } });
  } catch (error) {
    listening.destroy();
    throw error;
  }
  handler = toNodeHandler(composition.gateway.fetch, {
    onError: (cause) => options.logger.error('a response could not be sent', { cause }),
  });
  provide(handler);
  // Behind the first answer.
  preloadGateway({ tokenCounter: config.models.tokenCounter }).catch((cause) =>
    options.logger.warn('not everything could be loaded', { cause }),
  );

  let closing: Promise<void> | undefined;
  const closeAll = async (graceMs: number): Promise<void> => {
    // Whoever comes now hears that it is about to stop, as long as there are streams to wait for.
    listening.dismiss();
    await composition.close({ graceMs });
    // Aborted streams still write their error frames; after that nothing is worth waiting for.
    await listening.drain(LAST_WORDS_MS);
    listening.destroy();
  };
  const server: RunningServer = {
    url: listening.url,
    port: listening.port,
    close({ graceMs = drainTimeoutMs } = {}) {
      closing ??= closeAll(graceMs);
      return closing;
    },
    kill: () => composition.gateway.kill(),
  };
  return { server, composition };
}

/** Whether clients must send a key. */
export const hasClientKeys = ({ auth }: GatewayConfig): boolean => auth.clientKeys.length + auth.keys.length > 0;

/** Whether both ends of a connection to Lingma may lie in this process. */
function mayBeDemo({ loaded, demoWhenAbsent }: OpenServerOptions): boolean {
  return loaded.config.server.demo ?? (demoWhenAbsent && !speaksOfLingma(loaded));
}

const LAST_WORDS_MS = 1000;

export function logWarnings({ warnings }: LoadedConfig, logger: Logger): void {
  for (const { subject, message } of warnings) logger.warn(message, { setting: subject });
}
