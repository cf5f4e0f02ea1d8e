/**
 * Sessions made before anybody asks for them, on connections whose turns come one after the other: making one and choosing its
 * model are two round trips before a prompt can leave. Here they go out beside the prompt of an earlier turn, in the same write.
 * A connection has two at most, one whose model is chosen and one on its way there. What nobody comes for is deleted.
 */
import { type Clock, type JsonValue, type Logger, monotonicNow, systemClock } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { buildNewSession, buildSetModel, sessionIdOf } from '../protocol/new-session.js';
import { checkResult } from '../protocol/turn-end.js';
import type { SessionCleanup } from './session-cleanup.js';

/** New sessions in a row after which a connection has spare ones: who is asked now and then keeps none. */
const ROW = 16;
/** Milliseconds without a new session that end a row. */
const PAUSE_MS = 5000;
/** Milliseconds without a new session after which what is spare is deleted. */
const IDLE_MS = 500;
/** Of one connection. */
const MAX_EACH = 2;
/** Of all connections together, those on their way included. */
const MAX_SPARES = 64;

export interface SpareSessionsOptions {
  readonly cwd: string;
  /** Takes what is not needed. */
  readonly cleanup: Pick<SessionCleanup, 'discard' | 'abandon'>;
  readonly logger: Logger;
  readonly clock?: Clock;
}

interface SpareSession {
  readonly sessionId: string;
  /** Absent: none was chosen. */
  readonly modelKey: string | undefined;
}

/** What is spare on one connection. */
interface Line {
  readonly peer: JsonRpcPeer;
  /** New sessions in this row. */
  row: number;
  lastAt: number;
  /** To be had. */
  readonly spares: SpareSession[];
  /** On their way: made (`''`), or the model of one that is there is chosen. */
  readonly pending: Map<Promise<string>, string>;
  /** The process refused, or the connection is gone: none for it any more. */
  isOver: boolean;
}

export class SpareSessions {
  readonly #options: SpareSessionsOptions;
  readonly #clock: Clock;
  /** Of the connections that are open. */
  readonly #lines = new Map<JsonRpcPeer, Line>();
  #held = 0;
  /** When the process last refused a session, to us or to a turn. */
  #refusedAt: number | undefined;
  #cancelSweep: (() => void) | undefined;
  #isClosed = false;

  constructor(options: SpareSessionsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** A session that is ready for a turn of this model, the caller's from now on. `undefined`: the turn makes its own. */
  take(peer: JsonRpcPeer, modelKey: string | undefined): string | undefined {
    const line = this.#lineOf(peer);
    if (line === undefined) return undefined;
    const now = monotonicNow(this.#clock);
    line.row = now - line.lastAt > PAUSE_MS ? 1 : line.row + 1;
    line.lastAt = now;
    const spare = takeOut(line.spares, modelKey);
    if (spare === undefined) return undefined;
    this.#held--;
    return spare.sessionId;
  }

  /** A turn of this model has just left on the connection in a session that was new: what it takes for the next leaves with it. */
  prepare(peer: JsonRpcPeer, modelKey: string | undefined): void {
    const line = this.#lines.get(peer);
    if (line === undefined || line.isOver || line.row < ROW) return;
    const { spares, pending } = line;
    if (modelKey !== undefined && !spares.some((spare) => spare.modelKey === modelKey)) {
      // A model can be chosen in the place of another.
      const next = takeOut(spares, undefined) ?? spares.shift();
      const known = next?.sessionId;
      if (known !== undefined) this.#follow(line, this.#chooseModel(peer, known, modelKey), { known, modelKey });
    }
    while (spares.length + pending.size < MAX_EACH && this.#held < MAX_SPARES) {
      this.#held++;
      this.#follow(line, this.#make(peer), {});
    }
    this.#cancelSweep ??= this.#clock.schedule(IDLE_MS, () => this.#sweep());
  }

  /**
   * A turn was refused a session of its own. Gives all up, and makes no more for the connections that are open.
   *
   * @returns whether the process may have lacked the room that spare ones took
   */
  makeRoom(): boolean {
    const now = monotonicNow(this.#clock);
    const tookRoom = this.#held > 0 || (this.#refusedAt !== undefined && now - this.#refusedAt <= PAUSE_MS);
    if (!tookRoom) return false;
    this.#refusedAt = now;
    for (const line of this.#lines.values()) line.isOver = true;
    this.clear();
    return true;
  }

  /** Gives all up. They come again with the next row. */
  clear(): void {
    for (const line of this.#lines.values()) this.#empty(line);
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
  }

  /** The same, and for good. */
  close(): void {
    this.#isClosed = true;
    this.clear();
    this.#lines.clear();
  }

  #lineOf(peer: JsonRpcPeer): Line | undefined {
    const known = this.#lines.get(peer);
    if (known !== undefined) return known;
    if (this.#isClosed || peer.closed) return undefined;
    const line: Line = { peer, row: 0, lastAt: 0, spares: [], pending: new Map(), isOver: false };
    this.#lines.set(peer, line);
    peer.onClose(() => {
      line.isOver = true;
      this.#lines.delete(peer);
      this.#empty(line);
    });
    return line;
  }

  /** Rejects where there is no session. */
  #make(peer: JsonRpcPeer): Promise<string> {
    const onLateResult = (late: JsonValue): void => this.#options.cleanup.discard(sessionIdOf(late) ?? '');
    return peer
      .call('session/new', buildNewSession(this.#options.cwd, this.#clock.now()), { onLateResult })
      .then((result) => {
        const sessionId = sessionIdOf(result);
        if (sessionId !== undefined) return sessionId;
        checkResult(result);
        throw new Error('No session in the answer');
      });
  }

  async #chooseModel(peer: JsonRpcPeer, sessionId: string, modelKey: string): Promise<string> {
    checkResult(await peer.call('session/set_model', buildSetModel(sessionId, modelKey, this.#clock.now())));
    return sessionId;
  }

  /**
   * No failure of this is one of a turn: the next makes its own session, and hears itself what the process says.
   *
   * @param known the session, where it is there already
   */
  #follow(line: Line, coming: Promise<string>, { known = '', modelKey }: { known?: string; modelKey?: string }): void {
    const { pending, spares } = line;
    pending.set(coming, known);
    coming.then(
      (sessionId) => {
        // Given up on the way, it has been handed to whoever deletes it.
        if (pending.delete(coming)) spares.push({ sessionId, modelKey });
      },
      (error: unknown) => {
        if (!pending.delete(coming)) return;
        this.#held--;
        this.#options.cleanup.discard(known);
        line.isOver = true;
        this.#refusedAt = monotonicNow(this.#clock);
        this.#empty(line);
        this.#options.logger.debug('Lingma made no spare session', { cause: error });
      },
    );
  }

  #empty({ spares, pending }: Line): void {
    const { cleanup } = this.#options;
    this.#held -= spares.length + pending.size;
    for (const { sessionId } of spares.splice(0)) cleanup.discard(sessionId);
    for (const [coming, known] of pending) {
      if (known === '') cleanup.abandon(coming);
      else cleanup.discard(known);
    }
    pending.clear();
  }

  #sweep(): void {
    this.#cancelSweep = undefined;
    const now = monotonicNow(this.#clock);
    let oldest = now;
    for (const line of this.#lines.values()) {
      if (line.spares.length + line.pending.size === 0) continue;
      if (now - line.lastAt >= IDLE_MS) this.#empty(line);
      else oldest = Math.min(oldest, line.lastAt);
    }
    // Some have been asked for since.
    if (this.#held > 0) this.#cancelSweep = this.#clock.schedule(oldest + IDLE_MS - now, () => this.#sweep());
  }
}

function takeOut(spares: SpareSession[], modelKey: string | undefined): SpareSession | undefined {
  const index = spares.findIndex((spare) => spare.modelKey === modelKey);
  return index === -1 ? undefined : spares.splice(index, 1)[0];
}
