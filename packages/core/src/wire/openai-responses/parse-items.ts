/** Input items → messages. One reader per item type; types without one are left out with a warning. */
import type { ChatMessage, ToolKind } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { invalidRequest } from '../parse-schema.js';
import { compactionMessage } from './compaction.js';
import { HOSTED_ITEMS, ITEM_SCHEMAS, type ItemType } from './item-schema.js';
import { MessageBuilder } from './message-builder.js';
import { parseContent, parseText } from './parse-content.js';
import { type ParseContext, parseObject } from './parse-context.js';
import { parseToolOutput } from './parse-tool-output.js';

export interface ParsedItems {
  readonly messages: readonly ChatMessage[];
  /** The items themselves, references replaced by what they refer to. */
  readonly items: readonly JsonObject[];
  /** Tools that came as items (`additional_tools`, `tool_search_output`), in the spelling of `tools`. */
  readonly tools: readonly JsonObject[];
}

/** What a reader may write to. */
interface Sink {
  readonly builder: MessageBuilder;
  readonly tools: JsonObject[];
  /** Item id → call id: a `local_shell_call_output` names its call by the item. */
  readonly callIds: Map<string, string>;
  readonly context: ParseContext;
}

type ItemReader = (item: JsonObject, path: string, sink: Sink) => void;

/**
 * @param path the request field the items stand in, for errors and warnings
 * @throws GatewayError `invalid_request` for items that cannot be read and references that lead nowhere
 */
export function parseItems(items: readonly JsonObject[], path: string, context: ParseContext): ParsedItems {
  const sink: Sink = { builder: new MessageBuilder(), tools: [], callIds: new Map(), context };
  const read: JsonObject[] = [];
  items.forEach((given, index) => {
    const at = `${path}[${index}]`;
    const item = itemType(given) === 'item_reference' ? resolve(given, at, context) : given;
    if (item === undefined) return;
    read.push(item);
    const type = itemType(item);
    const reader = Object.hasOwn(READERS, type) ? READERS[type as keyof typeof READERS] : undefined;
    if (reader !== undefined) reader(item, at, sink);
    else {
      const why = HOSTED_ITEMS.has(type) ? 'belong to hosted tools' : 'are not known';
      context.warnings.add('unsupported-content', at, `Items of type ${type} ${why} and are left out`);
    }
  });
  return { messages: sink.builder.messages, items: read, tools: sink.tools };
}

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

const readMessage: ItemReader = (item, path, { builder, context }) => {
  const { role, content, tool_call_id: toolCallId } = parseObject(ITEM_SCHEMAS.message, item, path, context);
  const at = `${path}.content`;
  switch (role) {
    case 'system':
    case 'developer': {
      const text = parseText(content, at, context);
      if (text !== '') builder.push({ role: 'system', content: text });
      return;
    }
    case 'user': {
      const parts = parseContent(content, at, context);
      if (parts.length > 0) builder.push({ role: 'user', content: parts });
      return;
    }
    case 'assistant':
      builder.assistant(
        ...parseContent(content, at, context).map((part) =>
          part.type === 'text' ? part : { type: 'text' as const, text: `[${part.type}]` },
        ),
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
        `Invalid value: '${role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      );
  }
};

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
  const nothing = kind === 'function' ? '{}' : '';
  sink.builder.assistant({
    type: 'tool-call',
    toolCallId,
    toolName,
    ...(typeof call.namespace === 'string' && { namespace: call.namespace }),
    input: typeof input === 'string' ? input : input === undefined || input === null ? nothing : JSON.stringify(input),
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
