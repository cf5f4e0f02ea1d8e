/** The port by which the operator's routes reach what stands around the gateway: its settings, its instances. */
import type { JsonObject, JsonValue } from '../util/index.js';
import type { ChannelAdmin } from './channel-admin.js';

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
  readonly channels?: ChannelAdmin;
  /** Whether what instances need to start is still being fetched. Default: no. */
  isBootstrapping?(): boolean;
}

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
