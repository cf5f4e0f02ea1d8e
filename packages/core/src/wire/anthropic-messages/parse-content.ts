/** Content blocks that people and tools bring in → model parts. What cannot be carried over leaves a visible word. */

import type * as z from 'zod/mini';
import { type MediaPart, mediaMark, type TextPart, type UserPart } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { type AnyPart, isKnownPart, readForeignPart, textParts, toUserParts } from '../request/foreign-content.js';
import { fileFromBase64, fileFromText, mediaFromUrl } from '../request/media-part.js';
import { invalidRequest, parseAt, wordOf } from '../request/parse-schema.js';
import type { RequestWarnings } from '../request/request-warnings.js';
import { textOf } from '../request/text-of.js';
import { checkFields } from '../request/unknown-fields.js';
import { BLOCK_SCHEMAS, type BlockType, type ContentValue, type source } from './content-schema.js';

export type BlockValue = Readonly<Record<string, unknown>>;
type Source = z.infer<typeof source>;

/** Blocks without text are left out; a string is one text block. */
export function parseContent(content: ContentValue, path: string, warnings: RequestWarnings): UserPart[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return textParts(content);
  return content.flatMap((block, index) =>
    typeof block === 'string' ? textParts(block) : parseBlock(block, `${path}[${index}]`, warnings),
  );
}

/** @throws GatewayError `invalid_request` when the block has not the members its type needs */
export function readBlock<Type extends BlockType>(
  type: Type,
  block: BlockValue,
  path: string,
  warnings: RequestWarnings,
): z.infer<(typeof BLOCK_SCHEMAS)[Type]> {
  const schema = BLOCK_SCHEMAS[type];
  checkFields(block, schema, path, warnings);
  return parseAt(schema, block, path) as z.infer<(typeof BLOCK_SCHEMAS)[Type]>;
}

export function parseBlock(block: BlockValue, path: string, warnings: RequestWarnings): UserPart[] {
  switch (block.type) {
    case 'text':
      return textParts(readBlock('text', block, path, warnings).text);
    case 'image':
      return parseImage(readBlock('image', block, path, warnings).source, path, warnings);
    case 'document': {
      const { source, title, context } = readBlock('document', block, path, warnings);
      const heading = [title, context].filter((line) => typeof line === 'string' && line !== '').join('\n');
      return [...textParts(heading), ...parseDocument(source, path, warnings)];
    }
    case 'search_result': {
      const { title, source, content } = readBlock('search_result', block, path, warnings);
      const heading = [title, source].filter((line) => typeof line === 'string' && line !== '').join('\n');
      return asDocument([...textParts(heading), ...parseContent(content, `${path}.content`, warnings)]);
    }
    case 'tool_reference':
      return textParts(`[tool: ${wordOf(block.tool_name)}]`);
    default:
      return toUserParts(parseForeignBlock(block, path, warnings));
  }
}

/** Blocks of the other protocols; others keep their words. */
export function parseForeignBlock(block: BlockValue, path: string, warnings: RequestWarnings): readonly AnyPart[] {
  if (typeof block.type !== 'string' && typeof block.text !== 'string') {
    throw invalidRequest(`${path}.type`, `Missing required parameter: '${path}.type'.`);
  }
  return typeof block.type === 'string' && !isKnownPart(block.type)
    ? parseOtherBlock(block, path, warnings)
    : readForeignPart(block as JsonObject, path, warnings);
}

/** Blocks of hosted tools and of things to come: their text if they have some, else their name. */
export function parseOtherBlock(block: BlockValue, path: string, warnings: RequestWarnings): TextPart[] {
  const type = wordOf(block.type);
  warnings.add('unsupported-content', path, `Content of type ${type} is not supported`);
  const text = typeof block.text === 'string' ? block.text : plainText(block.content);
  return textParts([text, textOf(block), mediaMark(type)].find((words) => words !== '') ?? '');
}

/** The text a hosted tool brought, as far as it can be read without knowing the tool. */
function plainText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly unknown[])
    .flatMap((entry) => {
      if (typeof entry !== 'object' || entry === null) return [];
      const { text, title, url } = entry as BlockValue;
      const line = [text, title, url].filter((word) => typeof word === 'string' && word !== '').join(' ');
      return line === '' ? [] : [line];
    })
    .join('\n');
}

function parseImage(source: Source, path: string, warnings: RequestWarnings): [MediaPart | TextPart] {
  if (typeof source.data === 'string' && source.data !== '') {
    const mediaType = source.media_type ?? 'image/png';
    return [{ type: 'image', source: { kind: 'base64', mediaType, data: source.data } }];
  }
  if (typeof source.url === 'string' && source.url !== '') return [mediaFromUrl('image', source.url)];
  warnings.add('unsupported-content', path, notHere(source, 'image'));
  return [{ type: 'text', text: mediaMark('image') }];
}

function parseDocument(source: Source, path: string, warnings: RequestWarnings): UserPart[] {
  if (source.type === 'text' && typeof source.data === 'string') return fileFromText(source.data);
  if (source.type === 'content') return asDocument(parseContent(source.content, `${path}.source.content`, warnings));
  if (typeof source.data === 'string' && source.data !== '')
    return fileFromBase64(source.media_type ?? '', source.data);
  if (typeof source.url === 'string' && source.url !== '') return [mediaFromUrl('file', source.url)];
  warnings.add('unsupported-content', path, notHere(source, 'document'));
  return textParts(mediaMark('file'));
}

const asDocument = (parts: readonly UserPart[]): UserPart[] =>
  parts.map((part) => (part.type === 'text' ? { ...part, isDocument: true } : part));

const notHere = (source: Source, what: string): string =>
  typeof source.file_id === 'string'
    ? `Uploaded files are not supported; send the ${what} itself`
    : `The ${what} is empty`;
