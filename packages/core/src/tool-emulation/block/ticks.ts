/** A run of backticks or tildes: an inline code span, a code block, or the fence of a call. */
import type { ToolIndex } from '../call/tool-index.js';
import { endOfRun, MAX_RUN } from './code-line.js';
import type { FenceBlock } from './fence-block.js';
import { openFence } from './fence-opener.js';

export type Ticks =
  | { readonly type: 'more' }
  | { readonly type: 'block'; readonly block: FenceBlock }
  | { readonly type: 'code'; readonly length: number }
  /** Text; `span`: the marks of the inline code span that is open behind it, 0: none is. */
  | { readonly type: 'text'; readonly length: number; readonly span: number }
  /** Too long to mean anything; it may go on. */
  | { readonly type: 'long'; readonly length: number };

const TICK = 0x60;

export function readTicks(
  text: string,
  at: number,
  span: number,
  options: { readonly index: ToolIndex; readonly lineStart: boolean; readonly final: boolean },
): Ticks {
  const end = endOfRun(text, at);
  if (end === text.length && !options.final && end - at <= MAX_RUN) return { type: 'more' };
  const run = end - at;
  if (run > MAX_RUN) return { type: 'long', length: run };
  const isTick = text.charCodeAt(at) === TICK;
  const closesSpan = isTick && span === run;
  if (closesSpan) return { type: 'text', length: run, span: 0 };
  if (run < 3) return { type: 'text', length: run, span: isTick && span === 0 ? run : span };
  const opening = openFence(text, at, run, options);
  switch (opening.type) {
    case 'more':
    case 'block':
      return opening;
    case 'code':
      return { type: 'code', length: run };
    default:
      return { type: 'text', length: run, span: isTick && opening.inline ? run : span };
  }
}
