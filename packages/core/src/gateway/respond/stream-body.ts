/**
 * A turn as the text of an event stream, made when the client asks for more. Each batch of events becomes one piece of
 * text; silence becomes keep-alives; a failure becomes the protocol's own error frame and a proper end.
 */
import { type ChatEvent, type ChatEventStream, GatewayError } from '../../chat/index.js';
import { type Clock, Deadline } from '../../util/index.js';
import type { ChunkSource } from '../../util/readable-stream.js';
import type { StreamEncoder } from '../../wire/index.js';

export interface StreamBodyOptions {
  readonly stream: ChatEventStream;
  /** The read that was begun before the status went out. */
  readonly first: Promise<readonly ChatEvent[] | undefined>;
  readonly encoder: StreamEncoder;
  /** Its abort ends the body: with an error frame, if anybody still reads. */
  readonly signal: AbortSignal;
  readonly keepAliveMs: number;
  readonly clock: Clock;
  readonly onEvent: (event: ChatEvent) => void;
  /** Returns the error as the client may see it. */
  readonly onFailure: (thrown: unknown) => GatewayError;
  /** Awaited before the last piece goes out. */
  readonly beforeEnd?: () => Promise<void>;
  /** The consumer went away before the end. */
  readonly onCancel: () => void;
  /** Once, however the body ends. */
  readonly onFinish: () => void;
}

export class StreamBody implements ChunkSource {
  readonly #options: StreamBodyOptions;
  #first: StreamBodyOptions['first'] | undefined;
  #reading = false;
  #waiting: ((text: string | undefined) => void) | undefined;
  /** Text that nobody has asked for yet: only the error frame of an abort. */
  #pending = '';
  #finished = false;
  #silence: Deadline | undefined;

  constructor(options: StreamBodyOptions) {
    this.#options = options;
    this.#first = options.first;
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
  }

  read(): Promise<string | undefined> {
    if (this.#pending !== '') {
      const text = this.#pending;
      this.#pending = '';
      return Promise.resolve(text);
    }
    if (this.#finished) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#watchSilence();
      this.#advance();
    });
  }

  cancel(): void {
    if (this.#finished) return;
    this.#options.onCancel();
    this.#finish();
    this.#deliver(undefined);
  }

  #advance(): void {
    if (this.#reading) return;
    this.#reading = true;
    const next = this.#first ?? this.#options.stream.read();
    this.#first = undefined;
    next.then(this.#onBatch, this.#onError);
  }

  readonly #onBatch = (batch: readonly ChatEvent[] | undefined): void => {
    this.#reading = false;
    if (this.#finished) return;
    try {
      if (batch === undefined) throw new GatewayError('upstream_protocol', 'The answer was cut off before its end');
      const { encoder, onEvent } = this.#options;
      let text = '';
      for (const event of batch) {
        onEvent(event);
        text += encoder.push(event);
        if (event.type === 'response-end') {
          this.#end(text + encoder.end());
          return;
        }
      }
      // Everything is held back, or was nothing to this protocol: the silence goes on.
      if (text === '') this.#advance();
      else this.#deliver(text);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #onError = (error: unknown): void => {
    this.#reading = false;
    if (!this.#finished) this.#fail(error);
  };

  readonly #onAbort = (): void => {
    if (!this.#finished) this.#fail(this.#options.signal.reason);
  };

  #end(text: string): void {
    const { beforeEnd } = this.#options;
    if (beforeEnd === undefined) this.#close(text);
    else beforeEnd().then(() => this.#close(text), this.#onError);
  }

  #close(text: string): void {
    if (this.#finished) return;
    this.#finish();
    this.#deliver(text);
  }

  #fail(thrown: unknown): void {
    const error = this.#options.onFailure(thrown);
    this.#finish();
    let text = '';
    try {
      text = this.#options.encoder.fail(error);
    } catch (encoderError) {
      // A broken encoder can still be followed by a closed connection.
      this.#options.onFailure(encoderError);
    }
    this.#deliver(text === '' ? undefined : text);
  }

  /** To the reader that waits, else for the next one. */
  #deliver(text: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) waiting(text);
    else this.#pending += text ?? '';
    this.#silence?.touch();
  }

  /** Silence counts from the last text that went out, whether the upstream is silent or its text is held back. */
  #watchSilence(): void {
    const { keepAliveMs, clock, encoder } = this.#options;
    this.#silence ??= new Deadline(
      keepAliveMs,
      () => {
        this.#silence = undefined;
        if (this.#finished) return;
        // Without a waiting reader the connection is full, not silent; the next read starts the time anew.
        if (this.#waiting !== undefined) this.#deliver(encoder.keepAlive);
      },
      clock,
    );
  }

  #finish(): void {
    this.#finished = true;
    this.#silence?.clear();
    this.#silence = undefined;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#options.onFinish();
  }
}
