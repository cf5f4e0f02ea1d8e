/** Messages of every role, in order → the model's. Empty ones are left out; results that follow one another join up. */
import type { AssistantPart, ChatMessage, ToolCallPart, ToolResultPart, UserPart } from '../../chat/index.js';
import { invalidRequest, parseAt } from '../parse-schema.js';
import type { RequestWarnings } from '../request-warnings.js';
import { checkFields } from '../unknown-fields.js';
import {
  assistantMessage,
  functionCall,
  functionMessage,
  systemMessage,
  toolCall,
  toolMessage,
  userMessage,
} from './message-schema.js';
import { parseContent, parseText } from './parse-content.js';

type MessageValue = Readonly<Record<string, unknown>> & { readonly role: string };

/** @throws GatewayError `invalid_request` for an unknown role and for members of the wrong type */
export function parseMessages(messages: readonly MessageValue[], warnings: RequestWarnings): ChatMessage[] {
  const reader = new MessageReader(warnings);
  messages.forEach((message, index) => {
    reader.read(message, index);
  });
  return reader.messages;
}

class MessageReader {
  readonly messages: ChatMessage[] = [];
  readonly #warnings: RequestWarnings;
  #results: ToolResultPart[] | undefined;
  /** Calls of the older form have no ids: the name leads from a result to its call. */
  readonly #legacyCalls = new Map<string, string>();
  /** The ids given to calls that came without; results without ids answer them in order. */
  readonly #nameless: string[] = [];

  constructor(warnings: RequestWarnings) {
    this.#warnings = warnings;
  }

  read(message: MessageValue, index: number): void {
    const path = `messages[${index}]`;
    if (message.role !== 'tool' && message.role !== 'function') this.#results = undefined;
    switch (message.role) {
      case 'system':
      case 'developer': {
        checkFields(message, systemMessage, path, this.#warnings);
        const { content } = parseAt(systemMessage, message, path);
        const text = parseText(content, `${path}.content`, this.#warnings);
        if (text !== '') this.messages.push({ role: 'system', content: text });
        return;
      }
      case 'user':
        this.#user(message, path);
        return;
      case 'assistant':
        this.#assistant(message, path, index);
        return;
      case 'tool': {
        checkFields(message, toolMessage, path, this.#warnings);
        const { tool_call_id: toolCallId, content } = parseAt(toolMessage, message, path);
        const answered = toolCallId === '' ? (this.#nameless.shift() ?? '') : toolCallId;
        this.#result(answered, parseContent(content, `${path}.content`, this.#warnings));
        return;
      }
      case 'function': {
        checkFields(message, functionMessage, path, this.#warnings);
        const { name, content } = parseAt(functionMessage, message, path);
        const output = parseContent(content, `${path}.content`, this.#warnings);
        this.#result(this.#legacyCalls.get(name) ?? `call_${name}`, output);
        return;
      }
      default:
        throw invalidRequest(
          `${path}.role`,
          `Invalid value for '${path}.role': '${message.role}'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool' and 'function'.`,
        );
    }
  }

  #user(message: MessageValue, path: string): void {
    checkFields(message, userMessage, path, this.#warnings);
    const { content, name } = parseAt(userMessage, message, path);
    const parts = parseContent(content, `${path}.content`, this.#warnings);
    if (parts.length > 0) this.messages.push({ role: 'user', content: withSpeaker(parts, name) });
  }

  #assistant(message: MessageValue, path: string, index: number): void {
    checkFields(message, assistantMessage, path, this.#warnings);
    const parsed = parseAt(assistantMessage, message, path);
    const parts: AssistantPart[] = [];
    const thoughts = parsed.reasoning_content ?? parsed.reasoning;
    if (typeof thoughts === 'string' && thoughts !== '') parts.push({ type: 'reasoning', text: thoughts });
    for (const part of parseContent(parsed.content, `${path}.content`, this.#warnings)) {
      parts.push(part.type === 'text' ? part : { type: 'text', text: `[${part.type}]` });
    }
    if (typeof parsed.refusal === 'string' && parsed.refusal !== '') parts.push({ type: 'text', text: parsed.refusal });
    (parsed.tool_calls ?? []).forEach((call, at) => {
      const spare = `call_${index}_${at}`;
      const part = parseCall(call, `${path}.tool_calls[${at}]`, spare, this.#warnings);
      if (part.toolCallId === spare) this.#nameless.push(spare);
      parts.push(part);
    });
    if (parsed.function_call !== null && parsed.function_call !== undefined) {
      const { name, arguments: input } = parseAt(functionCall, parsed.function_call, `${path}.function_call`);
      const toolCallId = `call_${index}`;
      this.#legacyCalls.set(name, toolCallId);
      parts.push({ type: 'tool-call', toolCallId, toolName: name, input: jsonInput(input), kind: 'function' });
    }
    if (parts.length > 0) this.messages.push({ role: 'assistant', content: parts });
  }

  #result(toolCallId: string, output: readonly UserPart[]): void {
    if (this.#results === undefined) {
      this.#results = [];
      this.messages.push({ role: 'tool', content: this.#results });
    }
    this.#results.push({ type: 'tool-result', toolCallId, output, isError: false });
  }
}

/** The model has one name for everybody who asks; with several people in a conversation theirs goes into the text. */
function withSpeaker(parts: readonly UserPart[], name: string | null | undefined): readonly UserPart[] {
  const [first, ...rest] = parts;
  if (name === null || name === undefined || name === '' || first?.type !== 'text') return parts;
  return [{ type: 'text', text: `${name}: ${first.text}` }, ...rest];
}

function parseCall(value: unknown, path: string, idIfNone: string, warnings: RequestWarnings): ToolCallPart {
  const call = parseAt(toolCall, value, path);
  checkFields(call, toolCall, path, warnings);
  const toolCallId = call.id === null || call.id === undefined || call.id === '' ? idIfNone : call.id;
  if (call.custom !== null && call.custom !== undefined) {
    const { name, input } = call.custom;
    const text = typeof input === 'string' ? input : input === undefined || input === null ? '' : JSON.stringify(input);
    return { type: 'tool-call', toolCallId, toolName: name, input: text, kind: 'custom' };
  }
  if (call.function === null || call.function === undefined) {
    throw invalidRequest(`${path}.function`, `Missing required parameter: '${path}.function'.`);
  }
  const { name, arguments: input } = call.function;
  return { type: 'tool-call', toolCallId, toolName: name, input: jsonInput(input), kind: 'function' };
}

/** By the book JSON as a string; some clients send the object itself, some nothing. */
function jsonInput(input: unknown): string {
  if (typeof input === 'string') return input.trim() === '' ? '{}' : input;
  return input === undefined || input === null ? '{}' : JSON.stringify(input);
}
