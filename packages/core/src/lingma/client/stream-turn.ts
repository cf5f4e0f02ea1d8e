/**
 * A turn of the client as a stream of events: one attempt, and another one where the first got lost before anything of
 * its answer was passed on, because the connection was dead or Lingma did not know the session any more.
 */
import {
  abortReason,
  type CallContext,
  type ChatEventFlow,
  type ChatEventSink,
  eventStream,
  GatewayError,
} from '../../chat/index.js';
import { createCancelSource } from '../../util/index.js';
import { explainUnserved, isConnectionLost, toTurnError } from '../protocol/errors.js';
import { isUnknownSession } from '../protocol/unknown-session.js';
import { handOverReads } from '../transport/read-batching.js';
import type { RunningTurn } from '../turn/turn-contract.js';
import type { LingmaTurn, LingmaTurnStream, TurnOutcome } from './lingma-turn.js';
import { TurnAttempt, type TurnServices } from './turn-attempt.js';

const ONCE = { once: true } as const;

export function streamTurn(services: TurnServices, turn: LingmaTurn, context: CallContext): LingmaTurnStream {
  const streamed = new StreamedTurn(services, turn, context);
  const events = eventStream(
    (sink) => streamed.start(sink),
    () => streamed.close(),
  );
  return Object.assign(events, { outcome: () => streamed.outcome(), ended: () => streamed.ended() });
}

class StreamedTurn {
  readonly #services: TurnServices;
  readonly #turn: LingmaTurn;
  readonly #context: CallContext;
  readonly #caller: AbortSignal;
  readonly #own = createCancelSource();
  /** The process that the turn's session is of. */
  readonly #generation: number;
  #flow: ChatEventFlow | undefined;
  #paused = false;
  #attempt: TurnAttempt | undefined;
  /** What the turn was repeated for: each once. */
  readonly #repeatedFor = new Set<'connection' | 'session'>();
  #sessionUsed = false;
  #passedOn = false;
  #over = false;
  readonly #whenOver: (() => void)[] = [];

  constructor(services: TurnServices, turn: LingmaTurn, context: CallContext) {
    this.#services = services;
    this.#turn = turn;
    this.#generation = services.session.generation;
    this.#caller = context.signal;
    this.#context = { ...context, signal: this.#own.signal };
  }

  start(sink: ChatEventSink): ChatEventFlow {
    // Of a process that has just told of its login, or of its end, no turn is asked.
    handOverReads();
    this.#link();
    void this.#run(sink, false);
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

  async close(): Promise<void> {
    if (this.#over) return;
    const running = this.#attempt?.running;
    this.#finish();
    // A turn still being prepared ends by the signal, a running one by its own stop.
    if (running === undefined) this.#own.abort(new GatewayError('client_closed', 'The answer is not wanted any more'));
    else await running.events.close();
  }

  async outcome(): Promise<TurnOutcome | undefined> {
    if (!this.#over) await new Promise<void>((resolve) => this.#whenOver.push(resolve));
    return this.#attempt?.outcome();
  }

  ended(): TurnOutcome | undefined {
    return this.#attempt?.ended();
  }

  async #run(sink: ChatEventSink, renew: boolean): Promise<void> {
    const fresh = this.#sessionUsed || this.#generation !== this.#services.session.generation;
    const attempt = new TurnAttempt(this.#services, this.#turn, this.#context, { renew, fresh });
    this.#attempt = attempt;
    let running: RunningTurn;
    try {
      running = attempt.beginNow() ?? (await attempt.begin());
    } catch (error) {
      await this.#onFailure(error, sink);
      return;
    }
    this.#flow = running.events.pipe({
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
    if (this.#over) await running.events.close();
  }

  async #onFailure(thrown: unknown, sink: ChatEventSink): Promise<void> {
    const attempt = this.#attempt;
    const { settings, session, login, closing } = this.#services;
    const error = explainUnserved(toTurnError(thrown), settings.dialect);
    if (attempt?.hasSession === true) this.#sessionUsed = true;
    const reason = this.#reasonToRepeat(error) ?? (await this.#makeRoom(error));
    if (reason === undefined) {
      this.#finish();
      const peer = attempt?.peer === undefined || attempt.peer.closed ? session.connections.any() : attempt.peer;
      sink.end(this.#own.signal.aborted ? error : await login.explain(error, peer, closing));
      return;
    }
    this.#context.logger.info('Repeating a turn that Lingma lost before it answered', { cause: error });
    this.#repeatedFor.add(reason);
    this.#context.report?.({ repeat: reason });
    this.#flow = undefined;
    await attempt?.running?.outcome;
    await this.#run(sink, reason === 'connection');
  }

  #reasonToRepeat(error: GatewayError): 'connection' | 'session' | undefined {
    if (this.#attempt?.peer === undefined || this.#passedOn || this.#own.signal.aborted) return undefined;
    const reason = isConnectionLost(error)
      ? 'connection'
      : this.#attempt.continues
        ? reasonOfSession(error)
        : this.#attempt.hasSpare && isUnknownSession(error)
          ? 'session'
          : undefined;
    return reason === undefined || this.#repeatedFor.has(reason) ? undefined : reason;
  }

  /** The process opened it no session: where spare ones may be what it has no room beside, they go first. */
  async #makeRoom(error: GatewayError): Promise<'session' | undefined> {
    const { spares, cleanup } = this.#services;
    const attempt = this.#attempt;
    const wasRefused = attempt?.hasSession === true && !attempt.continues && attempt.running === undefined;
    if (!wasRefused || this.#own.signal.aborted || this.#repeatedFor.has('session')) return undefined;
    if (!REFUSALS.includes(error.code) || !spares.makeRoom()) return undefined;
    await cleanup.flush(ROOM_WAIT_MS);
    return 'session';
  }

  /** Not before somebody wants the answer: a stream nobody reads must not hang on signals that live long. */
  #link(): void {
    const { closing } = this.#services;
    const onAbort = this.#onAbort;
    if (this.#caller.aborted || closing.aborted) {
      onAbort();
      return;
    }
    this.#caller.addEventListener('abort', onAbort, ONCE);
    closing.addEventListener('abort', onAbort, ONCE);
  }

  readonly #onAbort = (): void => {
    const { closing } = this.#services;
    this.#own.abort(abortReason(this.#caller.aborted ? this.#caller.reason : closing.reason));
  };

  #unlink(): void {
    this.#caller.removeEventListener('abort', this.#onAbort);
    this.#services.closing.removeEventListener('abort', this.#onAbort);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#unlink();
    for (const tell of this.#whenOver.splice(0)) tell();
    const { session } = this.#turn;
    // No attempt got as far as to take it: it is given up all the same.
    if (session !== undefined && !this.#sessionUsed && this.#attempt?.hasSession !== true)
      this.#services.cleanup.discard(session.id);
  }
}

/** A session that Lingma has forgotten, or that is broken, fails at once, and says so in many ways; a new one does not. */
function reasonOfSession(error: GatewayError): 'session' | undefined {
  return error.code === 'upstream_error' || (MISREAD.includes(error.code) && isUnknownSession(error))
    ? 'session'
    : undefined;
}

/** What the words for too many sessions may be taken for. */
const REFUSALS: readonly string[] = ['upstream_error', 'upstream_overloaded', 'rate_limited', 'quota_exceeded'];
/** How long a turn waits for that room, in milliseconds. */
const ROOM_WAIT_MS = 2000;

/** What the words for an unknown session may be taken for. */
const MISREAD: readonly string[] = ['login_required', 'invalid_request'];
