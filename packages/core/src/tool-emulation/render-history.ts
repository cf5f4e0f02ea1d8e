/**
 * A conversation with tools as the model without tools sees it: earlier calls in the form that the contract asks for,
 * each followed directly by its result, whatever order and shape they came in. Every call is answered exactly once.
 */
import type {
  ChatMessage,
  ChatWarning,
  MediaPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  TranscriptEntry,
} from '../chat/index.js';
import { isJsonObject } from '../util/index.js';

export interface FlatHistory {
  readonly entries: readonly TranscriptEntry[];
  readonly warnings: readonly ChatWarning[];
}

/** Thoughts stay out, media leave a mark, empty messages are dropped. */
export function flattenToolHistory(messages: readonly ChatMessage[]): FlatHistory {
  const { results, warnings } = pairResults(messages);
  const entries: TranscriptEntry[] = [];
  let said: string[] = [];
  let calls: ToolCallPart[] = [];

  /** Ends a run of assistant messages: what was said and called, then the results. */
  const settle = (): void => {
    if (said.length > 0) entries.push({ role: 'assistant', text: said.join('\n\n') });
    if (calls.length > 0) {
      entries.push({ role: 'user', text: calls.map((call) => renderResult(call, results.get(call))).join('\n\n') });
    }
    said = [];
    calls = [];
  };

  for (const message of messages) {
    switch (message.role) {
      case 'assistant': {
        const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
        if (text.trim() !== '') said.push(text);
        for (const part of message.content) {
          if (part.type !== 'tool-call') continue;
          said.push(renderCall(part));
          calls.push(part);
        }
        break;
      }
      case 'tool':
        // Placed behind its call.
        break;
      case 'system':
      case 'user': {
        const text = message.role === 'system' ? message.content : joinParts(message.content);
        if (text.trim() === '') break;
        settle();
        entries.push({ role: message.role, text });
        break;
      }
    }
  }
  settle();
  return { entries, warnings };
}

/** The k-th call with an id gets the k-th result with it; of results too many for one call the last counts. */
function pairResults(messages: readonly ChatMessage[]): {
  readonly results: ReadonlyMap<ToolCallPart, ToolResultPart>;
  readonly warnings: readonly ChatWarning[];
} {
  const byId = new Map<string, ToolResultPart[]>();
  const callsById = new Map<string, ToolCallPart[]>();
  for (const message of messages) {
    if (message.role === 'tool') {
      for (const result of message.content) push(byId, result.toolCallId, result);
    } else if (message.role === 'assistant') {
      for (const part of message.content) if (part.type === 'tool-call') push(callsById, part.toolCallId, part);
    }
  }
  const results = new Map<ToolCallPart, ToolResultPart>();
  const warnings: ChatWarning[] = [];
  for (const [id, found] of byId) {
    const calls = callsById.get(id);
    if (calls === undefined) {
      const message = 'The result belongs to no call of this conversation and is left out';
      warnings.push({ type: 'tool-emulation', subject: `tool result ${id}`, message });
      continue;
    }
    for (const [index, call] of calls.entries()) {
      const result = index === calls.length - 1 ? found[Math.max(index, found.length - 1)] : found[index];
      if (result !== undefined) results.set(call, result);
    }
  }
  return { results, warnings };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function renderCall(call: ToolCallPart): string {
  const tool = call.namespace === undefined ? call.toolName : `${call.namespace}.${call.toolName}`;
  const parameters = call.kind === 'custom' ? JSON.stringify(call.input) : inputObject(call.input);
  return `\`\`\`json action\n{"tool": ${JSON.stringify(tool)}, "parameters": ${parameters}}\n\`\`\``;
}

/** The input as JSON; what is none (cut, or never valid) is shown as a string. */
function inputObject(input: string): string {
  if (input.trim() === '') return '{}';
  try {
    const value: unknown = JSON.parse(input);
    return JSON.stringify(isJsonObject(value) ? value : { input: value });
  } catch {
    return JSON.stringify(input);
  }
}

/** Counted by its first line, so an answered call and only that has a line that begins so. */
function renderResult(call: ToolCallPart, result: ToolResultPart | undefined): string {
  if (result === undefined) return `(There is no result for the call ${call.toolCallId} of ${call.toolName}.)`;
  const text = joinParts(result.output).replace(LOOKS_LIKE_RESULT, '| $&');
  const mark = result.isError ? `${call.toolName}, failed` : call.toolName;
  return `Tool result for ${call.toolCallId} (${mark}):\n${text.trim() === '' ? '(empty)' : text}`;
}

/** A line inside a result that would be taken for the beginning of another. */
const LOOKS_LIKE_RESULT = /^[^\S\n]*(?:\w+:[^\S\n]*)?[[<(]?[^\S\n]*tool result/gim;

const joinParts = (parts: readonly (TextPart | MediaPart)[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : mediaMark(part))).join('\n');

const mediaMark = ({ type, filename }: MediaPart): string =>
  filename === undefined ? `[${type}]` : `[${type}: ${filename}]`;
