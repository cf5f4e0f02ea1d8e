/** Where the JSON stands in an answer: alone, in a code fence, or among words. In linear time, however long the answer. */
import { endOfJson } from '../json/json-tracker.js';

const FENCE = /^[^\S\n]{0,8}(`{3,}|~{3,})/;
/** Values that are looked at, and beginnings that turn out to have no end. */
const MAX_VALUES = 32;
const MAX_FAILURES = 4;

/** The likeliest first, without repeats: the whole, fences from the last on, values among words from the longest on. */
export function jsonCandidates(text: string): readonly string[] {
  const whole = text.trim();
  const found = [whole, ...fenceBodies(whole).reverse(), ...valuesAmongWords(whole)];
  return [...new Set(found.map((piece) => piece.trim()))].filter((piece) => piece !== '');
}

function fenceBodies(text: string): string[] {
  if (!text.includes('```') && !text.includes('~~~')) return [];
  const bodies: string[] = [];
  let open: { readonly mark: string; readonly start: number } | undefined;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const next = end === -1 ? text.length : end + 1;
    const mark = FENCE.exec(text.slice(at, Math.min(next, at + 200)))?.[1];
    if (open === undefined) {
      if (mark !== undefined) open = { mark, start: next };
    } else if (mark?.startsWith(open.mark) === true) {
      bodies.push(text.slice(open.start, at));
      open = undefined;
    }
    at = next;
  }
  // Cut short, or closed on the line of its last bracket.
  if (open !== undefined) bodies.push(text.slice(open.start).replace(/[`~]{3,}\s*$/, ''));
  return bodies;
}

function valuesAmongWords(text: string): string[] {
  const values: string[] = [];
  let failures = 0;
  for (let at = nextBracket(text, 0); at !== -1 && values.length < MAX_VALUES && failures < MAX_FAILURES; ) {
    const end = endOfJson(text, at);
    if (end === -1) failures++;
    else values.push(text.slice(at, end));
    at = nextBracket(text, end === -1 ? at + 1 : end);
  }
  return values.sort((left, right) => right.length - left.length);
}

function nextBracket(text: string, from: number): number {
  const at = text.slice(from).search(/[[{]/);
  return at === -1 ? -1 : from + at;
}
