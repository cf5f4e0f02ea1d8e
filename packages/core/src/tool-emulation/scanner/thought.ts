/** `<think>…</think>` and its kin at the beginning of an answer: a call in there is one the model only thinks of. */

const CLOSERS: Readonly<Record<string, string>> = {
  '<think>': '</think>',
  '<thinking>': '</thinking>',
  '<seed:think>': '</seed:think>',
  '<mm:think>': '</mm:think>',
  '<|START_THINKING|>': '<|END_THINKING|>',
};
const OPENERS = Object.keys(CLOSERS);

/** What ends the thought that begins at `at`; `undefined`: none does, `more`: the text ends before that is clear. */
export function opensThought(
  text: string,
  at: number,
  isFinal: boolean,
): { readonly closer: string } | 'more' | undefined {
  const next = text[at + 1];
  if (next !== undefined && !'tsm|'.includes(next)) return undefined;
  for (const opener of OPENERS) if (text.startsWith(opener, at)) return { closer: CLOSERS[opener] as string };
  if (isFinal) return undefined;
  const rest = text.slice(at, at + MAX_OPENER);
  return OPENERS.some((opener) => opener.startsWith(rest)) ? 'more' : undefined;
}

const MAX_OPENER = Math.max(...OPENERS.map(({ length }) => length));

/** Up to where the text from `at` on belongs to the thought for certain. */
export function passThought(
  text: string,
  at: number,
  closer: string,
  isFinal: boolean,
): { readonly end: number; readonly isOver: boolean } {
  const found = text.indexOf(closer, at);
  if (found >= 0) return { end: found + closer.length, isOver: true };
  if (isFinal) return { end: text.length, isOver: false };
  let held = Math.min(closer.length - 1, text.length - at);
  while (held > 0 && !closer.startsWith(text.slice(text.length - held))) held--;
  return { end: text.length - held, isOver: false };
}
