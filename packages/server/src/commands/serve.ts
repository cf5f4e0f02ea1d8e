/** `lingma-gateway serve`: listen, say what answers, and stop well. */
import type { Logger } from '@lingma-gateway/core';
import { defineCommand } from 'citty';
import { announcement } from '../announcement.js';
import type { Composition } from '../compose.js';
import { messageOf } from '../lingma-finding.js';
import { createLogger } from '../logger.js';
import { loadSettings, settingArgs } from '../setting-args.js';
import { logWarnings, openServer, type RunningServer } from '../start-server.js';
import { stopOnSignals } from '../stop-on-signals.js';

export const serve = defineCommand({
  meta: { name: 'serve', description: 'Serve OpenAI and Anthropic APIs in front of Lingma (the default command)' },
  args: settingArgs(),
  async run({ args }) {
    const loaded = loadSettings(args, process.env);
    const { config } = loaded;
    const logger = createLogger(config.server.logLevel);
    logWarnings(loaded, logger);
    // Before the server is there, nothing of it has to be waited for.
    let running: RunningServer | undefined;
    stopOnSignals({
      close: async () => running?.close(),
      log: (message) => logger.info(message),
      env: process.env,
    });
    const { server, composition } = await openServer({ loaded, env: process.env, logger, demoWhenAbsent: true });
    running = server;
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
