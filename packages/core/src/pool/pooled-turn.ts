/**
 * One turn of the pool: a place on an instance, the turn there, and once more on another instance when the first failed
 * before anything was passed on. Where an instance is free nothing waits: the events go straight through.
 *
 * Over 250 lines: every way to begin, move and end a turn changes the same state.
 */
import {
  abortReason,
  type CallContext,
  type ChatEventFlow,
  type ChatEventSink,
  eventStream,
  GatewayError,
} from '../chat/index.js';
import { handOverReads, type LingmaTurn, type LingmaTurnStream, type TurnOutcome } from '../lingma/index.js';
import { type CancelSource, linkedController } from '../util/index.js';
import type { MemberTurn, PoolMember, UnansweredTurn } from './member.js';
import { isHeldBy, type Place, type PlaceSource } from './place-source.js';
import type { PoolTurn, PoolTurnOutcome, PoolTurnStream } from './pool-contract.js';
import { mayMove, moreTelling } from './turn-failures.js';

export function streamPooledTurn(source: PlaceSource, turn: PoolTurn, context: CallContext): PoolTurnStream {
  const run = new PooledTurn(source, turn, context);
  const events = eventStream(
    (sink) => run.start(sink),
    () => run.close(),
  );
  return Object.assign(events, { outcome: () => run.outcome(), ended: () => run.ended() });
}

/** A turn on a member. */
interface Running {
  readonly place: Place;
  readonly observed: MemberTurn;
  readonly stream: LingmaTurnStream;
}

class PooledTurn implements UnansweredTurn {
  readonly #source: PlaceSource;
  readonly #turn: PoolTurn;
  readonly #context: CallContext;
  /** Made when the turn has to wait. */
  #waiting: { readonly controller: CancelSource; readonly release: () => void } | undefined;
  #running: Running | undefined;
  #sink: ChatEventSink | undefined;
  #flow: ChatEventFlow | undefined;
  #firstFailure: { readonly error: unknown } | undefined;
  #paused = false;
  #passedOn = false;
  #over = false;
  /** Of the instance at the end of the turn. */
  #generation = 0;
  /** It ended on an instance that drains, which has given its session up. */
  #isSessionGivenUp = false;
  readonly #whenOver: (() => void)[] = [];

  constructor(source: PlaceSource, turn: PoolTurn, context: CallContext) {
    this.#source = source;
    this.#turn = turn;
    this.#context = context;
  }

  start(sink: ChatEventSink): ChatEventFlow {
    this.#sink = sink;
    // What the instances have told so far decides which of them is asked.
    handOverReads();
    this.#begin(sink);
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

  async outcome(): Promise<PoolTurnOutcome | undefined> {
    if (!this.#over) await new Promise<void>((resolve) => this.#whenOver.push(resolve));
    const running = this.#running;
    const ended = await running?.stream.outcome();
    return running && ended && this.#outcomeOf(running, ended, this.#generation);
  }

  ended(): PoolTurnOutcome | undefined {
    const running = this.#running;
    if (running === undefined) return undefined;
    const { member } = running.place;
    // Whether its session is given up is seen at the end.
    if (!this.#over && member.draining) return undefined;
    const ended = running.stream.ended?.();
    return ended && this.#outcomeOf(running, ended, this.#over ? this.#generation : member.instance.generation);
  }

  #outcomeOf(
    { place }: Running,
    { sessionId, reusable, text, continued }: TurnOutcome,
    generation: number,
  ): PoolTurnOutcome {
    const isOurs = reusable && !this.#isSessionGivenUp;
    return { sessionId, text, continued, reusable: isOurs, instance: place.member.name, generation };
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#finish();
    this.#waiting?.controller.abort(new GatewayError('client_closed', 'The answer is not wanted any more'));
    const running = this.#running;
    if (running === undefined) return;
    this.#generation = running.place.member.instance.generation;
    running.place.member.forget(this);
    await running.stream.close();
    running.place.member.dismiss(running.observed);
    running.place.release();
  }

  /** Its client would go on as soon as the process is back, which may take long; others need not wait for that. */
  onInstanceLost(): void {
    const [running, sink] = [this.#running, this.#sink];
    if (running === undefined || sink === undefined || !this.#mayRepeat) return;
    const { place, observed, stream } = running;
    const other = this.#source.takeEligible(place.member);
    if (other === undefined) return;
    this.#firstFailure = { error: new GatewayError('upstream_error', 'The connection to Lingma was lost') };
    place.member.forget(this);
    place.member.lose(observed);
    place.release();
    this.#tellMove(place.member, other.member);
    this.#flow = undefined;
    this.#run(other, sink);
    void stream.close();
  }

  #begin(sink: ChatEventSink): void {
    try {
      const place = this.#source.take(this.#turn, this.#context);
      if (place !== undefined) this.#run(place, sink);
      else this.#await((signal) => this.#source.wait(this.#turn, this.#context, signal), sink);
    } catch (error) {
      this.#end(error, sink);
    }
  }

  /** Runs the turn on the place that comes, or ends it with what comes in its stead. */
  #await(ask: (signal: AbortSignal) => Promise<Place | undefined>, sink: ChatEventSink): void {
    const waiting = linkedController(this.#context.signal);
    this.#waiting = waiting;
    const settle = (): void => {
      waiting.release();
      this.#waiting = undefined;
    };
    ask(waiting.controller.signal).then(
      (place) => {
        settle();
        if (place === undefined) this.#end(this.#firstFailure?.error, sink);
        else this.#run(place, sink);
      },
      (error: unknown) => {
        settle();
        if (this.#over) sink.end();
        else this.#end(this.#context.signal.aborted ? abortReason(error) : error, sink);
      },
    );
  }

  #run(place: Place, sink: ChatEventSink): void {
    const { member } = place;
    // Closed by whoever heard of the place.
    if (this.#over) {
      place.release();
      sink.end();
      return;
    }
    let stream: LingmaTurnStream;
    try {
      this.#context.report?.({ instance: member.name });
      stream = member.instance.streamTurn(turnFor(this.#turn, member), this.#context);
    } catch (error) {
      place.release();
      this.#end(error, sink);
      return;
    }
    const running: Running = { place, observed: member.begin(this), stream };
    this.#running = running;
    const flow = stream.pipe({
      events: (batch) => {
        // Of a turn that was taken elsewhere nobody hears any more.
        if (this.#running !== running) return;
        if (!this.#passedOn) {
          this.#passedOn = true;
          member.forget(this);
        }
        sink.events(batch);
      },
      end: (error) => {
        if (this.#running === running) this.#onEnd(error, running, sink);
      },
    });
    // It may have ended on the spot, and another run be under way.
    if (this.#running !== running) return;
    this.#flow = flow;
    if (this.#paused) flow.pause();
  }

  #onEnd(error: unknown, { place, observed, stream }: Running, sink: ChatEventSink): void {
    // Whoever closed the stream gives the place back when all is done.
    if (this.#over) {
      sink.end(error);
      return;
    }
    const { member } = place;
    this.#generation = member.instance.generation;
    member.forget(this);
    member.settle(observed, error);
    if (error === undefined && member.draining && this.#turn.keepSession === true) {
      this.#isSessionGivenUp = true;
      member.giveUpSession(stream.outcome());
    }
    place.release();
    if (error === undefined || !this.#mayRepeat || !mayMove(error)) {
      this.#end(error, sink);
      return;
    }
    this.#firstFailure = { error };
    this.#flow = undefined;
    this.#await(async (signal) => {
      const other = await this.#source.takeOther(member, signal).catch(() => undefined);
      if (other !== undefined) this.#tellMove(member, other.member, error);
      return other;
    }, sink);
  }

  get #mayRepeat(): boolean {
    return this.#firstFailure === undefined && !this.#passedOn && !this.#over && !this.#context.signal.aborted;
  }

  #tellMove(from: PoolMember, to: PoolMember, cause?: unknown): void {
    const { logger, report } = this.#context;
    report?.({ repeat: 'instance' });
    logger.info('Repeating a turn on another instance', { from: from.name, to: to.name, cause });
  }

  #end(error: unknown, sink: ChatEventSink): void {
    this.#finish();
    const first = this.#firstFailure;
    sink.end(first !== undefined && error !== undefined && !this.#passedOn ? moreTelling(first.error, error) : error);
  }

  #finish(): void {
    this.#over = true;
    for (const tell of this.#whenOver.splice(0)) tell();
  }
}

/** Its session goes with it only to the process that has it. */
function turnFor(turn: PoolTurn, member: PoolMember): LingmaTurn {
  const { session } = turn;
  if (session === undefined || isHeldBy(session, member)) return turn;
  const { session: _, ...fresh } = turn;
  return fresh;
}
