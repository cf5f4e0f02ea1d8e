/** `lingma-gateway serve`: listen, say what answers, and stop well. */
import type { Logger } from '@lingma-gateway/core';
import { ConfigError, type LoadedConfig } from '@lingma-gateway/core/config';
import type { Composition } from '../compose/compose.js';
import { describeError } from '../compose/lingma-finding.js';
import { createLogger } from '../log/logger.js';
import { announcement } from '../serve/announcement.js';
import { collectRequestsYoung } from '../serve/collect-requests.js';
import { keepServing } from '../serve/last-resort.js';
import { reloadOnHangup } from '../serve/reload-on-hangup.js';
import { hasClientKeys, logWarnings, openServer, type RunningServer } from '../serve/start-server.js';
import { stopOnSignals } from '../serve/stop-on-signals.js';
import { type CommandLine, UsageError } from '../settings/command-line.js';
import { scrubSecrets } from '../settings/scrub-secrets.js';
import { loadSettings } from '../settings/setting-flags.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Messages } from '../text/messages.js';
import type { RunCommand } from './run-command.js';

export const serve: RunCommand = async ({ flags }, terminal) => {
  const { env, language, text, style } = terminal;
  collectRequestsYoung();
  // A copy: what is secret leaves the environment, and is still there when the settings are read anew.
  const load = settingsLoader(flags, { ...terminal, env: { ...env } });
  const loaded = loadSettings(flags, terminal);
  const { config } = loaded;
  const logger = createLogger(config.server.logLevel, {
    format: config.server.logFormat,
    env,
    withContents: config.debug.bodies,
  });
  logWarnings(loaded, logger);
  const scrubbed = scrubSecrets();
  if (config.lingma.nativeTools !== 'refuse' && scrubbed.found && !scrubbed.hidden) {
    logger.warn("Commands of Lingma's can read the keys this process was started with: keep them in a file instead");
  }
  // Before the server is there, nothing of it has to be waited for.
  let running: RunningServer | undefined;
  const { stop } = stopOnSignals({
    close: async () => running?.close(),
    kill: () => running?.kill(),
    log: (message) => logger.info(message),
    env,
  });
  const { server, composition } = await openServer({
    loaded,
    load,
    onReload: (next) => logger.setLevel(next.server.logLevel),
    env,
    logger,
    language,
    demoWhenAbsent: true,
  });
  running = server;
  reloadOnHangup({ reload: () => void server.reload(), stop });
  keepServing(logger, process);
  const finding = await composition.finding;
  // Channels serve theirs without a Lingma.
  const hasOthers = composition.gateway.channels.list().some(({ type }) => type !== 'lingma');
  const models =
    finding.found || hasOthers
      ? await modelsOf(composition, logger, text)
      : { modelsFailure: text.banner.lingmaIsNotThere };
  terminal.print(
    announcement({
      url: server.url,
      finding,
      instances: composition.gateway.pool.status().instances,
      ...(composition.demo !== undefined && { demo: composition.demo }),
      // Lists of their upstreams are in by now.
      channels: composition.gateway.channels.list(),
      ...models,
      needsKey: hasClientKeys(config),
      platform: process.platform,
      text,
      style,
    }),
  );
};

/** What cannot even be found is a problem like the others. */
function settingsLoader(flags: CommandLine['flags'], terminal: Terminal): () => LoadedConfig {
  const folder = process.cwd();
  return () => {
    try {
      return loadSettings(flags, terminal, folder);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const problem = { subject: 'config', origin: { kind: 'default' }, message: error.message } as const;
      throw new ConfigError([problem], terminal.language);
    }
  };
}

async function modelsOf({ gateway }: Composition, logger: Logger, text: Messages) {
  try {
    const { signal } = new AbortController();
    return { models: await gateway.channel.listModels({ requestId: 'serve', signal, logger }) };
  } catch (error) {
    return { modelsFailure: describeError(error, text) };
  }
}
