/** `lingma-gateway serve`: listen, say what answers, and stop well. */
import type { Logger } from '@lingma-gateway/core';
import { defineCommand } from 'citty';
import { announcement } from '../announcement.js';
import type { Composition } from '../compose.js';
import { keepServing } from '../last-resort.js';
import { messageOf } from '../lingma-finding.js';
import { createLogger } from '../logger.js';
import { scrubSecrets } from '../scrub-secrets.js';
import { loadSettings, settingArgs } from '../setting-args.js';
import { logWarnings, openServer, type RunningServer } from '../start-server.js';

export const serve = defineCommand({
  meta: { name: 'serve', description: 'Serve OpenAI and Anthropic APIs in front of Lingma (the default command)' },
  args: settingArgs(),
  async run({ args }) {
    const loaded = loadSettings(args, process.env);
    const { config } = loaded;
    const logger = createLogger(config.server.logLevel);
    logWarnings(loaded, logger);
    const scrubbed = scrubSecrets();
    if (config.lingma.nativeTools !== 'refuse' && scrubbed.found && !scrubbed.hidden) {
      logger.warn("Commands of Lingma's can read the keys this process was started with: keep them in a file instead");
    }
    const { server, composition } = await openServer({ loaded, env: process.env, logger, demoWhenAbsent: true });
    keepServing(logger, process);
    stopOnSignals(server, (message) => logger.info(message));
    const finding = await composition.finding;
    const models = finding.found ? await modelsOf(composition, logger) : { modelsFailure: 'Lingma is not there' };
    process.stdout.write(
      announcement({
        url: server.url,
        finding,
        ...(composition.demo !== undefined && { demo: composition.demo }),
        ...models,
        needsKey: config.auth.clientKeys.length > 0,
        platform: process.platform,
      }),
    );
  },
});

async function modelsOf({ gateway }: Composition, logger: Logger) {
  try {
    const { signal } = new AbortController();
    return { models: await gateway.channel.listModels({ requestId: 'serve', signal, logger }) };
  } catch (error) {
    return { modelsFailure: messageOf(error) };
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** The first signal lets requests finish, the second ends them. */
function stopOnSignals(server: RunningServer, log: (message: string) => void): void {
  let stopping = false;
  const stop = (signal: keyof typeof EXIT_CODES): void => {
    if (stopping) process.exit(EXIT_CODES[signal]);
    stopping = true;
    log(`${signal}: requests may finish, a second signal ends them`);
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
}
