/** Options of the client with their defaults. */
import type { SessionMode } from '../../chat/index.js';
import {
  CLOCK_RULE,
  type Clock,
  DEFAULT_LIMITS,
  LOGGER_RULE,
  type Logger,
  type OptionRules,
  silentLogger,
  systemClock,
  withMethods,
} from '../../util/index.js';
import type { DialectName, TurnMode } from '../protocol/dialect-name.js';
import type { NativeToolRunner } from '../turn/native-tools/native-tool-runner.js';
import type { TurnDeadlines } from '../turn/turn-contract.js';

/** All in milliseconds. */
export interface ClientDeadlines extends TurnDeadlines {
  /** Reaching the process and `initialize`. */
  readonly connectMs: number;
  /** Preparing a turn: dialect, models, `session/new`, `session/set_model`. */
  readonly setupMs: number;
}

/**
 * What becomes of Lingma's own tools that are none of the caller's: refused, refused and told to the caller (`report`), or
 * allowed and run on this machine.
 */
export type NativeToolPolicy = 'refuse' | 'report' | 'run';
/** How a client speaks with its process. */
export interface ClientBehaviour {
  /** How to talk to the process. Default `auto`: ACP where the process has it, else LSP chat. */
  readonly dialect?: DialectName | 'auto';
  /** Milliseconds `session/new` may take before the process counts as one without ACP. Default 5000, at most half of `deadlines.setupMs`. */
  readonly detectMs?: number;
  /** Default `chat`. */
  readonly mode?: TurnMode;
  /** Default `auto`, which for a client alone is `fresh`: a session for each turn, deleted afterwards. */
  readonly sessionMode?: SessionMode;
  /**
   * While turns come fast one after the other, sessions for the next ones are made beside those that run, two a connection at most,
   * and deleted after half a second in which nobody came for them. In ACP alone, and never of a standard agent. Default true.
   */
  readonly spareSessions?: boolean;
  /** Model for turns that name none, or none that is known: key or display name. */
  readonly model?: string;
  /** Folder the process works in; must exist. Default: the current one. */
  readonly cwd?: string;
  /** The file "open in the editor", as the process is told. Default none. */
  readonly currentFilePath?: string;
  /** `bash`, `zsh`, `powershell`. Default by platform. */
  readonly shellType?: string;
  /** Connections open at a time; 0: as many as are needed. Default 256. */
  readonly maxConnections?: number;
  /**
   * Turns that share a connection. Default 1. More are for a process that is known to keep parallel turns apart: a slow
   * reader then holds nobody up, and what it leaves is kept, up to 32 MiB a turn.
   */
  readonly turnsPerConnection?: number;
  /** Milliseconds a turn may wait for a connection while others use all that can be had. Default 30 000. */
  readonly queueTimeoutMs?: number;
  /** Milliseconds after which unused connections are closed, all but one. Default 60 000. */
  readonly idleCloseMs?: number;
  /**
   * Defaults: connect and setup 15 s, first event and idle 120 s, total 15 minutes; a total of 0 or `Infinity` is no
   * limit.
   */
  readonly deadlines?: Partial<ClientDeadlines>;
  /**
   * Default `refuse`. `report`: refused too, and told to the caller as calls that ran upstream. `run`: the process may run its own
   * tools, and those it leaves to its client are run by `nativeToolRunner`, which is needed then. For loopback alone: whoever can
   * send a prompt can then run commands. Each call leaves a line `native tool` in the log.
   */
  readonly nativeTools?: NativeToolPolicy;
  /** What runs them, `createHostTools()` of `@lingma-gateway/host-tools` for one. Unused unless `nativeTools` is `run`. */
  readonly nativeToolRunner?: NativeToolRunner;
  /** How the user signs in with a standard ACP agent, for the error that says that nobody has. Default: as the agent says. */
  readonly signIn?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export type ClientSettings = Required<
  Omit<ClientBehaviour, 'model' | 'deadlines' | 'nativeTools' | 'nativeToolRunner' | 'signIn'>
> & {
  readonly signIn: string | undefined;
  readonly model: string | undefined;
  readonly reportNativeTools: boolean;
  /** Present: native tools are run. */
  readonly nativeToolRunner: NativeToolRunner | undefined;
  readonly deadlines: ClientDeadlines;
};

const DEADLINES: ClientDeadlines = {
  connectMs: DEFAULT_LIMITS.connectMs,
  setupMs: DEFAULT_LIMITS.setupMs,
  firstEventMs: DEFAULT_LIMITS.firstEventMs,
  idleMs: DEFAULT_LIMITS.idleMs,
  totalMs: DEFAULT_LIMITS.totalMs,
};

export const BEHAVIOUR_RULES: OptionRules<ClientBehaviour> = {
  dialect: ['auto', 'acp', 'lsp-chat'],
  detectMs: 'count',
  mode: ['chat', 'agent'],
  sessionMode: ['auto', 'reuse', 'fresh'],
  spareSessions: 'boolean',
  model: 'string',
  cwd: 'text',
  currentFilePath: 'string',
  shellType: 'text',
  maxConnections: 'count',
  turnsPerConnection: 'count',
  queueTimeoutMs: 'count',
  idleCloseMs: 'count',
  deadlines: {
    connectMs: 'count',
    setupMs: 'count',
    firstEventMs: 'count',
    idleMs: 'count',
    totalMs: 'count',
  } satisfies OptionRules<ClientDeadlines>,
  nativeTools: ['refuse', 'report', 'run'],
  nativeToolRunner: withMethods('begin'),
  signIn: 'string',
  logger: LOGGER_RULE,
  clock: CLOCK_RULE,
};

/** @throws TypeError when native tools are to be run and nothing is there to run them */
export function resolveSettings(options: ClientBehaviour): ClientSettings {
  const deadlines = deadlinesOf(options.deadlines);
  const { nativeTools, nativeToolRunner } = options;
  if (nativeTools === 'run' && nativeToolRunner === undefined) {
    throw new TypeError(
      "nativeTools is 'run', which needs a nativeToolRunner, such as createHostTools() of @lingma-gateway/host-tools",
    );
  }
  return {
    dialect: options.dialect ?? 'auto',
    detectMs: options.detectMs ?? Math.min(5000, deadlines.setupMs / 2),
    mode: options.mode ?? 'chat',
    sessionMode: options.sessionMode ?? 'auto',
    spareSessions: options.spareSessions ?? true,
    model: options.model,
    cwd: options.cwd ?? process.cwd(),
    currentFilePath: options.currentFilePath ?? '',
    shellType: options.shellType ?? (process.platform === 'win32' ? 'powershell' : 'bash'),
    maxConnections: (options.maxConnections ?? DEFAULT_LIMITS.maxConnections) || Number.POSITIVE_INFINITY,
    turnsPerConnection: options.turnsPerConnection ?? 1,
    queueTimeoutMs: options.queueTimeoutMs ?? DEFAULT_LIMITS.queueTimeoutMs,
    idleCloseMs: options.idleCloseMs ?? 60_000,
    deadlines,
    signIn: options.signIn,
    reportNativeTools: nativeTools === 'report',
    nativeToolRunner: nativeTools === 'run' ? nativeToolRunner : undefined,
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
  };
}

/** 0 is no limit, but for connecting: a process that never answers must not keep everybody waiting. */
function deadlinesOf(given: ClientBehaviour['deadlines']): ClientDeadlines {
  const { connectMs, ...limits } = { ...DEADLINES, ...given };
  const unlimited = Object.entries(limits).map(([name, ms]) => [name, ms === 0 ? Number.POSITIVE_INFINITY : ms]);
  return { connectMs, ...(Object.fromEntries(unlimited) as typeof limits) };
}
