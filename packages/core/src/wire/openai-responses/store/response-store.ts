/**
 * Responses kept for later: by `previous_response_id`, by item references and by `GET /v1/responses/{id}`. Everything is
 * kept under its principal, so an id of another key is as unknown as one that never was.
 */
import { LRUCache } from 'lru-cache';
import type { ChatMessage } from '../../../chat/index.js';
import { checkOptions, type JsonObject, type OptionRules } from '../../../util/index.js';

/** A response as it is kept. */
export interface StoredResponse {
  /** The Response object as it was sent. */
  readonly response: JsonObject;
  /** Everything the response was made from, oldest first, with ids: earlier turns and this request's items. */
  readonly inputItems: readonly JsonObject[];
  /** The conversation including this answer, without instructions: those do not carry over. */
  readonly messages: readonly ChatMessage[];
  /** Roughly what it takes, in bytes; earlier turns are counted again though they are shared. */
  readonly bytes: number;
  /** What {@link inputItems} alone take. Without it they are measured again where the conversation goes on. */
  readonly inputBytes?: number;
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

/** How much {@link createMemoryResponseStore} keeps, and for how long. */
export interface MemoryResponseStoreOptions {
  /** Of each principal. Default 1000. */
  readonly maxEntries?: number;
  /** Of each principal. Default 64 MiB. A response larger than this is not kept. */
  readonly maxBytes?: number;
  /** Whoever was away longest loses everything beyond this. Default 1000. */
  readonly maxPrincipals?: number;
  /** Counted from the last time a response was stored or continued. Default 24 hours. */
  readonly ttlMs?: number;
  /** Milliseconds on any steady scale; for tests. */
  readonly now?: () => number;
}

const RULES: OptionRules<MemoryResponseStoreOptions> = {
  maxEntries: 'count',
  maxBytes: 'count',
  maxPrincipals: 'count',
  ttlMs: 'count',
  now: 'function',
};

/**
 * The default store: in memory, least recently used out first. Lost at a restart. Each principal has room of its own:
 * what one stores never pushes out what another did.
 *
 * @throws TypeError on options that are none
 */
export function createMemoryResponseStore(options: MemoryResponseStoreOptions = {}): ResponseStore {
  checkOptions('createMemoryResponseStore()', options, RULES);
  const shelves = new LRUCache<string, Shelf>({ max: options.maxPrincipals ?? 1000 });
  return {
    async get(principal, id) {
      return shelves.get(principal)?.get(id);
    },
    async getItem(principal, itemId) {
      return shelves.get(principal)?.getItem(itemId);
    },
    async put(principal, stored) {
      let shelf = shelves.get(principal);
      if (shelf === undefined) {
        shelf = createShelf(options);
        shelves.set(principal, shelf);
      }
      shelf.put(stored);
    },
    async delete(principal, id) {
      return shelves.get(principal)?.delete(id) ?? false;
    },
  };
}

interface Entry {
  readonly stored: StoredResponse;
  readonly itemIds: readonly string[];
}

/** What one principal has stored. */
interface Shelf {
  get(id: string): StoredResponse | undefined;
  getItem(itemId: string): JsonObject | undefined;
  put(stored: StoredResponse): void;
  delete(id: string): boolean;
}

function createShelf(options: MemoryResponseStoreOptions): Shelf {
  const items = new Map<string, { readonly owner: string; readonly item: JsonObject }>();
  const cache = new LRUCache<string, Entry>({
    max: options.maxEntries ?? 1000,
    maxSize: options.maxBytes ?? 64 * 1024 * 1024,
    sizeCalculation: (entry) => Math.max(1, entry.stored.bytes),
    ttl: options.ttlMs ?? 24 * 60 * 60 * 1000,
    // A conversation that goes on stays alive as a whole.
    updateAgeOnGet: true,
    dispose: (entry, owner) => {
      for (const id of entry.itemIds) if (items.get(id)?.owner === owner) items.delete(id);
    },
    ...(options.now !== undefined && { perf: { now: options.now }, ttlResolution: 0 }),
  });
  return {
    get: (id) => cache.get(id)?.stored,
    getItem(itemId) {
      const found = items.get(itemId);
      // The owner may have gone stale without having been disposed of.
      return found !== undefined && cache.has(found.owner) ? found.item : undefined;
    },
    put(stored) {
      const owner = String(stored.response.id);
      const known = itemsOf(stored).filter((item) => typeof item.id === 'string');
      cache.set(owner, { stored, itemIds: known.map((item) => String(item.id)) });
      if (!cache.has(owner)) return;
      for (const item of known) items.set(String(item.id), { owner, item });
    },
    delete: (id) => cache.delete(id),
  };
}

function itemsOf(stored: StoredResponse): JsonObject[] {
  const output = Array.isArray(stored.response.output) ? (stored.response.output as JsonObject[]) : [];
  return [...stored.inputItems, ...output];
}
