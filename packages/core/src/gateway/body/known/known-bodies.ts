/**
 * Beginnings of conversations as bodies had them. A client sends the whole history with each request and writes it the same way, so
 * the list of the next body begins with the same bytes; what was read of them then need not be read again. Holds digests, lengths
 * and what the channel makes of a history, never a text. An entry that is missing or of no use costs time alone: bytes are taken for
 * known by a keyed digest of all of them, and only for the caller who sent them.
 */
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, DEFAULT_LIMITS, ExpirySweep, monotonicNow, systemClock } from '../../../util/index.js';

/** A place behind an element of a list. */
export interface KnownPlace {
  /** Bytes from the beginning of the list. */
  readonly end: number;
  /** Of these bytes. */
  readonly digest: string;
  /** What some of these bytes come to, so that most bodies need no digest. Not the bytes: those would be somebody's text. */
  readonly guard: number;
  /** How many elements they are, and how many values by the parser's limit. */
  readonly elements: number;
  readonly values: number;
  /** How many messages they became, with those that stood beside the list. */
  readonly messages: number;
  /** What the channel keeps of these messages. */
  readonly facts: unknown;
}

/** A conversation. */
export interface KnownBody {
  /** Who sent it, and how it was read. */
  readonly scope: string;
  /** Bytes from the beginning of the list to the end of the body. */
  readonly length: number;
  /** Digest of what stood beside the list and became messages. */
  readonly head: string;
  /** Ascending, at most {@link MAX_PLACES}. */
  readonly places: readonly KnownPlace[];
}

export interface FoundPlace {
  /** Of the body, where it is remembered. */
  readonly id: number;
  readonly body: KnownBody;
  readonly place: KnownPlace;
}

/**
 * The end, and the ends of the two exchanges before: clients that mark the last messages for a cache write those in another way the
 * next time.
 */
export const MAX_PLACES = 3;
/** Places up to which one body is digested, of those that may be known. */
const MAX_ENDS = 8;

export interface KnownBodiesOptions {
  /** Default 256. One takes less than 6 kB with what the channel keeps, so that all of them take less than 1.5 MB. */
  readonly maxEntries?: number;
  /** Milliseconds after which a conversation that nobody goes on with is dropped. Default 30 minutes. */
  readonly ttlMs?: number;
  readonly clock?: Clock;
}

export class KnownBodies {
  readonly #cache: LRUCache<number, Held>;
  /**
   * In lists and by numbers: the tables that a `Map` or `Set` of objects has outgrown point to each other, and to all that was ever
   * in them.
   */
  readonly #scopes = new Map<string, Held[]>();
  #last = 0;
  readonly #key = createSecretKey(randomBytes(16));
  readonly #nonce = randomBytes(12);
  readonly #sweep: ExpirySweep<number>;

  constructor({
    maxEntries = DEFAULT_LIMITS.sessionEntries,
    ttlMs = DEFAULT_LIMITS.sessionTtlMs,
    clock = systemClock,
  }: KnownBodiesOptions = {}) {
    this.#cache = new LRUCache({
      max: maxEntries,
      ttl: ttlMs,
      ttlResolution: 0,
      // A start of 0 would mean that there is no end.
      perf: { now: () => 1 + monotonicNow(clock) },
      dispose: (held) => this.#forget(held),
    });
    this.#sweep = new ExpirySweep(this.#cache, clock, ttlMs);
  }

  get size(): number {
    return this.#cache.size;
  }

  /** The longest beginning of the list at `start` that is known, if the body goes on behind it. */
  find(scope: string, bytes: Buffer, start: number): FoundPlace | undefined {
    const candidates: { readonly held: Held; readonly place: KnownPlace }[] = [];
    /** By the place: many conversations are as long as each other. */
    const guards = new Map<number, number>();
    const mayEndAt = (end: number, guard: number): boolean => {
      if (bytes[start + end] !== COMMA) return false;
      let own = guards.get(end);
      if (own === undefined) {
        own = guardOf(bytes, start, start + end);
        guards.set(end, own);
      }
      return own === guard;
    };
    for (const held of this.#scopes.get(scope) ?? NONE) {
      const { length, places } = held.body;
      // One that is no longer goes on with nothing: the same question again, or another in its place.
      if (bytes.length - start <= length) continue;
      const place = places.findLast(({ end, guard }) => mayEndAt(end, guard));
      if (place !== undefined) candidates.push({ held, place });
    }
    if (candidates.length === 0) return undefined;
    const ends = [...new Set(candidates.map(({ place }) => place.end))].sort((one, other) => other - one);
    for (const end of ends.slice(0, MAX_ENDS)) {
      const digest = this.digest(bytes.subarray(start, start + end));
      const known = candidates.find(({ place }) => place.end === end && place.digest === digest);
      if (known === undefined || this.#cache.get(known.held.id) === undefined) continue;
      return { id: known.held.id, body: known.held.body, place: known.place };
    }
    return undefined;
  }

  /**
   * A GMAC: whoever does not know its key finds no other bytes that have it. Takes a fifth of SHA-256's time. One nonce does for
   * all, since nobody is told a digest.
   */
  digest(bytes: Buffer): string {
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#nonce);
    cipher.setAAD(bytes);
    cipher.final();
    return cipher.getAuthTag().toString('base64');
  }

  /** @param before the one that it goes on with, which nothing else can go on with any more */
  put(body: KnownBody, before?: FoundPlace): void {
    if (before !== undefined) this.#cache.delete(before.id);
    const held = { id: ++this.#last, body };
    const list = this.#scopes.get(body.scope);
    if (list === undefined) this.#scopes.set(body.scope, [held]);
    else list.push(held);
    this.#cache.set(held.id, held);
    this.#sweep.start();
  }

  /** Forgets all. */
  clear(): void {
    this.#sweep.stop();
    this.#cache.clear();
  }

  #forget(held: Held): void {
    const { scope } = held.body;
    const list = this.#scopes.get(scope) ?? [];
    const last = list.at(-1);
    if (last === undefined) return;
    list[list.indexOf(held)] = last;
    list.pop();
    if (list.length === 0) this.#scopes.delete(scope);
  }
}

interface Held {
  readonly id: number;
  readonly body: KnownBody;
}
const NONE: readonly Held[] = [];

const COMMA = 0x2c;

const STRIPS = 8;
const STRIP_BYTES = 16;

/** Of bytes from all over the list that begins at `start`, the last ones among them: 32 bits, FNV-1a. */
export function guardOf(bytes: Buffer, start: number, end: number): number {
  const step = Math.ceil((end - start) / STRIPS);
  let guard = 0x811c9dc5;
  for (let to = end; to > start; to -= step) {
    for (let at = Math.max(start, to - STRIP_BYTES); at < to; at++) {
      guard = Math.imul(guard ^ (bytes[at] as number), 0x01000193);
    }
  }
  return guard;
}
