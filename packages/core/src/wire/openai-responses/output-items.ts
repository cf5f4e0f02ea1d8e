/**
 * The items of a response's `output`, as objects. Stream and result build them here, so that a stream's done events,
 * its last event and the answer without a stream cannot drift apart.
 */
import type { ResultBlock } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** The prefix tells an item's kind, as in the ids the protocol's own server gives. */
export type ItemPrefix = 'msg' | 'rs' | 'fc' | 'fco' | 'ctc' | 'cto' | 'lsh' | 'item';

/** Ids of input items begin here, so that they never meet those of output items. */
export const INPUT_ITEM_OFFSET = 0x80_0000;

/** An id that follows from the response's: stable over all events, the same with and without a stream. */
export function itemId(prefix: ItemPrefix, responseId: string, index: number): string {
  return `${prefix}_${responseId.replace(/^resp_/, '')}${index.toString(16).padStart(6, '0')}`;
}

export function outputText(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** A message that has not begun has no content part yet. */
export function messageItem(id: string, text: string | undefined, status: ItemStatus): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content: text === undefined ? [] : [outputText(text)] };
}

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
 * The `local_shell_call` for a call of the `local_shell` tool, or `undefined` when the arguments are no command:
 * the caller then sends it as the function call it is, which no client mistakes for a command to run.
 */
export function tryLocalShellCallItem(id: string, call: CallHead, input: string): JsonObject | undefined {
  const action = tryExecAction(input);
  return action === undefined
    ? undefined
    : { id, type: 'local_shell_call', status: 'completed', call_id: call.toolCallId, action };
}

function tryExecAction(input: string): JsonObject | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(input);
  } catch {
    return undefined;
  }
  if (!isJsonObject(parsed)) return undefined;
  const { command, env, timeout_ms: timeout, working_directory: folder, user } = parsed;
  // Models write one string where a list is asked for; a shell reads it as they meant it.
  const words = typeof command === 'string' ? ['bash', '-lc', command] : command;
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === 'string')) return undefined;
  return {
    type: 'exec',
    command: words,
    env: isJsonObject(env) ? Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)])) : {},
    ...(typeof timeout === 'number' && { timeout_ms: Math.trunc(timeout) }),
    ...(typeof folder === 'string' && { working_directory: folder }),
    ...(typeof user === 'string' && { user }),
  };
}

export interface OutputOptions {
  readonly responseId: string;
  /** The request offered the `local_shell` tool, whose calls have an item type of their own. */
  readonly localShell: boolean;
  readonly showReasoning: boolean;
}

export const isLocalShellCall = (call: CallHead, options: OutputOptions): boolean =>
  options.localShell && call.kind === 'function' && call.toolName === 'local_shell' && call.namespace === undefined;

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
  return (
    (isLocalShellCall(block, options) ? tryLocalShellCallItem(id('lsh'), block, input) : undefined) ??
    functionCallItem(id('fc'), block, input, 'completed')
  );
}
