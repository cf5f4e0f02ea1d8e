/**
 * The items of a response's `output`, as objects. Stream and result build them here, so that a stream's done events,
 * its last event and the answer without a stream cannot drift apart.
 */
import type { ResultBlock } from '../../../chat/index.js';
import { isJsonObject, type JsonObject, parseExactJson } from '../../../util/index.js';
import { BUILT_IN_TOOLS, type BuiltInName, type BuiltInTool } from '../request/built-in-tools.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** The prefix tells an item's kind, as in the ids the protocol's own server gives. */
export type ItemPrefix = 'msg' | 'rs' | 'fc' | 'fco' | 'ctc' | 'cto' | 'lsh' | 'sh' | 'apc' | 'cmp' | 'item';

/** Ids of input items begin here, so that they never meet those of output items. */
export const INPUT_ITEM_OFFSET = 0x80_0000;

/** An id that follows from the response's: stable over all events, the same with and without a stream. */
export function itemId(prefix: ItemPrefix, responseId: string, index: number): string {
  const own = responseId.startsWith('resp_') ? responseId.slice('resp_'.length) : responseId;
  return `${prefix}_${own}${index.toString(16).padStart(6, '0')}`;
}

export function outputText(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** A message that has not begun has no content part yet. */
export function messageItem(id: string, text: string | undefined, status: ItemStatus): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content: text === undefined ? [] : [outputText(text)] };
}

/** {@link outputText} as JSON, of a text that is JSON already: a stream repeats it in four events. */
export const outputTextJson = (text: string): string =>
  `{"type":"output_text","text":${text},"annotations":[],"logprobs":[]}`;

/** {@link messageItem} as JSON, of parts that are JSON already. */
export const messageItemJson = (id: string, content: string, status: ItemStatus): string =>
  `{"id":${JSON.stringify(id)},"type":"message","status":"${status}","role":"assistant","content":[${content}]}`;

export function summaryText(text: string): JsonObject {
  return { type: 'summary_text', text };
}

/** Carries no `encrypted_content`: there is none, and none is invented. */
export function reasoningItem(id: string, text: string | undefined): JsonObject {
  return { id, type: 'reasoning', summary: text === undefined ? [] : [summaryText(text)] };
}

/** What an item needs to know of a call. */
export interface CallHead {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly namespace?: string;
  readonly kind: 'function' | 'custom';
}

export function functionCallItem(id: string, call: CallHead, input: string, status: ItemStatus): JsonObject {
  return {
    id,
    type: 'function_call',
    status,
    call_id: call.toolCallId,
    name: call.toolName,
    arguments: input,
    ...(call.namespace !== undefined && { namespace: call.namespace }),
  };
}

export function customCallItem(id: string, call: CallHead, input: string, status: ItemStatus): JsonObject {
  return {
    id,
    type: 'custom_tool_call',
    status,
    call_id: call.toolCallId,
    name: call.toolName,
    input,
    ...(call.namespace !== undefined && { namespace: call.namespace }),
  };
}

/**
 * The item of a built-in tool's own type for a call of it, or `undefined` when the arguments are not what the tool
 * takes: the caller then sends it as the function call it is, which no client mistakes for something to run.
 */
export function tryBuiltInItem(
  tool: BuiltInTool,
  call: CallHead,
  input: string,
  index: number,
  { responseId }: OutputOptions,
): JsonObject | undefined {
  const parsed = tryParseJson(input);
  const own = isJsonObject(parsed) ? tool.read(parsed) : undefined;
  if (own === undefined) return undefined;
  const { type, ...members } = own;
  const id = itemId(tool.prefix, responseId, index);
  return { id, type, status: 'completed', call_id: call.toolCallId, ...members } as JsonObject;
}

function tryParseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

export interface OutputOptions {
  readonly responseId: string;
  /** Names of the built-in tools that the request declared: their calls have item types of their own. */
  readonly builtIns: ReadonlySet<string>;
  readonly showReasoning: boolean;
}

export function builtInOf(call: CallHead, { builtIns }: OutputOptions): BuiltInTool | undefined {
  if (call.kind !== 'function' || call.namespace !== undefined || !builtIns.has(call.toolName)) return undefined;
  return BUILT_IN_TOOLS[call.toolName as BuiltInName];
}

/** A call without arguments is a call with an empty object: clients parse the string. */
export const completeInput = (call: CallHead, input: string): string =>
  call.kind === 'function' && input.trim() === '' ? '{}' : input;

/**
 * The item of one block, or `undefined` when the block has no place in this protocol: empty text, thoughts nobody
 * asked for, tools that ran upstream (a `function_call` would make the client run them again).
 *
 * @param cut the turn's limit fell into this block
 */
export function blockItem(
  block: ResultBlock,
  index: number,
  cut: boolean,
  options: OutputOptions,
): JsonObject | undefined {
  const id = (prefix: ItemPrefix): string => itemId(prefix, options.responseId, index);
  switch (block.type) {
    case 'text':
      return block.text === '' ? undefined : messageItem(id('msg'), block.text, cut ? 'incomplete' : 'completed');
    case 'reasoning':
      return block.text === '' || !options.showReasoning ? undefined : reasoningItem(id('rs'), block.text);
    case 'tool-call':
      return block.executedBy === 'upstream' ? undefined : callItem(block, index, options);
    case 'tool-result':
      return undefined;
  }
}

function callItem(
  block: CallHead & { readonly input: string; readonly incomplete?: true },
  index: number,
  options: OutputOptions,
): JsonObject {
  const id = (prefix: ItemPrefix): string => itemId(prefix, options.responseId, index);
  if (block.incomplete === true) {
    return block.kind === 'custom'
      ? customCallItem(id('ctc'), block, block.input, 'incomplete')
      : functionCallItem(id('fc'), block, block.input, 'incomplete');
  }
  const input = completeInput(block, block.input);
  if (block.kind === 'custom') return customCallItem(id('ctc'), block, input, 'completed');
  const builtIn = builtInOf(block, options);
  const own = builtIn === undefined ? undefined : tryBuiltInItem(builtIn, block, input, index, options);
  return own ?? functionCallItem(id('fc'), block, input, 'completed');
}
