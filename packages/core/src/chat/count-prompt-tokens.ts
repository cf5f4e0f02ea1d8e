/**
 * How many tokens a prompt takes, for `count_tokens`, `message_start` and estimated usage alike. Clients compact their
 * history by this number, so where it cannot be exact it is rather too high.
 */
import { perTool } from './intern-tool.js';
import type { AssistantPart, ChatMessage, ChatRequest, MediaPart, ToolDefinition, UserPart } from './request.js';
import type { TokenCounter } from './token-counter.js';

/** Role and separators of one message. */
const MESSAGE_FRAME = 4;
/** Name, id and the braces around a call or a result. */
const CALL_FRAME = 12;
/** The words that introduce tools to a model, whichever they are. */
const TOOLS_INTRODUCTION = 350;
/** What a picture of 1568 pixels, the largest that is not scaled down, costs in Anthropic's own count. */
const IMAGE = 1600;
/** A page of a document, and how many bytes such a page takes. */
const PAGE = 2000;
const PAGE_BYTES = 50_000;

/** Everything the request makes the model read, and the answer's opening. */
export function countPromptTokens(
  request: Pick<ChatRequest, 'messages' | 'tools' | 'responseFormat'>,
  counter: TokenCounter,
): number {
  return countMessageTokens(request.messages, counter) + countTermTokens(request, counter);
}

/** Of {@link countPromptTokens}, the part of the messages. */
export function countMessageTokens(messages: readonly ChatMessage[], counter: TokenCounter): number {
  let total = 0;
  for (const message of messages) total += MESSAGE_FRAME + countMessage(message, counter);
  return total;
}

/** Of {@link countPromptTokens}, all the rest. */
export function countTermTokens(request: Pick<ChatRequest, 'tools' | 'responseFormat'>, counter: TokenCounter): number {
  let total = MESSAGE_FRAME;
  if (request.tools.length > 0) total += TOOLS_INTRODUCTION;
  for (const tool of request.tools) total += countTool(tool, counter);
  if (request.responseFormat.type === 'json-schema')
    total += counter.count(JSON.stringify(request.responseFormat.schema));
  return total;
}

function countMessage(message: ChatMessage, counter: TokenCounter): number {
  if (message.role === 'system') return counter.count(message.content);
  if (message.role === 'tool') {
    return sum(message.content, (part) => CALL_FRAME + sum(part.output, (output) => countPart(output, counter)));
  }
  return sum<UserPart | AssistantPart>(message.content, (part) => countPart(part, counter));
}

function countPart(part: UserPart | AssistantPart, counter: TokenCounter): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return counter.count(part.text);
    case 'tool-call':
      return CALL_FRAME + counter.count(part.toolName) + counter.count(part.input);
    default:
      return countMedia(part);
  }
}

function countMedia({ type, source }: MediaPart): number {
  if (type === 'image') return IMAGE;
  const bytes = source.kind === 'base64' ? (source.data.length * 3) / 4 : 0;
  return PAGE * Math.max(1, Math.ceil(bytes / PAGE_BYTES));
}

/** Counters may differ; there is one in a process, and a second one while another is loaded. */
const countsOf = perTool(() => new WeakMap<TokenCounter, number>());

function countTool(tool: ToolDefinition, counter: TokenCounter): number {
  const counts = countsOf(tool);
  let count = counts.get(counter);
  if (count === undefined) {
    count =
      CALL_FRAME +
      counter.count(tool.name) +
      counter.count(tool.description ?? '') +
      counter.count(JSON.stringify(tool.inputSchema)) +
      counter.count(tool.grammar?.definition ?? '');
    counts.set(counter, count);
  }
  return count;
}

function sum<Value>(values: readonly Value[], count: (value: Value) => number): number {
  let total = 0;
  for (const value of values) total += count(value);
  return total;
}
