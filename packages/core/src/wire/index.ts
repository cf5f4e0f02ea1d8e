export { stringifyJson } from '../util/index.js';
export { fromAnthropicStopReason } from './anthropic-messages/finish-reason.js';
export { anthropicMessages } from './anthropic-messages/protocol.js';
export { FIELD_SECTIONS as ANTHROPIC_MESSAGES_FIELDS } from './anthropic-messages/request-schema.js';
export { fromOpenAiFinishReason } from './openai-chat/finish-reason.js';
export { openaiChat } from './openai-chat/protocol.js';
export { FIELD_SECTIONS as OPENAI_CHAT_FIELDS } from './openai-chat/request-schema.js';
export { type CompletionExchange, openCompletion } from './openai-completions/exchange.js';
export { FIELD_SECTIONS as OPENAI_COMPLETIONS_FIELDS } from './openai-completions/request-schema.js';
export { openaiResponses } from './openai-responses/protocol.js';
export { FIELD_SECTIONS as OPENAI_RESPONSES_FIELDS } from './openai-responses/request/field-sections.js';
export {
  createMemoryResponseStore,
  type MemoryResponseStoreOptions,
  type ResponseStore,
  type StoredResponse,
} from './openai-responses/store/response-store.js';
export {
  deleteResponse,
  listInputItems,
  openCompactExchange,
  openStoredExchange,
  retrieveResponse,
  type StoredExchange,
  type StoredExchangeOptions,
} from './openai-responses/store/stored-exchange.js';
export type {
  ElementKind,
  ErrorEnvelope,
  HistoryRules,
  ParsedRequest,
  ProtocolName,
  RequestHeaders,
  ResponseOptions,
  StreamEncoder,
  WireProtocol,
} from './protocol.js';
export { protocols } from './protocols.js';
export { conversationHints } from './request/conversation-hints.js';
export {
  type Annotated,
  describeFields,
  type FieldRow,
  type FieldSection,
  type Support,
} from './request/field-support.js';
export { encodeSse, SSE_KEEP_ALIVE, type SseMessage } from './response/sse.js';
export { createFrameStream, type FrameEncoder } from './response/stream-encoder.js';
export {
  encodeError,
  encodeEvents,
  encodeResult,
  encodeStream,
  type ProtocolChoice,
  parseRequest,
} from './translate.js';
