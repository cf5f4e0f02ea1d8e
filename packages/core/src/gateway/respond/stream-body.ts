/**
 * A turn as the text of an event stream. What the turn pushes is encoded at once and handed on as one piece a batch;
 * silence becomes keep-alives; a failure becomes the protocol's own error frame and a proper end. A consumer whose
 * socket is full holds the turn up.
 */
import { type ChatEvent, type ChatEventFlow, GatewayError } from '../../chat/index.js';
import { type Clock, Deadline } from '../../util/index.js';
import type { ChunkSink, ChunkSource } from '../../util/readable-stream.js';

/** No proxy may change a stream, or keep it until it is whole. */
export const streamHeaders = (type = 'text/event-stream; charset=utf-8'): Record<string, string> => ({
  'content-type': type,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
});

/** What an answer consists of: events, or pieces that are handed on. The last one is called `response-end`. */
interface AnswerItem {
  readonly type: string;
}

/** As a protocol's `StreamEncoder`, of whatever the answer consists of. */
export interface ItemEncoder<Item> {
  push(item: Item): string;
  end(): string;
  fail(error: GatewayError): string;
  readonly keepAlive: string;
}

interface ItemSource<Item> {
  pipe(sink: { events(batch: readonly Item[]): void; end(error?: unknown): void }): ChatEventFlow;
}

export interface StreamBodyOptions<Item extends AnswerItem = ChatEvent> {
  readonly stream: ItemSource<Item>;
  readonly encoder: ItemEncoder<Item>;
  /** Its abort ends the body: with an error frame, if anybody still reads. */
  readonly signal: AbortSignal;
  readonly keepAliveMs: number;
  /** Milliseconds after which {@link StreamBody.ready} resolves without any event. */
  readonly commitAfterMs: number;
  readonly clock: Clock;
  /** Is shown every event before it is encoded, and told where a batch ends. */
  readonly recorder: { push(event: Item): void; endBatch(): void };
  /** Returns the error as the client may see it. */
  readonly onFailure: (thrown: unknown) => GatewayError;
  /** Awaited before the last piece goes out. */
  readonly beforeEnd?: () => Promise<void>;
  /** The consumer went away before the end. */
  readonly onCancel: () => void;
  /** Once, however the body ends. */
  readonly onFinish: () => void;
}

export class StreamBody<Item extends AnswerItem = ChatEvent> implements ChunkSource {
  /**
   * Resolves with the first events, or when they have been waited for long enough; rejects with whatever the turn
   * failed with before. After that failures are told in the body.
   */
  readonly ready: Promise<void>;
  readonly #options: StreamBodyOptions<Item>;
  #settleReady: { resolve(): void; reject(error: unknown): void } | undefined;
  #cancelCommit: () => void = () => undefined;
  #flow: ChatEventFlow | undefined;
  #sink: ChunkSink | undefined;
  /** The sink wants no more for now. */
  #full = true;
  /** What nobody could take yet: the first batch, or an error frame behind a full socket. */
  #pending = '';
  /** The answer is whole; only its last piece waits for something. */
  #answered = false;
  /** The turn is over for us; what is pending, and then the end, is all that still comes. */
  #finished = false;
  #closed = false;
  #silence: Deadline | undefined;

  constructor(options: StreamBodyOptions<Item>) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    const { signal, clock, commitAfterMs, stream } = options;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) {
      this.#onAbort();
      return;
    }
    this.#cancelCommit = clock.schedule(commitAfterMs, () => this.#commit());
    this.#flow = stream.pipe({
      events: (batch) => this.#onBatch(batch),
      end: (error) => this.#onEnd(error),
    });
    // It may be over already, or have said something: nobody wants more before the status has gone out.
    if (this.#settleReady === undefined && this.#sink === undefined) this.#flow.pause();
  }

  pipe(sink: ChunkSink): void {
    this.#sink = sink;
    this.resume();
    if (!this.#finished) this.#watchSilence();
  }

  resume(): void {
    if (!this.#full || this.#closed) return;
    this.#full = false;
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') this.#write(text);
    if (this.#full) return;
    if (this.#finished) this.#close();
    else this.#flow?.resume();
  }

  cancel(): void {
    this.#closed = true;
    if (this.#finished) return;
    this.#options.onCancel();
    this.#finish();
  }

  /** The status goes out: whatever happens from now on is told in the body. */
  #commit(): void {
    this.#cancelCommit();
    this.#settleReady?.resolve();
    this.#settleReady = undefined;
  }

  #onBatch(batch: readonly Item[]): void {
    if (this.#finished || this.#answered) return;
    const { encoder, recorder } = this.#options;
    if (this.#settleReady !== undefined) {
      // Nobody sees the status before this batch has been worked off; what breaks in it is told in the body.
      this.#commit();
      this.#flow?.pause();
    }
    try {
      let text = '';
      let ended = false;
      for (const event of batch) {
        recorder.push(event);
        text += encoder.push(event);
        if (event.type === 'response-end') {
          ended = true;
          text += encoder.end();
          break;
        }
      }
      recorder.endBatch();
      if (ended) this.#end(text);
      else if (text !== '') this.#write(text);
    } catch (error) {
      this.#fail(error);
    }
  }

  #onEnd(error: unknown): void {
    if (this.#finished || this.#answered) return;
    const committed = this.#settleReady === undefined;
    const cut = committed ? 'The answer was cut off before its end' : 'The upstream ended the turn without an answer';
    this.#fail(error ?? new GatewayError('upstream_protocol', cut));
  }

  readonly #onAbort = (): void => {
    if (!this.#finished) this.#fail(this.#options.signal.reason);
  };

  #end(text: string): void {
    this.#answered = true;
    const { beforeEnd } = this.#options;
    if (beforeEnd === undefined) this.#last(text);
    else
      beforeEnd().then(
        () => this.#last(text),
        (error: unknown) => {
          if (!this.#finished) this.#fail(error);
        },
      );
  }

  #fail(thrown: unknown): void {
    if (this.#settleReady !== undefined) {
      const { reject } = this.#settleReady;
      this.#settleReady = undefined;
      this.#closed = true;
      this.#finish();
      reject(thrown);
      return;
    }
    const error = this.#options.onFailure(thrown);
    let text = '';
    try {
      text = this.#options.encoder.fail(error);
    } catch (encoderError) {
      // A broken encoder can still be followed by a closed connection.
      this.#options.onFailure(encoderError);
    }
    this.#last(text);
  }

  #last(text: string): void {
    if (this.#finished) return;
    this.#finish();
    if (text !== '') this.#write(text);
    // A full socket gets the end behind what it still has to take.
    if (!this.#full) this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink?.end();
  }

  #write(text: string): void {
    if (this.#closed) return;
    if (this.#full || this.#sink === undefined) {
      this.#pending += text;
      this.#flow?.pause();
      return;
    }
    this.#silence?.touch();
    if (this.#sink.write(text)) return;
    this.#full = true;
    this.#flow?.pause();
  }

  /** Silence counts from the last text that went out, whether the upstream is silent or its text is held back. */
  #watchSilence(): void {
    const { keepAliveMs, clock, encoder } = this.#options;
    this.#silence = new Deadline(
      keepAliveMs,
      () => {
        if (this.#finished) return;
        this.#watchSilence();
        // A full connection is not silent.
        if (!this.#full) this.#write(encoder.keepAlive);
      },
      clock,
    );
  }

  #finish(): void {
    this.#finished = true;
    this.#cancelCommit();
    this.#silence?.clear();
    this.#silence = undefined;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#options.onFinish();
  }
}
