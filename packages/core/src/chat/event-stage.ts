/**
 * The synchronous middle of a turn's way: stages between source and encoder, run in the callback that brought the events.
 */
import { monotonicNow, systemClock } from '../util/index.js';
import type { ChatEvent } from './event.js';
import type { ChatEventFlow, ChatEventSink } from './event-flow.js';
import { type ChatEventStream, eventStream } from './event-stream.js';

/** Hands an event on to the next stage. */
export type EmitEvent = (event: ChatEvent) => void;

/** A synchronous step of the pipeline. It sees every event once, in order, and emits zero or more. */
export interface EventStage {
  /**
   * @param isOver whether the time of this slice is over. A stage whose work on one event may take long asks now and then,
   * and stops when it is: what is left is then done by {@link proceed}, before the next event. Absent: all at once.
   */
  push(event: ChatEvent, emit: EmitEvent, isOver?: () => boolean): void;
  /** True while work on the last event is left. */
  readonly busy?: boolean;
  /** Goes on with it. */
  proceed?(emit: EmitEvent, isOver?: () => boolean): void;
  /** The turn failed: let go of what is held back, so that nothing already produced is lost. Emits no `response-end`. */
  flush?(emit: EmitEvent): void;
  /** True once the stage has emitted `response-end` of its own accord: the source is closed, the rest ignored. */
  readonly done?: boolean;
}

/** Milliseconds that stages may work before others get their turn. */
const SLICE_MS = 10;
/** Characters of text that a stage gets at once; a source may hand over an answer in one piece. */
const MAX_DELTA = 16_384;

/** Runs `source` through `stages`, first to last, in slices of time: a long batch keeps no other request waiting. */
export function withStages(source: ChatEventStream, stages: readonly EventStage[]): ChatEventStream {
  if (stages.length === 0) return source;
  return eventStream(
    (sink) => new StageRun(source, stages, sink).start(),
    () => source.close(),
  );
}

class StageRun implements ChatEventSink {
  readonly #source: ChatEventStream;
  readonly #stages: readonly EventStage[];
  /** Those that may end the turn of their own accord. */
  readonly #enders: readonly EventStage[];
  /** Those whose work on one event may take several slices. */
  readonly #workers: readonly EventStage[];
  readonly #emitters: EmitEvent[];
  readonly #sink: ChatEventSink;
  #flow: ChatEventFlow | undefined;
  /** What no stage has seen yet; the source is paused while there is any. */
  #waiting: ChatEvent[] = [];
  #next = 0;
  #output: ChatEvent[] = [];
  #paused = false;
  #until = 0;
  /** The slice is over; what waits goes on in a task of its own. */
  #resting = false;
  #over = false;
  #end: { readonly error: unknown } | undefined;

  constructor(source: ChatEventStream, stages: readonly EventStage[], sink: ChatEventSink) {
    this.#source = source;
    this.#stages = stages;
    this.#enders = stages.filter((stage) => 'done' in stage);
    this.#workers = stages.filter(({ proceed }) => proceed !== undefined);
    this.#sink = sink;
    // Made by `map` and not put into their places one by one: what is stored so outlived its turn until V8 collected everything.
    this.#emitters = stages.map(
      (stage, index): EmitEvent =>
        (event) =>
          this.#pass(event, stage, index + 1),
    );
    this.#emitters.push((event) => {
      this.#output.push(event);
    });
  }

  #pass(event: ChatEvent, stage: EventStage, next: number): void {
    stage.push(event, this.#emitters[next] as EmitEvent, this.#isOver);
  }

  start(): ChatEventFlow {
    this.#flow = this.#source.pipe(this);
    if (this.#resting) this.#flow.pause();
    return {
      pause: () => {
        this.#paused = true;
        this.#flow?.pause();
      },
      resume: () => {
        this.#paused = false;
        if (this.#isBehind) this.#rest();
        else this.#flow?.resume();
      },
    };
  }

  events(batch: readonly ChatEvent[]): void {
    if (this.#over || this.#isEnded) return;
    for (const event of batch) {
      if (event.type === 'text-delta' && event.delta.length > MAX_DELTA) this.#waiting.push(...inPieces(event));
      else this.#waiting.push(event);
    }
    if (!this.#resting) this.#work();
  }

  end(error?: unknown): void {
    if (this.#over || this.#isEnded) return;
    this.#end = { error };
    if (!this.#isBehind) this.#finish();
  }

  readonly #isOver = (): boolean => monotonicNow(systemClock) > this.#until;

  /** A stage has ended the turn of its own accord. */
  get #isEnded(): boolean {
    return this.#enders.length > 0 && this.#enders.some(({ done }) => done === true);
  }

  get #isBusy(): boolean {
    return this.#workers.length > 0 && this.#workers.some(({ busy }) => busy === true);
  }

  get #isBehind(): boolean {
    return this.#next < this.#waiting.length || this.#isBusy;
  }

  #work(): void {
    const first = this.#emitters[0] as EmitEvent;
    this.#until = monotonicNow(systemClock) + SLICE_MS;
    try {
      while (this.#isBehind) {
        if (this.#isBusy) this.#proceed();
        else first(this.#waiting[this.#next++] as ChatEvent);
        // The rest of the source is ignored; what later stages still have to do with its end is not.
        if (this.#isEnded) this.#next = this.#waiting.length;
        if (this.#isBehind && this.#isOver()) break;
      }
    } catch (error) {
      // A stage's own failure must not keep the source running.
      void this.#source.close();
      this.#fail(error);
      return;
    }
    if (!this.#isBehind) {
      this.#waiting = [];
      this.#next = 0;
    }
    this.#over = this.#isEnded && !this.#isBehind;
    this.#deliver();
    if (this.#over) this.#source.close().then(() => this.#sink.end());
    else if (this.#isBehind) this.#rest();
    else if (this.#end !== undefined) this.#finish();
  }

  #proceed(): void {
    for (const [index, stage] of this.#stages.entries()) {
      if (stage.busy === true) stage.proceed?.(this.#emitters[index + 1] as EmitEvent, this.#isOver);
    }
  }

  /** Others' sockets and timers get their turn first; a promise alone would go before them. */
  #rest(): void {
    this.#flow?.pause();
    if (this.#resting || this.#paused) return;
    this.#resting = true;
    systemClock.schedule(0, () => {
      this.#resting = false;
      if (this.#over || this.#paused) return;
      this.#work();
      if (!this.#over && !this.#isBehind && !this.#paused) this.#flow?.resume();
    });
  }

  #finish(): void {
    const { error } = this.#end ?? {};
    if (error !== undefined) {
      // It may still hold something of a turn that failed.
      void this.#source.close();
      this.#fail(error);
      return;
    }
    this.#over = true;
    this.#sink.end();
  }

  #fail(error: unknown): void {
    this.#over = true;
    for (const [index, stage] of this.#stages.entries()) {
      try {
        stage.flush?.(this.#emitters[index + 1] as EmitEvent);
      } catch {
        // What a stage breaks on a second time is lost; the failure itself is told all the same.
      }
    }
    this.#deliver();
    this.#sink.end(error);
  }

  #deliver(): void {
    if (this.#output.length === 0) return;
    const batch = this.#output;
    this.#output = [];
    this.#sink.events(batch);
  }
}

function inPieces(event: Extract<ChatEvent, { type: 'text-delta' }>): readonly ChatEvent[] {
  const pieces: ChatEvent[] = [];
  for (let from = 0; from < event.delta.length; ) {
    const last = event.delta.charCodeAt(from + MAX_DELTA - 1);
    // A character of two units stays whole.
    const end = from + MAX_DELTA + (last >= 0xd800 && last < 0xdc00 ? 1 : 0);
    pieces.push({ ...event, delta: event.delta.slice(from, end) });
    from = end;
  }
  return pieces;
}
