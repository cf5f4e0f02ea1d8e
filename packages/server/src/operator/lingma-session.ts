/**
 * For commands that use Lingma once and end: settings, a quiet logger, a client, and everything closed again. Where no
 * Lingma is found, a gateway that runs on the configured port is asked in its place: it may have one, or simulate one.
 */
import { areProcessesTaken, GatewayError, type Logger } from '@lingma-gateway/core';
import type { LoadedConfig } from '@lingma-gateway/core/config';
import { type Composition, compose, speaksOfLingma } from '../compose/compose.js';
import { createLogger } from '../log/logger.js';
import { findRunningGateway, type RunningGateway } from '../serve/running-gateway.js';
import { logWarnings } from '../serve/start-server.js';
import type { CommandLine } from '../settings/command-line.js';
import { loadSettings } from '../settings/setting-flags.js';
import type { Terminal } from '../terminal/terminal.js';

export interface LingmaSession {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  readonly composition: Composition;
  /** Present where no Lingma was found or spoken of, but a gateway runs. */
  readonly runningGateway?: RunningGateway;
}

/**
 * The settings of a command that does not listen. What is only wrong for one that does (a host without keys) is no
 * concern of it, so its host is kept apart.
 *
 * @throws ConfigError, UsageError
 */
export function loadClientSettings(flags: CommandLine['flags'], terminal: Terminal): LoadedConfig {
  const loaded = loadSettings({ ...flags, host: '127.0.0.1' }, terminal);
  const { config, origins } = loadSettings({ ...flags, 'allow-anonymous': true, 'native-tools': 'refuse' }, terminal);
  return {
    ...loaded,
    origins: { ...loaded.origins, 'server.host': origins['server.host'] ?? { kind: 'default' } },
    config: { ...loaded.config, server: { ...loaded.config.server, host: config.server.host } },
  };
}

/** Runs `use` and closes what was opened. Tells on stderr when answers are simulated, or come from elsewhere. */
export async function withLingma<T>(
  loaded: LoadedConfig,
  terminal: Terminal,
  use: (session: LingmaSession) => Promise<T>,
): Promise<T> {
  const { env, language, text, errorStyle } = terminal;
  const { server, auth } = loaded.config;
  // A person reads what such a command prints; the log only gets in the way unless it was asked for.
  const isDefaultLevel = loaded.origins['server.logLevel']?.kind === 'default';
  const logger = createLogger(isDefaultLevel ? 'error' : server.logLevel, {
    format: server.logFormat,
    env,
    withContents: loaded.config.debug.bodies,
  });
  logWarnings(loaded, logger);
  const named = auth.keys.find(({ key, disabled }) => key !== undefined && disabled !== true);
  const key = env.LINGMA_GATEWAY_KEY ?? (auth.clientKeys[0] ?? named?.key)?.reveal();
  // Processes of its own cannot be had twice: where a gateway has them, it is the one to ask.
  const areTaken = server.demo !== true && (await areProcessesTaken(loaded.config, loaded.origins));
  const other = areTaken ? await findRunningGateway(server, key) : undefined;
  const composition = await compose({
    ...{ loaded, logger, env, language, demoWhenAbsent: false },
    ...(other !== undefined && { instead: new GatewayError('not_ready', text.session.othersLingma(other.url)) }),
  });
  if (composition.demo !== undefined) terminal.printError(`${errorStyle.yellow(text.session.simulated)}\n`);
  try {
    const finding = await composition.finding;
    const mayAskAnother = !finding.found && finding.absent && !speaksOfLingma(loaded);
    const runningGateway = mayAskAnother ? await findRunningGateway(server, key) : other;
    return await use({ loaded, logger, composition, ...(runningGateway !== undefined && { runningGateway }) });
  } finally {
    await composition.close({ graceMs: 0 });
  }
}

/**
 * For commands that cannot do anything without a Lingma. Says on stderr when a gateway is asked in its place, and what
 * can be done where there is neither.
 *
 * @throws GatewayError
 */
export async function withSomeLingma<T>(
  command: string,
  flags: CommandLine['flags'],
  terminal: Terminal,
  use: {
    readonly lingma: (session: LingmaSession) => Promise<T>;
    readonly gateway: (gateway: RunningGateway) => Promise<T>;
  },
): Promise<T> {
  const { text, errorStyle } = terminal;
  const say = (line: string): void => terminal.printError(`${errorStyle.dim(line)}\n`);
  return withLingma(loadClientSettings(flags, terminal), terminal, async (session) => {
    const { composition, runningGateway } = session;
    if (runningGateway !== undefined) {
      say(text.session.throughGateway(runningGateway.url));
      try {
        return await use.gateway(runningGateway);
      } catch (error) {
        if (GatewayError.isInstance(error) && error.code === 'unauthenticated') {
          say(text.session.keyNeeded(runningGateway.url));
        }
        throw error;
      }
    }
    const finding = await composition.finding;
    if (!finding.found && finding.absent) {
      say(text.session.tryDemo(command));
      throw finding.error;
    }
    return use.lingma(session);
  });
}
