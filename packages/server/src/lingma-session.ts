/** For commands that use Lingma once and end: settings, a quiet logger, a client, and everything closed again. */
import type { Logger } from '@lingma-gateway/core';
import type { LoadedConfig } from '@lingma-gateway/core/config';
import type { ArgsDef } from 'citty';
import { type Composition, compose } from './compose.js';
import { createLogger } from './logger.js';
import { loadSettings, settingArgs } from './setting-args.js';
import { logWarnings } from './start-server.js';

/** The settings that concern Lingma, `--demo` and `--log-level`. */
export function lingmaArgs(): ArgsDef {
  const { demo, 'log-level': logLevel } = settingArgs('server');
  return {
    ...settingArgs('lingma', 'models'),
    ...(demo !== undefined && { demo: { ...demo, description: 'Use the bundled simulator. (LINGMA_GATEWAY_DEMO)' } }),
    ...(logLevel !== undefined && {
      'log-level': { ...logLevel, description: 'How much to log on stderr. Default: error.' },
    }),
  };
}

export interface LingmaSession {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  readonly composition: Composition;
}

/** The settings of a command that does not listen: where the server would is no concern of it. @throws ConfigError */
export const loadClientSettings = (args: Readonly<Record<string, unknown>>): LoadedConfig =>
  loadSettings({ ...args, host: '127.0.0.1' }, process.env);

/** Runs `use` and closes what was opened. Tells on stderr when answers are simulated. */
export async function withLingma<T>(loaded: LoadedConfig, use: (session: LingmaSession) => Promise<T>): Promise<T> {
  // A person reads what such a command prints; the log only gets in the way unless it was asked for.
  const isDefaultLevel = loaded.origins['server.logLevel']?.kind === 'default';
  const logger = createLogger(isDefaultLevel ? 'error' : loaded.config.server.logLevel);
  logWarnings(loaded, logger);
  const composition = await compose({ loaded, logger, env: process.env, demoWhenAbsent: false });
  if (composition.demo !== undefined) process.stderr.write('Bundled simulator: ANSWERS ARE SIMULATED.\n');
  try {
    return await use({ loaded, logger, composition });
  } finally {
    await composition.close({ graceMs: 0 });
  }
}
