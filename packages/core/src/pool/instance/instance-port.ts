/** What a pool needs of one Lingma, whatever stands behind it: a process of ours, one of somebody else's, a test's own. */
import type { CallContext, ModelInfo } from '../../chat/index.js';
import type {
  BundleFiles,
  LingmaClientStatus,
  LingmaTurn,
  LingmaTurnStream,
  LoginRequest,
  RawRequestOptions,
} from '../../lingma/index.js';
import type { Clock, JsonObject, JsonValue, Logger } from '../../util/index.js';

/**
 * `stopped`: nothing runs, the next turn starts it. `failed`: given up on for now; a turn tries once more, and so does time.
 */
export type InstanceState = 'stopped' | 'starting' | 'ready' | 'reconnecting' | 'failed' | 'closed';

/** What an instance tells, by event. */
export interface PoolInstanceEvents {
  readonly state: InstanceState;
  /** Logged in, or not any more. */
  readonly login: boolean;
}

/** What else is known of an instance; for people. */
export interface InstanceReport {
  /** Where its process was reached last: for the operator, not for clients. */
  readonly address?: string;
  /** Name and version as the process tells them. */
  readonly server?: string;
  readonly dialect?: string;
  /** How often its process was started again. */
  readonly restarts: number;
  /** Whether a managed process found the part it needs for agents. */
  readonly extensionRuntime?: 'ok' | 'missing';
  readonly lastError?: string;
  /** It is a standard ACP agent. Somebody may have signed in since it said that nobody has: it tells with its next session. */
  readonly isAgent?: true;
  /** What an agent told last beside its answers; not for clients. */
  readonly remarks?: NonNullable<LingmaClientStatus['remarks']>;
}

/** One Lingma of a pool, as the pool uses it. */
export interface PoolInstance {
  /** Its process is ours: started, stopped and killed by us. */
  readonly managed: boolean;
  readonly state: InstanceState;
  /** `undefined`: not asked yet, or the process does not say. */
  readonly loggedIn: boolean | undefined;
  /** {@link loggedIn} is what its last session told; turns are not kept from it. Default false. */
  readonly isAgent?: boolean;
  /** Grows each time the process is lost; sessions of another generation are gone. */
  readonly generation: number;
  /**
   * Until it is ready, logged in or not. Calls share one attempt; an aborted `signal` ends the wait, not the attempt.
   *
   * @throws GatewayError `not_ready` and what else connecting fails with
   */
  start(signal: AbortSignal): Promise<void>;
  /** Ends a managed process, leaves one of somebody else's; `start` brings it back. */
  stop(): Promise<void>;
  /** Starts a managed process anew, connects anew to one of somebody else's. Turns that run on it end. */
  restart(): Promise<void>;
  streamTurn(turn: LingmaTurn, context: CallContext): LingmaTurnStream;
  listModels(context: CallContext): Promise<readonly ModelInfo[]>;
  /** As the process lists them. */
  queryModels(context: CallContext): Promise<JsonValue>;
  /** Calls a method of its process. Absent: it has none. */
  request?(method: string, params: JsonObject, options: RawRequestOptions): Promise<JsonValue>;
  /**
   * Signs in because somebody asks for it. Absent, as the three that follow: it cannot be signed in to.
   *
   * @throws GatewayError `instance_not_running`; what the login fails with
   */
  signIn?(request: LoginRequest): Promise<void>;
  /** @throws GatewayError `instance_not_running`, and what the process refuses with */
  signOut?(signal: AbortSignal): Promise<void>;
  /** The files of its login. @throws GatewayError `instance_not_running`, `not_logged_in` */
  exportSession?(signal: AbortSignal): Promise<BundleFiles>;
  /**
   * Another login in the place of its own: starts its process anew with that, and with the one before where that does not work.
   *
   * @throws GatewayError `instance_not_running` where the process is somebody else's, `not_logged_in`
   */
  importSession?(files: BundleFiles, signal: AbortSignal): Promise<void>;
  /** Deletes a session of its own in the background. */
  discardSession(sessionId: string): void;
  /** Until the sessions that were given up are deleted; a few seconds at the most. Never rejects. */
  settle(): Promise<void>;
  report(): InstanceReport;
  /** Ends its turns with `shutting_down`. Never rejects. */
  close(): Promise<void>;
  /** Ends a managed process at once, without waiting. */
  kill(): void;
  on<Name extends keyof PoolInstanceEvents>(
    event: Name,
    listener: (value: PoolInstanceEvents[Name]) => void,
  ): () => void;
}

/** Where in a pool an instance stands; what its maker goes by. */
export interface InstancePlace {
  readonly name: string;
  readonly index: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The end of the instance in whose place it comes: a process of ours in the same folder starts after that. */
  readonly after?: Promise<void>;
}

/** Makes an instance for its place in a pool. */
export type InstanceFactory = (place: InstancePlace) => PoolInstance;
