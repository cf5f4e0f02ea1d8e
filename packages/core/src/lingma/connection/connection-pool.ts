/**
 * Several connections to one process, one turn or a few each at a time: opened on demand up to a limit, given back for
 * the next turn, closed when idle for long. Turns beyond the limit wait in the order they came, not for ever.
 * Over 250 lines: every way to get, give back, give up and lose a connection changes the same few lists.
 */
import { setMaxListeners } from 'node:events';
import { GatewayError } from '../../chat/index.js';
import { type Clock, Deadline, monotonicNow, systemClock } from '../../util/index.js';
import type { JsonRpcConnection } from '../jsonrpc/connection.js';
import { ConnectionWaiters } from './connection-waiters.js';
import { openAnywhere } from './dialer.js';
import { PlaceQueue } from './place-queue.js';

export interface ConnectionPoolOptions {
  /**
   * Opens and initializes one connection. `fresh`: what was known of the process's address is not to be trusted.
   * Brings its own time limit.
   */
  readonly open: (fresh: boolean, signal: AbortSignal) => Promise<JsonRpcConnection>;
  /** Default 256. */
  readonly maxConnections?: number;
  /** Turns that share a connection. Default 1. */
  readonly turnsPerConnection?: number;
  /** Milliseconds after which an unused connection is closed; one is kept. Default 60 000. */
  readonly idleCloseMs?: number;
  /** Milliseconds a turn may wait for a connection that others hold. Default 30 000. */
  readonly queueTimeoutMs?: number;
  readonly clock?: Clock;
  /** The last connection is gone. */
  readonly onAllGone?: (error: Error) => void;
}

/** A place on a connection that is ours until `release()`. */
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
  /** Which of those with a free place is better than the others. Default: the one that was used last. */
  readonly prefers?: ((connection: JsonRpcConnection) => boolean) | undefined;
}

/** How an open connection is used. */
interface Usage {
  /** Places that are taken, or kept for those it was opened for. */
  turns: number;
  /** Since when no turn runs on it. */
  since: number;
  /** Given up, and past its time: it closes with its last turn. */
  isOver: boolean;
}

/** How long a retired connection is kept, in milliseconds. */
const RETIRED_OPEN_MS = 30_000;
/** When somebody who found all connections in use should come back. */
const BUSY_RETRY_MS = 2000;

export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #clock: Clock;
  readonly #idleCloseMs: number;
  readonly #turnsEach: number;
  readonly #queue: PlaceQueue;
  /** Those with a free place; last used last, so that surplus ones grow old at the front. */
  readonly #free: JsonRpcConnection[] = [];
  readonly #usage = new WeakMap<JsonRpcConnection, Usage>();
  readonly #open = new Set<JsonRpcConnection>();
  /** With what cancels the end of each, which a connection that is gone has no use for. */
  readonly #retired = new Map<JsonRpcConnection, () => void>();
  readonly #line: ConnectionWaiters<JsonRpcConnection>;
  readonly #closing = new AbortController();
  #cancelSweep: (() => void) | undefined;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#idleCloseMs = options.idleCloseMs ?? 60_000;
    // One listener an opening: many are no leak.
    setMaxListeners(0, this.#closing.signal);
    this.#turnsEach = Math.max(1, options.turnsPerConnection ?? 1);
    this.#queue = new PlaceQueue(Math.max(1, options.maxConnections ?? 256) * this.#turnsEach);
    this.#line = new ConnectionWaiters({
      clock: this.#clock,
      open: () => this.#openOne(),
      places: this.#turnsEach,
      onSurplus: (connection, taken) => this.#giveBack(connection, this.#turnsEach - taken),
      isAlone: () => this.#open.size === 0,
      onRefused: () => {
        if (this.#closing.signal.aborted || this.#open.size === 0) return 'fail';
        // The process takes no more clients: one of ours will be free sooner or later, if none is by now.
        return this.#free.length > 0 ? 'look-again' : 'wait';
      },
    });
  }

  /** Connections that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Leases that are out, and those that wait for one. */
  get load(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.#queue.taken, waiting: this.#queue.waiting };
  }

  /** Any open connection, for a short call beside the turns. */
  any(): JsonRpcConnection | undefined {
    return this.find(() => true);
  }

  /** An open connection of which this is true. */
  find(isWanted: (connection: JsonRpcConnection) => boolean): JsonRpcConnection | undefined {
    for (const connection of this.#open) if (!connection.closed && isWanted(connection)) return connection;
    return undefined;
  }

  /**
   * Waits for its turn, then takes an idle connection or opens one. `signal` ends both.
   *
   * @throws GatewayError what `open` fails with, `rate_limited` when no connection became free in time, `shutting_down`
   * after `close()`, or the signal's reason
   */
  acquire(signal: AbortSignal, { renew = false, prefers }: AcquireOptions = {}): Promise<ConnectionLease> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const lease = renew ? undefined : this.acquireNow(prefers);
    return lease === undefined ? this.#wait(signal, renew) : Promise.resolve(lease);
  }

  /** One that is free at once, if there is one. */
  acquireNow(prefers?: AcquireOptions['prefers']): ConnectionLease | undefined {
    if (this.#free.length === 0 || this.#closing.signal.aborted || !this.#queue.tryTake()) return undefined;
    const connection = this.#takeFree(prefers);
    if (connection !== undefined) return this.#lease(connection);
    this.#queue.leave();
    return undefined;
  }

  async #wait(signal: AbortSignal, renew: boolean): Promise<ConnectionLease> {
    const patience = new AbortController();
    const patienceMs = this.#options.queueTimeoutMs ?? 30_000;
    const deadline = new Deadline(patienceMs, () => patience.abort(allBusy()), this.#clock);
    try {
      await this.#queue.take(signal, patience.signal);
      const connection = await this.#connect(signal, patience.signal, renew).catch((error: unknown) => {
        this.#queue.leave();
        throw error;
      });
      const lease = this.#lease(connection);
      if (!signal.aborted) return lease;
      lease.release();
      throw signal.reason;
    } finally {
      deadline.clear();
    }
  }

  /** Closes all connections; leases that are out see theirs end. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    const reason = new GatewayError('shutting_down', 'The Lingma client is closed');
    this.#closing.abort(reason);
    this.#cancelSweep?.();
    for (const connection of [...this.#open, ...this.#retired.keys()]) connection.close(reason);
    this.#line.wake(Number.POSITIVE_INFINITY);
  }

  #lease(connection: JsonRpcConnection): ConnectionLease {
    let over = false;
    const end = (then: (connection: JsonRpcConnection) => void): void => {
      if (over) return;
      over = true;
      then(connection);
      this.#queue.leave();
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
      const free = renew && attempt === 0 ? undefined : this.#takeFree();
      const connection = free ?? (await this.#line.join(signal, patience));
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
    this.#usage.set(connection, { turns: this.#turnsEach, since: monotonicNow(this.#clock), isOver: false });
    connection.onClose((error) => this.#forget(connection, error));
    return connection;
  }

  /** It is one of ours no more. */
  #forget(connection: JsonRpcConnection, error: Error): void {
    this.#retired.get(connection)?.();
    this.#retired.delete(connection);
    if (!this.#open.delete(connection)) return;
    this.#full(connection);
    // The process has room for one again, or is gone, and all may look where it is now.
    this.#line.wake(this.#open.size > 0 ? 1 : Number.POSITIVE_INFINITY);
    if (this.#open.size === 0 && !this.#closing.signal.aborted) this.#options.onAllGone?.(error);
  }

  #takeFree(prefers?: AcquireOptions['prefers']): JsonRpcConnection | undefined {
    const connection = (prefers && this.#free.find(prefers)) ?? this.#free.at(-1);
    const usage = connection && this.#usage.get(connection);
    if (connection === undefined || usage === undefined) return undefined;
    if (++usage.turns >= this.#turnsEach) this.#full(connection);
    return connection;
  }

  /** It has no place left, or is not to be had. */
  #full(connection: JsonRpcConnection): void {
    const index = this.#free.lastIndexOf(connection);
    if (index >= 0) this.#free.splice(index, 1);
  }

  #giveBack(connection: JsonRpcConnection, places = 1): void {
    const usage = this.#usage.get(connection);
    if (usage === undefined || connection.closed) return;
    if (!this.#open.has(connection)) {
      usage.turns -= places;
      if (usage.turns === 0 && usage.isOver) connection.close(givenUp());
      return;
    }
    for (let given = 0; given < places; given++) if (!this.#line.give(connection)) usage.turns--;
    if (usage.turns >= this.#turnsEach) return;
    if (usage.turns === 0) usage.since = monotonicNow(this.#clock);
    if (!this.#free.includes(connection)) this.#free.push(connection);
    this.#scheduleSweep();
  }

  #retire(connection: JsonRpcConnection): void {
    const usage = this.#usage.get(connection);
    if (usage === undefined || connection.closed) return;
    usage.turns--;
    const reason = givenUp();
    this.#forget(connection, reason);
    const cancel = this.#clock.schedule(RETIRED_OPEN_MS, () => {
      usage.isOver = true;
      if (usage.turns === 0) connection.close(reason);
    });
    this.#retired.set(connection, cancel);
  }

  #scheduleSweep(): void {
    if (this.#cancelSweep !== undefined || this.#open.size <= 1) return;
    this.#cancelSweep = this.#clock.schedule(this.#idleCloseMs, () => {
      this.#cancelSweep = undefined;
      const limit = monotonicNow(this.#clock) - this.#idleCloseMs;
      for (const connection of [...this.#free]) {
        const usage = this.#usage.get(connection);
        if (this.#open.size > 1 && usage?.turns === 0 && usage.since <= limit) connection.close();
      }
      if (this.#free.length > 0) this.#scheduleSweep();
    });
  }
}

function givenUp(): GatewayError {
  return new GatewayError('not_ready', 'The connection to Lingma was given up');
}

function allBusy(): GatewayError {
  return new GatewayError('rate_limited', 'All connections that Lingma takes are in use', {
    retryAfterMs: BUSY_RETRY_MS,
  });
}
