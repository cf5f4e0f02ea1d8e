/** What the settings say of a client of Lingma: where one that runs is looked for, and how it is spoken with. */
import { homedir } from 'node:os';
import type { GatewayConfig } from '../../config/index.js';
import type { DiscoveryOptions, LingmaClientOptions, NativeToolRunner } from '../../lingma/index.js';
import { type Clock, DEFAULT_LIMITS, type Logger } from '../../util/index.js';
import { usersShell } from './users-shell.js';

/** What the clients of a composed gateway share. */
export interface ClientSources {
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly nativeToolRunner?: NativeToolRunner | undefined;
}

/** Where a running Lingma is looked for. */
export function discoveryOptions({ lingma }: GatewayConfig, env: ClientSources['env'] = {}): DiscoveryOptions {
  const { wsUrl, socketPort, pipe, socket, infoFile, workDir } = lingma;
  const explicit = { wsUrl, socketPort, pipe, socket, infoFile, workDir };
  return { platform: process.platform, homedir: homedir(), env, transport: transportOf(lingma), explicit };
}

/** Standard streams are an agent's alone; a Lingma beside it is reached by any way. */
export const transportOf = ({ transport }: GatewayConfig['lingma']): DiscoveryOptions['transport'] =>
  transport === 'stdio' ? 'auto' : transport;

/** How each Lingma of the settings is spoken with, wherever it is. */
export function clientOptions(config: GatewayConfig, sources: ClientSources): LingmaClientOptions {
  const { admission, lingma, models } = config;
  const shellType = lingma.shellType ?? usersShell(process.platform, sources.env?.SHELL);
  return {
    ...(lingma.bin !== undefined && { bin: lingma.bin }),
    ...(lingma.framing !== 'auto' && { framing: lingma.framing }),
    dialect: lingma.dialect,
    mode: lingma.mode,
    sessionMode: lingma.sessionMode,
    spareSessions: lingma.spareSessions,
    ...(models.defaultModel !== undefined && { model: models.defaultModel }),
    ...(lingma.cwd !== undefined && { cwd: lingma.cwd }),
    ...(shellType !== undefined && { shellType }),
    currentFilePath: lingma.currentFilePath,
    nativeTools: lingma.nativeTools,
    ...(sources.nativeToolRunner !== undefined && { nativeToolRunner: sources.nativeToolRunner }),
    maxConnections: lingma.maxConnections,
    turnsPerConnection: lingma.turnsPerConnection,
    queueTimeoutMs: admission.queueTimeoutMs,
    deadlines: {
      connectMs: lingma.startupTimeoutMs || DEFAULT_LIMITS.connectMs,
      setupMs: lingma.rpcTimeoutMs,
      firstEventMs: lingma.firstEventTimeoutMs,
      idleMs: lingma.idleTimeoutMs,
      totalMs: lingma.totalTimeoutMs,
    },
    logger: sources.logger,
    ...(sources.clock !== undefined && { clock: sources.clock }),
  };
}
