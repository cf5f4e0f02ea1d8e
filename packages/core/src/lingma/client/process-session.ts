/**
 * The client's time with one process after another: its connections, where it is, what it calls itself, and the state
 * that all of this is in.
 */
import { GatewayError } from '../../chat/index.js';
import { monotonicNow } from '../../util/index.js';
import { agentOf } from '../agent/agent-of.js';
import { ConnectionPool } from '../connection/connection-pool.js';
import type { Connector } from '../connection/connector-port.js';
import { Dialer } from '../connection/dialer.js';
import type { JsonRpcConnection } from '../jsonrpc/connection.js';
import type { ClientSettings } from './client-options.js';

/**
 * `stopped`: not connected (yet, or any more; the next turn connects). `failed`: the last attempt to connect failed;
 * the next turn tries again.
 */
export type LingmaClientState = 'stopped' | 'starting' | 'ready' | 'reconnecting' | 'failed' | 'closed';

export interface ProcessEvents {
  readonly onState: (state: LingmaClientState) => void;
  /** A connection is initialized, and nothing has come on it yet. */
  readonly onConnection: (connection: JsonRpcConnection) => void;
  /** The last connection is gone, and with it what is known of the process. */
  readonly onLost: () => void;
}

/** A process that was there so short a while ago, in milliseconds, may be starting anew. */
const RESTART_MS = 60_000;

export class ProcessSession {
  readonly connections: ConnectionPool;
  readonly #settings: ClientSettings;
  readonly #dialer: Dialer;
  readonly #events: ProcessEvents;
  #state: LingmaClientState = 'stopped';
  #generation = 0;
  #wasReady = false;
  #isAgent = false;
  #goneAt: number | undefined;
  #address: string | undefined;
  #server: { readonly name: string; readonly version: string } | undefined;

  constructor(settings: ClientSettings, connector: Connector, events: ProcessEvents) {
    const { clock, maxConnections, turnsPerConnection, queueTimeoutMs, idleCloseMs } = settings;
    this.#settings = settings;
    this.#dialer = new Dialer({ ...settings, connectMs: settings.deadlines.connectMs }, connector);
    this.#events = events;
    this.connections = new ConnectionPool({
      open: (fresh, signal) => this.#open(fresh, signal),
      maxConnections,
      turnsPerConnection,
      queueTimeoutMs,
      idleCloseMs,
      clock,
      onAllGone: () => this.#onAllGone(),
    });
  }

  get state(): LingmaClientState {
    return this.#state;
  }

  /** How often the process was lost. */
  get generation(): number {
    return this.#generation;
  }

  get address(): string | undefined {
    return this.#address;
  }

  get server(): { readonly name: string; readonly version: string } | undefined {
    return this.#server;
  }

  close(): void {
    this.connections.close();
    this.#setState('closed');
  }

  /** What was reached last is a standard ACP agent. */
  get isAgent(): boolean {
    return this.#isAgent;
  }

  async #open(fresh: boolean, signal: AbortSignal): Promise<JsonRpcConnection> {
    if (this.connections.size === 0) this.#setState(this.#wasReady ? 'reconnecting' : 'starting');
    try {
      const { connection, address } = await this.#dialer.open(fresh, signal);
      const { serverInfo } = connection;
      this.#address = address;
      this.#server = serverInfo;
      this.#events.onConnection(connection);
      this.#isAgent = agentOf(connection) !== undefined;
      // Not only the first of all: those that were there when this one was begun may be gone by now.
      if (this.#state !== 'ready') {
        this.#wasReady = true;
        this.#setState('ready');
        this.#settings.logger.info('Connected to Lingma', { address, ...serverInfo });
      }
      return connection;
    } catch (error) {
      // Others may have come through in the meantime.
      if (this.connections.size === 0 && this.#state !== 'ready') this.#setState('failed');
      throw this.#mayRestart(error);
    }
  }

  /** That nobody is there lasts, unless somebody was there a moment ago. */
  #mayRestart(error: unknown): unknown {
    const isRecent = this.#goneAt !== undefined && monotonicNow(this.#settings.clock) - this.#goneAt < RESTART_MS;
    if (!isRecent || !GatewayError.isInstance(error) || error.shouldRetry !== false) return error;
    return new GatewayError(error.code, error.message, { cause: error.cause });
  }

  #onAllGone(): void {
    this.#goneAt = monotonicNow(this.#settings.clock);
    this.#generation++;
    this.#events.onLost();
    this.#setState('stopped');
  }

  #setState(state: LingmaClientState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#events.onState(state);
  }
}
