/**
 * The clocks of a turn. Three fail it: until the first piece of the answer, between two pieces, and for the whole; but
 * silence after some text may have good reasons, and it may be the end: both are asked for first. Two end it: after calls
 * for the caller, and after a stop that the process does not confirm.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, Deadline, MAX_TIMER_MS } from '../../util/index.js';
import type { TurnDeadlines } from './turn-contract.js';

/** How long a stopped turn is waited for before it is given up. */
const STOP_WAIT_MS = 2000;
/** After a call for the caller, further calls of the same step are gathered this long. */
const GATHER_MS = 300;

export interface TurnTimeoutsOptions {
  readonly deadlines: TurnDeadlines;
  readonly clock: Clock;
  /** Whether it is not the process who keeps the turn waiting. */
  readonly excused: () => boolean;
  /** Asks the process whether the turn is complete; `undefined`: it cannot be asked. */
  readonly confirmEnd: () => Promise<boolean> | undefined;
  /** The process confirmed the end. */
  readonly onComplete: () => void;
  /** With an `upstream_timeout` that says which clock it was. */
  readonly onExpired: (error: GatewayError) => void;
  /** No further call for the caller came. */
  readonly onGathered: () => void;
  /** The process did not confirm the stop. */
  readonly onNotStopped: () => void;
}

export class TurnTimeouts {
  readonly #options: TurnTimeoutsOptions;
  #first: Deadline | undefined;
  #idle: Deadline | undefined;
  #total: Deadline | undefined;
  #gather: Deadline | undefined;
  #stop: Deadline | undefined;
  #answering = false;
  /** The process has been asked whether the turn is complete, and has not answered. */
  #confirming = false;
  #over = false;
  /** Counts the signs of life, so that one can ask whether any came since. */
  #signs = 0;

  constructor(options: TurnTimeoutsOptions) {
    this.#options = options;
    const { firstEventMs, totalMs } = options.deadlines;
    this.#first = this.#start(firstEventMs, () => this.#expire(`No answer from Lingma for ${seconds(firstEventMs)}`));
    this.#total = this.#start(totalMs, () => this.#expire(`Lingma took longer than ${seconds(totalMs)} to answer`));
  }

  /** A piece of the answer came. */
  answered(): void {
    this.#signs++;
    if (this.#answering) {
      this.#idle?.touch();
      return;
    }
    this.#answering = true;
    this.#first?.clear();
    this.#startIdle();
  }

  /** Something of the turn came, if not of its answer. */
  touch(): void {
    this.#signs++;
    if (this.#answering) this.#idle?.touch();
    else this.#first?.touch();
  }

  /** The reader has caught up: silence counts from now. */
  caughtUp(): void {
    this.#idle?.touch();
  }

  /** A call for the caller came: further ones may follow. */
  gather(): void {
    if (this.#gather === undefined) this.#gather = this.#start(GATHER_MS, this.#options.onGathered);
    else this.#gather.touch();
  }

  /** The process was told to stop. After {@link clear}. */
  awaitStop(): void {
    this.#stop = this.#start(STOP_WAIT_MS, this.#options.onNotStopped);
  }

  /** The turn does not run any more. */
  clear(): void {
    for (const deadline of [this.#first, this.#idle, this.#total, this.#gather, this.#stop]) deadline?.clear();
    this.#first = undefined;
    this.#idle = undefined;
    this.#total = undefined;
    this.#answering = true;
    this.#over = true;
  }

  /** The clock runs on: it strikes again after another silence. */
  #startIdle(): void {
    this.#idle = this.#start(this.#options.deadlines.idleMs, () => {
      this.#startIdle();
      this.#onIdle();
    });
  }

  #onIdle(): void {
    const { excused, confirmEnd, onComplete } = this.#options;
    // The answer holds the whole turn: a process that is slow to send it must not be asked again and again.
    if (this.#confirming || excused()) return;
    const confirm = confirmEnd();
    if (confirm === undefined) {
      this.#expireIdle();
      return;
    }
    const signs = this.#signs;
    this.#confirming = true;
    confirm
      .finally(() => {
        this.#confirming = false;
      })
      .then((complete) => {
        if (this.#over) return;
        if (complete) onComplete();
        else if (this.#signs === signs) this.#expireIdle();
      })
      .catch(() => this.#expireIdle());
  }

  #expireIdle(): void {
    this.#expire(`Lingma fell silent for ${seconds(this.#options.deadlines.idleMs)} in the middle of the answer`);
  }

  #expire(message: string): void {
    if (!this.#over) this.#options.onExpired(new GatewayError('upstream_timeout', message));
  }

  /** Longer than a timer can hold means never. */
  #start(ms: number, onExpire: () => void): Deadline | undefined {
    return ms > MAX_TIMER_MS ? undefined : new Deadline(ms, onExpire, this.#options.clock);
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
