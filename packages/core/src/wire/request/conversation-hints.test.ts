import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { openCompletion } from '../openai-completions/exchange.js';
import type { ProtocolName } from '../protocol.js';
import { protocols } from '../protocols.js';

const messages = [{ role: 'user', content: 'Hi' }];
const BODIES: Record<ProtocolName, JsonObject> = {
  'openai-chat': { messages },
  'openai-responses': { input: 'Hi' },
  'anthropic-messages': { messages, max_tokens: 9 },
};
const NAMES = Object.keys(BODIES) as ProtocolName[];
const ALL_BODY = { prompt_cache_key: 'cache', metadata: { user_id: 'meta' }, user: 'u', safety_identifier: 'safe' };
const ALL_HEADERS = {
  'x-claude-code-session-id': 'cc',
  session_id: 'sid',
  conversation_id: 'cid',
  'x-session-id': 'x',
};

/** Those left when the first ones are taken away, one by one, in the order in which they count. */
const ORDER = [
  ...Object.keys(ALL_HEADERS).map((_, index) => ({
    headers: Object.fromEntries(Object.entries(ALL_HEADERS).slice(index)),
    body: ALL_BODY as JsonObject,
  })),
  ...Object.keys(ALL_BODY).map((_, index) => ({
    headers: {},
    body: Object.fromEntries(Object.entries(ALL_BODY).slice(index)) as JsonObject,
  })),
];
const EXPECTED = ['cc', 'sid', 'cid', 'x', 'cache', 'meta', 'u', 'safe'];

describe('what names a conversation', () => {
  it.each(NAMES)('%s - the first present counts, headers before the body', (name) => {
    const keys = ORDER.map(({ headers, body }) => {
      const parsed = protocols[name].parseRequest({ ...BODIES[name], ...body }, new Headers(headers));
      return parsed.chat.conversation.affinityKey;
    });
    expect(keys).toEqual(EXPECTED);
  });

  it('a plain completion - the same', () => {
    const keys = ORDER.map(({ headers, body }) => {
      const given = { prompt: 'Hi', ...body };
      return openCompletion(given).parseRequest(given, new Headers(headers)).chat.conversation.affinityKey;
    });
    expect(keys).toEqual(EXPECTED);
  });

  it.each(NAMES)('%s - blanks name nothing', (name) => {
    const odd = { ...BODIES[name], user: ' ', metadata: { user_id: '' } } as JsonObject;
    expect(protocols[name].parseRequest(odd, new Headers({ session_id: ' ' })).chat.conversation).toEqual({});
    expect(protocols[name].parseRequest(BODIES[name]).chat.conversation).toEqual({});
  });
});
