/**
 * `LingmaClient`: everything this folder knows, behind one door. It finds the process, keeps connections to it, and
 * runs turns in whichever dialect it speaks. Usable alone; the gateway's channel is built on it.
 *
 * Over 250 lines: the parts of a client are made and tied together here, and its calls only hand on to them.
 */
import { setMaxListeners } from 'node:events';
import {
  type CallContext,
  type ChatResult,
  collectResult,
  completeContext,
  GatewayError,
  loadModule,
} from '../../chat/index.js';
import {
  checkOptions,
  createCancelSource,
  EventListeners,
  type JsonObject,
  type JsonValue,
  loadOnce,
  type OptionRules,
} from '../../util/index.js';
import { agentOf, attachAgent } from '../agent/agent-of.js';
import { AgentJournal, type AgentRemarks } from '../agent/agent-remarks.js';
import { askProcess } from '../connection/ask-process.js';
import { CONNECTOR_RULES, type ConnectorOptions, createConnector } from '../connection/connector.js';
import type { Connector } from '../connection/connector-port.js';
import { checkRequest, type RawRequestOptions, sendRequest } from '../connection/raw-request.js';
import { ImageFiles } from '../dialect/acp/image-files.js';
import type { DialectName } from '../protocol/dialect-name.js';
import type { LingmaModel } from '../protocol/models.js';
import { SessionCleanup } from '../session/session-cleanup.js';
import { SessionPolicy } from '../session/session-policy.js';
import { SpareSessions } from '../session/spare-sessions.js';
import { BEHAVIOUR_RULES, type ClientBehaviour, resolveSettings } from './client-options.js';
import { DialectCache } from './dialect-cache.js';
import { checkTurn, type LingmaTurn, type LingmaTurnStream } from './lingma-turn.js';
import { LoginStatus } from './login-status.js';
import { ModelCache, queryModels } from './model-cache.js';
import { type LingmaClientState, ProcessSession } from './process-session.js';
import { streamTurn } from './stream-turn.js';
import type { TurnServices } from './turn-attempt.js';

/** How a {@link LingmaClient} reaches its process, and how it speaks with it. All have defaults. */
export interface LingmaClientOptions extends ClientBehaviour, ConnectorOptions {
  /** How to reach the process, in place of discovery. */
  readonly connector?: Connector;
}

export const CLIENT_RULES: OptionRules<LingmaClientOptions> = {
  ...BEHAVIOUR_RULES,
  ...CONNECTOR_RULES,
  connector: 'function',
};

/** What a client knows of its process. */
export interface LingmaClientStatus {
  readonly state: LingmaClientState;
  /** Where the process was found last. */
  readonly address?: string;
  /** `lingma`, `qodercn` and the version, as the process names itself. */
  readonly server?: { readonly name: string; readonly version: string };
  readonly dialect?: DialectName;
  /** Absent when not asked yet or the process does not say. */
  readonly loggedIn?: boolean;
  /** It is a standard ACP agent. {@link LingmaClientStatus.loggedIn} is what its last session told; the next may tell otherwise. */
  readonly isAgent?: true;
  /** Of an agent: what it told last beside its answers (title, plan, cost, size of its context), and whether it is silent. */
  readonly remarks?: AgentRemarks;
  readonly connections: { readonly open: number; readonly busy: number; readonly waiting: number };
}

/** What {@link LingmaClient.on} tells, by event. */
export interface LingmaClientEvents {
  readonly state: LingmaClientState;
  /** Whether it is logged in, at each change that the process tells. */
  readonly login: boolean;
}

const loadAcp = loadModule(() => import('../dialect/acp/acp-dialect.js'));
const loadLspChat = loadModule(() => import('../dialect/lsp-chat/lsp-chat-dialect.js'));

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
  readonly #services: TurnServices;
  readonly #images: ImageFiles;
  readonly #journal: AgentJournal;
  readonly #closing = createCancelSource();
  #closed: Promise<void> | undefined;
  readonly #events: EventListeners<LingmaClientEvents>;

  /** @throws TypeError on options that are none */
  constructor(options: LingmaClientOptions = {}) {
    checkOptions('LingmaClient', options, CLIENT_RULES);
    const settings = resolveSettings(options);
    const { clock, logger } = settings;
    const closing = this.#closing.signal;
    const events = new EventListeners<LingmaClientEvents>((error) =>
      logger.error('Listener of the Lingma client failed', { error }),
    );
    this.#events = events;
    this.#images = new ImageFiles({ clock });
    const journal = new AgentJournal(clock);
    this.#journal = journal;
    const cleanup = new SessionCleanup({
      ...{ logger, clock, anyPeer: () => session.connections.any() },
      ownerOf: (id) =>
        session.isAgent ? session.connections.find((peer) => agentOf(peer)?.has(id) === true) : undefined,
    });
    const sessions = new SessionPolicy(cleanup, settings.sessionMode);
    const spares = new SpareSessions({ ...settings, cleanup });
    const login = new LoginStatus((loggedIn) => {
      // They are the account's.
      spares.clear();
      events.tell('login', loggedIn);
    });
    const models = new ModelCache(clock, logger);
    const dialects = new DialectCache({
      ...settings,
      dialects: {
        acp: loadOnce(async () => (await loadAcp()).createAcpDialect({ clock, images: this.#images })),
        'lsp-chat': loadOnce(async () => (await loadLspChat()).createLspChatDialect({ clock })),
      },
      signal: closing,
      abandon: (opened) => cleanup.abandon(opened),
    });
    const reach = { clock, logger, connectMs: settings.deadlines.connectMs };
    const session = new ProcessSession(settings, options.connector ?? createConnector(options, reach), {
      onConnection: (connection) => {
        attachAgent(connection, {
          ...{ cwd: settings.cwd, mayAct: settings.nativeToolRunner !== undefined, logger, journal },
          ...(settings.signIn !== undefined && { signIn: settings.signIn }),
          onLogin: (loggedIn) => login.told(loggedIn),
        });
        models.listen(connection);
        // Another account may have other models.
        login.listen(connection, () => models.forget());
        // One account may follow another without a time between them.
        connection.on('auth/report', () => void spares.clear());
      },
      onLost: () => {
        dialects.forget();
        login.reset();
        models.forget();
        sessions.forget();
        spares.clear();
      },
      onState: (state) => events.tell('state', state),
    });
    this.#services = { settings, session, login, dialects, models, sessions, spares, cleanup, closing };
  }

  /**
   * Finds the process, connects, and learns its dialect and whether it is logged in. Not needed before a turn, which
   * does the same. A logged-out process is no failure here: see {@link LingmaClient.status}.
   *
   * @throws GatewayError `not_ready` when there is no process, `upstream_timeout`, `shutting_down`, or the signal's reason
   */
  async connect(context: Partial<CallContext> = {}): Promise<void> {
    const { signal } = this.#context(context);
    const { session, login, dialects } = this.#services;
    const lease = await session.connections.acquire(signal);
    try {
      await login.require(lease.peer, signal);
      await dialects.get(lease.peer, signal);
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
  async listModels(context: Partial<CallContext> = {}): Promise<readonly LingmaModel[]> {
    const { session, login, models } = this.#services;
    return models.list(session.connections, login, this.#context(context).signal);
  }

  /**
   * The models as the process lists them, unread and asked for anew: for people.
   *
   * @throws GatewayError as `connect`, and what the process refuses with
   */
  queryModels(context: Partial<CallContext> = {}): Promise<JsonValue> {
    return queryModels(this.#services.session.connections, this.#context(context).signal);
  }

  /**
   * Calls a method of the process's that this class has none for: `client.request('config/getEndpoint', {}, { signal })`. What it
   * answers is handed on as it is; the log has the method and the params without what gives access.
   *
   * @throws GatewayError as `connect`; `unsupported_feature` where the process has no such method, `client_closed` or the signal's
   * reason, and what the process refuses with, its own words in `cause`
   * @throws TypeError
   */
  async request(method: string, params: JsonObject = {}, options: RawRequestOptions = {}): Promise<JsonValue> {
    checkRequest('LingmaClient.request()', method, params, options);
    const { signal, logger } = this.#context(options.signal === undefined ? {} : { signal: options.signal });
    const { connections } = this.#services.session;
    return sendRequest(connections, { method, params, timeoutMs: options.timeoutMs }, signal, logger);
  }

  /**
   * A call of the process beside all turns: its answer, or `undefined` where it does not know the method.
   *
   * @throws GatewayError as `connect`, and what the process refuses with
   */
  ask(
    method: string,
    params: JsonObject,
    { timeoutMs = 15_000, ...context }: Partial<CallContext> & { readonly timeoutMs?: number } = {},
  ): Promise<JsonValue | undefined> {
    const { signal } = this.#context(context);
    return askProcess(this.#services.session.connections, method, params, { signal, timeoutMs });
  }

  /**
   * Asks the process whether somebody is signed in, whatever it said before. `undefined`: it does not say.
   *
   * @throws GatewayError as `connect`
   */
  async checkLogin(context: Partial<CallContext> = {}): Promise<boolean | undefined> {
    const { signal } = this.#context(context);
    const { session, login, models } = this.#services;
    const before = login.loggedIn;
    const lease = await session.connections.acquire(signal);
    try {
      const loggedIn = await login.recheck(lease.peer, signal);
      if (loggedIn !== before) models.forget();
      return loggedIn;
    } finally {
      lease.release();
    }
  }

  /**
   * Runs one turn. Starts nothing before the first `read()`. Aborting `context.signal` or closing the stream stops the
   * turn in the process; its connection stays open.
   *
   * @throws GatewayError (from `read()`) `not_ready`, `login_required`, `quota_exceeded`, `rate_limited`,
   * `invalid_request` (the prompt is too long), `upstream_timeout`, `upstream_error`, `upstream_protocol`,
   * `shutting_down`, or the signal's reason
   * @throws TypeError at once, on a turn that is none
   */
  streamTurn(turn: LingmaTurn, context: Partial<CallContext> = {}): LingmaTurnStream {
    checkTurn('LingmaClient.streamTurn()', turn);
    return streamTurn(this.#services, turn, this.#context(context));
  }

  /** Runs one turn to its end. Fails as `streamTurn`. */
  async complete(turn: LingmaTurn, context: Partial<CallContext> = {}): Promise<ChatResult> {
    checkTurn('LingmaClient.complete()', turn);
    return collectResult(streamTurn(this.#services, turn, this.#context(context)));
  }

  status(): LingmaClientStatus {
    const { session, dialects, login } = this.#services;
    const { state, address, server, connections } = session;
    const dialect = dialects.known?.name;
    return {
      state,
      ...(address !== undefined && { address }),
      ...(server !== undefined && { server }),
      ...(dialect !== undefined && { dialect }),
      ...(login.loggedIn !== undefined && { loggedIn: login.loggedIn }),
      ...(session.isAgent && { isAgent: true as const, remarks: this.#journal.read() }),
      connections: { open: connections.size, ...connections.load },
    };
  }

  /** As in {@link LingmaClient.status}, without the rest of it. */
  get loggedIn(): boolean | undefined {
    return this.#services.login.loggedIn;
  }

  /** The same. */
  get isAgent(): boolean {
    return this.#services.session.isAgent;
  }

  /**
   * Grows each time the process is lost. What is known of its sessions is void then: nobody knows whether the next process
   * is the same one.
   */
  get generation(): number {
    return this.#services.session.generation;
  }

  /**
   * Deletes a session that was kept (`LingmaTurn.keepSession`), in the background, a few at a time; without a connection,
   * with the next one. That it fails is nobody's concern.
   */
  discardSession(id: string): void {
    this.#services.cleanup.discard(id);
  }

  /** Resolves when the sessions that were given up are deleted, and after four seconds in any case. Never rejects. */
  settle(): Promise<void> {
    this.#services.spares.clear();
    return this.#services.cleanup.settle(CLOSE_WAIT_MS);
  }

  /** Calls `listener` at each change. Returns the function that takes it back. */
  on<Name extends keyof LingmaClientEvents>(
    event: Name,
    listener: (value: LingmaClientEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /**
   * Ends running turns with `shutting_down`, deletes the sessions that are left (waiting a few seconds at most), and
   * closes all connections; the process lives on. Every call waits for that; never rejects.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** As {@link LingmaClient.close}: `await using lingma = new LingmaClient()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(new GatewayError('shutting_down', 'The Lingma client is closed'));
    const { session, sessions, spares, cleanup } = this.#services;
    sessions.close();
    spares.close();
    await cleanup.close(CLOSE_WAIT_MS);
    session.close();
    await this.#images.close();
  }

  #context(context: Partial<CallContext>): CallContext {
    const { ownSignal, signal } = context;
    // One signal may end any number of turns, and listen they do for as long as they run: no leak that Node should warn of.
    if (ownSignal === undefined && signal instanceof EventTarget) setMaxListeners(0, signal);
    return completeContext(context, this.#services.settings.logger);
  }
}
