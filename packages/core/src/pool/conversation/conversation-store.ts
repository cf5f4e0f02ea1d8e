/**
 * Where it is remembered in which session of Lingma's a conversation stands. A port: replicas may share one. It holds hashes, ids
 * and names, never a text.
 */

/** A session that a conversation can go on in. */
export interface Conversation {
  readonly sessionId: string;
  /** The process that has it; absent where there is one alone. */
  readonly instance?: string;
  /** Which run of that process: its sessions are gone with it. */
  readonly generation: number;
  /** What the messages before the last answer weigh, where that was counted: a long history is not counted anew with each turn. */
  readonly weight?: MessageWeight;
}

/** The tokens of messages; they count for messages of the same number and length only. */
export interface MessageWeight {
  /** Who counted. */
  readonly counter: string;
  readonly messages: number;
  readonly characters: number;
  readonly tokens: number;
}

/** How a store of conversations has done so far. */
export interface ConversationStats {
  readonly entries: number;
  /** Look-ups that found one, and that found none. */
  readonly hits: number;
  readonly misses: number;
  /** Pushed out by newer ones. */
  readonly evicted: number;
  /** Not gone on with in time. */
  readonly expired: number;
  /** Two conversations came to the same words: the newer one is kept. */
  readonly replaced: number;
  readonly invalidated: number;
}

/** Remembers in which session a conversation stands. Implement it to share it between replicas. */
export interface ConversationStore {
  /**
   * Takes out the conversation of the first of `keys` that is known. One at a time: whoever asks next for the same does not
   * find it, since a session stands at one place only. Longest beginning first; to look no further than needed spares the work
   * that a key costs, and a store that is far away takes them all at once.
   */
  get(keys: Iterable<string>): Promise<{ readonly key: string; readonly conversation: Conversation } | undefined>;
  /** Without a promise where that is all: a turn that ends waits for it. */
  put(key: string, conversation: Conversation): Promise<void> | void;
  /**
   * Whether there may be a key that is `beginning`, a `/` and more, told at once. Spares the work that keys cost which cannot be
   * known. Absent in a store that cannot tell without asking somebody: all keys are asked for.
   */
  mayHold?(beginning: string): boolean;
  /** Drops what an instance has, or what it had before this generation. */
  invalidate(instance: string | undefined, before?: number): Promise<void>;
  stats(): ConversationStats;
}
