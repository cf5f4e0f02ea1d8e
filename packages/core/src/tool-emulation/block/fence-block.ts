/**
 * Fenced calls: ```` ```json action ````, plain `json` fences, `tool_code`, and fences named after a tool. Backticks
 * inside a JSON string do not close the fence; a fence of which the JSON is whole may close anywhere.
 */
import type { ToolDefinition } from '../../chat/index.js';
import { type BodyReading, readBody, readExpressions, readJson } from '../body/read-body.js';
import { acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { JsonTracker } from '../json/json-tracker.js';
import { parseLenient } from '../json/lenient-json.js';
import { withoutCutMark } from './after-call.js';
import { type Block, callsReading, NOT_YET, REJECTED, type Reading } from './block.js';
import { FirstKey } from './first-key.js';

/**
 * `marked`: the info string says "call". `plain`: it says JSON or nothing. `expression`: `tool_code`. A tool: the fence
 * bears its name.
 */
export type FenceKind = 'marked' | 'plain' | 'expression' | ToolDefinition;

/** A run this long closes a fence whose JSON is whole, however long the opening run was. */
const MIN_RUN = 3;
const MAX_MARKS = 32;
const LABEL = 'action';

export class FenceBlock implements Block {
  readonly otherwise: Block['otherwise'];
  readonly endKey: string;
  #kind: FenceKind;
  #bodyStart: number;
  /** The line `action` before the JSON, as far as it has come. */
  #label: string | undefined;
  readonly #markCode: number;
  readonly #index: ToolIndex;
  readonly #tracker = new JsonTracker();
  readonly #firstKey: FirstKey | undefined;
  #state: 'body' | 'run' | 'after' = 'body';
  #offset: number;
  #lineBlank = true;
  #begun = false;
  #runStart = 0;
  #runLength = 0;
  #runLineStart = false;
  #runDetached = false;
  #marks = 0;
  /** Where the block would end: body, fence included. */
  #bodyEnd = 0;
  #end = 0;
  /** A closing line that seems to stand inside a string: the end only if no better one comes. */
  #soft: { readonly bodyEnd: number; readonly end: number } | undefined;

  constructor(
    readonly openerLength: number,
    fence: string,
    kind: FenceKind,
    index: ToolIndex,
    /** The opening line holds the fence alone, so that without a call it is a code block like any other. */
    isCodeBlock: boolean,
  ) {
    this.otherwise = isCodeBlock ? { fence } : 'rescan';
    this.endKey = fence;
    this.#kind = kind;
    this.#markCode = fence.charCodeAt(0);
    this.#index = index;
    this.#offset = openerLength;
    this.#bodyStart = openerLength;
    this.#firstKey = kind === 'plain' && index.only === undefined ? new FirstKey(index) : undefined;
  }

  scan(chunk: string, from: number): number {
    if (this.#kind === 'plain' && this.#label === undefined && !this.#startsLabel(chunk, from)) {
      if (this.#firstKey?.scan(chunk, from) === REJECTED) return REJECTED;
    }
    for (let index = from; index < chunk.length; index++) {
      const code = chunk.charCodeAt(index);
      if (!this.#begun && !isSpace(code)) {
        this.#begun = true;
        if (this.#kind === 'plain' && code !== 0x7b && code !== 0x5b) {
          if (code !== 0x61) return REJECTED;
          this.#label = '';
        }
      }
      if (this.#label !== undefined && !this.#isLabel(code)) return REJECTED;
      if (this.#state === 'body') {
        if (code === this.#markCode) this.#beginRun();
        else this.#feed(code);
      } else if (this.#state === 'run' && code === this.#markCode) this.#runLength++;
      else {
        this.#state = 'after';
        if (code === 0x20 || code === 0x09 || code === 0x0d) {
          this.#runDetached = true;
          this.#offset++;
          continue;
        }
        if (this.#closes(code)) return index;
        this.#state = 'body';
        this.#lineBlank = false;
        this.#feed(code);
      }
      this.#offset++;
    }
    return NOT_YET;
  }

  read(raw: string, at: 'mark' | 'end' | 'limit'): Reading {
    if (at !== 'mark') return this.#readEnd(raw);
    this.#marks++;
    const body = raw.slice(this.#bodyStart, this.#bodyEnd);
    const reading = this.#readBody(body);
    if (reading !== undefined && reading !== 'open') return { type: 'calls', items: reading, end: this.#end };
    const soft = this.#readSoft(raw);
    if (soft !== undefined) return soft;
    this.#state = 'body';
    return this.#isOpen(body) && this.#marks < MAX_MARKS ? { type: 'open' } : { type: 'none' };
  }

  #readEnd(raw: string): Reading {
    if (this.#state !== 'body' && this.#closes(0x0a)) {
      const reading = this.read(raw, 'mark');
      if (reading.type === 'calls') return reading;
    }
    const soft = this.#readSoft(raw);
    if (soft !== undefined) return soft;
    if (typeof this.#kind === 'object') return { type: 'none' };
    const body = raw.slice(this.#bodyStart);
    const items =
      this.#kind === 'expression' ? readExpressions(body, this.#index) : readBody(body, this.#index, this.#kind, 'cut');
    return (items === 'open' ? undefined : callsReading(items && withoutCutMark(items))) ?? { type: 'none' };
  }

  #readSoft(raw: string): Reading | undefined {
    if (this.#soft === undefined) return undefined;
    const items = this.#readBody(raw.slice(this.#bodyStart, this.#soft.bodyEnd));
    return items === 'open' ? undefined : callsReading(items, this.#soft.end);
  }

  #readBody(body: string): BodyReading {
    switch (this.#kind) {
      case 'expression':
        return readExpressions(body, this.#index) ?? readBody(body, this.#index, 'marked');
      case 'plain':
        return readJson(body, this.#index, 'plain');
      case 'marked':
        return readBody(body, this.#index, 'marked');
      default: {
        const text = body.replace(/\r?\n[ \t]*$/, '');
        const call =
          this.#kind.kind === 'custom'
            ? acceptCall(this.#kind, text)
            : acceptCall(this.#kind, parseLenient(text) ?? null, { strictMembers: true });
        return call === undefined ? undefined : [call];
      }
    }
  }

  #startsLabel(chunk: string, from: number): boolean {
    return !this.#begun && /^\s*a/.test(chunk.slice(from));
  }

  /** Whether the line that reads `action`, where the info string should have held it, goes on with `code`. */
  #isLabel(code: number): boolean {
    if (code === 0x0a) {
      const isWhole = (this.#label as string).trimEnd() === LABEL;
      this.#label = undefined;
      this.#kind = 'marked';
      this.#bodyStart = this.#offset;
      return isWhole;
    }
    this.#label += String.fromCharCode(code);
    return LABEL.startsWith((this.#label as string).trimEnd());
  }

  /** A Python string in triple quotes may hold a fence. */
  #isOpen(body: string): boolean {
    return this.#kind === 'expression' && (body.match(/"""|'''/g)?.length ?? 0) % 2 === 1;
  }

  #beginRun(): void {
    this.#state = 'run';
    this.#runStart = this.#offset;
    this.#runLength = 1;
    this.#runLineStart = this.#lineBlank;
    this.#runDetached = false;
  }

  #feed(code: number): void {
    this.#tracker.feed(code);
    if (code === 0x0a) this.#lineBlank = true;
    else if (!isSpace(code)) this.#lineBlank = false;
  }

  /** Whether the run just passed closes the block; `next` is the first character behind it that is not blank. */
  #closes(next: number): boolean {
    if (this.#runLength < MIN_RUN) return false;
    const lineEnds = next === 0x0a;
    this.#bodyEnd = this.#runStart;
    this.#end = this.#runStart + this.#runLength;
    if (typeof this.#kind === 'object') return lineEnds && this.#runLineStart;
    if (this.#kind === 'expression') return lineEnds;
    if (this.#tracker.inString) {
      if (lineEnds && this.#runLineStart) this.#soft ??= { bodyEnd: this.#bodyEnd, end: this.#end };
      return false;
    }
    if (lineEnds) return true;
    if (!this.#tracker.balanced) return false;
    // The next fence opens before this one was closed.
    if (this.#runLineStart && !this.#runDetached && isLetter(next)) this.#end = this.#runStart;
    return true;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}
