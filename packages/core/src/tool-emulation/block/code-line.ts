/** Lines of a fenced code block that is no call: all that matters is where it closes. */

/** Longer runs of a fence's mark, or of blanks around it, are decoration. */
export const MAX_RUN = 32;

export type CodeLine =
  | { readonly type: 'more' }
  | { readonly type: 'code'; readonly end: number; readonly lineStart: boolean }
  | { readonly type: 'closed'; readonly end: number };

/** The next stretch of code from `at` on. */
export function readCodeLine(
  text: string,
  at: number,
  options: { readonly fence: string; readonly lineStart: boolean; readonly final: boolean },
): CodeLine {
  const { fence, lineStart, final } = options;
  if (lineStart) {
    const begin = skipBlank(text, at);
    const isIndented = begin - at > MAX_RUN;
    if (begin === text.length && !final && !isIndented) return { type: 'more' };
    const end = text[begin] === fence[0] ? endOfRun(text, begin) : begin;
    const run = end - begin;
    if (!isIndented && run > 0 && run <= MAX_RUN) {
      if (end === text.length && !final) return { type: 'more' };
      if (run >= fence.length) {
        const lineEnd = skipBlank(text, end);
        if (lineEnd - end <= MAX_RUN) {
          if (lineEnd === text.length) return final ? { type: 'closed', end: lineEnd } : { type: 'more' };
          if (text[lineEnd] === '\n') return { type: 'closed', end: lineEnd };
        }
      }
    }
  }
  const newline = text.indexOf('\n', at);
  return { type: 'code', end: newline < 0 ? text.length : newline + 1, lineStart: newline >= 0 };
}

/** Blanks only: a line end begins a new line. */
export function skipBlank(text: string, at: number): number {
  let end = at;
  while (end < text.length && isBlank(text.charCodeAt(end))) end++;
  return end;
}

/** A byte order mark is as good as a blank. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0xfeff;
}

/** White space of every kind, in ASCII. */
export function skipSpace(text: string, at: number): number {
  let end = at;
  while (end < text.length && text.charCodeAt(end) <= 0x20) end++;
  return end;
}

/** Where the run of the character at `at` ends. */
export function endOfRun(text: string, at: number): number {
  const code = text.charCodeAt(at);
  let end = at + 1;
  while (end < text.length && text.charCodeAt(end) === code) end++;
  return end;
}
