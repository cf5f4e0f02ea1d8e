/**
 * Several connections to one process, one turn each at a time: opened on demand up to a limit, given back for the
 * next turn, closed when idle for long. Turns beyond the limit wait in the order they came, not for ever.
 */
import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import { GatewayError } from '../../chat/index.js';
import { type Clock, Deadline, linkedController, monotonicNow, systemClock } from '../../util/index.js';
import type { JsonRpcConnection } from '../jsonrpc/connection.js';
import { WaitingLine } from './connection-waiters.js';
import { openAnywhere } from './dialer.js';

export interface ConnectionSetOptions {
  /**
   * Opens and initializes one connection. `fresh`: what was known of the process's address is not to be trusted.
   * Brings its own time limit.
   */
  readonly open: (fresh: boolean, signal: AbortSignal) => Promise<JsonRpcConnection>;
  /** Default 256. */
  readonly maxConnections?: number;
  /** Milliseconds after which an unused connection is closed; one is kept. Default 60 000. */
  readonly idleCloseMs?: number;
  /** Milliseconds a turn may wait for a connection that others hold. Default 30 000. */
  readonly queueTimeoutMs?: number;
  readonly clock?: Clock;
  /** The last connection is gone. */
  readonly onAllGone?: (error: Error) => void;
}

/** A connection that is ours until `release()`. */
export interface ConnectionLease {
  readonly peer: JsonRpcConnection;
  /** Gives it back for the next turn. Idempotent. */
  release(): void;
  /**
   * In place of `release()`, for one that answers nobody: no other turn gets it. It stays open a little for what comes
   * late.
   */
  retire(): void;
}

export interface AcquireOptions {
  /** A connection was found dead: those that lie idle may be so too, hence a new one is preferred. Default false. */
  readonly renew?: boolean;
}

interface IdleConnection {
  readonly connection: JsonRpcConnection;
  readonly since: number;
}

/** How long a retired connection is kept, in milliseconds. */
const RETIRED_OPEN_MS = 30_000;
/** When somebody who found all connections in use should come back. */
const BUSY_RETRY_MS = 2000;

export class ConnectionSet {
  readonly #options: ConnectionSetOptions;
  readonly #clock: Clock;
  readonly #idleCloseMs: number;
  readonly #queue: PQueue;
  /** Last used last, so that surplus ones grow old at the front. */
  readonly #idle: IdleConnection[] = [];
  readonly #open = new Set<JsonRpcConnection>();
  readonly #retired = new Set<JsonRpcConnection>();
  readonly #line: WaitingLine<JsonRpcConnection>;
  readonly #closing = new AbortController();
  #cancelSweep: (() => void) | undefined;

  constructor(options: ConnectionSetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#idleCloseMs = options.idleCloseMs ?? 60_000;
    // One listener an opening: many are no leak.
    setMaxListeners(0, this.#closing.signal);
    this.#queue = new PQueue({ concurrency: Math.max(1, options.maxConnections ?? 256) });
    this.#line = new WaitingLine({
      clock: this.#clock,
      open: () => this.#openOne(),
      onSurplus: (connection) => this.#giveBack(connection),
      isAlone: () => this.#open.size === 0,
      onRefused: () => {
        if (this.#closing.signal.aborted || this.#open.size === 0) return 'fail';
        // The process takes no more clients: one of ours will be free sooner or later, if none is by now.
        return this.#idle.length > 0 ? 'look-again' : 'wait';
      },
    });
  }

  /** Connections that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Leases that are out, and those that wait for one. */
  get load(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.#queue.pending, waiting: this.#queue.size };
  }

  /** Any open connection, for a short call beside the turns. */
  any(): JsonRpcConnection | undefined {
    for (const connection of this.#open) if (!connection.closed) return connection;
    return undefined;
  }

  /**
   * Waits for its turn, then takes an idle connection or opens one. `signal` ends both.
   *
   * @throws GatewayError what `open` fails with, `rate_limited` when no connection became free in time, `shutting_down`
   * after `close()`, or the signal's reason
   */
  acquire(signal: AbortSignal, { renew = false }: AcquireOptions = {}): Promise<ConnectionLease> {
    return new Promise((resolve, reject) => {
      // The queue's signal covers the wait alone: aborting a running task would free a slot that is still in use.
      const wait = linkedController(signal);
      let queued = true;
      const patience = new AbortController();
      const deadline = new Deadline(
        this.#options.queueTimeoutMs ?? 30_000,
        () => {
          patience.abort(allBusy());
          if (queued) wait.controller.abort(patience.signal.reason);
        },
        this.#clock,
      );
      const task = (): Promise<void> => {
        queued = false;
        wait.release();
        return new Promise((free) => {
          const connecting = this.#connect(signal, patience.signal, renew);
          connecting.finally(() => deadline.clear()).catch(() => undefined);
          connecting.then(
            (connection) => {
              const lease = this.#lease(connection, free);
              if (!signal.aborted) return resolve(lease);
              lease.release();
              reject(signal.reason);
            },
            (error: unknown) => {
              free();
              reject(error);
            },
          );
        });
      };
      this.#queue.add(task, { signal: wait.controller.signal }).catch((error: unknown) => {
        wait.release();
        deadline.clear();
        reject(signal.aborted ? signal.reason : error);
      });
    });
  }

  /** Closes all connections; leases that are out see theirs end. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    const reason = new GatewayError('shutting_down', 'The Lingma client is closed');
    this.#closing.abort(reason);
    this.#cancelSweep?.();
    for (const connection of [...this.#open, ...this.#retired]) connection.close(reason);
    this.#line.wake(Number.POSITIVE_INFINITY);
  }

  #lease(connection: JsonRpcConnection, free: () => void): ConnectionLease {
    let over = false;
    const end = (then: (connection: JsonRpcConnection) => void): void => {
      if (over) return;
      over = true;
      then(connection);
      free();
    };
    return {
      peer: connection,
      release: () => end((own) => this.#giveBack(own)),
      retire: () => end((own) => this.#retire(own)),
    };
  }

  async #connect(signal: AbortSignal, patience: AbortSignal, renew: boolean): Promise<JsonRpcConnection> {
    for (let attempt = 0; ; attempt++) {
      this.#closing.signal.throwIfAborted();
      signal.throwIfAborted();
      const idle = renew && attempt === 0 ? undefined : this.#takeIdle();
      const connection = idle ?? (await this.#line.join(signal, patience));
      if (connection !== undefined) return connection;
    }
  }

  /** Ends with the set alone: a caller that left may be the first of many. */
  async #openOne(): Promise<JsonRpcConnection> {
    const { signal } = this.#closing;
    const connection = await openAnywhere(this.#options.open, () => this.#open.size === 0, signal);
    if (signal.aborted) connection.close(signal.reason);
    signal.throwIfAborted();
    this.#open.add(connection);
    connection.onClose((error) => this.#forget(connection, error));
    return connection;
  }

  /** It is one of ours no more. */
  #forget(connection: JsonRpcConnection, error: Error): void {
    this.#retired.delete(connection);
    if (!this.#open.delete(connection)) return;
    const index = this.#idle.findIndex((entry) => entry.connection === connection);
    if (index >= 0) this.#idle.splice(index, 1);
    // The process has room for one again, or is gone, and all may look where it is now.
    this.#line.wake(this.#open.size > 0 ? 1 : Number.POSITIVE_INFINITY);
    if (this.#open.size === 0 && !this.#closing.signal.aborted) this.#options.onAllGone?.(error);
  }

  #takeIdle(): JsonRpcConnection | undefined {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      if (!entry.connection.closed) return entry.connection;
    }
    return undefined;
  }

  #giveBack(connection: JsonRpcConnection): void {
    if (connection.closed) return;
    if (this.#line.give(connection)) return;
    this.#idle.push({ connection, since: monotonicNow(this.#clock) });
    this.#scheduleSweep();
  }

  #retire(connection: JsonRpcConnection): void {
    if (connection.closed) return;
    const reason = new GatewayError('not_ready', 'The connection to Lingma was given up');
    this.#forget(connection, reason);
    this.#retired.add(connection);
    this.#clock.schedule(RETIRED_OPEN_MS, () => connection.close(reason));
  }

  #scheduleSweep(): void {
    if (this.#cancelSweep !== undefined || this.#open.size <= 1) return;
    this.#cancelSweep = this.#clock.schedule(this.#idleCloseMs, () => {
      this.#cancelSweep = undefined;
      const limit = monotonicNow(this.#clock) - this.#idleCloseMs;
      while (this.#open.size > 1 && this.#idle[0] !== undefined && this.#idle[0].since <= limit) {
        this.#idle.shift()?.connection.close();
      }
      if (this.#idle.length > 0) this.#scheduleSweep();
    });
  }
}

function allBusy(): GatewayError {
  return new GatewayError('rate_limited', 'All connections that Lingma takes are in use', {
    retryAfterMs: BUSY_RETRY_MS,
  });
}
