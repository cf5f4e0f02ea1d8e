/** A pushed body as the stream that frameworks and their hooks know. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type ChunkSource, pushChunks } from './push-chunks.js';

/** Text that waits in the stream, where somebody reads it as one: no more is asked for above that. */
const HIGH_WATER_MARK = 64 * 1024;

/**
 * Piped into the response it was made for, the text goes there as it is pushed, without a stream in between: a chunk costs what it
 * costs without a framework. Whoever reads it, or pipes it elsewhere (a hook that compresses), gets an ordinary stream.
 */
export class PushedBody extends Readable {
  readonly #source: ChunkSource;
  readonly #outgoing: ServerResponse;
  readonly #stallMs: number;
  #begun = false;

  constructor(source: ChunkSource, outgoing: ServerResponse, stallMs: number) {
    super({ highWaterMark: HIGH_WATER_MARK });
    this.#source = source;
    this.#outgoing = outgoing;
    this.#stallMs = stallMs;
  }

  override pipe<Destination extends NodeJS.WritableStream>(
    destination: Destination,
    options?: { readonly end?: boolean },
  ): Destination {
    const response: unknown = this.#outgoing;
    if (destination !== response || this.#begun || this.destroyed) return super.pipe(destination, options);
    this.#begun = true;
    if (this.#outgoing.destroyed) {
      this.destroy();
      return destination;
    }
    pushChunks(this.#source, this.#outgoing, this.#stallMs).then(() => this.#finish());
    return destination;
  }

  override _read(): void {
    if (this.#begun) {
      this.#source.resume();
      return;
    }
    this.#begun = true;
    this.#source.pipe({
      write: (text) => this.push(text),
      end: () => void this.push(null),
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.cancel(error ?? undefined);
    callback(error);
  }

  /** For those who watch the stream and not the response. */
  #finish(): void {
    if (this.destroyed) return;
    this.push(null);
    this.resume();
  }
}
