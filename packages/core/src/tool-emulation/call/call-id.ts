import { createId } from '../../util/index.js';

/** Ids of calls that the gateway found in text: `call_` and 24 hex digits, the length OpenAI's have. */
export function createCallId(prefix = 'call_'): string {
  return prefix + createId().slice(0, 24);
}
