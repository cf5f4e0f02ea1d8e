/**
 * Input items → messages. One reader per item type, and messages and parts of the other protocols among them: of all
 * three parsers this is the one that reads what clients mix.
 */
import type { ChatMessage, ToolKind } from '../../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import { jsonInput, textInput } from '../../request/call-input.js';
import { invalidRequest, wordOf } from '../../request/parse-schema.js';
import { compactionMessage } from './compaction.js';
import { ITEM_SCHEMAS, type ItemType } from './item-schema.js';
import { MessageBuilder } from './message-builder.js';
import { type ItemReader, readMessage, readOther, type Sink } from './message-items.js';
import { type ParseContext, parseObject } from './parse-context.js';
import { parseToolOutput } from './parse-tool-output.js';

export interface ParsedItems {
  readonly messages: readonly ChatMessage[];
  /** The items themselves, references replaced by what they refer to. */
  readonly items: readonly JsonObject[];
  /** Tools that came as items (`additional_tools`, `tool_search_output`), in the spelling of `tools`. */
  readonly tools: readonly JsonObject[];
}

/**
 * @param path the request field the items stand in, for errors and warnings
 * @throws GatewayError `invalid_request` for items that cannot be read and references that lead nowhere
 */
export function parseItems(items: readonly JsonObject[], path: string, context: ParseContext): ParsedItems {
  const sink: Sink = { builder: new MessageBuilder(), tools: [], callIds: new Map(), context };
  const read: JsonObject[] = [];
  items.forEach((given, index) => {
    const at = `${path}[${index}]`;
    if (!isJsonObject(given))
      throw invalidRequest(at, `Invalid value for '${at}': expected an object, but got ${wordOf(given)}.`);
    const item = itemType(given) === 'item_reference' ? resolve(given, at, context) : given;
    if (item === undefined) return;
    read.push(item);
    const type = itemType(item);
    const reader = Object.hasOwn(READERS, type) ? READERS[type as keyof typeof READERS] : undefined;
    if (reader !== undefined) reader(item, at, sink);
    else readOther(item, type, at, sink);
  });
  return { messages: sink.builder.messages, items: read, tools: sink.tools };
}

/** A string, or another single value, is one message, alone or among items. */
export function toItems(value: unknown, role: 'system' | 'user'): JsonObject[] {
  if (typeof value === 'number' || typeof value === 'boolean') return toItems(String(value), role);
  if (typeof value === 'string') return value === '' ? [] : [{ role, content: value }];
  if (isJsonObject(value)) return [value];
  if (Array.isArray(value)) {
    return value.map((item) => (typeof item === 'string' ? { role, content: item } : item));
  }
  return [];
}

/** A system prompt: text, Anthropic's blocks, or items. */
export function promptItems(prompt: unknown): JsonObject[] {
  if (isEmpty(prompt)) return [];
  const items = toItems(prompt, 'system');
  if (typeof prompt !== 'object' || items.some((item) => isJsonObject(item) && item.role !== undefined)) return items;
  return [{ role: 'system', content: items as JsonValue }];
}

/** Nothing was said. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Items may leave out `type`: with a role they are messages, with nothing but an id they are references. */
export function itemType(item: JsonObject): string {
  if (typeof item.type === 'string') return item.type;
  return item.role === undefined && item.content === undefined && typeof item.id === 'string'
    ? 'item_reference'
    : 'message';
}

function resolve(reference: JsonObject, path: string, context: ParseContext): JsonObject | undefined {
  const { id } = parseObject(ITEM_SCHEMAS.item_reference, reference, path, context);
  const found = context.resolveItem(id);
  if (found !== undefined) return found;
  // Lost thoughts are no loss: what they led to stands in the items after them.
  if (!id.startsWith('rs_')) {
    throw invalidRequest(
      path,
      `Item with id '${id}' not found. Items are kept for a limited time, and only of responses with store: true.`,
    );
  }
  context.warnings.add('unsupported-content', path, 'The reasoning item is not stored here and is left out');
  return undefined;
}

const readReasoning: ItemReader = (item, path, { builder, context }) => {
  const { summary, content } = parseObject(ITEM_SCHEMAS.reasoning, item, path, context);
  const texts = [content, summary].map((parts) =>
    (parts ?? [])
      .map((part) => part.text ?? '')
      .filter((text) => text !== '')
      .join('\n\n'),
  );
  const text = texts.find((candidate) => candidate !== '');
  // Encrypted thoughts of another server cannot be read here, so an item without text says nothing.
  if (text !== undefined) builder.assistant({ type: 'reasoning', text });
};

interface CallItem {
  readonly id?: string | null | undefined;
  readonly call_id?: string | null | undefined;
  readonly namespace?: string | null | undefined;
}

function addCall(call: CallItem, toolName: string, input: unknown, kind: ToolKind, path: string, sink: Sink): void {
  const toolCallId = call.call_id ?? call.id;
  if (toolCallId === null || toolCallId === undefined) {
    throw invalidRequest(`${path}.call_id`, `Missing required parameter: '${path}.call_id'.`);
  }
  if (typeof call.id === 'string') sink.callIds.set(call.id, toolCallId);
  sink.builder.assistant({
    type: 'tool-call',
    toolCallId,
    toolName,
    ...(typeof call.namespace === 'string' && { namespace: call.namespace }),
    input: kind === 'function' ? jsonInput(input) : textInput(input),
    kind,
  });
}

type OutputType = 'function_call_output' | 'custom_tool_call_output' | 'shell_call_output' | 'apply_patch_call_output';

const readOutput =
  (type: OutputType): ItemReader =>
  (item, path, { builder, context }) => {
    const { call_id: toolCallId, output, status } = parseObject(ITEM_SCHEMAS[type], item, path, context);
    const result = parseToolOutput(toolCallId, output, `${path}.output`, context);
    builder.result(status === 'failed' ? { ...result, isError: true } : result);
  };

const readToolItem =
  (type: 'additional_tools' | 'tool_search_output'): ItemReader =>
  (item, path, { tools, context }) => {
    const parsed = parseObject(ITEM_SCHEMAS[type], item, path, context);
    tools.push(...((parsed.tools ?? []) as JsonObject[]));
  };

const readCompaction: ItemReader = (item, path, { builder, context }) => {
  const { encrypted_content: content } = parseObject(ITEM_SCHEMAS.compaction, item, path, context);
  const message = compactionMessage(content);
  if (message !== undefined) builder.push(message);
  else context.warnings.add('unsupported-content', path, 'The compaction item was not made here and is left out');
};

const READERS = {
  message: readMessage,
  reasoning: readReasoning,
  function_call: (item, path, sink) => {
    const call = parseObject(ITEM_SCHEMAS.function_call, item, path, sink.context);
    addCall(call, call.name, call.arguments, 'function', path, sink);
  },
  custom_tool_call: (item, path, sink) => {
    const call = parseObject(ITEM_SCHEMAS.custom_tool_call, item, path, sink.context);
    addCall(call, call.name, call.input, 'custom', path, sink);
  },
  local_shell_call: (item, path, sink) => {
    const call = parseObject(ITEM_SCHEMAS.local_shell_call, item, path, sink.context);
    const { type: _exec, ...command } = call.action;
    addCall(call, 'local_shell', command, 'function', path, sink);
  },
  shell_call: (item, path, sink) => {
    const call = parseObject(ITEM_SCHEMAS.shell_call, item, path, sink.context);
    addCall(call, 'shell', call.action, 'function', path, sink);
  },
  apply_patch_call: (item, path, sink) => {
    const call = parseObject(ITEM_SCHEMAS.apply_patch_call, item, path, sink.context);
    addCall(call, 'apply_patch', { operation: call.operation }, 'function', path, sink);
  },
  function_call_output: readOutput('function_call_output'),
  custom_tool_call_output: readOutput('custom_tool_call_output'),
  shell_call_output: readOutput('shell_call_output'),
  apply_patch_call_output: readOutput('apply_patch_call_output'),
  local_shell_call_output: (item, path, { builder, callIds, context }) => {
    const output = parseObject(ITEM_SCHEMAS.local_shell_call_output, item, path, context);
    const named = output.call_id ?? output.id;
    if (typeof named !== 'string') {
      throw invalidRequest(`${path}.call_id`, `Missing required parameter: '${path}.call_id'.`);
    }
    builder.result(parseToolOutput(callIds.get(named) ?? named, output.output, `${path}.output`, context));
  },
  compaction: readCompaction,
  // Names that Codex knows the item by.
  compaction_summary: readCompaction,
  context_compaction: readCompaction,
  compaction_trigger: (_item, path) => {
    throw invalidRequest(path, `Invalid item '${path}': a compaction_trigger must be the last item of the input.`);
  },
  additional_tools: readToolItem('additional_tools'),
  tool_search_output: readToolItem('tool_search_output'),
} satisfies Partial<Record<ItemType | 'compaction_summary' | 'context_compaction', ItemReader>>;
