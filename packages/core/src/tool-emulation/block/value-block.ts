/**
 * Calls behind a mark that has no closing one: `#Tool Call` lines, `[TOOL_CALLS]`, `<|python_tag|>`, and a bare JSON
 * object. They end where their brackets do.
 */

import { readBody, readJson } from '../body/read-body.js';
import type { ToolIndex } from '../call/tool-index.js';
import { JsonTracker } from '../json/json-tracker.js';
import { type Block, NOT_YET, REJECTED, type Reading } from './block.js';
import { FirstKey } from './first-key.js';

/** Between mark and value may stand a tool's name, a fence and labels, nothing longer than this. */
const MAX_HEADER = 120;
const HEADER =
  /^[\s:*]*(?:(?:tool|name|function|tool[ _]name)\s*[:=]\s*|\d{1,3}[.):]?\s)?["'`*]{0,2}(?:[A-Za-z_][\w./-]*(?::\d+)?)?["'`*]{0,2}[\s:,*]*(?:(?:parameters|arguments|args|action[ _]input|input|params)["'`*]{0,2}\s*[:=]\s*)?(?:`{0,4}|~{0,4})(?:[ \t]*[\w-]+(?:[ \t]+[\w-]+)?)?\s*(?:[A-Za-z_][\w.]*)?$/i;
/** Nothing else stands in one, so that most of what is none is told by its first other character. */
const HEADER_CHARACTER = /[\s\w:*"'`.,)=/~-]/;
const HEADER_MARK = /\[(?:ARGS|CALL_ID)\]$/;
const MAX_MARKS = 4;
const OPENERS = '{[(';

/** A mark, a short header, then one value in brackets. */
export class MarkedValueBlock implements Block {
  readonly otherwise = 'rescan' as const;
  readonly endKey: string;
  readonly openerLength: number;
  readonly #index: ToolIndex;
  readonly #name: string | undefined;
  readonly #tracker = new JsonTracker();
  #header: string | undefined = '';
  #parentheses = 0;
  #marks = 0;

  /** @param name the tool's, when it stands in the opener */
  constructor(opener: string, index: ToolIndex, name?: string) {
    this.openerLength = opener.length;
    this.endKey = opener;
    this.#index = index;
    this.#name = name;
  }

  scan(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const char = chunk[at] as string;
      if (this.#header !== undefined) {
        if (OPENERS.includes(char)) this.#header = undefined;
        else {
          this.#header += char;
          if (this.#header.length > MAX_HEADER || !HEADER_CHARACTER.test(char) || !HEADER.test(this.#header)) {
            return REJECTED;
          }
          continue;
        }
      }
      this.#tracker.feed(char.charCodeAt(0));
      if (!this.#tracker.inString) {
        if (char === '(') this.#parentheses++;
        else if (char === ')') this.#parentheses--;
        if ((char === ')' || char === '}' || char === ']') && this.#tracker.depth === 0 && this.#parentheses <= 0) {
          return at + 1;
        }
      }
    }
    return NOT_YET;
  }

  read(raw: string, at: 'mark' | 'end' | 'limit'): Reading {
    // `name[ARGS]{…}`: brackets that are part of the header.
    if (at === 'mark' && HEADER_MARK.test(raw)) return ++this.#marks < MAX_MARKS ? { type: 'open' } : { type: 'none' };
    if (!/[{(]/.test(raw)) return { type: 'none' };
    const value = raw.slice(this.openerLength);
    const body = this.#name === undefined ? withoutHeader(value) : `${this.#name}\n${value}`;
    // A list that the model closed itself is whole, whatever bracket is missing inside.
    const isWhole = at === 'mark' || (at === 'end' && /^\s*\[[\s\S]*\]\s*$/.test(body));
    const items = readBody(body, this.#index, 'marked', isWhole ? 'whole' : 'cut');
    if (items !== undefined && items !== 'open') return { type: 'calls', items, repeats: true };
    return at === 'mark' && ++this.#marks < MAX_MARKS ? { type: 'open' } : { type: 'none' };
  }
}

function withoutHeader(body: string): string {
  return body
    .replace(/^([^{(]*?)(?:\[CALL_ID\][\w-]*)?\[ARGS\]/, '$1\n')
    .replace(/^([^{[(]*?)(?:`{3,}|~{3,})[ \t]*[\w -]*\n?/, '$1')
    .replace(/^[\s:*]*(?:(?:tool|name|function|tool[ _]name)\s*[:=]\s*|\d{1,3}[.):]?\s+)?/i, '')
    .replace(
      /^(["'`*]{0,2}[\w./:-]+["'`*]{0,2})[\s:,*]*(?:parameters|arguments|args|action[ _]input|input|params)["'`*]{0,2}\s*[:=]\s*(?=\{)/i,
      '$1\n',
    )
    .replace(/^(?:\*\*|["'`])([\w./:-]+)(?:\*\*|["'`])/, '$1');
}

/** What may close a value whose opening mark is missing: it was part of the prompt, or of another channel. */
const CLOSERS: readonly string[] = [
  '</tool_call>',
  '</function_call>',
  '</tool_use>',
  '<|im_end|>',
  '<|eom_id|>',
  '<|eot_id|>',
];

/** The end that values without a mark wait for. */
export const BARE = 'bare';

/** A JSON value without any mark. It counts when a tool is forced, or when it is the whole answer. */
export class BareValueBlock implements Block {
  readonly otherwise = 'release' as const;
  readonly endKey = BARE;
  readonly openerLength = 0;
  readonly #index: ToolIndex;
  readonly #isWhole: boolean;
  readonly #tracker = new JsonTracker();
  readonly #firstKey: FirstKey | undefined;
  /** As much of a closing mark as came. */
  #closing = '';

  /** @param use `whole`: nothing else may stand in the answer; `after-call`: a marked call came just before */
  constructor(index: ToolIndex, use: 'whole' | 'forced' | 'after-call') {
    this.#index = index;
    this.#isWhole = use === 'whole';
    this.#firstKey = index.only === undefined ? new FirstKey(index) : undefined;
  }

  scan(chunk: string, from: number): number {
    if (this.#firstKey?.scan(chunk, from) === REJECTED) return REJECTED;
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#closing !== '' || (code === 0x3c && this.#isWhole && this.#tracker.balanced)) {
        this.#closing += chunk[at];
        if (CLOSERS.includes(this.#closing)) return at + 1;
        if (CLOSERS.some((mark) => mark.startsWith(this.#closing))) continue;
        return REJECTED;
      }
      if (this.#isWhole && this.#tracker.balanced && !isBetweenValues(code)) return REJECTED;
      this.#tracker.feed(code);
      if (!this.#isWhole && this.#tracker.balanced) return at + 1;
    }
    return NOT_YET;
  }

  read(raw: string, at: 'mark' | 'end' | 'limit'): Reading {
    if (!this.#tracker.balanced) return { type: 'none' };
    const items = readJson(
      withoutFence(raw.slice(0, raw.length - this.#closing.length)),
      this.#index,
      this.#index.forced ? 'marked' : 'plain',
      at === 'mark' ? 'whole' : 'cut',
    );
    if (items === undefined || items.some((item) => typeof item === 'string')) return { type: 'none' };
    return { type: 'calls', items, repeats: true };
  }
}

/** Without the fence that closes nothing. */
function withoutFence(text: string): string {
  const rest = text.trimEnd();
  let end = rest.length;
  while (end > 0 && rest[end - 1] === '`') end--;
  return rest.length - end >= 3 ? rest.slice(0, end).trimEnd() : text;
}

function isBetweenValues(code: number): boolean {
  return code <= 0x20 || code === 0x2c || code === 0x3b || code === 0x7b || code === 0x5b || code === 0x60;
}
