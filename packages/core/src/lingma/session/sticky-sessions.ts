/**
 * Sticky sessions for the mode `reuse`: one a model and turn mode, with fingerprints of what it has seen, so that a
 * request that goes on where the session stands sends only what is new.
 */
import { createHash } from 'node:crypto';
import type { TranscriptEntry } from '../../chat/index.js';

export interface StickySession {
  /** `''` until the process named it. */
  readonly sessionId: string;
  /** Entries the session has seen, its last answer included, if the request begins with exactly these; else 0. */
  readonly knownCount: number;
}

interface Slot {
  sessionId: string;
  seen: readonly string[];
  busy: boolean;
}

export class StickySessions {
  readonly #slots = new Map<string, Slot>();

  /**
   * Takes the session for `key`, making a place for one if there is none. `undefined` while another turn uses it.
   * What was taken must be given back with {@link keep} or {@link drop}.
   */
  take(key: string, entries: readonly TranscriptEntry[]): StickySession | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) {
      this.#slots.set(key, { sessionId: '', seen: [], busy: true });
      return { sessionId: '', knownCount: 0 };
    }
    if (slot.busy) return undefined;
    slot.busy = true;
    return { sessionId: slot.sessionId, knownCount: continues(slot.seen, entries) ? slot.seen.length : 0 };
  }

  /** After a clean end: the session has seen `entries` and gave `answer`. */
  keep(key: string, sessionId: string, entries: readonly TranscriptEntry[], answer: string): void {
    if (sessionId === '') {
      this.drop(key);
      return;
    }
    const seen = [...entries, { role: 'assistant' as const, text: answer }].map(fingerprint);
    this.#slots.set(key, { sessionId, seen, busy: false });
  }

  /** After an unclean end nobody knows what the session holds. */
  drop(key: string): void {
    this.#slots.delete(key);
  }

  /** Forgets all and returns the ids. */
  clear(): string[] {
    const ids = [...this.#slots.values()].map(({ sessionId }) => sessionId).filter((id) => id !== '');
    this.#slots.clear();
    return ids;
  }
}

/** The request must say something new after what was seen. */
function continues(seen: readonly string[], entries: readonly TranscriptEntry[]): boolean {
  if (seen.length === 0 || entries.length <= seen.length) return false;
  return seen.every((known, index) => known === fingerprint(entries[index] as TranscriptEntry));
}

/** White space at the ends is what clients change when they send an answer back. */
function fingerprint({ role, text }: TranscriptEntry): string {
  return createHash('sha256').update(`${role}\n${text.trim()}`).digest('base64');
}
