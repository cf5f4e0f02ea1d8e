/**
 * `messages` → the model's, in order. One user message may hold results of tools and words: it becomes two, results
 * first, since those have to stand right behind their calls.
 */
import {
  type AssistantPart,
  type ChatMessage,
  isAttribution,
  mediaMark,
  type TextPart,
  type ToolResultPart,
  type UserPart,
  withoutAttribution,
} from '../../chat/index.js';
import { jsonInput } from '../request/call-input.js';
import { textParts, toAssistantPart, toUserParts } from '../request/foreign-content.js';
import { parseAt, wordOf } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { BLOCK_SCHEMAS, type ContentValue } from './content-schema.js';
import { type BlockValue, parseBlock, parseContent, parseForeignBlock, readBlock } from './parse-content.js';
import { messageSchema } from './request-schema.js';

/** Anthropic's system prompt: blocks are paragraphs, attribution is left out. `undefined` when nothing is left. */
export function parseSystem(content: ContentValue, path: string, warnings: RequestWarnings): ChatMessage | undefined {
  const blocks = typeof content === 'string' ? withoutAttribution(content) : (content ?? []).filter(isPrompt);
  const text = parseContent(blocks, path, warnings)
    .map((part) => (part.type === 'text' ? part.text : mediaMark(part.type)))
    .join('\n\n');
  return text === '' ? undefined : { role: 'system', content: text };
}

function isPrompt(block: unknown): boolean {
  const text = typeof block === 'object' && block !== null ? (block as BlockValue).text : block;
  return typeof text !== 'string' || !isAttribution(text);
}

/** @throws GatewayError `invalid_request` for an unknown role and for blocks that lack what their type needs */
export function parseMessages(messages: readonly unknown[], warnings: RequestWarnings): ChatMessage[] {
  return messages.flatMap((message, index) => parseMessage(message, `messages[${index}]`, warnings));
}

function parseMessage(value: unknown, path: string, warnings: RequestWarnings): ChatMessage[] {
  const { role, content } = parseAt(messageSchema, value, path);
  checkFields(value as object, messageSchema, path, warnings);
  const at = `${path}.content`;
  switch (role) {
    case 'system':
    case 'developer': {
      const system = parseSystem(content, at, warnings);
      return system === undefined ? [] : [system];
    }
    case 'user':
      return parseUser(content, at, warnings);
    case 'assistant': {
      const parts = parseAssistant(content, at, warnings);
      return parts.length === 0 ? [] : [{ role, content: parts }];
    }
  }
}

function parseUser(content: ContentValue, path: string, warnings: RequestWarnings): ChatMessage[] {
  if (typeof content === 'string' || content === null || content === undefined) {
    return content ? [{ role: 'user', content: textParts(content) }] : [];
  }
  const results: ToolResultPart[] = [];
  const parts: UserPart[] = [];
  content.forEach((block, index) => {
    const at = `${path}[${index}]`;
    if (typeof block === 'string') parts.push(...textParts(block));
    else if (block.type === 'tool_result') results.push(parseToolResult(block, at, warnings));
    else if (Object.hasOwn(BLOCK_SCHEMAS, wordOf(block.type))) parts.push(...parseBlock(block, at, warnings));
    else {
      for (const part of parseForeignBlock(block, at, warnings)) {
        if (part.type === 'tool-result') results.push(part);
        else parts.push(...toUserParts([part]));
      }
    }
  });
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, content: results }] : []),
    ...(parts.length > 0 ? [{ role: 'user' as const, content: parts }] : []),
  ];
}

function parseToolResult(block: BlockValue, path: string, warnings: RequestWarnings): ToolResultPart {
  const { tool_use_id: toolCallId, content, is_error: isError } = readBlock('tool_result', block, path, warnings);
  return {
    type: 'tool-result',
    toolCallId,
    output: parseContent(content, `${path}.content`, warnings),
    isError: isError === true,
  };
}

function parseAssistant(content: ContentValue, path: string, warnings: RequestWarnings): AssistantPart[] {
  if (typeof content === 'string' || content === null || content === undefined) return textParts(content ?? '');
  return content.flatMap((block, index) =>
    typeof block === 'string' ? textParts(block) : parseAssistantBlock(block, `${path}[${index}]`, warnings),
  );
}

function parseAssistantBlock(block: BlockValue, path: string, warnings: RequestWarnings): AssistantPart[] {
  switch (block.type) {
    case 'thinking': {
      const { thinking } = readBlock('thinking', block, path, warnings);
      return thinking === '' ? [] : [{ type: 'reasoning', text: thinking }];
    }
    case 'redacted_thinking':
      readBlock('redacted_thinking', block, path, warnings);
      return [];
    case 'tool_use': {
      const { id, name, input } = readBlock('tool_use', block, path, warnings);
      return [{ type: 'tool-call', toolCallId: id, toolName: name, input: jsonInput(input), kind: 'function' }];
    }
    case 'text':
      return textParts(readBlock('text', block, path, warnings).text);
    case 'server_tool_use':
    case 'mcp_tool_use':
      // The call of a hosted tool says little without its result, which is a block of its own.
      warnings.add('unsupported-content', path, `Content of type ${block.type} is not supported`);
      return [onLinesOfItsOwn(`[${wordOf(block.name)}: ${jsonInput(block.input)}]`)];
    case 'image':
    case 'document':
    case 'search_result':
      return parseBlock(block, path, warnings).map((part) =>
        part.type === 'text' ? part : { type: 'text' as const, text: mediaMark(part.type) },
      );
    default:
      return parseForeignBlock(block, path, warnings).flatMap((part): AssistantPart[] => {
        if (part.type === 'tool-result') return toUserParts([part]).map(toAssistantPart);
        return part.type === 'text' ? [onLinesOfItsOwn(part.text)] : [toAssistantPart(part)];
      });
  }
}

/** The texts of an answer are read as one, since citations cut them anywhere; what stands for another block is apart. */
const onLinesOfItsOwn = (text: string): TextPart => ({ type: 'text', text: `\n${text}\n` });
