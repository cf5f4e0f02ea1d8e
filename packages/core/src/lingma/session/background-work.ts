/** Work that goes on after the answer it belongs to: turns that are ending, deletions. Whoever closes waits for it. */
import { GatewayError } from '../../chat/index.js';
import { type Clock, sleep } from '../../util/index.js';

export class BackgroundWork {
  readonly #work = new Set<Promise<unknown>>();

  /** `work` must not reject. */
  track(work: Promise<unknown>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** Resolves when nothing is left, what was added meanwhile included, and after `ms` in any case. */
  async settle(ms: number, clock: Clock): Promise<void> {
    const done = new AbortController();
    let timeUp = false;
    const limit = sleep(ms, done.signal, clock).then(
      () => {
        timeUp = true;
      },
      () => undefined,
    );
    while (!timeUp && this.#work.size > 0) await Promise.race([limit, Promise.allSettled(this.#work)]);
    done.abort(new GatewayError('shutting_down', 'closed'));
  }
}
