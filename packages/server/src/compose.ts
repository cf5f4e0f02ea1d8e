/** The composition root: settings in, a gateway with a Lingma behind it out — the real one, or the demo's. */
import { stat } from 'node:fs/promises';
import {
  type ComposedGateway,
  type ComposeOptions,
  composeGateway,
  type GatewayRecords,
  type Logger,
  type NativeToolRunner,
  type SettingsSource,
} from '@lingma-gateway/core';
import {
  ConfigError,
  type GatewayConfig,
  type Language,
  type LoadedConfig,
  lingmaSource,
} from '@lingma-gateway/core/config';
import { type Demo, startDemo } from './demo.js';
import { findLingma, type LingmaFinding } from './lingma-finding.js';
import { loginLoader } from './load-login.js';
import { createProgramSource, type ManagedProgramSource } from './program-source.js';
import { rollOver } from './roll-over.js';
import { messagesIn } from './text/messages.js';
import { VERSION } from './version.js';

export interface Composition {
  readonly gateway: ComposedGateway;
  /** The first look; never rejects. The gateway serves meanwhile. */
  readonly finding: Promise<LingmaFinding>;
  /** Present: answers are simulated. `asked`: by `--demo`, not for want of a Lingma. */
  readonly demo?: { readonly address: string; readonly asked: boolean };
  /** Ends the gateway, the Lingmas of its own and the demo. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

export interface CompositionOptions {
  readonly loaded: Pick<LoadedConfig, 'config' | 'origins' | 'warnings'>;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the simulator may stand in where no Lingma is found and none was spoken of. */
  readonly demoWhenAbsent: boolean;
  /** Of problems. Default: English. */
  readonly language?: Language;
  /** Where the settings are read anew from. */
  readonly settingsSource?: SettingsSource;
  /** Set where another gateway answers: what it says in place of a look for a Lingma, which would start processes. */
  readonly instead?: Error;
  /** Keys made at run time, and usage. Closed by their owner, after this. */
  readonly records?: GatewayRecords;
  /** Whether a Lingma may be downloaded. Default: no. */
  readonly mayFetch?: boolean;
}

/** Never fails for want of a Lingma. @throws ConfigError when the folder to work in is not there */
export async function compose(options: CompositionOptions): Promise<Composition> {
  const { loaded, logger, env, demoWhenAbsent } = options;
  const { config } = loaded;
  await checkFolder(loaded, options.language ?? 'en');
  const nativeToolRunner = config.lingma.nativeTools === 'run' ? await loadHostTools(env) : undefined;
  const shared: ComposeOptions = {
    logger,
    version: VERSION,
    origins: loaded.origins,
    warnings: loaded.warnings,
    login: loginLoader(config, logger, env),
    ...(options.settingsSource !== undefined && { settingsSource: options.settingsSource }),
    ...(nativeToolRunner !== undefined && { nativeToolRunner }),
    ...(options.records !== undefined && { records: options.records }),
  };
  if (config.server.demo === true) return composeDemo(config, shared, true);
  const program = createProgramSource({ loaded, env, logger, mayFetch: options.mayFetch ?? false });
  const ending = new AbortController();
  const rolledOver = (source: SettingsSource): SettingsSource => ({
    ...source,
    load() {
      const next = source.load();
      // Whoever has the settings read anew may have fetched another Lingma, too.
      void rollOverTo(program, gateway, logger, ending.signal);
      return next;
    },
  });
  const gateway = composeGateway(config, {
    ...shared,
    env,
    binary: program,
    ...(options.settingsSource !== undefined && { settingsSource: rolledOver(options.settingsSource) }),
  });
  const { instead } = options;
  const finding: Promise<LingmaFinding> =
    instead === undefined ? findLingma(gateway) : Promise.resolve({ found: false, absent: true, error: instead });
  if (demoWhenAbsent && config.server.demo === undefined && !speaksOfLingma(loaded)) {
    const first = await finding;
    if (!first.found && first.absent) {
      await gateway.close();
      await program.close();
      return composeDemo(config, shared, false);
    }
  }
  return {
    gateway,
    finding,
    async close(closeOptions) {
      ending.abort();
      // A download has no requests to wait for.
      await Promise.all([program.close(), gateway.close(closeOptions)]);
    },
  };
}

async function rollOverTo(
  program: ManagedProgramSource,
  { pool }: ComposedGateway,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (await program.hasChanged(signal)) await rollOver({ pool, logger, signal });
  } catch (cause) {
    if (!signal.aborted) logger.warn('It could not be seen whether there is another Lingma', { cause });
  }
}

/** Lingma would refuse every request with words of its own. */
async function checkFolder({ config, origins }: CompositionOptions['loaded'], language: Language): Promise<void> {
  const text = messagesIn(language);
  const { cwd } = config.lingma;
  if (cwd === undefined) return;
  const isFolder = await stat(cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new ConfigError(
    [
      {
        subject: 'lingma.cwd',
        origin: origins['lingma.cwd'] ?? { kind: 'default' },
        message: text.config.noSuchFolder,
        hint: text.config.mustExist(cwd),
      },
    ],
    language,
  );
}

/** Only where they are wanted: the code that touches files and starts commands is not even read elsewhere. */
async function loadHostTools(env: CompositionOptions['env']): Promise<NativeToolRunner> {
  const { createHostTools } = await import('@lingma-gateway/host-tools');
  return createHostTools({ env });
}

async function composeDemo(config: GatewayConfig, shared: ComposeOptions, asked: boolean): Promise<Composition> {
  const demo: Demo = await startDemo();
  const gateway = composeGateway(config, { ...shared, address: demo.address });
  return {
    gateway,
    finding: findLingma(gateway),
    demo: { address: demo.address, asked },
    async close(options) {
      await gateway.close(options);
      await demo.stop();
    },
  };
}

/**
 * True when the operator has a Lingma in mind: one to start or how to, a place where one is, a domain, accounts. Simulated answers in its
 * place would pass for real ones.
 */
export function speaksOfLingma({ config, origins }: Pick<LoadedConfig, 'config' | 'origins'>): boolean {
  const { args, dedicatedDomainUrl, endpoint, poolDir } = config.lingma;
  // Whoever has other upstreams wants no simulated answers among theirs.
  if (config.channels.upstreamUrl !== undefined || config.channels.list.length > 0) return true;
  if (lingmaSource(config, origins) !== 'discover') return true;
  return args.length > 0 || [dedicatedDomainUrl, endpoint, poolDir].some((value) => value !== undefined);
}
