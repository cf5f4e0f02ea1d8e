/**
 * Chunks of one answer differ, most of the time, in a few characters of text and in nothing else. What stands around that text is
 * learned from a chunk that was parsed; of those that have the same around theirs only the text is read. Pure.
 */
import { isJsonObject, type JsonObject } from '../../util/index.js';

/** With raw quotes these characters are a member's name and the beginning of its value: in a text the quotes are escaped. */
const MEMBER = '"content":"';
/** Texts with any of these are for the parser: quotes, escapes, and what no JSON may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for.
const NOT_PLAIN = /["\\\u0000-\u001f]/;
/** Chunks in a row that are like none before: an upstream that fills them up with something new each time. */
const MAX_MISSES = 8;

/** What stands before a text, and behind it. */
export interface Around {
  readonly before: string;
  readonly after: string;
}

export class TextTemplate {
  #before = '';
  #after = '';
  #misses = 0;

  /** `undefined`: it has to be parsed. */
  textOf(data: string): string | undefined {
    const before = this.#before;
    if (before === '') return undefined;
    const after = this.#after;
    const end = data.length - after.length;
    if (end < before.length || !data.startsWith(before) || !data.endsWith(after)) return undefined;
    const text = data.slice(before.length, end);
    if (NOT_PLAIN.test(text)) return undefined;
    this.#misses = 0;
    return text;
  }

  /** What comes before the text of a frame that has been read by {@link textOf}, and what behind it. */
  get around(): Around {
    return { before: this.#before, after: this.#after };
  }

  /** From a chunk that was parsed. Returns whether those like it need not be. */
  learn(data: string, chunk: JsonObject): boolean {
    if (this.#misses >= MAX_MISSES) return false;
    const text = textAlone(chunk);
    if (text === undefined) return false;
    const at = data.indexOf(MEMBER);
    if (at === -1 || data.indexOf(MEMBER, at + 1) !== -1) return false;
    const start = at + MEMBER.length;
    // Escaped, or of another member: not as it stands there.
    if (NOT_PLAIN.test(text) || !data.startsWith(`${text}"`, start)) return false;
    this.#misses++;
    this.#before = data.slice(0, start);
    this.#after = data.slice(start + text.length);
    return true;
  }
}

/** The text of a chunk that says nothing else. */
function textAlone({ choices, usage, error }: JsonObject): string | undefined {
  if ((usage ?? error ?? null) !== null || !Array.isArray(choices) || choices.length !== 1) return undefined;
  const [choice] = choices;
  if (!isJsonObject(choice) || (choice.index ?? 0) !== 0 || (choice.finish_reason ?? null) !== null) return undefined;
  const { delta } = choice;
  if (!isJsonObject(delta) || typeof delta.content !== 'string' || delta.content === '') return undefined;
  const says = Object.entries(delta).filter(([name, value]) => name !== 'role' && value !== null);
  return says.length === 1 ? delta.content : undefined;
}
