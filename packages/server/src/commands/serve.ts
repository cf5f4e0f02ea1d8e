/** `lingma-gateway serve`: listen, say what answers, and stop well. */
import type { Logger } from '@lingma-gateway/core';
import { announcement } from '../announcement.js';
import type { Composition } from '../compose.js';
import { keepServing } from '../last-resort.js';
import { describeError } from '../lingma-finding.js';
import { createLogger } from '../logger.js';
import { scrubSecrets } from '../scrub-secrets.js';
import { loadSettings } from '../setting-flags.js';
import { hasClientKeys, logWarnings, openServer, type RunningServer } from '../start-server.js';
import { stopOnSignals } from '../stop-on-signals.js';
import type { Messages } from '../text/messages.js';
import type { RunCommand } from './run-command.js';

export const serve: RunCommand = async ({ flags }, terminal) => {
  const { env, language, text, style } = terminal;
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
  stopOnSignals({
    close: async () => running?.close(),
    kill: () => running?.kill(),
    log: (message) => logger.info(message),
    env,
  });
  const { server, composition } = await openServer({ loaded, env, logger, language, demoWhenAbsent: true });
  running = server;
  keepServing(logger, process);
  const finding = await composition.finding;
  const models = finding.found
    ? await modelsOf(composition, logger, text)
    : { modelsFailure: text.banner.lingmaIsNotThere };
  terminal.print(
    announcement({
      url: server.url,
      finding,
      instances: composition.gateway.pool.status().instances,
      ...(composition.demo !== undefined && { demo: composition.demo }),
      ...models,
      needsKey: hasClientKeys(config),
      platform: process.platform,
      text,
      style,
    }),
  );
};

async function modelsOf({ gateway }: Composition, logger: Logger, text: Messages) {
  try {
    const { signal } = new AbortController();
    return { models: await gateway.channel.listModels({ requestId: 'serve', signal, logger }) };
  } catch (error) {
    return { modelsFailure: describeError(error, text) };
  }
}
