/** A clock for clients whose time passes when the test says so: nothing is late because the machine is busy. */
import type { LingmaClientOptions } from '@lingma-gateway/core';

type Clock = NonNullable<LingmaClientOptions['clock']>;

interface Appointment {
  readonly at: number;
  readonly callback: () => void;
}

export class StandingClock implements Clock {
  #now = Date.now();
  readonly #appointments = new Set<Appointment>();

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): () => void {
    const appointment = { at: this.#now + ms, callback };
    this.#appointments.add(appointment);
    return () => this.#appointments.delete(appointment);
  }

  /** Appointments that are still to come. */
  get pending(): number {
    return this.#appointments.size;
  }

  /** Whatever is due by then happens, in its order and at its time. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      let next: Appointment | undefined;
      for (const one of this.#appointments) if (one.at <= end && (next === undefined || one.at < next.at)) next = one;
      if (next === undefined) break;
      this.#appointments.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}
