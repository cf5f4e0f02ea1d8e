/** `<think>…</think>` at the beginning of an answer: a call in there is one the model only thinks of. */

const OPEN = '<think>';
const CLOSE = '</think>';

/** Whether a thought begins at `at`; `more`: the text ends before that is clear. */
export function opensThought(text: string, at: number, isFinal: boolean): boolean | 'more' {
  if (text.startsWith(OPEN, at)) return true;
  return !isFinal && text.length - at < OPEN.length && OPEN.startsWith(text.slice(at)) ? 'more' : false;
}

/** Up to where the text from `at` on belongs to the thought for certain. */
export function passThought(
  text: string,
  at: number,
  isFinal: boolean,
): { readonly end: number; readonly isOver: boolean } {
  const found = text.indexOf(CLOSE, at);
  if (found >= 0) return { end: found + CLOSE.length, isOver: true };
  if (isFinal) return { end: text.length, isOver: false };
  let held = Math.min(CLOSE.length - 1, text.length - at);
  while (held > 0 && !CLOSE.startsWith(text.slice(text.length - held))) held--;
  return { end: text.length - held, isOver: false };
}
