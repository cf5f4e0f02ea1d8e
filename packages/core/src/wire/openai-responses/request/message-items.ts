/** Items that are messages, in the spelling of any of the protocols, and items that are not known by their type. */
import { mediaMark, type ToolResultPart } from '../../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../../util/index.js';
import { parseCall, parseLegacyCall } from '../../openai-chat/tool-calls.js';
import {
  type AnyPart,
  isKnownPart,
  readForeignPart,
  textParts,
  toAssistantPart,
  toUserParts,
} from '../../request/foreign-content.js';
import { invalidRequest } from '../../request/parse-schema.js';
import { textOf } from '../../request/text-of.js';
import { BOOKKEEPING_ITEMS, HOSTED_ITEMS, ITEM_SCHEMAS, type Item } from './item-schema.js';
import type { MessageBuilder } from './message-builder.js';
import { parseParts, parseText } from './parse-content.js';
import { type ParseContext, parseObject } from './parse-context.js';
import { parseToolOutput } from './parse-tool-output.js';

/** What a reader may write to. */
export interface Sink {
  readonly builder: MessageBuilder;
  readonly tools: JsonObject[];
  /** Item id → call id: a `local_shell_call_output` names its call by the item. */
  readonly callIds: Map<string, string>;
  readonly context: ParseContext;
}

export type ItemReader = (item: JsonObject, path: string, sink: Sink) => void;

/**
 * Items of other protocols, which stand in a message there; items of hosted tools, and of things to come. What cannot
 * be read keeps its words: as the assistant's, or as told to it where the type says that it came from outside.
 */
export function readOther(item: JsonObject, type: string, path: string, { builder, context }: Sink): void {
  if (BOOKKEEPING_ITEMS.has(type)) {
    context.warnings.add('unsupported-content', path, `Items of type ${type} carry nothing that can be read here`);
    return;
  }
  if (HOSTED_ITEMS.has(type)) {
    context.warnings.add('unsupported-content', path, `Items of type ${type} belong to hosted tools`);
    const said = textOf(item);
    if (said !== '') addParts(textParts(`${mediaMark(type)}\n${said}`), isFromOutside(item, type), builder);
    return;
  }
  const parts = readForeignPart(item, path, context.warnings);
  if (isKnownPart(type) || textOf(item) !== '') addParts(parts, isFromOutside(item, type), builder);
}

function isFromOutside({ role }: JsonObject, type: string): boolean {
  if (role === 'user' || role === 'assistant') return role === 'user';
  return /(?:output|result|response)$/.test(type) || /^(?:input|text$|image|document|file)/.test(type);
}

/** Results behind their calls, words and media by whoever brought them in. */
function addParts(parts: readonly AnyPart[], isFromUser: boolean, builder: MessageBuilder): void {
  const rest: Exclude<AnyPart, ToolResultPart>[] = [];
  for (const part of parts) {
    if (part.type === 'tool-result') builder.result(part);
    else rest.push(part);
  }
  if (rest.length === 0) return;
  if (isFromUser && !rest.some(({ type }) => type === 'tool-call')) {
    builder.push({ role: 'user', content: toUserParts(rest) });
  } else builder.assistant(...rest.map(toAssistantPart));
}

export const readMessage: ItemReader = (item, path, sink) => {
  const { builder, context } = sink;
  const message = parseObject(ITEM_SCHEMAS.message, item, path, context);
  const { role, content, tool_call_id: toolCallId } = message;
  const at = `${path}.content`;
  switch (role) {
    case 'system':
    case 'developer': {
      const text = parseText(content, at, context);
      if (text !== '') builder.push({ role: 'system', content: text });
      return;
    }
    case 'user':
      addParts(parseParts(content, at, context), true, builder);
      return;
    case 'assistant':
      readAnswer(message, path, sink);
      return;
    case 'function':
      // The oldest spelling: by name, without ids.
      builder.result(
        parseToolOutput(sink.callIds.get(`name ${message.name}`) ?? `call_${message.name}`, content, at, context),
      );
      return;
    case 'tool':
      // The chat protocol's spelling of a function's output.
      if (typeof toolCallId !== 'string') {
        throw invalidRequest(`${path}.tool_call_id`, `Missing required parameter: '${path}.tool_call_id'.`);
      }
      builder.result(parseToolOutput(toolCallId, content, at, context));
      return;
    default:
      throw invalidRequest(
        `${path}.role`,
        `Invalid value: '${role.slice(0, 100)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      );
  }
};

/** An answer as the chat protocol repeats it has its calls and thoughts beside the content. */
function readAnswer(message: Item<'message'>, path: string, { builder, callIds, context }: Sink): void {
  const { reasoning_content: thoughts, refusal } = message;
  if (typeof thoughts === 'string' && thoughts !== '') builder.assistant({ type: 'reasoning', text: thoughts });
  addParts(parseParts(message.content, `${path}.content`, context), false, builder);
  if (typeof refusal === 'string') builder.assistant(...textParts(refusal));
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const at = `${path}.tool_calls[${index}]`;
    builder.assistant(parseCall(call, at, at, context.warnings));
  }
  if (isJsonObject(message.function_call)) {
    const call = parseLegacyCall(message.function_call, `${path}.function_call`, `${path}.function_call`);
    callIds.set(`name ${call.toolName}`, call.toolCallId);
    builder.assistant(call);
  }
}
