/** The way of a turn's events to their reader: a reader who lags holds the connection up, for as long as he does. */
import type { ChatEvent } from '../../chat/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { TurnInbox } from './event-queue.js';

export interface TurnFlowOptions {
  readonly peer: Pick<JsonRpcPeer, 'pause' | 'resume'>;
  /** The reader lags so far behind that the turn cannot go on. */
  readonly onOverflow: () => void;
  /** The reader has taken everything there was. */
  readonly onTaken: () => void;
}

export class TurnFlow {
  readonly #peer: TurnFlowOptions['peer'];
  readonly #inbox: TurnInbox;
  #paused = false;
  #free = false;

  constructor({ peer, onOverflow, onTaken }: TurnFlowOptions) {
    this.#peer = peer;
    this.#inbox = new TurnInbox({
      onFull: () => this.#pause(),
      onDrained: () => this.#resume(),
      onOverflow,
      onTaken,
    });
  }

  /** Whether the reader keeps the turn waiting. */
  get held(): boolean {
    return this.#paused || this.#inbox.waiting;
  }

  push(event: ChatEvent): void {
    this.#inbox.push(event);
  }

  read(): Promise<readonly ChatEvent[] | undefined> {
    return this.#inbox.read();
  }

  /** No more events; those unread are still handed over. Only the first end counts. */
  end(): void {
    this.#inbox.end();
  }

  /** As `end()`, but the reader then gets `error`. */
  fail(error: unknown): void {
    this.#inbox.fail(error);
  }

  /** The reader has lost interest. */
  discard(): void {
    this.#inbox.discard();
  }

  /** From now on the connection is never held up: what still comes is not for the reader. */
  letGo(): void {
    this.#free = true;
    this.#resume();
  }

  #pause(): void {
    if (this.#free) return;
    this.#paused = true;
    this.#peer.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#peer.resume();
  }
}
