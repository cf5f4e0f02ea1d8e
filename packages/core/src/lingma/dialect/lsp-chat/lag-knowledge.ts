/**
 * Whether a process "lags one behind" (protocol section 11): some deliver the answer to a question only after the next
 * question has arrived. Learned from its turns, at the cost of one question at most where the process is merely slow.
 */
import type { JsonRpcPeer } from '../../jsonrpc/peer.js';

/** Quiet after the last step before a question is sent to find out, or to see whether what was found still holds. */
const TRIAL_QUIET_MS = 3000;
/** The same where the process is known to lag. */
const KNOWN_QUIET_MS = 300;
/** A process that lags answers the question before so soon after the next. */
const REACTION_MS = 2000;
const MAX_REACTION_MS = 32_000;

/** What a further question showed; `unclear` where the turn ended before it could be told. */
export type Verdict = 'lags' | 'prompt' | 'unclear';

export class LagKnowledge {
  #state: 'unknown' | 'lags' | 'prompt' = 'unknown';
  /** How often in a row it was seen to lag. */
  #confirmed = 0;
  #reactionMs = REACTION_MS;
  /** The turn that finds out; meanwhile the others wait for what it learns. */
  #trial: object | undefined;
  #asks = 0;
  readonly #peers = new Set<JsonRpcPeer>();
  readonly #listeners = new Set<() => void>();

  /** Questions sent to the process so far, on all connections. */
  get asks(): number {
    return this.#asks;
  }

  /** How long a turn waits before it sends a further question; `undefined`: it sends none, unless this changes. */
  get quietMs(): number | undefined {
    if (this.#state === 'prompt') return undefined;
    if (this.#state === 'unknown') return this.#trial === undefined ? TRIAL_QUIET_MS : undefined;
    // An ordinary process that was merely slow once has to have the chance to show it.
    const doubt = this.#confirmed >= 8 && (this.#confirmed & (this.#confirmed - 1)) === 0;
    return doubt ? TRIAL_QUIET_MS : KNOWN_QUIET_MS;
  }

  /** How soon after the further question the answer has to begin to count as set free by it. */
  get reactionMs(): number {
    return this.#reactionMs;
  }

  /** A question is sent: returns `asks`. All is forgotten when the last connection that was used has ended. */
  asked(peer: JsonRpcPeer): number {
    this.#asks++;
    if (this.#peers.has(peer)) return this.#asks;
    this.#peers.add(peer);
    peer.onClose(() => {
      if (this.#peers.delete(peer) && this.#peers.size === 0) this.#reset();
    });
    return this.#asks;
  }

  /** Calls back when `quietMs` may have changed. Returns the way out. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `turn` sends the further question. */
  begin(turn: object): void {
    if (this.#state !== 'unknown') return;
    this.#trial = turn;
    this.#tell();
  }

  judge(turn: object, verdict: Verdict): void {
    if (this.#trial === turn) this.#trial = undefined;
    if (verdict !== 'unclear') this.#become(verdict);
    else this.#tell();
  }

  /** An answer began with no question after it: a process that lags does not do so. */
  answeredAtOnce(): void {
    this.#become('prompt');
  }

  /** The further question was answered itself, and with none after it. */
  doubt(): void {
    if (this.#state === 'lags') this.#become('unknown');
  }

  /** A turn got no answer at all. If the process does lag, it takes longer than was thought to answer. */
  timedOut(): void {
    if (this.#state !== 'prompt') return;
    this.#reactionMs = Math.min(this.#reactionMs * 4, MAX_REACTION_MS);
    this.#become('unknown');
  }

  #become(state: 'unknown' | 'lags' | 'prompt'): void {
    this.#confirmed = state === 'lags' ? this.#confirmed + 1 : 0;
    if (this.#state === state) return;
    this.#state = state;
    this.#tell();
  }

  #reset(): void {
    this.#trial = undefined;
    this.#reactionMs = REACTION_MS;
    this.#become('unknown');
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
