/** Gathers what a request asked for and will not get. Nothing is dropped in silence; nothing is said twice either. */
import type { ChatWarning } from '../chat/index.js';

/** A hostile or generated body must not become a hostile log line. */
const MAX_WARNINGS = 50;

export class RequestWarnings {
  readonly list: ChatWarning[] = [];
  readonly #seen = new Set<string>();

  /**
   * @param subject path in the client's spelling, `messages[2].content[0].citations`. The same finding at another index
   * is the same finding: only the first place is told.
   */
  add(type: ChatWarning['type'], subject: string, message: string): void {
    if (this.list.length >= MAX_WARNINGS) return;
    const key = `${type} ${subject.replace(/\[\d+\]/g, '[]')} ${message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.list.push({ type, subject, message });
  }
}
