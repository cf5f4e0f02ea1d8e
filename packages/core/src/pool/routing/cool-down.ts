/**
 * When an instance that keeps failing is left alone: three failures within half a minute, and it rests, longer each time.
 * After that a single turn tries it; that turn decides. There is no timer: time is read when somebody asks.
 */
import { type Clock, monotonicNow } from '../../util/index.js';

const FAILURES = 3;
const WINDOW_MS = 30_000;
const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;
/** So long after a loss further ones belong to it: not all hear of it at once, and some begin before it is known. */
const LOSS_MS = 1000;

/** A turn on the instance, as the {@link CoolDown} counts it. */
export interface ObservedTurn {
  /** Which one it is, from the first on. */
  readonly number: number;
  /** It is the one that decides whether the rest is over. */
  readonly isProbe: boolean;
}

export class CoolDown {
  readonly #clock: Clock;
  /** When the last failures were; never more than {@link FAILURES}. */
  readonly #failures: number[] = [];
  #rounds = 0;
  /** Absent: it does not rest, and nothing is to be found out. */
  #until: number | undefined;
  #probing = false;
  #turns = 0;
  /** The last turn that had begun at the last failure. */
  #failedAt = 0;
  /** When the last loss was that counted. */
  #lostAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True while it rests and while the turn that tries it runs. */
  get blocks(): boolean {
    return this.#until !== undefined && (this.#probing || monotonicNow(this.#clock) < this.#until);
  }

  /** Milliseconds until it may be tried; `undefined` when it does not rest. */
  get restMs(): number | undefined {
    return this.#until === undefined ? undefined : Math.max(0, this.#until - monotonicNow(this.#clock));
  }

  /** A turn begins. The first after a rest is the one that decides. */
  begin(): ObservedTurn {
    const isProbe = this.#until !== undefined && !this.blocks;
    if (isProbe) this.#probing = true;
    return { number: ++this.#turns, isProbe };
  }

  /** It answered. Returns whether a rest is over by that. */
  succeed(turn: ObservedTurn): boolean {
    this.dismiss(turn);
    // What began before the last failure says nothing about the time after it.
    return turn.number > this.#failedAt && this.reset();
  }

  /** Forgets what was, for things have changed. Returns whether a rest is over by that. */
  reset(): boolean {
    if (this.#until === undefined) return false;
    this.#until = undefined;
    this.#rounds = 0;
    this.#failures.length = 0;
    return true;
  }

  /**
   * It failed, through no fault of the caller. Turns that were lost together, with the connection or the process
   * (`isLoss`), count as one failure. Returns whether a rest begins.
   */
  fail(turn: ObservedTurn, isLoss = false): boolean {
    const now = monotonicNow(this.#clock);
    const isCounted = !isLoss || now - this.#lostAt >= LOSS_MS;
    if (isLoss && isCounted) this.#lostAt = now;
    this.#failedAt = this.#turns;
    if (turn.isProbe) {
      this.#probing = false;
      return this.#rest(now);
    }
    // It rests already, or has yet to be tried: those that go there all the same prove nothing new.
    if (!isCounted || this.#until !== undefined) return false;
    this.#failures.push(now);
    if (this.#failures.length > FAILURES) this.#failures.shift();
    const first = this.#failures[0];
    if (this.#failures.length < FAILURES || first === undefined || now - first > WINDOW_MS) return false;
    return this.#rest(now);
  }

  /** The turn says nothing: it was cancelled, or its request was at fault. */
  dismiss(turn: ObservedTurn): void {
    if (turn.isProbe) this.#probing = false;
  }

  #rest(now: number): true {
    this.#until = now + Math.min(FIRST_MS * 2 ** this.#rounds, LONGEST_MS);
    this.#rounds++;
    return true;
  }
}
