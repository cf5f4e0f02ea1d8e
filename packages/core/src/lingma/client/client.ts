/**
 * `LingmaClient`: everything this folder knows, behind one door. It finds the process, keeps connections to it, and
 * runs turns in whichever dialect it speaks. Usable alone; the gateway's channel is built on it.
 */
import { setMaxListeners } from 'node:events';
import { type CallContext, type ChatResult, collectResult, GatewayError, type ModelInfo } from '../../chat/index.js';
import { createId } from '../../util/index.js';
import { type ConnectorOptions, createConnector } from '../connection/connector.js';
import type { Connector } from '../connection/connector-port.js';
import { createAcpDialect } from '../dialect/acp/acp-dialect.js';
import { ImageFiles } from '../dialect/acp/image-files.js';
import type { LingmaDialect } from '../dialect/dialect.js';
import { createLspChatDialect } from '../dialect/lsp-chat/lsp-chat-dialect.js';
import type { DialectName } from '../protocol/dialect-name.js';
import { resolveModel } from '../protocol/models.js';
import { BackgroundWork } from '../session/background-work.js';
import { DiscardedSessions } from '../session/discarded-sessions.js';
import { StickySessions } from '../session/sticky-sessions.js';
import { type ClientBehaviour, type ClientSettings, resolveSettings } from './client-options.js';
import type { LingmaTurn } from './lingma-turn.js';
import { type LingmaClientState, ProcessAccess } from './process-session.js';
import { type LingmaTurnStream, streamTurn, type TurnHost } from './turn-attempt.js';

export interface LingmaClientOptions extends ClientBehaviour, ConnectorOptions {
  /** How to reach the process, in place of discovery. */
  readonly connector?: Connector;
}

export interface LingmaClientStatus {
  readonly state: LingmaClientState;
  /** Where the process was found last. */
  readonly address?: string;
  /** `lingma`, `qodercn` and the version, as the process names itself. */
  readonly server?: { readonly name: string; readonly version: string };
  readonly dialect?: DialectName;
  /** Absent when not asked yet or the process does not say. */
  readonly loggedIn?: boolean;
  readonly connections: { readonly open: number; readonly busy: number; readonly waiting: number };
}

/** What {@link LingmaClient.on} tells, by event. */
export interface LingmaClientEvents {
  readonly state: LingmaClientState;
  /** Whether it is logged in, at each change that the process tells. */
  readonly login: boolean;
}

/** Two seconds for stopped turns to end, two for their sessions to be deleted. */
const CLOSE_WAIT_MS = 4000;

/**
 * A client of the local Lingma process. All options have defaults.
 *
 * @example
 * const lingma = new LingmaClient();
 * for await (const event of lingma.streamTurn({ messages: [{ role: 'user', text: 'Hello!' }] })) {
 *   if (event.type === 'text-delta') process.stdout.write(event.delta);
 * }
 * await lingma.close();
 */
export class LingmaClient {
  readonly #settings: ClientSettings;
  readonly #access: ProcessAccess;
  readonly #images: ImageFiles;
  readonly #dialects: Readonly<Record<DialectName, LingmaDialect>>;
  readonly #sticky = new StickySessions();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;
  readonly #background = new BackgroundWork();
  readonly #discarded: DiscardedSessions;
  readonly #listeners: { readonly [Name in keyof LingmaClientEvents]: Set<(value: LingmaClientEvents[Name]) => void> } =
    { state: new Set(), login: new Set() };
  readonly #host: TurnHost;

  constructor(options: LingmaClientOptions = {}) {
    const settings = resolveSettings(options);
    const { clock } = settings;
    this.#settings = settings;
    const reach = { ...settings, connectMs: settings.deadlines.connectMs };
    this.#access = new ProcessAccess(settings, options.connector ?? createConnector(options, reach), {
      onState: (state) => {
        // Nobody knows whether the next process is the same one, so none of its sessions is gone on in.
        if (state === 'stopped') for (const id of this.#sticky.clear()) this.#discarded.discard(undefined, id);
        this.#tell('state', state);
      },
      onLogin: (loggedIn) => this.#tell('login', loggedIn),
      abandon: (peer, session) => this.#discarded.abandon(peer, session),
    });
    this.#discarded = new DiscardedSessions({
      work: this.#background,
      logger: settings.logger,
      anyPeer: () => this.#access.connections.any(),
    });
    this.#images = new ImageFiles({ clock });
    this.#dialects = {
      acp: createAcpDialect({ clock, images: this.#images }),
      'lsp-chat': createLspChatDialect({ clock }),
    };
    // One listener a turn: many are no leak.
    setMaxListeners(0, this.#closing.signal);
    this.#host = this.#createHost();
  }

  /**
   * Finds the process, connects, and learns its dialect and whether it is logged in. Not needed before a turn, which
   * does the same. A logged-out process is no failure here: see {@link LingmaClient.status}.
   *
   * @throws GatewayError `not_ready` when there is no process, `upstream_timeout`, `shutting_down`, or the signal's reason
   */
  async connect(context: Partial<CallContext> = {}): Promise<void> {
    const { signal } = this.#context(context);
    const lease = await this.#access.acquire(signal);
    try {
      await this.#access.prepare(lease.peer, signal);
    } catch (error) {
      if (!GatewayError.isInstance(error) || error.code !== 'login_required') throw error;
    } finally {
      lease.release();
    }
  }

  /** The same as {@link LingmaClient.connect}. */
  start(context: Partial<CallContext> = {}): Promise<void> {
    return this.connect(context);
  }

  /**
   * The models of the account, asked for once and again when the process says that they changed.
   *
   * @throws GatewayError `login_required` when the list is empty because nobody is logged in, and as `connect`
   */
  async listModels(context: Partial<CallContext> = {}): Promise<readonly ModelInfo[]> {
    return this.#access.listModels(this.#context(context).signal);
  }

  /**
   * Runs one turn. Starts nothing before the first `read()`. Aborting `context.signal` or closing the stream stops the
   * turn in the process; its connection stays open.
   *
   * @throws GatewayError (from `read()`) `not_ready`, `login_required`, `quota_exceeded`, `rate_limited`,
   * `invalid_request` (the prompt is too long), `upstream_timeout`, `upstream_error`, `upstream_protocol`,
   * `shutting_down`, or the signal's reason
   */
  streamTurn(turn: LingmaTurn, context: Partial<CallContext> = {}): LingmaTurnStream {
    return streamTurn(this.#host, turn, this.#context(context));
  }

  /** Runs one turn to its end. Fails as `streamTurn`. */
  complete(turn: LingmaTurn, context: Partial<CallContext> = {}): Promise<ChatResult> {
    return collectResult(this.streamTurn(turn, context));
  }

  status(): LingmaClientStatus {
    const { state, address, server, dialect, login, connections } = this.#access;
    return {
      state,
      ...(address !== undefined && { address }),
      ...(server !== undefined && { server }),
      ...(dialect !== undefined && { dialect }),
      ...(login.loggedIn !== undefined && { loggedIn: login.loggedIn }),
      connections: { open: connections.size, ...connections.load },
    };
  }

  /** Calls `listener` at each change. Returns the function that takes it back. */
  on<Name extends keyof LingmaClientEvents>(
    event: Name,
    listener: (value: LingmaClientEvents[Name]) => void,
  ): () => void {
    const own = (value: LingmaClientEvents[Name]): void => listener(value);
    this.#listeners[event].add(own);
    return () => this.#listeners[event].delete(own);
  }

  /**
   * Ends running turns with `shutting_down`, deletes the sessions that are left (waiting a few seconds at most), and
   * closes all connections; the process lives on. Every call waits for that; never rejects.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new GatewayError('shutting_down', 'The Lingma client is closed'));
    for (const sessionId of this.#sticky.clear()) this.#discarded.discard(undefined, sessionId);
    await this.#background.settle(CLOSE_WAIT_MS, this.#settings.clock);
    this.#access.close();
    await this.#images.close();
  }

  /** A listener's mistake is its own. */
  #tell<Name extends keyof LingmaClientEvents>(event: Name, value: LingmaClientEvents[Name]): void {
    for (const listener of [...this.#listeners[event]]) {
      try {
        listener(value);
      } catch (error) {
        this.#settings.logger.error('Listener of the Lingma client failed', { error });
      }
    }
  }

  #createHost(): TurnHost {
    const access = this.#access;
    return {
      settings: this.#settings,
      sticky: this.#sticky,
      signal: this.#closing.signal,
      acquire: (signal, options) => access.acquire(signal, options),
      prepare: async (peer, signal) => {
        const dialect = this.#dialects[await access.prepare(peer, signal)];
        this.#discarded.retry(peer);
        return dialect;
      },
      resolveModel: async (peer, name, signal) =>
        resolveModel(await access.modelsForTurn(peer, signal), name, this.#settings.model),
      explain: (error, peer) => access.explain(error, peer),
      discarded: this.#discarded,
      background: this.#background,
    };
  }

  #context(context: Partial<CallContext>): CallContext {
    return {
      ...(context.principal !== undefined && { principal: context.principal }),
      ...(context.affinityKey !== undefined && { affinityKey: context.affinityKey }),
      ...(context.trace !== undefined && { trace: context.trace }),
      requestId: context.requestId ?? createId('turn_'),
      signal: shareable(context.signal ?? new AbortController().signal),
      logger: context.logger ?? this.#settings.logger,
    };
  }
}

/** One signal may end any number of turns, and listen they do for as long as they run: no leak that Node should warn of. */
function shareable(signal: AbortSignal): AbortSignal {
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
  return signal;
}
