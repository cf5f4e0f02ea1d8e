/**
 * Where the gateway's processes get their program from: one bootstrap for all of them, begun by the first that asks, and gone on
 * with whoever stops asking. What failed is not tried again for a minute, and then ever more rarely.
 */
import type { BinaryPort, Clock } from '@lingma-gateway/core';
import type { Bootstrap } from './bootstrap.js';
import type { LocatedBinary } from './bootstrap-options.js';
import { sizeOf } from './layout/inspect-version.js';
import { monotonicNow } from './monotonic.js';
import type { BootstrapProgress } from './progress.js';

/** What gets the program, and whether the first time it is fetched whatever is there. */
export interface BinarySourceOptions {
  readonly bootstrap: Pick<Bootstrap, 'ensure' | 'repair' | 'progress'>;
  readonly clock: Clock;
  /** The first time alone: what a start of the gateway is to do whatever is there. */
  readonly force: boolean;
  readonly update: boolean;
}

const RETRY_MS = 60_000;
const MAX_RETRY_MS = 30 * 60_000;
/** Processes that complain of the same fault are helped by one repair. */
const REPAIR_MS = 10 * 60_000;

/** The program of managed processes: found or fetched when the first start asks for it, and looked at anew after a failure. */
export class BinarySource implements BinaryPort {
  readonly #options: BinarySourceOptions;
  readonly #closing = new AbortController();
  #run: Promise<LocatedBinary> | undefined;
  #located: LocatedBinary | undefined;
  #isFirst = true;
  #failure: { readonly error: unknown; readonly retryAt: number; readonly times: number } | undefined;
  #repair: { readonly done: Promise<boolean>; readonly at: number } | undefined;

  constructor(options: BinarySourceOptions) {
    this.#options = options;
  }

  /** A download, or what comes of it, is under way. */
  get isBusy(): boolean {
    return this.#options.bootstrap.progress.state === 'running';
  }

  get progress(): BootstrapProgress {
    return this.#options.bootstrap.progress;
  }

  /** Milliseconds until what failed may be tried again. */
  get retryInMs(): number | undefined {
    return this.#failure && Math.max(0, this.#failure.retryAt - monotonicNow(this.#options.clock));
  }

  /** @throws BootstrapError, the signal's reason */
  async locate(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { path } = await orAborted(this.#current(), signal);
    return path;
  }

  async repair(_reason: 'extension-runtime-missing', signal: AbortSignal): Promise<boolean> {
    const { clock, bootstrap } = this.#options;
    if (this.#located?.isOwn !== true) return false;
    if (this.#repair === undefined || monotonicNow(clock) - this.#repair.at > REPAIR_MS) {
      this.#repair = { done: bootstrap.repair(this.#closing.signal), at: monotonicNow(clock) };
    }
    return orAborted(this.#repair.done, signal);
  }

  /** Looks again at what is there: whether processes that run are of another program now. */
  async hasChanged(signal: AbortSignal): Promise<boolean> {
    const before = this.#located;
    if (before === undefined || this.#run !== undefined) return false;
    const now = await this.#options.bootstrap.ensure(AbortSignal.any([signal, this.#closing.signal]));
    this.#located = now;
    return now.path !== before.path;
  }

  /** Stops what is under way and keeps what has come of it. Resolves when it has stopped. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the gateway ends'));
    await Promise.allSettled([this.#run, this.#repair?.done]);
  }

  async #current(): Promise<LocatedBinary> {
    // What was found may have been taken away, or damaged, since.
    if (this.#located !== undefined && !this.#located.isOwn && (await sizeOf(this.#located.path)) !== undefined) {
      return this.#located;
    }
    const { clock, bootstrap, force, update } = this.#options;
    if (this.#run !== undefined) return this.#run;
    if (this.#failure !== undefined && monotonicNow(clock) < this.#failure.retryAt) throw this.#failure.error;
    const wishes = this.#isFirst ? { force, update } : {};
    const run = bootstrap.ensure(this.#closing.signal, wishes);
    this.#run = run;
    try {
      this.#located = await run;
      this.#isFirst = false;
      this.#failure = undefined;
      return this.#located;
    } catch (error) {
      const times = (this.#failure?.times ?? 0) + 1;
      const ms = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (times - 1));
      this.#failure = { error, times, retryAt: monotonicNow(clock) + ms };
      throw error;
    } finally {
      this.#run = undefined;
    }
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
