/** What a request says of the conversation it belongs to, in whatever protocol. */
import type { ConversationHints } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import type { RequestHeaders } from '../protocol.js';

/** Where agents put the id of their session. */
const SESSION_HEADERS = ['x-claude-code-session-id', 'session_id', 'conversation_id', 'x-session-id'] as const;

/** The first that is given: what names the session, then what names the cache, then whoever stands behind the request. */
export function conversationHints(body: JsonObject, headers?: RequestHeaders): ConversationHints {
  for (const name of SESSION_HEADERS) {
    const id = textOf(headers?.get(name));
    if (id !== undefined) return { affinityKey: id };
  }
  const { metadata, prompt_cache_key, user, safety_identifier } = body;
  const userId = isJsonObject(metadata) ? metadata.user_id : undefined;
  const key = [prompt_cache_key, userId, user, safety_identifier].map(textOf).find((text) => text !== undefined);
  return key === undefined ? {} : { affinityKey: key };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;
