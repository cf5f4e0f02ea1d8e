/**
 * Content parts in the spelling of another protocol than the route's. Clients mix them: what one of our routes would
 * understand, all of them do. What none understands keeps its text.
 */
import {
  type AssistantPart,
  type MediaPart,
  mediaMark,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '../../chat/index.js';
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../util/index.js';
import { readFile } from '../openai-responses/request/file-content.js';
import { jsonInput, textInput } from './call-input.js';
import { fileFromBase64, fileFromText, mediaFromUrl } from './media-part.js';
import type { RequestWarnings } from './request-warnings.js';
import { textOf } from './text-of.js';

/** All that can stand in a message, whoever may say it. */
export type AnyPart = UserPart | ReasoningPart | ToolCallPart | ToolResultPart;

type Reader = (part: JsonObject, path: string, warnings: RequestWarnings) => readonly AnyPart[] | undefined;

/** Never throws: a part that lacks what its type needs is read as one that is not known. */
export function readForeignPart(part: JsonObject, path: string, warnings: RequestWarnings): readonly AnyPart[] {
  const type = typeof part.type === 'string' ? part.type : guessType(part);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  return reader?.(part, path, warnings) ?? readUnknown(part, type, path, warnings);
}

/** A string, one part or a list of them. */
export function readForeignContent(
  content: JsonValue | undefined,
  path: string,
  warnings: RequestWarnings,
): readonly AnyPart[] {
  if (content === null || content === undefined) return [];
  if (Array.isArray(content)) {
    return (content as readonly JsonValue[]).flatMap((part, index) =>
      isJsonObject(part) ? readForeignPart(part, `${path}[${index}]`, warnings) : textParts(scalar(part)),
    );
  }
  return isJsonObject(content) ? readForeignPart(content, path, warnings) : textParts(scalar(content));
}

/** Where only words and media can stand: calls and results as the text they carry. */
export function toUserParts(parts: readonly AnyPart[]): UserPart[] {
  return parts.flatMap((part): readonly UserPart[] => {
    switch (part.type) {
      case 'tool-call':
        return textParts(`[${part.toolName}: ${part.input}]`);
      case 'tool-result':
        return part.output;
      case 'reasoning':
        return textParts(part.text);
      default:
        return [part];
    }
  });
}

/** In an answer a picture has no place; a word stands for it. */
export function toAssistantPart(part: Exclude<AnyPart, ToolResultPart>): AssistantPart {
  switch (part.type) {
    case 'image':
    case 'audio':
    case 'file':
      return { type: 'text', text: mediaMark(part.type) };
    default:
      return part;
  }
}

const scalar = (value: JsonValue): string =>
  typeof value === 'string' || isNumber(value) || typeof value === 'boolean' ? String(value) : '';

export const textParts = (text: string): TextPart[] => (text === '' ? [] : [{ type: 'text', text }]);

function guessType(part: JsonObject): string {
  if (typeof part.text === 'string') return 'text';
  if (part.image_url !== undefined) return 'image_url';
  return 'content';
}

function readUnknown(part: JsonObject, type: string, path: string, warnings: RequestWarnings): readonly TextPart[] {
  warnings.add('unsupported-content', path, `Content of type ${type} is not supported`);
  const text = textOf(part);
  return textParts(text === '' ? mediaMark(type.replace(/^input_/, '')) : text);
}

const filled = (value: unknown): value is string => typeof value === 'string' && value !== '';

const readText: Reader = ({ text }) => (typeof text === 'string' ? textParts(text) : undefined);

const readThinking: Reader = ({ thinking }) => {
  if (typeof thinking !== 'string') return undefined;
  return thinking === '' ? [] : [{ type: 'reasoning', text: thinking }];
};

const readImage: Reader = (part) => {
  const { image_url: image, source } = part;
  const url = isJsonObject(image) ? image.url : image;
  if (filled(url)) return [mediaFromUrl('image', url)];
  return isJsonObject(source) ? mediaFromSource(source, 'image') : undefined;
};

function mediaFromSource(source: JsonObject, type: MediaPart['type']): readonly UserPart[] | undefined {
  const { data, url } = source;
  const mediaType = filled(source.media_type) ? source.media_type : '';
  if (filled(data)) {
    if (type !== 'image') return source.type === 'text' ? fileFromText(data) : fileFromBase64(mediaType, data);
    return [{ type, source: { kind: 'base64', mediaType: mediaType === '' ? 'image/png' : mediaType, data } }];
  }
  return filled(url) ? [mediaFromUrl(type, url)] : undefined;
}

const readDocument: Reader = ({ source, title, context }, path, warnings) => {
  if (!isJsonObject(source)) return undefined;
  const body =
    source.type === 'content'
      ? toUserParts(readForeignContent(source.content, `${path}.source.content`, warnings))
      : mediaFromSource(source, 'file');
  return body === undefined ? undefined : [...textParts([title, context].filter(filled).join('\n')), ...body];
};

const readSearchResult: Reader = ({ title, source, content }, path, warnings) => [
  ...textParts([title, source].filter(filled).join('\n')),
  ...toUserParts(readForeignContent(content, `${path}.content`, warnings)),
];

const readAnyFile: Reader = (part, path, warnings) =>
  readFile(isJsonObject(part.file) ? part.file : part, path, { warnings });

const readAudio: Reader = (part, path, warnings) => {
  const { data, format } = isJsonObject(part.input_audio) ? part.input_audio : part;
  if (!filled(data)) return undefined;
  warnings.add('unsupported-content', path, 'The models take no sound; its place is marked in the prompt');
  return [{ type: 'audio', source: { kind: 'base64', mediaType: `audio/${filled(format) ? format : 'wav'}`, data } }];
};

/** A call without an id gets that of its place, so that none is taken for another. */
const call =
  (inputMember: 'input' | 'arguments', kind: 'function' | 'custom'): Reader =>
  (part, path) => {
    const { name, namespace } = part;
    if (!filled(name)) return undefined;
    const toolCallId = [part.call_id, part.id].find(filled) ?? path;
    const given = part[inputMember];
    return [
      {
        type: 'tool-call',
        toolCallId,
        toolName: name,
        ...(filled(namespace) && { namespace }),
        input: kind === 'custom' ? textInput(given) : jsonInput(given),
        kind,
      },
    ];
  };

const result =
  (contentMember: 'content' | 'output'): Reader =>
  (part, path, warnings) => {
    const toolCallId = [part.tool_use_id, part.call_id, part.tool_call_id].find(filled);
    if (toolCallId === undefined) return undefined;
    const output = toUserParts(readForeignContent(part[contentMember], `${path}.${contentMember}`, warnings));
    return [{ type: 'tool-result', toolCallId, output, isError: part.is_error === true || part.status === 'failed' }];
  };

const READERS: Readonly<Record<string, Reader>> = {
  text: readText,
  input_text: readText,
  output_text: readText,
  summary_text: readText,
  reasoning_text: readText,
  refusal: ({ refusal }) => (typeof refusal === 'string' ? textParts(refusal) : undefined),
  thinking: readThinking,
  redacted_thinking: () => [],
  image: readImage,
  image_url: readImage,
  input_image: readImage,
  computer_screenshot: readImage,
  document: readDocument,
  search_result: readSearchResult,
  file: readAnyFile,
  input_file: readAnyFile,
  input_audio: readAudio,
  tool_use: call('input', 'function'),
  function_call: call('arguments', 'function'),
  custom_tool_call: call('input', 'custom'),
  tool_result: result('content'),
  function_call_output: result('output'),
  custom_tool_call_output: result('output'),
};

/** Whether parts of this type are read, and not only kept as words. */
export const isKnownPart = (type: string): boolean => Object.hasOwn(READERS, type);
