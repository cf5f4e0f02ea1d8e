/** The store of conversations that lives in this process: the least recently used go first, and all after a while. */
import { LRUCache } from 'lru-cache';
import {
  CLOCK_RULE,
  type Clock,
  checkOptions,
  DEFAULT_LIMITS,
  ExpirySweep,
  monotonicNow,
  type OptionRules,
  systemClock,
} from '../../util/index.js';
import type { Conversation, ConversationStats, ConversationStore } from './conversation-store.js';

/** How much a {@link ConversationCache} keeps, and for how long. */
export interface ConversationCacheOptions {
  /** Default 256. */
  readonly maxEntries?: number;
  /** Milliseconds after which a conversation that nobody goes on with is dropped; 0 is no limit. Default 30 minutes. */
  readonly ttlMs?: number;
  readonly clock?: Clock;
  /** Called for each one that is dropped: its session is nobody's any more. Must not throw. */
  readonly onDrop?: (conversation: Conversation) => void;
}

const RULES: OptionRules<ConversationCacheOptions> = {
  maxEntries: 'count',
  ttlMs: 'count',
  clock: CLOCK_RULE,
  onDrop: 'function',
};

/** Longer names than any process makes are not kept, so that the number of entries bounds the memory: 256 take less than 2 MB. */
const MAX_NAME = 1024;

const beginningOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf('/')));

/** The {@link ConversationStore} of one process: the least recently used go first, and all after a while. */
export class ConversationCache implements ConversationStore {
  readonly #cache: LRUCache<string, Conversation>;
  /** How many keys begin so; no more than there are entries. */
  readonly #beginnings = new Map<string, number>();
  readonly #clock: Clock;
  readonly #onDrop: (conversation: Conversation) => void;
  readonly #counts = { hits: 0, misses: 0, evicted: 0, expired: 0, replaced: 0, invalidated: 0 };
  /** Sessions are deleted in time even where nobody asks for any conversation. */
  readonly #sweep: ExpirySweep<string>;
  #closed = false;

  /** @throws TypeError on options that are none */
  constructor(options: ConversationCacheOptions = {}) {
    checkOptions('ConversationCache', options, RULES);
    const { maxEntries = DEFAULT_LIMITS.sessionEntries, ttlMs = DEFAULT_LIMITS.sessionTtlMs, onDrop } = options;
    this.#clock = options.clock ?? systemClock;
    this.#onDrop = onDrop ?? (() => undefined);
    this.#cache = new LRUCache({
      max: maxEntries,
      ttl: ttlMs,
      // Asked at each use: otherwise it keeps a timer of its own.
      ttlResolution: 0,
      // A start of 0 would mean that there is no end.
      perf: { now: () => 1 + monotonicNow(this.#clock) },
      dispose: (conversation, key, reason) => {
        this.#count(beginningOf(key), -1);
        if (reason === 'delete') return;
        if (reason === 'evict') this.#counts.evicted++;
        else if (reason === 'expire') this.#counts.expired++;
        else this.#counts.replaced++;
        this.#onDrop(conversation);
      },
    });
    this.#sweep = new ExpirySweep(this.#cache, this.#clock, ttlMs);
  }

  async get(
    keys: Iterable<string>,
  ): Promise<{ readonly key: string; readonly conversation: Conversation } | undefined> {
    let isAsked = false;
    for (const key of keys) {
      isAsked = true;
      const conversation = this.#cache.get(key);
      if (conversation === undefined) continue;
      this.#cache.delete(key);
      this.#counts.hits++;
      return { key, conversation };
    }
    if (isAsked) this.#counts.misses++;
    return undefined;
  }

  put(key: string, conversation: Conversation): void {
    const { sessionId, instance = '' } = conversation;
    if (this.#closed || sessionId.length > MAX_NAME || instance.length > MAX_NAME) {
      this.#onDrop(conversation);
      return;
    }
    // The very same is no new one.
    if (this.#cache.peek(key, { allowStale: true }) !== conversation) this.#count(beginningOf(key), 1);
    this.#cache.set(key, conversation);
    this.#sweep.start();
  }

  mayHold(beginning: string): boolean {
    return this.#beginnings.has(beginning);
  }

  async invalidate(instance: string | undefined, before = Number.POSITIVE_INFINITY): Promise<void> {
    for (const [key, conversation] of [...this.#cache.entries()]) {
      if (conversation.instance !== instance || conversation.generation >= before) continue;
      this.#cache.delete(key);
      this.#counts.invalidated++;
      this.#onDrop(conversation);
    }
  }

  stats(): ConversationStats {
    return { entries: this.#cache.size, ...this.#counts };
  }

  /** Drops all of them, and whatever comes later. */
  close(): void {
    this.#closed = true;
    this.#sweep.stop();
    const left = [...this.#cache.values()];
    this.#cache.clear();
    for (const conversation of left) this.#onDrop(conversation);
  }

  #count(beginning: string, more: number): void {
    const count = (this.#beginnings.get(beginning) ?? 0) + more;
    if (count === 0) this.#beginnings.delete(beginning);
    else this.#beginnings.set(beginning, count);
  }
}
