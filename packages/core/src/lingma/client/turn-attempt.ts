/**
 * One attempt at a turn: takes a connection, prepares the session, and runs the dialect in it. Connection and session are
 * given back on every way out.
 * Over 250 lines: at once and waited for are two ways through the same steps.
 */
import { type CallContext, chooseModel, GatewayError, type ModelInfo } from '../../chat/index.js';
import { agentOf } from '../agent/agent-of.js';
import type { ConnectionLease } from '../connection/connection-pool.js';
import { withTimeout } from '../connection/with-timeout.js';
import type { LingmaDialect } from '../dialect/dialect.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { isAgentName, resolveMode } from '../protocol/models.js';
import type { SessionCleanup } from '../session/session-cleanup.js';
import type { SessionPolicy, TurnSession } from '../session/session-policy.js';
import type { SpareSessions } from '../session/spare-sessions.js';
import { refuseTooLong } from '../turn/refuse-too-long.js';
import type { DialectOutcome, RunningTurn } from '../turn/turn-contract.js';
import type { ClientSettings } from './client-options.js';
import type { DialectCache } from './dialect-cache.js';
import type { LingmaTurn, TurnOutcome } from './lingma-turn.js';
import type { LoginStatus } from './login-status.js';
import type { ModelCache } from './model-cache.js';
import type { ProcessSession } from './process-session.js';
import { buildTurn, instructionsOf, type TurnFacts } from './turn-request.js';

/** The parts of a client that its turns work with. Each stands alone; the client makes them and holds them together. */
export interface TurnServices {
  readonly settings: ClientSettings;
  readonly session: ProcessSession;
  readonly login: LoginStatus;
  readonly dialects: DialectCache;
  readonly models: ModelCache;
  readonly sessions: SessionPolicy;
  readonly spares: SpareSessions;
  readonly cleanup: SessionCleanup;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

const SETUP_HINT =
  'Lingma did not get ready for the turn in time. Its agent part may be starting or quitting: wait, or restart it.';

/** What was found out for the turn. */
interface TurnPlan extends Pick<TurnFacts, 'choice' | 'mode' | 'sessionId'> {
  readonly dialect: LingmaDialect;
  readonly modelKey: string | undefined;
  readonly session: TurnSession;
  /** Its session is new, and could have been made before. */
  readonly isNew: boolean;
}

/** What becomes of it stands with the outcome. */
interface Unsettled extends Pick<TurnPlan, 'modelKey' | 'session'> {
  readonly lease: ConnectionLease;
  readonly end: () => void;
}

export interface AttemptOptions {
  /** The attempt before lost its connection: another one is preferred to those that lie idle. */
  readonly renew: boolean;
  /** The session that the turn names is not to be gone on in. */
  readonly fresh: boolean;
}

export class TurnAttempt {
  readonly #services: TurnServices;
  readonly #turn: LingmaTurn;
  readonly #context: CallContext;
  readonly #options: AttemptOptions;
  #lease: ConnectionLease | undefined;
  #plan: TurnPlan | undefined;
  #session: TurnSession | undefined;
  #running: RunningTurn | undefined;
  #unsettled: Unsettled | undefined;
  #hasSpare = false;
  #kept = false;

  constructor(services: TurnServices, turn: LingmaTurn, context: CallContext, options: AttemptOptions) {
    this.#services = services;
    this.#turn = turn;
    this.#context = context;
    this.#options = options;
  }

  /** Absent while no connection could be had. */
  get peer(): JsonRpcPeer | undefined {
    return this.#lease?.peer;
  }

  /** The dialect runs it. */
  get running(): RunningTurn | undefined {
    return this.#running;
  }

  /** Whether its session was chosen, which is then used up. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /** Its session was made before anybody asked for it. */
  get hasSpare(): boolean {
    return this.#hasSpare;
  }

  /** It goes on in a session of an earlier turn. */
  get continues(): boolean {
    return this.#session !== undefined && this.#session.sessionId !== '';
  }

  /**
   * Where nothing has to be waited for, as for most turns that go on in a session or find one that is spare. `undefined`: `begin()`
   * does what is left.
   *
   * @throws GatewayError what the turn is refused with, or the signal's reason
   */
  beginNow(): RunningTurn | undefined {
    const { session, login, dialects, models, cleanup } = this.#services;
    this.#context.signal.throwIfAborted();
    const dialect = dialects.known;
    const list = models.known;
    if (this.#options.renew || !login.isSettled || dialect === undefined || list === undefined) return undefined;
    const lease = session.connections.acquireNow(session.isAgent ? this.#holder() : undefined);
    if (lease === undefined) return undefined;
    this.#lease = lease;
    let end: (() => void) | undefined;
    try {
      const plan = this.#planOf(lease.peer, dialect, list);
      this.#plan = plan;
      if (plan.sessionId === '' && dialect.name === 'acp') return undefined;
      end = cleanup.begin();
      return this.#start(lease, plan, end);
    } catch (error) {
      this.#plan?.session.abandon(this.#plan.sessionId);
      end?.();
      lease.release();
      throw error;
    }
  }

  /** After {@link beginNow}. @throws GatewayError what getting ready fails with, or the signal's reason */
  async begin(): Promise<RunningTurn> {
    const { settings, session, cleanup } = this.#services;
    const { signal } = this.#context;
    signal.throwIfAborted();
    const lease =
      this.#lease ??
      (await session.connections.acquire(signal, {
        renew: this.#options.renew,
        prefers: session.isAgent ? this.#holder() : undefined,
      }));
    this.#lease = lease;
    // Whoever closes the client waits for what becomes of the session.
    const end = cleanup.begin();
    let expired = false;
    const onExpire = (): GatewayError => {
      expired = true;
      return new GatewayError('upstream_timeout', SETUP_HINT);
    };
    try {
      return await withTimeout({ ms: settings.deadlines.setupMs, signal, clock: settings.clock, onExpire }, (limit) =>
        this.#prepare(lease, { ...this.#context, signal: limit }, end),
      );
    } catch (error) {
      end();
      // A connection that let the set-up run out answers nobody: the next turn must not get it.
      if (expired && !signal.aborted) lease.retire();
      else lease.release();
      throw error;
    }
  }

  /** Once the process is done with it; `undefined`: it never ran. */
  async outcome(): Promise<TurnOutcome | undefined> {
    await this.#running?.outcome;
    return this.ended();
  }

  /** What {@link outcome} resolves with, where the process is done with it. */
  ended(): TurnOutcome | undefined {
    const ended = this.#running?.ended();
    if (ended === undefined) return undefined;
    this.#settle(ended);
    const continued = this.#turn.session !== undefined && this.continues;
    return { sessionId: ended.sessionId, reusable: this.#kept, text: ended.text, continued };
  }

  /** Each connection to an agent is a process of its own: which one has the session that the turn goes on in. */
  #holder(): ((peer: JsonRpcPeer) => boolean) | undefined {
    const id = this.#options.fresh ? undefined : this.#turn.session?.id;
    return id === undefined || id === '' ? undefined : (peer) => agentOf(peer)?.canGoOnIn(id) === true;
  }

  async #prepare(lease: ConnectionLease, setup: CallContext, end: () => void): Promise<RunningTurn> {
    const { settings, login, dialects, models, cleanup } = this.#services;
    const { peer } = lease;
    const { signal } = setup;
    let plan = this.#plan;
    if (plan === undefined) {
      // What is known is not waited for: most turns need to ask nothing.
      if (!login.isSettled) await login.require(peer, signal);
      const dialect = dialects.known ?? (await dialects.get(peer, signal));
      plan = this.#planOf(peer, dialect, models.known ?? (await models.forTurn(peer, signal)));
    }
    const { session, dialect, modelKey } = plan;
    let { sessionId } = plan;
    try {
      if (sessionId === '') {
        const agent = agentOf(peer);
        const abandon = (opened: Promise<string>): void => cleanup.abandon(opened);
        const { cwd } = settings;
        const systemPrompt = agent?.takesSystemPrompt === true ? instructionsOf(this.#turn.messages) : undefined;
        const wish = {
          ...(modelKey !== undefined && { modelKey }),
          ...(systemPrompt !== undefined && { systemPrompt }),
        };
        const opening = dialect.openSession(peer, { cwd, ...wish, abandon }, setup);
        // Behind what the turn waits for, in the same write.
        cleanup.sendWith(peer);
        sessionId = await opening;
      }
      signal.throwIfAborted();
    } catch (error) {
      session.abandon(sessionId);
      throw error;
    }
    return this.#start(lease, { ...plan, sessionId }, end);
  }

  /** The model and the session. @throws GatewayError what the turn is refused with */
  #planOf(peer: JsonRpcPeer, dialect: LingmaDialect, models: readonly ModelInfo[]): TurnPlan {
    const { settings, sessions, spares } = this.#services;
    const { fresh } = this.#options;
    const { choice, mode } = this.#choose(models);
    const modelKey = choice.upstreamId;
    refuseTooLong(this.#turn, choice.model, fresh ? undefined : this.#turn.session?.characters);
    const stickyKey = `${mode} ${modelKey ?? ''}`;
    let session = sessions.choose(this.#turn, { stickyKey, fresh });
    const agent = agentOf(peer);
    if (agent !== undefined && session.sessionId !== '' && !agent.canGoOnIn(session.sessionId)) {
      // Another process of the agent has it, for each connection is one, or it has left the mode in which it asks.
      session.abandon('');
      session = sessions.choose(this.#turn, { stickyKey, fresh: true });
    }
    this.#session = session;
    const isNew = settings.spareSessions && session.sessionId === '' && dialect.name === 'acp' && agent === undefined;
    const spare = isNew && !fresh ? spares.take(peer, modelKey) : undefined;
    this.#hasSpare = spare !== undefined;
    return { dialect, choice, mode, modelKey, session, sessionId: spare ?? session.sessionId, isNew };
  }

  /** The prompt leaves. `end`: the turn is over. */
  #start(lease: ConnectionLease, plan: TurnPlan, end: () => void): RunningTurn {
    const { settings, cleanup, spares } = this.#services;
    const { peer } = lease;
    const { dialect, choice, mode, session, sessionId, modelKey } = plan;
    const hasInstructions = agentOf(peer)?.hasSystemPrompt(sessionId) === true;
    const ready = buildTurn(this.#turn, settings, {
      choice,
      mode,
      sessionId,
      unseen: session.unseen,
      ...(hasInstructions && { hasInstructions }),
    });
    this.#context.report?.({ sessionReused: this.continues, prepared: true });
    const running = dialect.runTurn(peer, ready, this.#context);
    this.#running = running;
    if (plan.isNew) spares.prepare(peer, modelKey);
    cleanup.sendWith(peer);
    this.#unsettled = { modelKey, session, lease, end };
    void running.outcome.then((outcome) => this.#settle(outcome));
    return running;
  }

  #choose(models: readonly ModelInfo[]): Pick<TurnFacts, 'choice' | 'mode'> {
    const { settings } = this.#services;
    const { model, chooseModel: choose, mode } = this.#turn;
    return {
      choice: choose?.(models) ?? chooseModel(models, isAgentName(model) ? '' : model, settings.model),
      mode: resolveMode(mode, model, settings.mode),
    };
  }

  /** Once: as soon as somebody wants to know what it came to, and else when that is told. */
  #settle(outcome: DialectOutcome): void {
    const unsettled = this.#unsettled;
    if (unsettled === undefined) return;
    this.#unsettled = undefined;
    const { modelKey, session, lease, end } = unsettled;
    const { contextTokens } = outcome;
    if (contextTokens !== undefined) this.#services.models.learn(modelKey, contextTokens);
    this.#kept = session.settle(outcome);
    lease.release();
    end();
  }
}
