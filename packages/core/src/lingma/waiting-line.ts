/** Leases that found no idle connection, first come, first served: each dials, and takes one given back if that comes first. */
import { GatewayError } from '../chat/index.js';
import { linkedController } from '../util/index.js';

export interface WaitOptions<Connection> {
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** It was opened although another one came first. */
  readonly onSurplus: (connection: Connection) => void;
  /** What a failure to open means: that there is none, that one may be had by now, or that one will be given back. */
  readonly onRefused: () => 'fail' | 'look-again' | 'wait';
  readonly signal: AbortSignal;
}

interface Waiter<Connection> {
  dialling: boolean;
  take(connection: Connection | undefined): void;
}

export class WaitingLine<Connection> {
  readonly #waiters: Waiter<Connection>[] = [];

  /**
   * A new connection or one that was given back; `undefined`: look again.
   *
   * @throws what `open` fails with, or the signal's reason
   */
  join({ open, onSurplus, onRefused, signal }: WaitOptions<Connection>): Promise<Connection | undefined> {
    return new Promise((resolve, reject) => {
      const dial = linkedController(signal);
      let over = false;
      const end = (settle: () => void): void => {
        over = true;
        this.#leave(waiter);
        signal.removeEventListener('abort', onAbort);
        dial.release();
        settle();
      };
      const onAbort = (): void => end(() => reject(signal.reason));
      const waiter: Waiter<Connection> = {
        dialling: true,
        take: (connection) => {
          end(() => resolve(connection));
          dial.controller.abort(new GatewayError('client_closed', 'Another connection came free'));
        },
      };
      this.#waiters.push(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      open(dial.controller.signal).then(
        (connection) => {
          if (over) onSurplus(connection);
          else end(() => resolve(connection));
        },
        (error: unknown) => {
          if (over) return;
          waiter.dialling = false;
          const next = onRefused();
          if (next === 'fail') end(() => reject(error));
          else if (next === 'look-again') end(() => resolve(undefined));
        },
      );
    });
  }

  /** Hands it to the first in line; false when nobody waits. */
  give(connection: Connection): boolean {
    const first = this.#waiters[0];
    first?.take(connection);
    return first !== undefined;
  }

  /** Connections have ended: up to `count` of those that only wait look again. */
  wake(count: number): void {
    for (const waiter of this.#waiters.filter(({ dialling }) => !dialling).slice(0, count)) waiter.take(undefined);
  }

  #leave(waiter: Waiter<Connection>): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }
}
