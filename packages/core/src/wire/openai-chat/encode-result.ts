/** A whole answer as a `chat.completion` object. */
import type { ChatResult, ResultBlock } from '../../chat/index.js';
import { createId, type JsonObject } from '../../util/index.js';
import type { ResponseOptions } from '../protocol.js';
import { OPENAI_FINISH_REASON } from './finish-reason.js';
import { encodeUsage } from './usage.js';

type CallBlock = Extract<ResultBlock, { type: 'tool-call' }>;

export function encodeResult(result: ChatResult, response: ResponseOptions): JsonObject {
  const legacy = response.echo.legacyFunctions === true;
  const calls = result.content.filter(isClientCall);
  const given = legacy ? calls.slice(0, 1) : calls;
  const reason = result.finishReason;
  // A free-form input that was cut looks like a whole one, so such a call is not told at all.
  const told = given.filter((call) => call.incomplete !== true || call.kind === 'function');
  return {
    id: createId('chatcmpl-'),
    object: 'chat.completion',
    created: Math.floor(result.createdAt / 1000),
    model: response.model || result.model,
    choices: [
      {
        index: 0,
        message: encodeMessage(result, told, response),
        logprobs: null,
        finish_reason: legacy && reason === 'tool-calls' ? 'function_call' : OPENAI_FINISH_REASON[reason],
      },
    ],
    usage: encodeUsage(result.usage),
  };
}

/** Tools that ran upstream are not the client's to run: told as calls, they would be run twice. */
const isClientCall = (block: ResultBlock): block is CallBlock =>
  block.type === 'tool-call' && block.executedBy === 'client';

function encodeMessage(result: ChatResult, calls: readonly CallBlock[], response: ResponseOptions): JsonObject {
  const text = joined(result.content, 'text');
  const thoughts = response.reasoning === 'visible' ? joined(result.content, 'reasoning') : '';
  const legacyCall = response.echo.legacyFunctions === true ? calls[0] : undefined;
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(thoughts !== '' && { reasoning_content: thoughts }),
    refusal: null,
    ...(legacyCall !== undefined
      ? { function_call: { name: legacyCall.toolName, arguments: legacyCall.input } }
      : calls.length > 0 && { tool_calls: calls.map(encodeCall) }),
  };
}

function joined(content: readonly ResultBlock[], type: 'text' | 'reasoning'): string {
  let text = '';
  for (const block of content) if (block.type === type) text += block.text;
  return text;
}

function encodeCall({ toolCallId, kind, toolName, input }: CallBlock): JsonObject {
  return kind === 'custom'
    ? { id: toolCallId, type: 'custom', custom: { name: toolName, input } }
    : { id: toolCallId, type: 'function', function: { name: toolName, arguments: input } };
}
