/** The port by which the operator's routes reach what stands around the gateway: its settings, its instances. */
import type { LoginStateName, LoginWay } from '../lingma/index.js';
import type { JsonObject, JsonValue } from '../util/index.js';
import type { KeyAdmin } from './access/key-admin.js';
import type { ChannelAdmin } from './channel-admin.js';

/** What the operator's routes steer and show; what is absent has no route. */
export interface GatewayAdmin {
  /** The settings in effect, each with its origin, secrets hidden; and what was warned about. */
  effectiveConfig?(): JsonObject;
  /**
   * Reads the settings anew and takes over what can be taken over. All or nothing.
   *
   * @throws GatewayError `invalid_request` with every problem, when nothing has changed
   */
  reload?(): ReloadResult | Promise<ReloadResult>;
  readonly instances?: InstanceAdmin;
  /** Client keys that are made and changed at run time. */
  readonly keys?: KeyAdmin;
  readonly login?: LoginAdmin;
  readonly sessions?: SessionAdmin;
  readonly channels?: ChannelAdmin;
  /** Whether what instances need to start is still being fetched. Default: no. */
  isBootstrapping?(): boolean;
  /** How far that is, or what came of it. */
  bootstrap?(): JsonObject | undefined;
}

/** What became of settings that were read anew. */
export interface ReloadResult {
  /** Settings that are in effect now, as `auth.keys`. */
  readonly changed: readonly string[];
  /** Those whose new values count from the next start on. */
  readonly needsRestart: readonly string[];
}

/** By the instances' names, which are checked before. */
export interface InstanceAdmin {
  /** No new turns; the rest may take as long as its turns do. */
  drain(name: string): Promise<void> | void;
  resume(name: string): Promise<void> | void;
  restart(name: string): Promise<void> | void;
  /** The models as the instance lists them. @throws GatewayError as `Channel.listModels` */
  queryModels(name: string, signal: AbortSignal): Promise<JsonValue>;
}

/** Times in milliseconds since the epoch. Holds nothing that gives access. */
export interface LoginView {
  readonly name: string;
  readonly idx: number;
  /** The account's user name, masked. Absent: it has none. */
  readonly user?: string;
  readonly loggedIn: boolean;
  readonly state: LoginStateName;
  readonly way?: string;
  /** Of the login that runs, or of the last one. */
  readonly id?: string;
  readonly attempt?: number;
  readonly maxAttempts: number;
  readonly startedAt?: number;
  readonly expiresAt?: number;
  readonly lastError?: { readonly code: string; readonly message: string };
  readonly organisations?: readonly { readonly id: string; readonly name: string }[];
  readonly nextRetryAt?: number;
}

/** How an operator wants somebody signed in. */
export interface LoginStart {
  /** Default `auto`. */
  readonly way?: LoginWay;
  readonly headed?: boolean;
  /** Although somebody is signed in. */
  readonly force?: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** A login that an operator has begun, as far as it has come. */
export interface LoginStarted {
  readonly instance: string;
  readonly state: LoginStateName;
  readonly id?: string;
  readonly expiresAt?: number;
  /** Where a person is to sign in; told once. */
  readonly loginUrl?: string;
}

/** By the instances' names. @throws GatewayError `instance_not_found` */
export interface LoginAdmin {
  /** Whether logins begin by themselves. */
  readonly enabled: boolean;
  list(): readonly LoginView[];
  view(name: string): LoginView;
  /** The instance that most needs it. @throws GatewayError `instance_not_running` */
  pick(): string;
  /**
   * Begins one, or tells of the one that runs, or that somebody is signed in.
   *
   * @throws GatewayError `instance_not_running`, `no_login_way`, `upstream_error`
   */
  start(name: string, options: LoginStart): Promise<LoginStarted>;
  /** @throws GatewayError `no_such_flow`, `login_flow_expired`, `bad_callback_url`, `login_nonce_used`, `not_ready` */
  callback(id: string, url: string): Promise<LoginView>;
  /** `false`: none runs. */
  cancel(name: string): boolean;
  /** @throws GatewayError `instance_not_running` */
  logout(name: string, signal: AbortSignal): Promise<void>;
}

/** A login as a session bundle: a credential. */
export interface ExportedSession {
  readonly instance: string;
  readonly text: string;
  /** Of the decoded bundle, as {@link sha256}. */
  readonly bytes: number;
  readonly files: readonly string[];
  readonly sha256: string;
}

/** Takes a signed-in session out of an instance, and puts one in. */
export interface SessionAdmin {
  /** @throws GatewayError `instance_not_running`, `not_logged_in` */
  export(name: string, principal: string, signal: AbortSignal): Promise<ExportedSession>;
  /** @throws GatewayError `bad_session_bundle`, `instance_not_running`, `not_logged_in` */
  import(
    name: string,
    text: string,
    principal: string,
    signal: AbortSignal,
  ): Promise<Pick<ExportedSession, 'instance' | 'files' | 'sha256'>>;
}
