/**
 * A small client for OpenAI-compatible servers: this gateway, One API, others. `LLM_BASE_URL` and `LLM_API_KEY` say where to and
 * with which key; they are read at each call.
 *
 * ```js
 * const { callSpecificModel, textOf } = require('./llm_client');
 * const answer = await callSpecificModel('qwen3.5-plus', [{ role: 'user', content: 'Hello' }], { temperature: 0.2 });
 * console.log(textOf(answer));
 * ```
 */
import { createLlmClient } from './client.js';
import type { CallOptions, ChatCompletion, ChatMessage, TextStream } from './types.js';

export { createLlmClient } from './client.js';
export { isLlmClientError, LlmClientError, type LlmClientErrorCode, type LlmClientErrorDetails } from './errors.js';
export type {
  CallOptions,
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  FinalAnswer,
  LlmClient,
  LlmClientOptions,
  StreamPart,
  TextStream,
  ToolCall,
  ToolCallDelta,
  Usage,
} from './types.js';

const shared = createLlmClient();

/**
 * One answer of one model, as the server sent it.
 *
 * @param modelName empty: `LLM_MODEL_ID`
 * @throws LlmClientError told by `code`; or the reason of `options.signal`
 */
export function callSpecificModel(
  modelName: string,
  messages: readonly ChatMessage[],
  options?: CallOptions,
): Promise<ChatCompletion> {
  return shared.callSpecificModel(modelName, messages, options);
}

/**
 * The same in pieces. Nothing is asked before it is iterated or `final()` is called.
 *
 * @throws LlmClientError while iterating, as {@link callSpecificModel}; a cut stream is `LLM_CLIENT_RESPONSE`
 */
export function streamSpecificModel(
  modelName: string,
  messages: readonly ChatMessage[],
  options?: CallOptions,
): TextStream {
  return shared.streamSpecificModel(modelName, messages, options);
}

/**
 * A vector for each text, in their order.
 *
 * @param modelName empty: `EMBEDDING_MODEL_ID`
 * @throws LlmClientError as {@link callSpecificModel}
 */
export function embedWithModel(
  modelName: string,
  input: string | readonly string[],
  options?: CallOptions,
): Promise<number[][]> {
  return shared.embedWithModel(modelName, input, options);
}

/** The text of an answer; `''` where it has none. */
export function textOf(response: ChatCompletion | null | undefined): string {
  return response?.choices?.[0]?.message?.content ?? '';
}
