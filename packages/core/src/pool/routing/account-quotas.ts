/** Accounts that have no quota left. Several instances may be of one account: what one of them hears holds for all. */
import { type Clock, monotonicNow } from '../../util/index.js';

/** Until an account is asked again, where nobody said when. */
const QUOTA_MS = 600_000;

/** One entry an account at most, and there are no more accounts than instances. */
export class AccountQuotas {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It is used up, for `ms`. Returns whether that is news. */
  use(account: string, ms = QUOTA_MS): boolean {
    const isNews = this.restMs(account) === undefined;
    this.#until.set(account, monotonicNow(this.#clock) + ms);
    return isNews;
  }

  /** It has quota again. Returns whether that is news. */
  renew(account: string): boolean {
    const isNews = this.restMs(account) !== undefined;
    this.#until.delete(account);
    return isNews;
  }

  /** Milliseconds until it may be asked again; `undefined`: now. */
  restMs(account: string): number | undefined {
    const until = this.#until.get(account);
    if (until === undefined) return undefined;
    const left = until - monotonicNow(this.#clock);
    if (left > 0) return left;
    this.#until.delete(account);
    return undefined;
  }
}
