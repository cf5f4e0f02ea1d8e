/** What a managed process is made of, and what it tells: its options with their defaults, its events, its status. */
import { resolve } from 'node:path';
import type { GatewayError } from '../../chat/index.js';
import {
  CLOCK_RULE,
  type Clock,
  LOGGER_RULE,
  type Logger,
  listOf,
  type OptionRules,
  silentLogger,
  systemClock,
  withMethods,
} from '../../util/index.js';
import type { TransportChoice } from '../discovery/discovery-options.js';
import type { BundleSource } from './login/inject-bundle.js';
import type { OutputLine } from './output/process-output.js';
import type { PortPair } from './system/free-ports.js';

/** Where the program comes from. */
export interface BinaryPort {
  /** An absolute path. */
  locate(signal: AbortSignal): Promise<string>;
  /** Puts right what the process complains about. `true`: it did, and the process is to be started anew. */
  repair?(reason: 'extension-runtime-missing', signal: AbortSignal): Promise<boolean>;
}

/** What a {@link ManagedProcess} is started with. */
export interface ManagedProcessOptions {
  /** For the log. */
  readonly name: string;
  /** Its state folder; made when it is not there. One gateway a folder. */
  readonly workDir: string;
  readonly binary: BinaryPort;
  /** What its environment is made of, usually `process.env`: without what holds secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that hold secrets beyond those whose names say so (`…_API_KEY`, `…_TOKEN`, `…_PASSWORD`). */
  readonly secretVariables?: readonly string[];
  /** WebSocket port to have where it is free. Default: any. */
  readonly wishedPort?: number;
  /** A work folder whose login is copied when {@link workDir} has none yet. */
  readonly loginFrom?: string;
  /** A login to put into the work folder before the first start, where that has none. Comes before {@link loginFrom}. */
  readonly sessionBundle?: BundleSource;
  /** Further arguments. */
  readonly args?: readonly string[];
  readonly endpoint?: string;
  /** Default `auto`. */
  readonly transport?: TransportChoice;
  /** Milliseconds until it must have answered `initialize`. Default 40 000. */
  readonly startupMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export const PROCESS_RULES: OptionRules<ManagedProcessOptions> = {
  name: 'string',
  workDir: 'text',
  binary: withMethods('locate'),
  env: 'object',
  secretVariables: listOf('string'),
  wishedPort: 'count',
  loginFrom: 'text',
  sessionBundle: 'any',
  args: listOf('string'),
  endpoint: 'string',
  transport: ['auto', 'pipe', 'websocket'],
  startupMs: 'count',
  clock: CLOCK_RULE,
  logger: LOGGER_RULE,
};

/** The end of a process that nobody had asked for. */
export interface ProcessExit {
  /** `not_ready`; the cause holds the last lines of its output. */
  readonly error: GatewayError;
  /** It had not answered by then. */
  readonly beforeReady: boolean;
  /** It ends as soon as it is started, or is no program for this machine. */
  readonly permanent: boolean;
}

/** What a process of one's own tells, by event. */
export interface ManagedProcessEvents {
  /** It ended and nobody had asked it to. */
  readonly exit: ProcessExit;
  readonly line: OutputLine;
  /** {@link BinaryPort.repair} has succeeded: a start is due. */
  readonly repaired: undefined;
}

/** What is known of a process of one's own. */
export interface ManagedProcessStatus {
  readonly pid?: number;
  /** Left over by a gateway that died, and taken over. */
  readonly adopted?: boolean;
  /** Starts after the first. */
  readonly restarts: number;
  readonly address?: string;
  readonly ports?: PortPair;
  /** Of the present or the last run: up to 200 lines and 64 KiB, without tokens. Not for clients. */
  readonly lastOutput: readonly string[];
  readonly extensionRuntime?: 'ok' | 'missing';
}

export type ProcessSettings = Required<Omit<ManagedProcessOptions, OptionalSetting>> &
  Pick<ManagedProcessOptions, OptionalSetting>;

type OptionalSetting = 'wishedPort' | 'endpoint' | 'loginFrom' | 'sessionBundle';

const STARTUP_MS = 40_000;

export function resolveProcess(options: ManagedProcessOptions): ProcessSettings {
  const { clock = systemClock, logger = silentLogger, startupMs = STARTUP_MS } = options;
  return {
    ...{ secretVariables: [], args: [], transport: 'auto' },
    ...options,
    ...{ clock, startupMs, workDir: resolve(options.workDir), logger: logger.child({ instance: options.name }) },
  };
}
