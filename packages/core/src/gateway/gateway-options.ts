/** What {@link createGateway} takes and gives, and the defaults. */

import type { Channel, TokenCounterKind } from '../chat/index.js';
import type { UsageSink } from '../data/index.js';
import { type Clock, DEFAULT_LIMITS, type Logger, type Secret } from '../util/index.js';
import type { ResponseStore, WireProtocol } from '../wire/index.js';
import type { NamedKey } from './access/auth.js';
import type { Authorize } from './access/authorize.js';
import type { GatewayAdmin } from './gateway-admin.js';
import type { GatewayHooks } from './hooks.js';
import type { RequestInfo } from './http/gateway-request.js';
import type { MetricsRegistry } from './observe/metrics.js';
import type { UpstreamView } from './observe/observation.js';
import type { StreamingOptions } from './respond/respond-chat.js';
import type { ChannelFeatures } from './routes/capabilities.js';

/** What can be exchanged while the gateway runs. */
export interface GatewaySettings {
  readonly channel: Channel;
  /**
   * The app's own word on who may call: asked for each request that is no public one and carries none of the keys. Absent: the keys
   * alone count.
   */
  readonly authorize?: Authorize;
  /** Told of each turn: before it, of its events, of its end. */
  readonly hooks?: GatewayHooks;
  /** Without any, without {@link GatewayOptions.namedKeys} and {@link GatewayOptions.authorize}, every caller is let in. */
  readonly clientKeys?: readonly (Secret | string)[];
  /** Client keys with names, limits and models of their own. */
  readonly namedKeys?: readonly NamedKey[];
  /** Opens the administration routes. Absent: any client key does. */
  readonly adminToken?: Secret | string;
  /** Opens the metrics, as the admin token does. Absent: any client key does. */
  readonly metricsToken?: Secret | string;
  /** Metrics for everybody. Default false. */
  readonly metricsPublic?: boolean;
  /**
   * Names, without port, that Host may have besides those of this machine; `*` among them: any. Absent: none, on connections
   * that are known to go to a loopback address, so that no web page gets in by a DNS name of its own; others are not checked.
   * Where it is absent or `*`, `/healthz` tells what is known of the upstream only to holders of a key.
   */
  readonly allowedHosts?: readonly string[];
  /** Foreign origins that may call: `https://chat.example`, `chrome-extension://…`, `vscode-webview://*`, `null`. */
  readonly cors?: { readonly origins: readonly string[] };
  /** Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Bytes of the bodies of all open requests, unpacked; beyond it 429. Never less than one body may have. Default 256 MiB. */
  readonly maxBodyMemoryBytes?: number;
  /** Levels of nesting in a body. Default 128. */
  readonly maxJsonDepth?: number;
  /** Turns at once. Default 256; 0 and below, and `Infinity`: no limit. */
  readonly maxInFlight?: number;
  /** Requests for embeddings at once, which take no slot of the turns'. Default 64; 0 and below: no limit. */
  readonly maxEmbeddings?: number;
  /** Requests that may wait for a slot at once; further ones get 429 at once. Default 1000. */
  readonly maxQueued?: number;
  /** Milliseconds a request may wait for a slot; 0: none waits. Default 30 000. */
  readonly queueTimeoutMs?: number;
  /** Milliseconds for a whole request, waiting included; `0`: no limit. Default 30 minutes. */
  readonly requestTimeoutMs?: number;
  /** Defaults: keep-alive after 15 s, commit after 10 s. */
  readonly streaming?: Partial<StreamingOptions>;
  /** Also list aliases (`claude-*`) to OpenAI clients. Default false. */
  readonly listAliases?: boolean;
  /** What `count_tokens` counts with. Default `estimate`. */
  readonly tokenCounter?: TokenCounterKind;
  /** What `/capabilities` says of the channel. Default: all that a channel may have. */
  readonly features?: Partial<ChannelFeatures>;
}

/** What {@link createGateway} takes: its settings, and what lives as long as it does. */
export interface GatewayOptions extends GatewaySettings {
  /** Default: all three. Those of others are answered at their `path`: `[...Object.values(protocols), mine]`. */
  readonly protocols?: readonly WireProtocol[];
  /** Where `POST /v1/responses` keeps its answers. Default: in memory, bounded for each key, for a day. */
  readonly responseStore?: ResponseStore;
  /** The program's, told at `/version`. */
  readonly version?: string;
  /**
   * `registry`: of prom-client, gets the gateway's metrics beside those that are in it, and is what `/metrics` tells. Default: one
   * of the gateway's own, loaded when it is first asked for.
   */
  readonly metrics?: { readonly registry?: MetricsRegistry };
  /**
   * What `/internal/debug/requests` tells. `requests`: how many of the last ones, 200 at the most; 0: none; default 200. `bodies`:
   * with what was asked and answered, redacted; default false.
   */
  readonly debug?: { readonly requests?: number; readonly bodies?: boolean };
  /** What stands behind the channel, for metrics and statistics. Default: one instance, of which the channel tells. */
  readonly upstream?: UpstreamView;
  /** What the operator's routes steer and show. What is absent has no route. */
  readonly admin?: GatewayAdmin;
  /** Where a row of each request to a model goes, and what reports and quotas are answered from. Default: nowhere. */
  readonly usage?: UsageSink;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** A running gateway: its fetch handler, and what steers it. */
export interface Gateway {
  /** Never rejects. Needs no `start()`; bound, so it can be handed on as it is. */
  readonly fetch: (request: Request, info?: RequestInfo) => Promise<Response>;
  /**
   * Whether a request belongs here, by its method and its path below the mount: false where the answer would be a 404
   * for want of a route. For whoever has other routes beside the gateway's. Bound, too.
   */
  readonly hasRoute: (method: string, pathname: string) => boolean;
  /** Warms up what the first request would wait for. Never rejects: an absent upstream is looked for again later. */
  start(): Promise<void>;
  /**
   * Requests from now on are served by these settings; those that run go on by the ones they began with. What is counted
   * and kept (slots, what keys have used up, stored responses) stays.
   *
   * @throws TypeError where the settings make no sense; nothing has changed then
   */
  reconfigure(settings: GatewaySettings): void;
  /**
   * New requests for answers get 503, and `/readyz` says so; running ones may finish within `graceMs` (default 30 000), then
   * they are aborted. Resolves when none of those is left. The channel belongs to the caller and stays open.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** As {@link Gateway.close}: `await using gateway = createGateway(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
  status(): GatewayStatus;
}

/** How busy a gateway is. */
export interface GatewayStatus {
  readonly state: 'open' | 'closing';
  /** Turns that hold a slot, and requests that wait for one. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Requests of every kind that are not finished. */
  readonly requests: number;
}

export const DEFAULTS = {
  maxBodyBytes: DEFAULT_LIMITS.maxBodyBytes,
  maxBodyMemoryBytes: 256 * 1024 * 1024,
  maxJsonDepth: 128,
  maxInFlight: DEFAULT_LIMITS.maxInFlight,
  maxEmbeddings: DEFAULT_LIMITS.maxEmbeddings,
  maxQueued: DEFAULT_LIMITS.maxQueued,
  queueTimeoutMs: DEFAULT_LIMITS.queueTimeoutMs,
  requestTimeoutMs: 30 * 60_000,
  keepAliveMs: DEFAULT_LIMITS.keepAliveMs,
  commitAfterMs: DEFAULT_LIMITS.commitAfterMs,
  graceMs: DEFAULT_LIMITS.shutdownGraceMs,
  debugRequests: DEFAULT_LIMITS.debugRequests,
  /** For all stored responses together, as long as each key has {@link DEFAULTS.minStoreBytes}. */
  storeBytes: 64 * 1024 * 1024,
  minStoreBytes: 8 * 1024 * 1024,
} as const;
