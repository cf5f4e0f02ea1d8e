/** Options of the client with their defaults. */
import type { SessionMode } from '../../chat/index.js';
import { type Clock, DEFAULT_LIMITS, type Logger, silentLogger, systemClock } from '../../util/index.js';
import type { DialectName, TurnMode } from '../protocol/dialect-name.js';
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
export interface ClientBehaviour {
  /** How to talk to the process. Default `auto`: ACP where the process has it, else LSP chat. */
  readonly dialect?: DialectName | 'auto';
  /** Milliseconds `session/new` may take before the process counts as one without ACP. Default 5000, at most half of `deadlines.setupMs`. */
  readonly detectMs?: number;
  /** Default `chat`. */
  readonly mode?: TurnMode;
  /** Default `auto`, which for a client alone is `fresh`: a session for each turn, deleted afterwards. */
  readonly sessionMode?: SessionMode;
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
   * Default `refuse`. `report`: refused too, and told to the caller as calls that ran upstream. `run`: the process may run its own tools, and those it leaves to its client are run here. Files
   * are confined to `cwd`; commands only start there and have all rights of this user. For loopback alone: whoever can
   * send a prompt can then run commands. Each call leaves a line `native tool` in the log.
   */
  readonly nativeTools?: NativeToolPolicy;
  /** Where `PATH`, `HOME` and `LANG` of those commands are taken from; they see nothing else. Default: plain ones. */
  readonly commandEnv?: Readonly<Record<string, string | undefined>>;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export type ClientSettings = Required<Omit<ClientBehaviour, 'model' | 'deadlines'>> & {
  readonly model: string | undefined;
  readonly deadlines: ClientDeadlines;
};

const DEADLINES: ClientDeadlines = {
  connectMs: DEFAULT_LIMITS.connectMs,
  setupMs: DEFAULT_LIMITS.setupMs,
  firstEventMs: DEFAULT_LIMITS.firstEventMs,
  idleMs: DEFAULT_LIMITS.idleMs,
  totalMs: DEFAULT_LIMITS.totalMs,
};

export function resolveSettings(options: ClientBehaviour): ClientSettings {
  return {
    dialect: options.dialect ?? 'auto',
    detectMs: options.detectMs ?? Math.min(5000, (options.deadlines?.setupMs ?? DEADLINES.setupMs) / 2),
    mode: options.mode ?? 'chat',
    sessionMode: options.sessionMode ?? 'auto',
    model: options.model,
    cwd: options.cwd ?? process.cwd(),
    currentFilePath: options.currentFilePath ?? '',
    shellType: options.shellType ?? (process.platform === 'win32' ? 'powershell' : 'bash'),
    maxConnections: (options.maxConnections ?? DEFAULT_LIMITS.maxConnections) || Number.POSITIVE_INFINITY,
    turnsPerConnection: options.turnsPerConnection ?? 1,
    queueTimeoutMs: options.queueTimeoutMs ?? DEFAULT_LIMITS.queueTimeoutMs,
    idleCloseMs: options.idleCloseMs ?? 60_000,
    deadlines: deadlinesOf(options.deadlines),
    nativeTools: options.nativeTools ?? 'refuse',
    commandEnv: options.commandEnv ?? {},
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
  };
}

function deadlinesOf(given: ClientBehaviour['deadlines']): ClientDeadlines {
  const deadlines = { ...DEADLINES, ...given };
  return deadlines.totalMs === 0 ? { ...deadlines, totalMs: Number.POSITIVE_INFINITY } : deadlines;
}
