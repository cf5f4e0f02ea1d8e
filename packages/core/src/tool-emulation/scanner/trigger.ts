/** The characters in the middle of a line that may begin something; all other text passes unseen. */
import type { ToolIndex } from '../call/tool-index.js';

const MARKS = /[`<[\n]|\](?=<|$)/g;
/** A demanded call may stand in the middle of a line without any mark. */
const MARKS_AND_BRACES = /[`<[{\n]|\](?=<|$)/g;

/** For `exec` and `search`. */
export function triggerFor(index: ToolIndex): RegExp {
  return index.forced ? MARKS_AND_BRACES : MARKS;
}
