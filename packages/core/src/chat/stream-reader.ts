/** From pushing to pulling: behind `read()` and `for await`. */
import type { ChatEvent } from './event.js';
import type { ChatEventFlow, ChatEventSink } from './event-flow.js';

/** Pulls a stream that pushes: it flows while somebody waits, and no longer. */
export class StreamReader implements ChatEventSink {
  readonly #pipe: (sink: ChatEventSink) => ChatEventFlow;
  #flow: ChatEventFlow | undefined;
  #batch: readonly ChatEvent[] = [];
  #end: { readonly error: unknown } | undefined;
  #waiting: { resolve(batch: readonly ChatEvent[] | undefined): void; reject(error: unknown): void } | undefined;

  constructor(pipe: (sink: ChatEventSink) => ChatEventFlow) {
    this.#pipe = pipe;
  }

  read(): Promise<readonly ChatEvent[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#batch.length > 0 || this.#end !== undefined) this.#answer();
      else if (this.#flow !== undefined) this.#flow.resume();
      else {
        this.#flow = this.#pipe(this);
        // It was there at once.
        if (this.#waiting === undefined) this.#flow.pause();
      }
    });
  }

  events(batch: readonly ChatEvent[]): void {
    this.#batch = this.#batch.length === 0 ? batch : [...this.#batch, ...batch];
    if (this.#waiting === undefined) return;
    this.#flow?.pause();
    this.#answer();
  }

  end(error?: unknown): void {
    this.#end ??= { error };
    if (this.#waiting !== undefined) this.#answer();
  }

  #answer(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#batch.length > 0) {
      const batch = this.#batch;
      this.#batch = [];
      waiting?.resolve(batch);
    } else if (this.#end?.error === undefined) waiting?.resolve(undefined);
    else waiting?.reject(this.#end.error);
  }
}
