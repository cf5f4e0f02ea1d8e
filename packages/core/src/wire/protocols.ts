/** The three protocols by name. */
import { anthropicMessages } from './anthropic-messages/protocol.js';
import { openaiChat } from './openai-chat/protocol.js';
import { openaiResponses } from './openai-responses/protocol.js';
import type { ProtocolName, WireProtocol } from './protocol.js';

/** The three protocols by name. */
export const protocols = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
} as const satisfies Record<ProtocolName, WireProtocol>;
