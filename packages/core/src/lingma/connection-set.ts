/**
 * Several connections to one process, one turn each at a time: opened on demand up to a limit, given back for the
 * next turn, closed when idle for long. Turns beyond the limit wait in the order they came.
 */
import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import { GatewayError } from '../chat/index.js';
import { abortable, type Clock, linkedController, systemClock } from '../util/index.js';
import type { JsonRpcConnection } from './jsonrpc/connection.js';

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
  readonly clock?: Clock;
  /** The last connection is gone. */
  readonly onAllGone?: (error: Error) => void;
}

/** A connection that is ours until `release()`. */
export interface ConnectionLease {
  readonly peer: JsonRpcConnection;
  /** Idempotent. */
  release(): void;
}

interface IdleConnection {
  readonly connection: JsonRpcConnection;
  readonly since: number;
}

export class ConnectionSet {
  readonly #options: ConnectionSetOptions;
  readonly #clock: Clock;
  readonly #idleCloseMs: number;
  readonly #queue: PQueue;
  /** Last used last, so that surplus ones grow old at the front. */
  readonly #idle: IdleConnection[] = [];
  readonly #open = new Set<JsonRpcConnection>();
  /** Leases the process had no connection for; each takes the next that is given back. */
  readonly #starved: (() => void)[] = [];
  readonly #closing = new AbortController();
  #cancelSweep: (() => void) | undefined;

  constructor(options: ConnectionSetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#idleCloseMs = options.idleCloseMs ?? 60_000;
    // One listener an opening: many are no leak.
    setMaxListeners(0, this.#closing.signal);
    this.#queue = new PQueue({ concurrency: Math.max(1, options.maxConnections ?? 256) });
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
   * @throws GatewayError what `open` fails with, `shutting_down` after `close()`, or the signal's reason
   */
  acquire(signal: AbortSignal): Promise<ConnectionLease> {
    return new Promise((resolve, reject) => {
      // The queue's signal covers the wait alone: aborting a running task would free a slot that is still in use.
      const wait = linkedController(signal);
      const task = (): Promise<void> => {
        wait.release();
        return new Promise((free) => {
          this.#connect(signal).then(
            (connection) => {
              let released = false;
              const release = (): void => {
                if (released) return;
                released = true;
                this.#giveBack(connection);
                free();
              };
              if (!signal.aborted) return resolve({ peer: connection, release });
              release();
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
    for (const connection of [...this.#open]) connection.close(reason);
    this.#wakeStarved();
  }

  async #connect(signal: AbortSignal): Promise<JsonRpcConnection> {
    for (;;) {
      this.#closing.signal.throwIfAborted();
      signal.throwIfAborted();
      const idle = this.#takeIdle();
      if (idle !== undefined) return idle;
      try {
        return await this.#openOne(signal);
      } catch (error) {
        if (signal.aborted || this.#closing.signal.aborted || this.#open.size === 0) throw error;
        // The process takes no more clients: one of ours will be free sooner or later, if none is by now.
        if (this.#idle.length === 0) await this.#nextGivenBack(signal);
      }
    }
  }

  async #openOne(signal: AbortSignal): Promise<JsonRpcConnection> {
    const link = linkedController(signal);
    const onClosing = (): void => link.controller.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener('abort', onClosing, { once: true });
    try {
      const connection = await this.#openAnywhere(link.controller.signal);
      this.#add(connection);
      return connection;
    } finally {
      link.release();
      this.#closing.signal.removeEventListener('abort', onClosing);
    }
  }

  /** Beside living connections the known address holds; otherwise the process may have moved, so one more look. */
  async #openAnywhere(signal: AbortSignal): Promise<JsonRpcConnection> {
    const alone = this.#open.size === 0;
    try {
      return await this.#options.open(false, signal);
    } catch (error) {
      // Asked again: the others may have died while this one dialled.
      if (!(alone || this.#open.size === 0) || signal.aborted || !mayHaveMoved(error)) throw error;
      return this.#options.open(true, signal);
    }
  }

  #add(connection: JsonRpcConnection): void {
    this.#open.add(connection);
    connection.onClose((error) => {
      this.#open.delete(connection);
      const index = this.#idle.findIndex((entry) => entry.connection === connection);
      if (index >= 0) this.#idle.splice(index, 1);
      if (this.#open.size > 0) return;
      this.#wakeStarved();
      if (!this.#closing.signal.aborted) this.#options.onAllGone?.(error);
    });
  }

  #takeIdle(): JsonRpcConnection | undefined {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      if (!entry.connection.closed) return entry.connection;
    }
    return undefined;
  }

  #giveBack(connection: JsonRpcConnection): void {
    if (!connection.closed) {
      this.#idle.push({ connection, since: this.#clock.now() });
      this.#scheduleSweep();
    }
    this.#starved.shift()?.();
  }

  async #nextGivenBack(signal: AbortSignal): Promise<void> {
    let wake: () => void = () => undefined;
    const given = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#starved.push(wake);
    try {
      await abortable(given, signal);
    } catch (error) {
      const index = this.#starved.indexOf(wake);
      if (index >= 0) this.#starved.splice(index, 1);
      // Woken and aborted at once: the connection goes to the next in line.
      else this.#starved.shift()?.();
      throw error;
    }
  }

  #wakeStarved(): void {
    for (const wake of this.#starved.splice(0)) wake();
  }

  #scheduleSweep(): void {
    if (this.#cancelSweep !== undefined || this.#open.size <= 1) return;
    this.#cancelSweep = this.#clock.schedule(this.#idleCloseMs, () => {
      this.#cancelSweep = undefined;
      const limit = this.#clock.now() - this.#idleCloseMs;
      while (this.#open.size > 1 && this.#idle[0] !== undefined && this.#idle[0].since <= limit) {
        this.#idle.shift()?.connection.close();
      }
      if (this.#idle.length > 0) this.#scheduleSweep();
    });
  }
}

/** A login or protocol problem is the same at any address. */
function mayHaveMoved(error: unknown): boolean {
  return (
    !GatewayError.isInstance(error) || !['login_required', 'shutting_down', 'upstream_protocol'].includes(error.code)
  );
}
