/**
 * What begins a call outside of fences: tags, special tokens, marks, `#Tool Call` lines.
 *
 * Over 250 lines: one table of openers and how each is read.
 */

import { type Extent, TAG_PREFIX } from '../body/markup-call.js';
import { type BodyReading, readBody } from '../body/read-body.js';
import type { ToolIndex } from '../call/tool-index.js';
import { VALUE_MARKS } from './after-call.js';
import type { Block } from './block.js';
import { openChannel } from './channel.js';
import { GEMMA_CLOSERS, GEMMA_HEAD, readGemmaCall } from './gemma-call.js';
import { readSpecialTokens, SPECIAL_OPEN, specialCloser } from './special-tokens.js';
import { TagBlock } from './tag-block.js';
import { isOwnWord, readToolNamedTag } from './tool-named-tag.js';
import { MarkedValueBlock } from './value-block.js';

/** `more`: the text ends inside what may be an opener. */
export type Opening = Block | 'more' | undefined;

/** Longer tags are not ours. */
const MAX_TAG = 200;
const TAG = new RegExp(`<(${TAG_PREFIX})([A-Za-z_][\\w.-]*)((?:\\s*=|\\s)[^<>]*)?>`, 'y');
const MAYBE_TAG = new RegExp(
  `^<(?:[A-Za-z][\\w.-]*/?|[|｜][^<>\\n]*|${TAG_PREFIX}(?:[A-Za-z_][\\w.-]*(?:(?:\\s*=|\\s)[^<>]*)?)?)?$`,
);
/** A tag's word once it is whole. */
const TAG_WORD = new RegExp(`^<${TAG_PREFIX}([A-Za-z_][\\w.-]*)[\\s=]`);
const ATTRIBUTED = /^\s*=|\s(?:name|function|tool)\s*=/;

/** Tags that say "call" by their name alone, and those that do with a name beside it. */
const CALL_TAGS: ReadonlySet<string> = new Set([
  'tool_call',
  'tool_calls',
  'toolcall',
  'functioncall',
  'tool',
  'use_mcp_tool',
  'function_call',
  'function_calls',
  'tool_use',
  'tool_uses',
  'tools',
  'tool_code',
  'tool-call',
  'function-call',
]);
const NAMED_TAGS: ReadonlySet<string> = new Set([
  'function',
  'invoke',
  'tool',
  'call',
  'tool_call',
  'function_call',
  'tool_use',
]);

/** Whether an element's name is one that calls are written with. */
export function isCallWord(name: string): boolean {
  const word = name.toLowerCase().replace(/^.*:/, '');
  return isCallTag(word) || NAMED_TAGS.has(word);
}

/** Model families put their own word before: `longcat_tool_call`, `dots_function_call`. */
function isCallTag(word: string): boolean {
  return CALL_TAGS.has(word) || /_(?:tool|function)_calls?$/.test(word);
}

/** What stands behind a tag that says "call": JSON, elements, a fence, or a name with its input. Not a sentence. */
const CALL_HEAD = /^(?:[{[<`~]|["']?[\w.:/-]*["']?$|["']?[\w.:/-]+["']?(?:\s*[[({<:,=>]|[ \t\r]*(?:$|\n)))/;
/** Behind a tag that bears the name. */
const NAMED_HEAD = /^[{[<`~]/;
/** `<tool>` and `<tools>` are elements of many files: only JSON makes a call of them, or a name and its parameters. */
const TOOL_WORD = /^tools?$/;
const JSON_HEAD = /^[{[`~]/;
const DESCRIBED_HEAD =
  /^(?:[{[`~]|<(?:$|n(?:$|a(?:$|m(?:$|e)))|t(?:$|o(?:$|o(?:$|l(?:$|_(?:$|n)))))|s(?:$|e(?:$|r))|f(?:$|u)))/;
const SECTION_HEAD = /^</;
const TOOL_NAMED_HEAD = /^[<{]/;
/** A name up to the separator behind it. */
const TOKEN_HEAD = /^(?:<|[\w.:/-]+\s*(?:<|$))/;

/** Special tokens with a closing one. */
const TOKEN_PAIRS: Readonly<Record<string, readonly string[]>> = {
  '<|START_ACTION|>': ['<|END_ACTION|>'],
  '<|action_start|>': ['<|action_end|>'],
  '<|tool_call_start|>': ['<|tool_call_end|>'],
};
/** Marks without a closing one: what follows ends where its brackets do. */
const VALUE_TOKENS: ReadonlySet<string> = new Set([
  '<|python_tag|>',
  '<|tool_call|>',
  '<|plugin|>',
  '<|python_start|>',
  '<|tools_prefix|>',
]);
/** Tokens of which the text behind them says whether they begin a call. */
const CHANNEL_TOKENS: ReadonlySet<string> = new Set(['<|channel|>', '<|start|>', '<|open|>']);

export function openTag(text: string, at: number, index: ToolIndex, isFinal: boolean): Opening {
  const next = text.charCodeAt(at + 1);
  // `<`, `<=`, `</p>`, `< 3`: by far the most are none.
  if (Number.isNaN(next)) return isFinal ? undefined : 'more';
  if (!isNameStart(next) && next !== 0x7c && next !== 0xff5c) return undefined;
  const length = text.slice(at, at + MAX_TAG).indexOf('>');
  const close = at + length;
  if (length < 0) {
    if (isFinal || text.length - at >= MAX_TAG || !MAYBE_TAG.test(text.slice(at))) return undefined;
    const written = TAG_WORD.exec(text.slice(at))?.[1];
    const word = written?.toLowerCase();
    return word === undefined || isCallTag(word) || NAMED_TAGS.has(word) || isOwnTool(written ?? '', index)
      ? 'more'
      : undefined;
  }
  if (next === 0x7c || next === 0xff5c) {
    const token = openToken(text, at, close, index, isFinal);
    if (token !== undefined) return token;
  }
  TAG.lastIndex = at;
  const tag = TAG.exec(text);
  const empty = emptyElement(text, at, index);
  if (empty !== undefined) return empty;
  const gemma = openGemma(text.slice(at, close + 1), index);
  if (gemma !== undefined) return gemma;
  return tag === null ? undefined : blockOfTag(tag, index);
}

function openGemma(opener: string, index: ToolIndex): Block | undefined {
  const closer = GEMMA_CLOSERS[opener];
  if (closer === undefined) return undefined;
  const read = (body: string, extent: Extent) => (extent === 'whole' ? readGemmaCall(body, index) : undefined);
  return new TagBlock({ opener, head: GEMMA_HEAD, closers: [closer], read });
}

function blockOfTag(tag: RegExpExecArray, index: ToolIndex): Block | undefined {
  const [opener, prefix = '', name = '', attributes = ''] = tag;
  const word = name.toLowerCase();
  const isNamed = ATTRIBUTED.test(attributes) && NAMED_TAGS.has(word);
  if (isNamed) {
    const known = attributes.replace(/^\s*(?:=|[\s\S]*?\b(?:name|function|tool)\s*=)\s*/, '');
    const written = /^(?:"([^"]*)"|'([^']*)'|([^"'\s]+))/.exec(known);
    const wanted = (written?.[1] ?? written?.[2] ?? written?.[3] ?? '').replace(/:\d+$/, '');
    const tool = index.resolve(wanted.replace(/\/$/, ''));
    if (tool === undefined || (word === 'tool' && opener.endsWith('/>'))) return undefined;
    if (opener.endsWith('/>')) {
      const read = (): BodyReading => readBody(opener, index, 'marked');
      return new TagBlock({ opener: opener.slice(0, -1), closers: ['>'], reopens: false, read });
    }
    return new TagBlock({
      opener,
      // A free-form tool's text may stand bare between the tags.
      ...(tool.kind !== 'custom' && { head: word === 'tool' ? JSON_HEAD : NAMED_HEAD }),
      closers: [`</${prefix}${name}>`],
      reopens: false,
      includeClose: true,
      // The name stands in the opener, so the body is read with it.
      read: (body, extent) => readBody(opener + body, index, 'marked', extent),
    });
  }
  if (isCallTag(word)) {
    return new TagBlock({
      opener,
      head: !TOOL_WORD.test(word) ? CALL_HEAD : word === 'tools' ? JSON_HEAD : DESCRIBED_HEAD,
      closers: [`</${prefix}${name}>`],
      read: (body, extent) => readBody(body, index, 'marked', extent),
    });
  }
  const tool = prefix === '' && attributes === '' ? index.tools.find((known) => known.name === name) : undefined;
  if (tool === undefined || index.resolve(name) !== tool) return undefined;
  return new TagBlock({
    opener,
    ...(tool.kind !== 'custom' && { head: TOOL_NAMED_HEAD }),
    closers: [`</${name}>`],
    read: (body, extent) => readToolNamedTag(body, tool, extent),
  });
}

function isOwnTool(name: string, index: ToolIndex): boolean {
  return isOwnWord(name) && index.tools.some((tool) => tool.name === name);
}

const EMPTY = /<([A-Za-z_][\w.-]*)((?:\s+[\w.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*\/>/y;
const ATTRIBUTE = /([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** `<get_time/>`, `<get_weather city="Paris" />` */
function emptyElement(text: string, at: number, index: ToolIndex): Block | undefined {
  EMPTY.lastIndex = at;
  const match = EMPTY.exec(text);
  if (match === null || match[0].length > MAX_TAG) return undefined;
  const [whole, name = '', attributes = ''] = match;
  const tool = isOwnWord(name) ? index.tools.find((known) => known.name === name) : undefined;
  if (tool === undefined || index.resolve(name) !== tool) return undefined;
  const children = [...attributes.matchAll(ATTRIBUTE)].map(([, key, first, second]) => {
    return `<${key}>${first ?? second ?? ''}</${key}>`;
  });
  return new TagBlock({
    opener: whole.slice(0, -1),
    closers: ['>'],
    reopens: false,
    read: () => readToolNamedTag(children.join(''), tool, 'whole'),
  });
}

function openToken(text: string, at: number, close: number, index: ToolIndex, isFinal: boolean): Opening {
  SPECIAL_OPEN.lastIndex = at;
  const special = SPECIAL_OPEN.exec(text)?.[0];
  if (special !== undefined) {
    return new TagBlock({
      opener: special,
      head: /calls|section/.test(special) ? SECTION_HEAD : TOKEN_HEAD,
      closers: [specialCloser(special)],
      reopens: false,
      includeClose: true,
      read: (body, extent) => readSpecialTokens(body, special, index, extent),
    });
  }
  const token = text.slice(at, close + 1);
  const closers = TOKEN_PAIRS[token];
  if (closers !== undefined) {
    return new TagBlock({
      opener: token,
      closers,
      read: (body, extent) => readBody(body.replace(/^\s*<\|plugin\|>/, ''), index, 'marked', extent),
    });
  }
  if (VALUE_TOKENS.has(token)) return new MarkedValueBlock(token, index);
  return CHANNEL_TOKENS.has(token) ? openChannel(text, at, index, isFinal) : undefined;
}

/** Marks of Mistral, MiniMax and LM Studio. */
export function openMark(text: string, at: number, index: ToolIndex, isFinal: boolean): Opening {
  // By far the most brackets open a link.
  if (at + 1 < text.length && text[at + 1] !== 'T') return undefined;
  for (const mark of VALUE_MARKS) {
    if (text.startsWith(mark, at)) return new MarkedValueBlock(mark, index);
    if (!isFinal && text.length - at < mark.length && mark.startsWith(text.slice(at))) return 'more';
  }
  return undefined;
}

const HASH = /(?:#{1,6}[ \t]*|\*\*[ \t]*)tool[ _-]?calls?[ \t]*(?:\*\*)?[ \t]*:?[ \t]*(?:\*\*)?/iy;
const MAYBE_HASH = /^(?:#{1,6}[ \t]*|\*{1,2}[ \t]*)(?:t(?:o(?:o(?:l(?:[ _-]?(?:c(?:a(?:l)?)?)?)?)?)?)?)?$/i;
const MAX_HASH = 48;

/** A line `#Tool Call`, in bold or as a heading of any rank. */
export function openHash(text: string, at: number, index: ToolIndex, isFinal: boolean): Opening {
  HASH.lastIndex = at;
  const mark = HASH.exec(text)?.[0];
  if (mark === undefined) {
    return !isFinal && text.length - at < MAX_HASH && MAYBE_HASH.test(text.slice(at)) ? 'more' : undefined;
  }
  if (mark.length >= MAX_HASH) return undefined;
  // `#Tool Call` may yet become `#Tool Calls:`.
  if (at + mark.length === text.length && !isFinal) return 'more';
  return new MarkedValueBlock(mark, index);
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}
