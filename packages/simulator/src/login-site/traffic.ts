/** What has happened at the login site: who tried, what was typed where, and what was asked for. */
import type { TypedText } from './users.js';

/** Entries that are kept of each list; older ones go. A page that types for ever must not fill the memory. */
const KEPT = 2000;

/** A request that the site was asked. */
export interface SiteRequest {
  readonly origin: TypedText['origin'];
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

export class SiteTraffic {
  readonly #attempts = new Map<string, number>();
  readonly #typed: TypedText[] = [];
  readonly #requests: SiteRequest[] = [];

  countAttempt(name: string): void {
    this.#attempts.set(name, this.attempts(name) + 1);
  }

  /** How often a password was sent for this name. */
  attempts(name: string): number {
    return this.#attempts.get(name) ?? 0;
  }

  addTyped(entry: TypedText): void {
    this.#typed.push(entry);
    if (this.#typed.length > KEPT) this.#typed.shift();
  }

  addRequest(request: SiteRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > KEPT) this.#requests.shift();
  }

  get typed(): readonly TypedText[] {
    return this.#typed;
  }

  get requests(): readonly SiteRequest[] {
    return this.#requests;
  }
}
