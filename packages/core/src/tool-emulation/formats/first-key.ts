/** Tells early that an unmarked JSON text is no call: by its first member's name, and by its value where that says it. */
import { PARALLEL } from '../json-call.js';
import type { ToolIndex } from '../tool-index.js';
import { REJECTED } from './block.js';

/** White space, brackets and the first member longer than this do not begin a call. */
const MAX_HEAD = 512;
const FIRST_KEY = /^[\s[]*\{\s*["'“”]?([\w-]+)["'“”]?\s*:/;
const MAYBE_FIRST_KEY = /^[\s[]*(?:\{\s*(?:["'“”]?[\w-]*["'“”]?\s*)?)?$/;
const CALL_KEY =
  /^(?:tools?|tool_?name|name|function|function_?name|recipient_name|action|actions|parameters|arguments|input|args|params|kwargs|(?:tool|function)_?(?:calls?|uses?|input)|calls?|id|type|index|call_?id|tool_call_id|status|namespace|role|thoughts?|reasoning|explanation|reason)$/i;
const NAME_KEY = /^(?:tool|tool_?name|name|function|function_?name|recipient_name|action)$/i;
const STRING = /^\s*["'“”]([^"'“”\\]*)["'“”]/;
const MAYBE_STRING = /^\s*(?:["'“”][^"'“”\\]*)?$/;
const CALL_TYPE = /func|tool|call|action|custom/i;

export class FirstKey {
  readonly #index: ToolIndex;
  #head = '';
  #key: string | undefined;
  #decided = false;

  constructor(index: ToolIndex) {
    this.#index = index;
  }

  /** Watches text from the first bracket on; {@link REJECTED} once it is clear that no call begins here. */
  scan(chunk: string, from: number): number {
    for (let index = from; index < chunk.length && !this.#decided; index++) {
      this.#head += chunk[index];
      const decision = this.#key === undefined ? this.#judgeKey() : this.#judgeValue(this.#key);
      if (decision === undefined) continue;
      this.#decided = true;
      if (!decision) return REJECTED;
    }
    return 0;
  }

  #judgeKey(): boolean | undefined {
    const key = FIRST_KEY.exec(this.#head)?.[1];
    if (key === undefined) return this.#head.length > MAX_HEAD || !MAYBE_FIRST_KEY.test(this.#head) ? false : undefined;
    if (!CALL_KEY.test(key)) return false;
    this.#head = '';
    this.#key = key;
    return undefined;
  }

  /** A person's name is no tool, and `"type": "object"` begins a schema. */
  #judgeValue(key: string): boolean | undefined {
    const isName = NAME_KEY.test(key);
    if (!isName && key !== 'type' && key !== 'role') return true;
    const value = STRING.exec(this.#head)?.[1];
    if (value !== undefined) {
      if (isName) return value === PARALLEL || this.#index.resolve(value) !== undefined;
      return key === 'role' ? value === 'assistant' : CALL_TYPE.test(value);
    }
    return this.#head.length <= MAX_HEAD && MAYBE_STRING.test(this.#head) ? undefined : true;
  }
}
