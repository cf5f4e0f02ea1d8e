import type { ClientConnection } from '../connection/client-connection.js';
import type { Session, SessionRecord } from '../process/session-store.js';
import type { Dialect } from '../process/stats.js';

/** Thrown inside a turn when it was stopped or its client is gone; never leaves `runTurn`. */
export class TurnInterrupted extends Error {
  override readonly name = 'TurnInterrupted';
}

/** What a turn is made of. */
export interface TurnFacts {
  readonly dialect: Dialect;
  readonly requestId: string;
  readonly session: Session;
  readonly record: SessionRecord;
  readonly client: ClientConnection;
}

/** One running question: its identity, and how it waits and is interrupted. It has one waiter at a time. */
export class Turn {
  readonly dialect: Dialect;
  readonly requestId: string;
  readonly session: Session;
  readonly record: SessionRecord;
  readonly client: ClientConnection;
  /** On the clock that nobody sets. */
  readonly startedAt = performance.now();
  /** Settles when the turn is stopped or abandoned. */
  readonly interrupted: Promise<void>;
  #interruption: 'none' | 'stopped' | 'abandoned' = 'none';
  #resolveInterrupted: () => void = () => undefined;
  #wake: (() => void) | undefined;

  constructor(facts: TurnFacts) {
    this.dialect = facts.dialect;
    this.requestId = facts.requestId;
    this.session = facts.session;
    this.record = facts.record;
    this.client = facts.client;
    this.interrupted = new Promise((resolve) => {
      this.#resolveInterrupted = resolve;
    });
  }

  get interruption(): 'none' | 'stopped' | 'abandoned' {
    return this.#interruption;
  }

  /** The client asked for it to end. */
  stop(): void {
    this.#interrupt('stopped');
  }

  /** The client is gone, or the process is. */
  abandon(): void {
    this.#interrupt('abandoned');
  }

  /** @throws TurnInterrupted when the turn must end */
  check(): void {
    if (this.#interruption !== 'none') throw new TurnInterrupted();
  }

  /** Waits; wakes early, with TurnInterrupted, when the turn must end. */
  async sleep(ms: number): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    this.check();
  }

  /** Lets the event loop turn once, so that a stop that has arrived is seen. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.check();
  }

  /** Waits for something else, or for the end of the turn. */
  async until<T>(wait: Promise<T>): Promise<T> {
    const value = await Promise.race([wait, this.interrupted]);
    this.check();
    return value as T;
  }

  #interrupt(kind: 'stopped' | 'abandoned'): void {
    if (this.#interruption === 'abandoned' || this.#interruption === kind) return;
    this.#interruption = kind;
    this.#resolveInterrupted();
    this.#wake?.();
  }
}
