/** Messages of every role, in order → the model's. Empty ones are left out; results that follow one another join up. */
import type { AssistantPart, ChatMessage, GatewayError, ToolResultPart, UserPart } from '../../chat/index.js';
import { toAssistantPart, toUserParts } from '../request/foreign-content.js';
import { invalidRequest, parseAt, wordOf } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { assistantMessage, functionMessage, systemMessage, toolMessage, userMessage } from './message-schema.js';
import { parseContent, parseParts, parseText } from './parse-content.js';
import { parseCall, parseLegacyCall } from './tool-calls.js';

type MessageValue = Readonly<Record<string, unknown>>;

/**
 * @param inserted how many of the first are not the client's own list
 * @throws GatewayError `invalid_request` for an unknown role and for members of the wrong type
 */
export function parseMessages(
  messages: readonly MessageValue[],
  warnings: RequestWarnings,
  inserted = 0,
): ChatMessage[] {
  const reader = new MessageReader(warnings);
  messages.forEach((message, index) => {
    reader.read(message, index - inserted);
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
    const path = index < 0 ? 'system' : `messages[${index}]`;
    if (typeof message.role !== 'string') throw wrongRole(message.role, `${path}.role`);
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
        this.#result({
          type: 'tool-result',
          toolCallId: answered,
          output: parseContent(content, `${path}.content`, this.#warnings),
          isError: false,
        });
        return;
      }
      case 'function': {
        checkFields(message, functionMessage, path, this.#warnings);
        const { name, content } = parseAt(functionMessage, message, path);
        const output = parseContent(content, `${path}.content`, this.#warnings);
        const toolCallId = this.#legacyCalls.get(name) ?? `call_${name}`;
        this.#result({ type: 'tool-result', toolCallId, output, isError: false });
        return;
      }
      default:
        throw invalidRequest(
          `${path}.role`,
          `Invalid value for '${path}.role': '${message.role.slice(0, 100)}'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool' and 'function'.`,
        );
    }
  }

  #user(message: MessageValue, path: string): void {
    checkFields(message, userMessage, path, this.#warnings);
    const { content, name } = parseAt(userMessage, message, path);
    const given = parseParts(content, `${path}.content`, this.#warnings);
    // Results first: they have to stand right behind their calls.
    const results = given.filter((part) => part.type === 'tool-result');
    for (const part of results) this.#result(part);
    const parts = toUserParts(results.length === 0 ? given : given.filter((part) => part.type !== 'tool-result'));
    if (parts.length === 0) return;
    this.#results = undefined;
    this.messages.push({ role: 'user', content: withSpeaker(parts, name) });
  }

  #assistant(message: MessageValue, path: string, index: number): void {
    checkFields(message, assistantMessage, path, this.#warnings);
    const parsed = parseAt(assistantMessage, message, path);
    const parts: AssistantPart[] = [];
    const thoughts = parsed.reasoning_content ?? parsed.reasoning;
    if (typeof thoughts === 'string' && thoughts !== '') parts.push({ type: 'reasoning', text: thoughts });
    const results: ToolResultPart[] = [];
    for (const part of parseParts(parsed.content, `${path}.content`, this.#warnings)) {
      if (part.type === 'tool-result') results.push(part);
      else parts.push(toAssistantPart(part));
    }
    if (typeof parsed.refusal === 'string' && parsed.refusal !== '') parts.push({ type: 'text', text: parsed.refusal });
    (parsed.tool_calls ?? []).forEach((call, at) => {
      const spare = `call_${index}_${at}`;
      const part = parseCall(call, `${path}.tool_calls[${at}]`, spare, this.#warnings);
      if (part.toolCallId === spare) this.#nameless.push(spare);
      parts.push(part);
    });
    if (parsed.function_call !== null && parsed.function_call !== undefined) {
      const call = parseLegacyCall(parsed.function_call, `${path}.function_call`, `call_${index}`);
      this.#legacyCalls.set(call.toolName, call.toolCallId);
      parts.push(call);
    }
    if (parts.length > 0) this.messages.push({ role: 'assistant', content: parts });
    for (const part of results) this.#result(part);
  }

  #result(part: ToolResultPart): void {
    if (this.#results === undefined) {
      this.#results = [];
      this.messages.push({ role: 'tool', content: this.#results });
    }
    this.#results.push(part);
  }
}

function wrongRole(role: unknown, path: string): GatewayError {
  const message =
    role === undefined
      ? `Missing required parameter: '${path}'.`
      : `Invalid value for '${path}': expected a string, but got ${wordOf(role)}.`;
  return invalidRequest(path, message);
}

/** The model has one name for everybody who asks; with several people in a conversation theirs goes into the text. */
function withSpeaker(parts: readonly UserPart[], name: string | null | undefined): readonly UserPart[] {
  const [first, ...rest] = parts;
  if (name === null || name === undefined || name === '' || first?.type !== 'text') return parts;
  return [{ type: 'text', text: `${name}: ${first.text}` }, ...rest];
}
