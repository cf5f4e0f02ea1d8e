/**
 * The way for a client to a process that comes and goes: it waits while there is none, as long as the client lets it. As
 * many wait as the client lets turns wait for a connection.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, sleep } from '../../util/index.js';
import type { Connector } from '../connection/connector-port.js';
import type { LingmaAddress } from '../transport/address.js';
import { connectLingma } from '../transport/connect.js';
import { holdProcess } from './system/hold-process.js';

export interface ReachableRun {
  readonly address: LingmaAddress | undefined;
  /** Aborted when it has ended by itself. */
  readonly ended: AbortSignal;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Between a connection refused and the end of the process becoming known. */
const EXIT_NOTICE_MS = 250;
const CONNECT_MS = 5000;

export class ProcessConnector {
  readonly #waiters = new Set<Waiter>();

  constructor(
    private readonly current: () => ReachableRun | undefined,
    private readonly clock: Clock,
  ) {}

  readonly connect: Connector = async (_fresh, signal, greet) => {
    for (;;) {
      const run = this.current();
      if (run?.address === undefined) {
        await this.#wait(signal);
        continue;
      }
      try {
        const transport = await connectLingma(run.address, { signal, clock: this.clock, timeoutMs: CONNECT_MS });
        await greet(transport, signal);
        return transport;
      } catch (error) {
        // Its sockets close a moment before its end is known; the next one is worth waiting for.
        if (signal.aborted || !(await this.#endsSoon(run, signal))) throw error;
      }
    }
  };

  /** The process can be talked to. */
  up(): void {
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }

  /** It did not come up, or will not. */
  fail(error: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const letGo = holdProcess();
      const leave = (): void => {
        letGo();
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void =>
        waiter.reject(isTimeout(signal.reason) ? stillStarting(signal.reason) : signal.reason);
      const waiter: Waiter = {
        resolve() {
          leave();
          resolve();
        },
        reject(error) {
          leave();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  async #endsSoon({ ended }: ReachableRun, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const stop = (): void => over.abort();
    for (const one of [ended, signal]) one.addEventListener('abort', stop, { once: true });
    if (ended.aborted) stop();
    await sleep(EXIT_NOTICE_MS, over.signal, this.clock).catch(() => undefined);
    for (const one of [ended, signal]) one.removeEventListener('abort', stop);
    return ended.aborted && !signal.aborted;
  }
}

function stillStarting(cause: unknown): GatewayError {
  return new GatewayError('not_ready', 'Lingma is starting. Try again in a moment.', { cause, retryAfterMs: 1000 });
}

function isTimeout(reason: unknown): boolean {
  return GatewayError.isInstance(reason) && reason.code === 'upstream_timeout';
}
