/**
 * What a gateway needs of the protocols before anybody asks: their names, and their errors. What reads requests and writes answers
 * (`index.ts` has all of it) is loaded with the first request of a protocol.
 */
import { type LateModule, lateModule } from '../chat/index.js';
import { encodeError as encodeAnthropicError } from './anthropic-messages/encode-error.js';
import type { ProtocolName, WireProtocol } from './protocol.js';
import { encodeOpenAiError } from './response/openai-error.js';

export { createMemoryResponseStore } from './openai-responses/store/response-store.js';
export { conversationHints } from './request/conversation-hints.js';
export { MAX_ITEMS } from './request/list-schema.js';

/** A protocol that has no translator yet. */
export interface LateProtocol extends Pick<WireProtocol, 'name' | 'path' | 'encodeError'> {
  readonly translator: LateModule<WireProtocol>;
}

/** The three of {@link ProtocolName}. */
export const lateProtocols = {
  'openai-chat': {
    name: 'openai-chat',
    encodeError: encodeOpenAiError,
    translator: lateModule(async () => (await import('./openai-chat/protocol.js')).openaiChat),
  },
  'openai-responses': {
    name: 'openai-responses',
    encodeError: encodeOpenAiError,
    translator: lateModule(async () => (await import('./openai-responses/protocol.js')).openaiResponses),
  },
  'anthropic-messages': {
    name: 'anthropic-messages',
    encodeError: encodeAnthropicError,
    translator: lateModule(async () => (await import('./anthropic-messages/protocol.js')).anthropicMessages),
  },
} as const satisfies Record<ProtocolName, LateProtocol>;

/** One that a host brings along. */
export const asLateProtocol = (protocol: WireProtocol): LateProtocol => ({
  name: protocol.name,
  ...(protocol.path !== undefined && { path: protocol.path }),
  encodeError: (error, requestId) => protocol.encodeError(error, requestId),
  translator: { loaded: protocol, load: () => Promise.resolve(protocol) },
});

/** Responses that are stored, gone on with and compacted. */
export const responsesExchange = lateModule(() => import('./openai-responses/store/stored-exchange.js'));

/** The older completions. */
export const completionExchange = lateModule(() => import('./openai-completions/exchange.js'));
