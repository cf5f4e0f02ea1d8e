/**
 * Responses kept for later: by `previous_response_id`, by item references and by `GET /v1/responses/{id}`. Everything is
 * kept under its principal, so an id of another key is as unknown as one that never was.
 */
import { LRUCache } from 'lru-cache';
import type { ChatMessage } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';

export interface StoredResponse {
  /** The Response object as it was sent. */
  readonly response: JsonObject;
  /** Everything the response was made from, oldest first, with ids: earlier turns and this request's items. */
  readonly inputItems: readonly JsonObject[];
  /** The conversation including this answer, without instructions: those do not carry over. */
  readonly messages: readonly ChatMessage[];
  /** Roughly what it takes, in bytes; earlier turns are counted again though they are shared. */
  readonly bytes: number;
}

/** Asynchronous, so that replicas can share a store of their own. Methods must not reject for an unknown id. */
export interface ResponseStore {
  get(principal: string, id: string): Promise<StoredResponse | undefined>;
  /** The item with this id in any response the principal has stored. */
  getItem(principal: string, itemId: string): Promise<JsonObject | undefined>;
  put(principal: string, stored: StoredResponse): Promise<void>;
  /** False when there was nothing to delete. */
  delete(principal: string, id: string): Promise<boolean>;
}

export interface MemoryResponseStoreOptions {
  /** Default 1000. */
  readonly maxEntries?: number;
  /** Default 64 MiB. A response larger than this is not kept. */
  readonly maxBytes?: number;
  /** Counted from the last time a response was stored or continued. Default 24 hours. */
  readonly ttlMs?: number;
  /** Milliseconds on any steady scale; for tests. */
  readonly now?: () => number;
}

interface Entry {
  readonly stored: StoredResponse;
  readonly itemKeys: readonly string[];
}

/** The default store: in memory, least recently used out first. Lost at a restart. */
export function createMemoryResponseStore(options: MemoryResponseStoreOptions = {}): ResponseStore {
  const items = new Map<string, { readonly owner: string; readonly item: JsonObject }>();
  const forget = (entry: Entry, owner: string): void => {
    for (const key of entry.itemKeys) if (items.get(key)?.owner === owner) items.delete(key);
  };
  const cache = new LRUCache<string, Entry>({
    max: options.maxEntries ?? 1000,
    maxSize: options.maxBytes ?? 64 * 1024 * 1024,
    sizeCalculation: (entry) => Math.max(1, entry.stored.bytes),
    ttl: options.ttlMs ?? 24 * 60 * 60 * 1000,
    // A conversation that goes on stays alive as a whole.
    updateAgeOnGet: true,
    dispose: forget,
    ...(options.now !== undefined && { perf: { now: options.now }, ttlResolution: 0 }),
  });

  return {
    async get(principal, id) {
      return cache.get(keyOf(principal, id))?.stored;
    },
    async getItem(principal, itemId) {
      const found = items.get(keyOf(principal, itemId));
      // The owner may have gone stale without having been disposed of.
      return found !== undefined && cache.has(found.owner) ? found.item : undefined;
    },
    async put(principal, stored) {
      const owner = keyOf(principal, String(stored.response.id));
      const known = itemsOf(stored).filter((item) => typeof item.id === 'string');
      const itemKeys = known.map((item) => keyOf(principal, String(item.id)));
      cache.set(owner, { stored, itemKeys });
      if (!cache.has(owner)) return;
      for (const item of known) items.set(keyOf(principal, String(item.id)), { owner, item });
    },
    async delete(principal, id) {
      return cache.delete(keyOf(principal, id));
    },
  };
}

function itemsOf(stored: StoredResponse): JsonObject[] {
  const output = Array.isArray(stored.response.output) ? (stored.response.output as JsonObject[]) : [];
  return [...stored.inputItems, ...output];
}

/** The length keeps a principal and an id from running into each other. */
const keyOf = (principal: string, id: string): string => `${principal.length}:${principal}${id}`;
