/** What {@link createGateway} takes and gives, and the defaults. */
import type { Channel, TokenCounterKind } from '../chat/index.js';
import { type Clock, DEFAULT_LIMITS, type Logger, type Secret } from '../util/index.js';
import type { ResponseStore, WireProtocol } from '../wire/index.js';
import type { NamedKey } from './access/auth.js';
import type { RequestInfo } from './http/gateway-request.js';
import type { StreamingOptions } from './respond/respond-chat.js';

export interface GatewayOptions {
  readonly channel: Channel;
  /** Default: all three. */
  readonly protocols?: readonly WireProtocol[];
  /** Without any, and without {@link GatewayOptions.namedKeys}, every caller is let in. */
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
  /** Requests that may wait for a slot at once; further ones get 429 at once. Default 1000. */
  readonly maxQueued?: number;
  /** Milliseconds a request may wait for a slot; 0: none waits. Default 30 000. */
  readonly queueTimeoutMs?: number;
  /** Milliseconds for a whole request, waiting included; `0`: no limit. Default 30 minutes. */
  readonly requestTimeoutMs?: number;
  /** Defaults: keep-alive after 15 s, commit after 10 s. */
  readonly streaming?: Partial<StreamingOptions>;
  /** Where `POST /v1/responses` keeps its answers. Default: in memory, bounded for each key, for a day. */
  readonly responseStore?: ResponseStore;
  /** The program's, told at `/version`. */
  readonly version?: string;
  /** Also list aliases (`claude-*`) to OpenAI clients. Default false. */
  readonly listAliases?: boolean;
  /** What `count_tokens` counts with. Default `estimate`. */
  readonly tokenCounter?: TokenCounterKind;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

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
   * New requests get 503; running ones may finish within `graceMs` (default 10 000), then they are aborted. Resolves
   * when none is left. The channel belongs to the caller and stays open.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  status(): GatewayStatus;
}

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
  maxQueued: DEFAULT_LIMITS.maxQueued,
  queueTimeoutMs: DEFAULT_LIMITS.queueTimeoutMs,
  requestTimeoutMs: 30 * 60_000,
  keepAliveMs: DEFAULT_LIMITS.keepAliveMs,
  commitAfterMs: DEFAULT_LIMITS.commitAfterMs,
  graceMs: DEFAULT_LIMITS.shutdownGraceMs,
  /** For all stored responses together, as long as each key has {@link DEFAULTS.minStoreBytes}. */
  storeBytes: 64 * 1024 * 1024,
  minStoreBytes: 8 * 1024 * 1024,
} as const;
