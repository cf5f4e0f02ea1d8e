/**
 * The client's view of one process: connections to it, its dialect, whether it is logged in, its models. All of this
 * is learned anew when the process is gone and another is found.
 */
import { setMaxListeners } from 'node:events';
import { GatewayError, type ModelInfo } from '../../chat/index.js';
import { abortable, monotonicNow } from '../../util/index.js';
import { type AcquireOptions, type ConnectionLease, ConnectionSet } from '../connection/connection-pool.js';
import type { Connector } from '../connection/connector-port.js';
import { Reach } from '../connection/dialer.js';
import { detectDialect } from '../dialect/detect-dialect.js';
import type { JsonRpcConnection } from '../jsonrpc/connection.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import type { DialectName } from '../protocol/dialect-name.js';
import { isConnectionLost, toTurnError } from '../protocol/errors.js';
import type { ClientSettings } from './client-options.js';
import { LoginState, loginRequired } from './login-status.js';
import { ModelList } from './model-cache.js';

/**
 * `stopped`: not connected (yet, or any more; the next turn connects). `failed`: the last attempt to connect failed;
 * the next turn tries again.
 */
export type LingmaClientState = 'stopped' | 'connecting' | 'ready' | 'reconnecting' | 'failed' | 'closed';

export interface ProcessEvents {
  readonly onState: (state: LingmaClientState) => void;
  readonly onLogin: (loggedIn: boolean) => void;
  /** A session made on the way that nobody will use. */
  readonly abandon: (peer: JsonRpcPeer, session: Promise<string>) => void;
}

/** A process that was there so short a while ago, in milliseconds, may be starting anew. */
const RESTART_MS = 60_000;

export class ProcessAccess {
  readonly connections: ConnectionSet;
  readonly login = new LoginState((loggedIn) => this.#events.onLogin(loggedIn));
  readonly #settings: ClientSettings;
  readonly #reach: Reach;
  readonly #events: ProcessEvents;
  readonly #models: ModelList;
  readonly #closing = new AbortController();
  #state: LingmaClientState = 'stopped';
  #wasReady = false;
  #goneAt: number | undefined;
  #dialect: DialectName | undefined;
  #detecting: Promise<DialectName> | undefined;
  #address: string | undefined;
  #server: { readonly name: string; readonly version: string } | undefined;

  constructor(settings: ClientSettings, connector: Connector, events: ProcessEvents) {
    const { clock, logger, maxConnections, turnsPerConnection, queueTimeoutMs, idleCloseMs } = settings;
    this.#settings = settings;
    this.#reach = new Reach({ ...settings, connectMs: settings.deadlines.connectMs }, connector);
    this.#events = events;
    // One listener for each failure that is looked into; many turns fail at once when the process dies.
    setMaxListeners(0, this.#closing.signal);
    this.#models = new ModelList(clock, logger);
    this.connections = new ConnectionSet({
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

  get address(): string | undefined {
    return this.#address;
  }

  get server(): { readonly name: string; readonly version: string } | undefined {
    return this.#server;
  }

  /** `undefined` until it is known. */
  get dialect(): DialectName | undefined {
    return this.#dialect;
  }

  /** The dialect to run turns in. @throws GatewayError `login_required`, and what detection fails with */
  async prepare(peer: JsonRpcPeer, signal: AbortSignal): Promise<DialectName> {
    if ((await this.login.check(peer, signal)) === false) throw loginRequired();
    if (this.#dialect !== undefined) return this.#dialect;
    return this.#shared(peer, signal, () => {
      this.#detecting ??= this.#detect(peer);
      return abortable(this.#detecting, signal);
    });
  }

  /**
   * @throws GatewayError `login_required` when the list is empty because nobody is logged in, and what
   * `config/queryModels` fails with
   */
  async listModels(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const { known } = this.#models;
    if (known !== undefined && known.length > 0 && this.connections.size > 0) return known;
    for (let attempt = 0; ; attempt++) {
      const lease = await this.connections.acquire(signal);
      try {
        if ((await this.login.check(lease.peer, signal)) === false) throw loginRequired();
        const models = await this.#models.get(lease.peer, signal, { doubtEmpty: true });
        if (models.length === 0 && (await this.login.recheck(lease.peer, signal)) === false) throw loginRequired();
        return models;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const failure = toTurnError(error);
        // The connection had died while nobody used it.
        if (attempt > 0 || !isConnectionLost(failure)) throw failure;
      } finally {
        lease.release();
      }
    }
  }

  /** For a turn, which can do without the list: the process then takes the account's default. */
  async modelsForTurn(peer: JsonRpcPeer, signal: AbortSignal): Promise<readonly ModelInfo[]> {
    try {
      return await this.#shared(peer, signal, () => this.#models.get(peer, signal));
    } catch (error) {
      if (signal.aborted || peer.closed) throw error;
      this.#settings.logger.warn('Lingma did not list its models', { cause: error });
      return [];
    }
  }

  /** What turns ask for together is asked on one connection; when that one ends, the others ask on their own. */
  async #shared<T>(peer: JsonRpcPeer, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || peer.closed || !isConnectionLost(toTurnError(error))) throw error;
      return ask();
    }
  }

  /** The failure as the caller should see it: perhaps the account was logged out in the meantime. */
  async explain(error: GatewayError, peer: JsonRpcPeer | undefined): Promise<GatewayError> {
    if (!['upstream_error', 'upstream_timeout', 'upstream_protocol'].includes(error.code)) return error;
    const alive = peer === undefined || peer.closed ? this.connections.any() : peer;
    if (alive === undefined) return error;
    try {
      return (await this.login.recheck(alive, this.#closing.signal)) === false ? loginRequired(error) : error;
    } catch {
      return error;
    }
  }

  acquire(signal: AbortSignal, options?: AcquireOptions): Promise<ConnectionLease> {
    return this.connections.acquire(signal, options);
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new GatewayError('shutting_down', 'The Lingma client is closed'));
    this.connections.close();
    this.#setState('closed');
  }

  async #open(fresh: boolean, signal: AbortSignal): Promise<JsonRpcConnection> {
    const first = this.connections.size === 0;
    if (first) this.#setState(this.#wasReady ? 'reconnecting' : 'connecting');
    try {
      const { connection, address } = await this.#reach.open(fresh, signal);
      const { serverInfo } = connection;
      this.#address = address;
      this.#server = serverInfo;
      this.#models.listen(connection);
      // Another account may have other models.
      this.login.listen(connection, () => this.#models.forget());
      if (first) {
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

  #detect(peer: JsonRpcPeer): Promise<DialectName> {
    const { dialect, cwd, detectMs, clock, logger } = this.#settings;
    const context = { requestId: 'detect', signal: this.#closing.signal, logger };
    const abandon = (session: Promise<string>): void => this.#events.abandon(peer, session);
    const detecting =
      dialect === 'auto'
        ? detectDialect(peer, { cwd, timeoutMs: detectMs, clock, abandon }, context)
        : Promise.resolve(dialect);
    detecting.then(
      (name) => {
        if (this.#detecting !== detecting) return;
        this.#dialect = name;
        logger.info('Lingma speaks', { dialect: name });
      },
      () => {
        if (this.#detecting === detecting) this.#detecting = undefined;
      },
    );
    return detecting;
  }

  #onAllGone(): void {
    this.#goneAt = monotonicNow(this.#settings.clock);
    this.#dialect = undefined;
    this.#detecting = undefined;
    this.login.reset();
    this.#models.forget();
    this.#setState('stopped');
  }

  #setState(state: LingmaClientState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#events.onState(state);
  }
}
