/** Gathers what a request asked for and will not get. Nothing is dropped in silence; nothing is said twice either. */
import type { ChatWarning } from '../../chat/index.js';

/** A hostile or generated body must not become a hostile log line. */
const MAX_WARNINGS = 50;
/** Names of fields and types come from the body. */
const MAX_TEXT = 300;

export class RequestWarnings {
  readonly list: ChatWarning[] = [];
  readonly #seen = new Set<string>();

  /** Nothing that is added any more is kept. */
  get isFull(): boolean {
    return this.list.length >= MAX_WARNINGS;
  }

  /**
   * @param fullSubject path in the client's spelling, `messages[2].content[0].citations`. The same finding at another index
   * is the same finding: only the first place is told.
   */
  add(type: ChatWarning['type'], fullSubject: string, fullMessage: string): void {
    if (this.isFull) return;
    const [subject, message] = [cut(fullSubject), cut(fullMessage)];
    const key = `${type} ${subject.replace(/\[\d+\]/g, '[]')} ${message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.list.push({ type, subject, message });
  }
}

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
