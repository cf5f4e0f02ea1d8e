/**
 * An answer whose end waits a moment: what is to be written down of it is written before the caller hears of the end, so that a
 * request that goes on with it finds it. Only the end waits, and never long. What came together with it leaves together with it
 * where that takes no longer than the callback that brought both: a write to the client costs more than all else here.
 */
import {
  type ChatEvent,
  type ChatEventFlow,
  type ChatEventSink,
  type ChatEventStream,
  type ChatResult,
  eventStream,
  ResultCollector,
} from '../chat/index.js';
import { type Clock, systemClock } from '../util/index.js';

/** Is under way. */
export interface Writing {
  readonly written: Promise<void>;
}

export interface EndWatch {
  /**
   * The answer is complete. Called once at most. Must not reject.
   *
   * @returns a promise of the moment from which the writing is under way, or at once what that brings: a promise of its end, or
   * `undefined` where nothing is to be waited for
   */
  onAnswer(answer: ChatResult): Promise<Writing | undefined> | Writing | undefined;
  /** There will be no complete answer: it failed, was given up, or is too long to be looked at. */
  onNone(): void;
  readonly clock?: Clock;
}

/** Characters of an answer that are kept to be looked at; a longer one counts as none. */
const MAX_ANSWER = 4 * 1024 * 1024;
/** Milliseconds that the end waits for the writing. */
const MAX_HOLD_MS = 1000;
/** Turns of the queue of microtasks before a timer is set. */
const SOON = 32;

export function holdEnd(source: ChatEventStream, watch: EndWatch): ChatEventStream {
  const run = new HeldEnd(source, watch);
  return eventStream(
    (sink) => run.start(sink),
    () => run.close(),
  );
}

class HeldEnd implements ChatEventSink {
  readonly #source: ChatEventStream;
  readonly #watch: EndWatch;
  readonly #clock: Clock;
  #collector: ResultCollector | undefined = new ResultCollector();
  #length = 0;
  #told = false;
  #sink: ChatEventSink | undefined;
  #paused = false;
  /** The end, while it waits, and at first what came together with it. */
  #held: readonly ChatEvent[] | undefined;
  #isDue = false;

  constructor(source: ChatEventStream, watch: EndWatch) {
    this.#source = source;
    this.#watch = watch;
    this.#clock = watch.clock ?? systemClock;
  }

  start(sink: ChatEventSink): ChatEventFlow {
    this.#sink = sink;
    const flow = this.#source.pipe(this);
    return {
      pause: () => {
        this.#paused = true;
        flow.pause();
      },
      resume: () => {
        this.#paused = false;
        flow.resume();
        // Never before this call has returned.
        if (this.#isDue) this.#clock.schedule(0, () => this.#release());
      },
    };
  }

  events(batch: readonly ChatEvent[]): void {
    for (const event of batch) this.#collect(event);
    const answer = batch.at(-1)?.type === 'response-end' ? this.#collector?.finish() : undefined;
    if (answer !== undefined) {
      this.#told = true;
      const writing = this.#watch.onAnswer(answer);
      if (writing !== undefined) {
        this.#held = batch;
        void this.#hold(writing);
        return;
      }
    }
    this.#sink?.events(batch);
  }

  end(error?: unknown): void {
    if (this.#held !== undefined) return;
    this.#tellNone();
    this.#sink?.end(error);
  }

  async close(): Promise<void> {
    this.#held = undefined;
    this.#isDue = false;
    await this.#source.close();
    this.#tellNone();
  }

  #collect(event: ChatEvent): void {
    if (this.#collector === undefined) return;
    if ('delta' in event) this.#length += event.delta.length;
    if (this.#length > MAX_ANSWER) this.#collector = undefined;
    else this.#collector.push(event);
  }

  #tellNone(): void {
    if (this.#told) return;
    this.#told = true;
    this.#watch.onNone();
  }

  async #hold(writing: Promise<Writing | undefined> | Writing): Promise<void> {
    // What is not under way by the next task waits for something slow, such as a process that is told to stop.
    const begun = 'then' in writing ? await this.#within(0, writing) : writing;
    if (begun !== undefined) await this.#within(MAX_HOLD_MS, begun.written);
    this.#isDue = true;
    if (!this.#paused) this.#release();
  }

  /** The end will take its time. */
  #passFront(): void {
    const held = this.#held;
    if (held === undefined || held.length < 2 || this.#paused) return;
    this.#held = held.slice(-1);
    this.#sink?.events(held.slice(0, -1));
  }

  #release(): void {
    const end = this.#held;
    if (end === undefined || this.#paused || !this.#isDue) return;
    this.#isDue = false;
    this.#sink?.events(end);
    this.#sink?.end();
  }

  /** What is settled in a moment, as nearly all is, costs no timer. */
  #within<Value>(ms: number, promise: Promise<Value>): Promise<Value | undefined> {
    return new Promise((resolve) => {
      let isOpen = true;
      let cancel: (() => void) | undefined;
      promise.then((value) => {
        isOpen = false;
        cancel?.();
        resolve(value);
      });
      let left = SOON;
      const wait = (): void => {
        if (!isOpen) return;
        if (left-- > 0) queueMicrotask(wait);
        else {
          cancel = this.#clock.schedule(ms, () => resolve(undefined));
          this.#passFront();
        }
      };
      wait();
    });
  }
}
