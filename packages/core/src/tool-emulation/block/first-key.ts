/** Tells early that an unmarked JSON text is no call: by its first member's name, and by its value where that says it. */
import { PARALLEL } from '../body/json-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { REJECTED } from './block.js';

/** White space, brackets and the first member longer than this do not begin a call. */
const MAX_HEAD = 512;
const QUOTES = '"\'“”';
const KEY_CHARACTER = /[\w-]/;
const CALL_KEY =
  /^(?:tools?|tool_?name|name|function|function_?name|recipient_name|action|actions|parameters|arguments|input|args|params|kwargs|(?:tool|function)_?(?:calls?|uses?|input)|calls?|id|type|index|call_?id|tool_call_id|status|namespace|role|thoughts?|reasoning|explanation|reason)$/i;
const NAME_KEY = /^(?:tool|tool_?name|name|function|function_?name|recipient_name|action)$/i;
const CALL_TYPE = /func|tool|call|action|custom/i;

type State = 'before' | 'key' | 'behind-key' | 'colon' | 'value' | 'decided';

export class FirstKey {
  readonly #index: ToolIndex;
  #state: State = 'before';
  #hasBrace = false;
  /** Characters since the beginning or, behind the key, since its colon. */
  #length = 0;
  #key = '';
  #value = '';

  constructor(index: ToolIndex) {
    this.#index = index;
  }

  /** Watches text from the first bracket on; {@link REJECTED} once it is clear that no call begins here. */
  scan(chunk: string, from: number): number {
    for (let at = from; at < chunk.length && this.#state !== 'decided'; at++) {
      const isCall = this.#judge(chunk[at] as string);
      if (isCall === undefined) continue;
      this.#state = 'decided';
      if (!isCall) return REJECTED;
    }
    return 0;
  }

  /** `undefined`: not clear yet. */
  #judge(char: string): boolean | undefined {
    const isFull = ++this.#length > MAX_HEAD;
    switch (this.#state) {
      case 'before':
        if (isFull) return false;
        if (isSpace(char) || (!this.#hasBrace && char === '[')) return undefined;
        if (!this.#hasBrace) {
          this.#hasBrace = true;
          return char === '{' ? undefined : false;
        }
        this.#state = 'key';
        return QUOTES.includes(char) ? undefined : this.#readKey(char);
      case 'key':
      case 'behind-key':
        return isFull ? false : this.#readKey(char);
      case 'colon':
        if (isFull) return true;
        if (isSpace(char)) return undefined;
        this.#state = 'value';
        return QUOTES.includes(char) ? undefined : true;
      default:
        if (QUOTES.includes(char)) return this.#judgeValue(this.#value);
        if (char === '\\' || isFull) return true;
        this.#value += char;
        return undefined;
    }
  }

  #readKey(char: string): boolean | undefined {
    if (char === ':') {
      this.#state = 'colon';
      this.#length = 0;
      if (!CALL_KEY.test(this.#key)) return false;
      return NAME_KEY.test(this.#key) || this.#key === 'type' || this.#key === 'role' ? undefined : true;
    }
    if (this.#state === 'key' && KEY_CHARACTER.test(char)) {
      this.#key += char;
      return undefined;
    }
    const ends = isSpace(char) || (this.#state === 'key' && QUOTES.includes(char));
    this.#state = 'behind-key';
    return ends ? undefined : false;
  }

  /** A person's name is no tool, and `"type": "object"` begins a schema. */
  #judgeValue(value: string): boolean {
    if (NAME_KEY.test(this.#key)) return value === PARALLEL || this.#index.resolve(value) !== undefined;
    return this.#key === 'role' ? value === 'assistant' : CALL_TYPE.test(value);
  }
}

const isSpace = (char: string): boolean => char <= ' ' || (char > '\x7f' && /\s/.test(char));
