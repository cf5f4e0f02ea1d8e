/**
 * One turn of the client, from its start to the session's end: takes a connection, prepares the session,
 * runs the dialect, and repeats once on a new connection when the old one was dead and nothing was passed on yet.
 * Over 250 lines: the connection, the session and the set-up have to be given back on every way out, in one place.
 */
import {
  type CallContext,
  type ChatEventFlow,
  type ChatEventSink,
  type ChatEventStream,
  eventStream,
  GatewayError,
  isForeignName,
} from '../../chat/index.js';
import { createCancelSource } from '../../util/index.js';
import type { AcquireOptions, ConnectionLease } from '../connection/connection-pool.js';
import { withTimeout } from '../connection/with-timeout.js';
import type { LingmaDialect } from '../dialect/dialect.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { explainUnserved, isConnectionLost, toTurnError } from '../protocol/errors.js';
import { isAgentName, type ResolvedModel, resolveMode } from '../protocol/models.js';
import type { BackgroundWork } from '../session/background-work.js';
import type { DiscardedSessions } from '../session/discarded-sessions.js';
import type { StickySessions } from '../session/sticky-sessions.js';
import type { RunningTurn, TurnOutcome } from '../turn/turn-contract.js';
import type { ClientSettings } from './client-options.js';
import type { LingmaTurn } from './lingma-turn.js';
import { buildTurn } from './turn-request.js';

/** What a turn needs of its client. */
export interface TurnHost {
  readonly settings: ClientSettings;
  readonly sticky: StickySessions;
  /** Aborts when the client closes. */
  readonly signal: AbortSignal;
  acquire(signal: AbortSignal, options?: AcquireOptions): Promise<ConnectionLease>;
  /** @throws GatewayError `login_required`, and what inspecting the process fails with */
  prepare(peer: JsonRpcPeer, signal: AbortSignal): Promise<LingmaDialect>;
  resolveModel(peer: JsonRpcPeer, name: string | undefined, signal: AbortSignal): Promise<ResolvedModel | undefined>;
  /** The failure as the caller should see it: perhaps the account is logged out. */
  explain(error: GatewayError, peer: JsonRpcPeer | undefined): Promise<GatewayError>;
  readonly discarded: DiscardedSessions;
  readonly background: BackgroundWork;
}

interface Attempt {
  readonly running: RunningTurn;
  /** It went on in a session of an earlier turn. */
  readonly continued: boolean;
}

const SETUP_HINT =
  'Lingma did not get ready for the turn in time. Its agent part may be starting or quitting: wait, or restart it.';

/** Where a turn's session comes from and what becomes of it. */
interface SessionPlan {
  readonly sessionId: string;
  readonly knownCount: number;
  /** Set for sticky sessions. */
  readonly stickyKey?: string;
}

/** A turn's events, and what became of its session. */
export interface LingmaTurnStream extends ChatEventStream {
  /**
   * Once the process is done with the turn or was given up on; never rejects. `undefined`: the turn never reached it, or
   * the stream was never read.
   */
  outcome(): Promise<Pick<TurnOutcome, 'sessionId' | 'reusable'> | undefined>;
}

export function streamTurn(host: TurnHost, turn: LingmaTurn, context: CallContext): LingmaTurnStream {
  const run = new ClientTurn(host, turn, context);
  const events = eventStream(
    (sink) => run.start(sink),
    () => run.close(),
  );
  return Object.assign(events, { outcome: () => run.outcome() });
}

class ClientTurn {
  readonly #host: TurnHost;
  readonly #turn: LingmaTurn;
  readonly #context: CallContext;
  readonly #caller: AbortSignal;
  readonly #own = createCancelSource();
  #unlink: () => void = () => undefined;
  #flow: ChatEventFlow | undefined;
  #paused = false;
  /** Of the attempt under way; absent while none could be had. */
  #peer: JsonRpcPeer | undefined;
  #attempt: Attempt | undefined;
  #attempts = 0;
  /** The attempt before lost its connection. */
  #lost = false;
  #passedOn = false;
  #over = false;
  readonly #whenOver: (() => void)[] = [];

  constructor(host: TurnHost, turn: LingmaTurn, context: CallContext) {
    this.#host = host;
    this.#turn = turn;
    this.#caller = context.signal;
    this.#context = { ...context, signal: this.#own.signal };
  }

  start(sink: ChatEventSink): ChatEventFlow {
    this.#link();
    void this.#run(sink);
    return {
      pause: () => {
        this.#paused = true;
        this.#flow?.pause();
      },
      resume: () => {
        this.#paused = false;
        this.#flow?.resume();
      },
    };
  }

  async outcome(): Promise<Pick<TurnOutcome, 'sessionId' | 'reusable'> | undefined> {
    if (!this.#over) await new Promise<void>((resolve) => this.#whenOver.push(resolve));
    const ended = await this.#attempt?.running.outcome;
    return ended && { sessionId: ended.sessionId, reusable: ended.reusable };
  }

  async #run(sink: ChatEventSink): Promise<void> {
    let attempt: Attempt;
    try {
      attempt = await this.#begin();
    } catch (error) {
      await this.#onFailure(error, sink);
      return;
    }
    this.#attempt = attempt;
    this.#flow = attempt.running.events.pipe({
      events: (batch) => {
        this.#passedOn = true;
        sink.events(batch);
      },
      end: (error) => {
        if (error !== undefined) {
          void this.#onFailure(error, sink);
          return;
        }
        this.#finish();
        sink.end();
      },
    });
    if (this.#paused) this.#flow.pause();
    // Given up while it was being prepared.
    if (this.#over) await attempt.running.events.close();
  }

  async #onFailure(thrown: unknown, sink: ChatEventSink): Promise<void> {
    const error = explainUnserved(toTurnError(thrown), this.#host.settings.dialect);
    if (!this.#mayRepeat(error)) {
      this.#finish();
      sink.end(this.#own.signal.aborted ? error : await this.#host.explain(error, this.#peer));
      return;
    }
    this.#context.logger.info('Repeating a turn that Lingma lost before it answered', { cause: error });
    this.#lost = isConnectionLost(error);
    await this.#attempt?.running.outcome;
    this.#attempt = undefined;
    this.#flow = undefined;
    await this.#run(sink);
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#finish();
    // A turn still being prepared ends by the signal, a running one by its own stop.
    if (this.#attempt === undefined)
      this.#own.abort(new GatewayError('client_closed', 'The answer is not wanted any more'));
    else await this.#attempt.running.events.close();
  }

  /** Not before somebody wants the answer: a stream nobody reads must not hang on signals that live long. */
  #link(): void {
    const signals = [this.#caller, this.#host.signal];
    const onAbort = (): void => this.#own.abort(abortReason(signals.find(({ aborted }) => aborted)?.reason));
    if (signals.some(({ aborted }) => aborted)) {
      onAbort();
      return;
    }
    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    this.#unlink = () => {
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    };
  }

  #finish(): void {
    this.#over = true;
    this.#unlink();
    for (const tell of this.#whenOver.splice(0)) tell();
  }

  #mayRepeat(error: GatewayError): boolean {
    if (this.#peer === undefined || this.#passedOn || this.#attempts > 1 || this.#own.signal.aborted) return false;
    // A session that Lingma has forgotten, or that is broken, fails at once; a new one does not.
    const broken = this.#attempt?.continued === true && error.code === 'upstream_error';
    return broken || isConnectionLost(error);
  }

  async #begin(): Promise<Attempt> {
    this.#context.signal.throwIfAborted();
    this.#attempts++;
    this.#peer = undefined;
    const lease = await this.#host.acquire(this.#context.signal, { renew: this.#lost });
    this.#peer = lease.peer;
    const { settings } = this.#host;
    let expired = false;
    const onExpire = (): GatewayError => {
      expired = true;
      return new GatewayError('upstream_timeout', SETUP_HINT);
    };
    const { signal } = this.#context;
    try {
      return await withTimeout({ ms: settings.deadlines.setupMs, signal, clock: settings.clock, onExpire }, (limit) => {
        const preparing = this.#prepare(lease, { ...this.#context, signal: limit });
        // Whoever closes the client waits for what becomes of the session.
        this.#host.background.track(preparing.catch(() => undefined));
        return preparing;
      });
    } catch (error) {
      // A connection that let the set-up run out answers nobody: the next turn must not get it.
      if (expired && !signal.aborted) lease.retire();
      else lease.release();
      throw error;
    }
  }

  async #prepare(lease: ConnectionLease, setup: CallContext): Promise<Attempt> {
    const host = this.#host;
    const { peer } = lease;
    const dialect = await host.prepare(peer, setup.signal);
    const resolved = await host.resolveModel(peer, this.#turn.model, setup.signal);
    const modelKey = resolved?.model.key ?? unlistedKey(this.#turn.model) ?? host.settings.model;
    const mode = resolveMode(this.#turn.mode, this.#turn.model, host.settings.mode);
    const plan = this.#planSession(`${mode} ${modelKey ?? ''}`);
    let sessionId = plan.sessionId;
    try {
      if (sessionId === '') {
        const { cwd } = host.settings;
        const abandon = (session: Promise<string>): void => host.discarded.abandon(peer, session);
        sessionId = await dialect.openSession(
          peer,
          { cwd, ...(modelKey !== undefined && { modelKey }), abandon },
          setup,
        );
      }
      setup.signal.throwIfAborted();
    } catch (error) {
      if (plan.stickyKey !== undefined) host.sticky.drop(plan.stickyKey);
      else if (sessionId !== '') host.discarded.discard(peer, sessionId);
      throw error;
    }
    const ready = buildTurn(this.#turn, host.settings, {
      resolved,
      modelKey,
      mode,
      sessionId,
      knownCount: plan.knownCount,
    });
    const running = dialect.runTurn(peer, ready, this.#context);
    host.background.track(running.outcome.then((outcome) => this.#settle(outcome, lease, plan)));
    return { running, continued: plan.sessionId !== '' };
  }

  #planSession(stickyKey: string): SessionPlan {
    const fresh = { sessionId: '', knownCount: 0 };
    if ((this.#turn.sessionMode ?? this.#host.settings.sessionMode) !== 'reuse') return fresh;
    const taken = this.#host.sticky.take(stickyKey, this.#turn.messages);
    return taken === undefined ? fresh : { ...taken, stickyKey };
  }

  #settle(outcome: TurnOutcome, lease: ConnectionLease, plan: SessionPlan): void {
    const { sticky } = this.#host;
    if (plan.stickyKey !== undefined && outcome.reusable && !this.#host.signal.aborted) {
      sticky.keep(plan.stickyKey, outcome.sessionId, this.#turn.messages, outcome.text);
    } else {
      if (plan.stickyKey !== undefined) sticky.drop(plan.stickyKey);
      this.#host.discarded.discard(lease.peer, outcome.sessionId);
    }
    lease.release();
  }
}

/** Where the process lists nothing, a name is taken at its word, unless it is plainly another maker's. */
function unlistedKey(name: string | undefined): string | undefined {
  if (name === undefined || name === '' || isAgentName(name)) return undefined;
  return isForeignName(name) ? undefined : name.replace(/^(?:lingma|openai|default_llm)\//i, '');
}

/** Callers may abort with anything; inside every reason is a {@link GatewayError}. */
function abortReason(reason: unknown): GatewayError {
  return GatewayError.isInstance(reason)
    ? reason
    : new GatewayError('client_closed', 'The request was aborted', { cause: reason });
}
