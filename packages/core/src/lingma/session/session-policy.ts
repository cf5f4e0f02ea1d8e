/**
 * Where a turn's session comes from and what becomes of it: a fresh one that is deleted with the turn, a sticky one that
 * serves turn after turn (`reuse`), or one that the caller names to go on in; and whether the caller keeps it.
 */
import type { SessionMode, TranscriptEntry } from '../../chat/index.js';
import type { DialectOutcome } from '../turn/turn-contract.js';
import type { SessionCleanup } from './session-cleanup.js';
import { StickySessions } from './sticky-sessions.js';

/** A session of an earlier turn. */
export interface KnownSession {
  readonly id: string;
  /** Messages that it has seen, its answers included. */
  readonly knownCount: number;
  /** The messages after those, where they are known without the others: a caller may make `messages` only when it is asked for. */
  readonly unseen?: readonly TranscriptEntry[];
  /** More than all messages together hardly have, for whatever needs no more: `messages` are not made for it. */
  readonly characters?: number;
}

/** What a turn asks of its session. */
export interface SessionWish {
  readonly messages: readonly TranscriptEntry[];
  readonly sessionMode?: SessionMode;
  readonly session?: KnownSession;
  readonly keepSession?: boolean;
}

/** The session of one attempt. Ends with one call of `abandon` or `settle`. */
export interface TurnSession {
  /** `''`: one is still to be opened. */
  readonly sessionId: string;
  /** What it has not seen; absent: it gets all. */
  readonly unseen?: readonly TranscriptEntry[];
  /** The turn never ran in it. `opened`: the session that was opened for it, or `''`. */
  abandon(opened: string): void;
  /** The turn is over. Whether the session is the caller's now, to go on in or to give up. */
  settle(outcome: DialectOutcome): boolean;
}

export interface ChooseOptions {
  /** Sticky sessions are kept apart by this: mode and model. */
  readonly stickyKey: string;
  /** What an attempt before this one went on in is not to be used again. */
  readonly fresh: boolean;
}

type Unseen = readonly TranscriptEntry[] | undefined;

const after = (messages: readonly TranscriptEntry[], knownCount: number): Unseen =>
  knownCount > 0 ? messages.slice(knownCount) : undefined;

export class SessionPolicy {
  readonly #sticky = new StickySessions();
  #closed = false;

  constructor(
    private readonly cleanup: SessionCleanup,
    private readonly defaultMode: SessionMode,
  ) {}

  choose(wish: SessionWish, { stickyKey, fresh }: ChooseOptions): TurnSession {
    const { session } = wish;
    if (session !== undefined && session.id !== '' && !fresh)
      return this.#callers(wish, session.id, session.unseen ?? after(wish.messages, session.knownCount));
    const isKept = session !== undefined || wish.keepSession === true;
    if (!isKept && (wish.sessionMode ?? this.defaultMode) === 'reuse') {
      const taken = this.#sticky.take(stickyKey, wish.messages);
      if (taken !== undefined)
        return this.#shared(wish, stickyKey, taken.sessionId, after(wish.messages, taken.knownCount));
    }
    return this.#callers(wish, '', undefined);
  }

  /** The process is gone: nobody knows whether the next one is the same, so none of its sessions is gone on in. */
  forget(): void {
    for (const sessionId of this.#sticky.clear()) this.cleanup.discard(sessionId);
  }

  /** From now on no session outlives its turn. */
  close(): void {
    this.#closed = true;
    this.forget();
  }

  /** Of this turn alone, and after a clean end the caller's if it wants to keep it. */
  #callers({ keepSession }: SessionWish, sessionId: string, unseen: Unseen): TurnSession {
    return {
      sessionId,
      ...(unseen !== undefined && { unseen }),
      abandon: (opened) => this.cleanup.discard(opened === '' ? sessionId : opened),
      settle: (outcome) => {
        const kept = keepSession === true && outcome.reusable && outcome.sessionId !== '' && !this.#closed;
        if (!kept) this.cleanup.discard(outcome.sessionId);
        // The process went on under another name.
        if (sessionId !== '' && sessionId !== outcome.sessionId) this.cleanup.discard(sessionId);
        return kept;
      },
    };
  }

  #shared({ messages }: SessionWish, key: string, sessionId: string, unseen: Unseen): TurnSession {
    return {
      sessionId,
      ...(unseen !== undefined && { unseen }),
      abandon: (opened) => {
        this.#sticky.drop(key);
        this.cleanup.discard(opened === '' ? sessionId : opened);
      },
      settle: (outcome) => {
        const reusable = outcome.reusable && !this.#closed;
        if (reusable) this.#sticky.keep(key, outcome.sessionId, messages, outcome.text);
        else {
          this.#sticky.drop(key);
          this.cleanup.discard(outcome.sessionId);
        }
        // Sticky sessions stay the client's.
        return false;
      },
    };
  }
}
