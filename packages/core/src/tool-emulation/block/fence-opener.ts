/** The line that opens a fence: whether a call may stand behind it. */
import type { ToolIndex } from '../call/tool-index.js';
import { FenceBlock, type FenceKind } from './fence-block.js';

/** Info strings that say "call". */
const MARKED =
  /^(?:json[ :_-]?(?:action|tool|tool[ _-]?calls?|function)s?|actions?(?:[ _-]?json)?|tool[ _-]?(?:calls?|use|request|json)?|tool|function[ _-]?calls?|(?:action|tool[ _-]?call)[ _-]json)$/;
const EXPRESSION = /^tool[ _-]?code$/;
const PLAIN = /^(?:json[5cl]?)?$/;
const EXPRESSION_INLINE = /^[ \t]*tool[_-]?code[ \t]+(?=[A-Za-z_])/i;
/** An info string longer than this is none of ours. */
export const MAX_INFO = 64;

export type FenceOpening =
  | { readonly type: 'block'; readonly block: FenceBlock }
  /** Code of another language: passed on as it is up to the closing line. */
  | { readonly type: 'code' }
  /** `inline`: an inline code span of as many marks. */
  | { readonly type: 'text'; readonly inline: boolean }
  | { readonly type: 'more' };

/** Reads the fence that begins at `at` with `run` marks. */
export function openFence(
  text: string,
  at: number,
  run: number,
  options: { readonly index: ToolIndex; readonly lineStart: boolean; readonly final: boolean },
): FenceOpening {
  const fence = text.slice(at, at + run);
  const from = at + run;
  const line = text.slice(from, from + MAX_INFO);
  const newline = line.indexOf('\n');
  const head = newline < 0 ? line : line.slice(0, newline);
  const whole = newline >= 0;
  const expression = EXPRESSION_INLINE.exec(head)?.[0].length;
  const inline = expression ?? head.search(/[{[<(]/);
  if (!whole && inline < 0 && head.length < MAX_INFO && !options.final) return { type: 'more' };
  // By Markdown's rule a backtick in the info string makes the line inline code.
  if (fence.startsWith('`') && (inline < 0 ? head : head.slice(0, inline)).includes('`'))
    return { type: 'text', inline: true };
  const isFenceLine = whole || inline >= 0 || options.final;
  const info = (inline < 0 ? head : head.slice(0, inline)).trim().toLowerCase();
  const kind = isFenceLine ? kindOf(info, inline >= 0, options.index) : undefined;
  if (kind === undefined || (info === '' && !options.lineStart)) {
    if (!options.lineStart && !(whole && inline < 0 && /^[\w+#.-]*$/.test(info)))
      return { type: 'text', inline: false };
    return { type: 'code' };
  }
  const length = inline < 0 ? Math.min(run + head.length + 1, text.length - at) : run + inline;
  const block = new FenceBlock(length, fence, kind, options.index, inline < 0);
  return { type: 'block', block };
}

function kindOf(info: string, isInline: boolean, index: ToolIndex): FenceKind | undefined {
  if (MARKED.test(info)) return 'marked';
  if (EXPRESSION.test(info)) return 'expression';
  if (PLAIN.test(info)) return 'plain';
  if (isInline) return undefined;
  const tool = index.tools.find(({ name }) => name.toLowerCase() === info);
  if (tool === undefined || index.resolve(tool.name) !== tool) return undefined;
  // A custom tool called `python` must not swallow every Python sample.
  return tool.kind === 'custom' && !/[_-]/.test(tool.name) ? undefined : tool;
}
