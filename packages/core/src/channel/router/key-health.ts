/**
 * How one key of a channel fares. It rests after being limited, after failures in a row and when too many of its last requests
 * have failed; it is disabled when the upstream says that nothing will come of it. Time is read when somebody asks.
 */
import { CoolDown, type ObservedTurn } from '../../pool/index.js';
import { type Clock, monotonicNow } from '../../util/index.js';
import type { FailureKind } from './upstream.js';

export type KeyState = 'ready' | 'cooling_down' | 'disabled_auto';

const LIMITED_MS = 10_000;
const LONGEST_MS = 300_000;
/** A disabled key is tried again after this. */
const RETEST_MS = 3_600_000;
/** Results that the ratio is of, and what it must not fall below. */
const RATED = 10;
const LOWEST_RATIO = 0.8;
/** Milliseconds a key rests for a bad ratio. */
const BAD_RATIO_MS = 10_000;
const MAX_REASON = 300;

/** One request with the key. */
export interface KeyTurn extends ObservedTurn {
  /** Decides whether the key is enabled again. */
  readonly isRetest: boolean;
}

export interface KeyEvent {
  readonly type: 'cooling_down' | 'disabled_auto' | 'bad_ratio' | 'recovered';
  readonly reason?: string;
}

export class KeyHealth {
  readonly #clock: Clock;
  readonly #onEvent: (event: KeyEvent) => void;
  readonly #coolDown: CoolDown;
  #restUntil = Number.NEGATIVE_INFINITY;
  #disabled: { readonly reason: string; readonly since: number } | undefined;
  #retesting = false;
  /** The last {@link RATED}. */
  #results: boolean[] = [];

  constructor(clock: Clock, onEvent: (event: KeyEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#coolDown = new CoolDown(clock);
  }

  get state(): KeyState {
    if (this.#disabled !== undefined) return 'disabled_auto';
    return this.#coolDown.blocks || this.#restsFor() > 0 ? 'cooling_down' : 'ready';
  }

  /** Why it is disabled. */
  get reason(): string | undefined {
    return this.#disabled?.reason;
  }

  /** Nothing may be sent with it now. */
  get blocks(): boolean {
    if (this.#disabled !== undefined) return this.#retesting || this.restMs > 0;
    return this.state !== 'ready';
  }

  /** Milliseconds until it may be tried. */
  get restMs(): number {
    if (this.#disabled !== undefined) {
      return Math.max(0, this.#disabled.since + RETEST_MS - monotonicNow(this.#clock));
    }
    return Math.max(this.#restsFor(), this.#coolDown.restMs ?? 0);
  }

  begin(): KeyTurn {
    const isRetest = this.#disabled !== undefined && !this.blocks;
    if (isRetest) this.#retesting = true;
    const { number, isProbe } = this.#coolDown.begin();
    return { number, isProbe, isRetest };
  }

  succeed(turn: KeyTurn): void {
    this.#retested(turn);
    if (turn.isRetest) {
      this.#disabled = undefined;
      this.#onEvent({ type: 'recovered' });
    }
    if (this.#coolDown.succeed(turn)) this.#onEvent({ type: 'recovered' });
    this.#rate(true);
  }

  /** @param retryAfterMs as the upstream asked */
  fail(turn: KeyTurn, kind: FailureKind, reason: string, retryAfterMs?: number): void {
    this.#retested(turn);
    switch (kind) {
      case 'request':
      case 'model':
        this.#coolDown.dismiss(turn);
        break;
      case 'limited':
        this.#coolDown.dismiss(turn);
        this.#rest(Math.min(retryAfterMs ?? LIMITED_MS, LONGEST_MS));
        this.#onEvent({ type: 'cooling_down', reason });
        break;
      case 'key':
        this.#coolDown.dismiss(turn);
        this.#disabled = { reason: reason.slice(0, MAX_REASON), since: monotonicNow(this.#clock) };
        this.#onEvent({ type: 'disabled_auto', reason });
        break;
      case 'failed':
        if (this.#coolDown.fail(turn)) this.#onEvent({ type: 'cooling_down', reason });
        this.#rate(false);
        break;
    }
  }

  /** The request says nothing of it: its caller went away. */
  dismiss(turn: KeyTurn): void {
    this.#retested(turn);
    this.#coolDown.dismiss(turn);
  }

  /** Forgets what was. */
  reset(): void {
    this.#disabled = undefined;
    this.#retesting = false;
    this.#restUntil = Number.NEGATIVE_INFINITY;
    this.#results = [];
    this.#coolDown.reset();
  }

  #retested(turn: KeyTurn): void {
    if (turn.isRetest) this.#retesting = false;
  }

  #restsFor(): number {
    return Math.max(0, this.#restUntil - monotonicNow(this.#clock));
  }

  #rest(ms: number): void {
    this.#restUntil = Math.max(this.#restUntil, monotonicNow(this.#clock) + ms);
  }

  #rate(succeeded: boolean): void {
    this.#results.push(succeeded);
    if (this.#results.length > RATED) this.#results.shift();
    if (this.#results.length < RATED) return;
    const ratio = this.#results.filter(Boolean).length / RATED;
    if (ratio >= LOWEST_RATIO) return;
    this.#results = [];
    this.#rest(BAD_RATIO_MS);
    this.#onEvent({
      type: 'bad_ratio',
      reason: `${Math.round(ratio * 100)} % of the last ${RATED} requests succeeded`,
    });
  }
}
