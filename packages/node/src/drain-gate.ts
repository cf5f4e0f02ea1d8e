/** A socket that takes no more for now, watched. */
import type { ServerResponse } from 'node:http';

/** Tells when a full socket takes more; one that makes no progress for too long is destroyed. */
export class DrainGate {
  readonly #outgoing: ServerResponse;
  readonly #stallMs: number;
  readonly #onDrain: () => void;
  #timer: NodeJS.Timeout | undefined;
  #listening = false;

  constructor(outgoing: ServerResponse, stallMs: number, onDrain: () => void) {
    this.#outgoing = outgoing;
    this.#stallMs = stallMs;
    this.#onDrain = onDrain;
  }

  wait(): void {
    if (this.#timer !== undefined) return;
    if (!this.#listening) {
      this.#listening = true;
      this.#outgoing.on('drain', this.#drained);
    }
    this.#watch();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#outgoing.off('drain', this.#drained);
  }

  readonly #drained = (): void => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onDrain();
  };

  /** Much text drains slowly: as long as some of it leaves, the reader is there. */
  #watch(): void {
    const before = this.#sent;
    this.#timer = setTimeout(() => {
      if (this.#sent > before) this.#watch();
      else this.#outgoing.destroy();
    }, this.#stallMs);
  }

  /** Bytes of the connection that the kernel has taken. */
  get #sent(): number {
    const { socket } = this.#outgoing;
    return socket === null ? 0 : socket.bytesWritten - socket.writableLength;
  }
}
