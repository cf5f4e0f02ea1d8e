/** Tells early that an unmarked JSON text is no call: by its first member's name. */
import { REJECTED } from './block.js';

/** White space and brackets longer than this before the first name do not begin a call. */
const MAX_HEAD = 256;
const FIRST_KEY = /^[\s[]*\{\s*["'“”]?([\w-]+)["'“”]?\s*:/;
const MAYBE_FIRST_KEY = /^[\s[]*(?:\{\s*(?:["'“”]?[\w-]*["'“”]?\s*)?)?$/;
const CALL_KEY =
  /^(?:tools?|tool_?name|name|function|function_?name|recipient_name|action|actions|parameters|arguments|input|args|params|kwargs|(?:tool|function)_?(?:calls?|uses?|input)|calls?|id|type|index|call_?id|tool_call_id|status|namespace|thoughts?|reasoning|explanation|reason)$/i;

export class FirstKey {
  #head = '';
  #decided = false;

  /** Watches text from the first bracket on; {@link REJECTED} once it is clear that no call begins here. */
  scan(chunk: string, from: number): number {
    if (this.#decided) return 0;
    for (let index = from; index < chunk.length; index++) {
      this.#head += chunk[index];
      const key = FIRST_KEY.exec(this.#head)?.[1];
      if (key !== undefined) {
        this.#decided = true;
        return CALL_KEY.test(key) ? 0 : REJECTED;
      }
      if (this.#head.length > MAX_HEAD || !MAYBE_FIRST_KEY.test(this.#head)) {
        this.#decided = true;
        return REJECTED;
      }
    }
    return 0;
  }
}
