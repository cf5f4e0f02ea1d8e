export { ConversationCache, type ConversationCacheOptions } from './conversation-cache.js';
export type { Conversation, ConversationStats, ConversationStore, MessageWeight } from './conversation-store.js';
export { type Fingerprint, fingerprintOf, type Position } from './fingerprint.js';
