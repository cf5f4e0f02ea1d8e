/**
 * Model names as clients spell them: with the provider's name in front (`openai/…`, `default_llm/…`), as routers write
 * them, and with a mark behind (`:latest`, `@2025-09-29`, `[1m]`).
 */

/** Longer ones are no names, and not worth the search. */
const MAX_LENGTH = 256;
const MAX_PREFIXES = 4;
const MAX_MARKS = 3;
/** A version, a larger window, an effort; `-thinking` and `-latest` where nobody lists such a model. */
const MARK = /(?:\[[\w.-]*\]|\([\w.-]*\)|[:@][\w.-]+|-thinking|-latest)$/i;

/**
 * Every way to read `name`, the most literal first. Whoever looks a name up takes the first that is listed, so that a
 * model whose own name has a slash or a colon is found as itself.
 */
export function modelNames(name: string): readonly string[] {
  const literal = name.trim();
  if (literal === '') return [];
  if (literal.length > MAX_LENGTH) return [literal];
  const names = new Set<string>();
  let rest = literal;
  for (let prefixes = 0; prefixes <= MAX_PREFIXES; prefixes++) {
    let bare = rest;
    for (let marks = 0; marks <= MAX_MARKS && bare !== ''; marks++) {
      names.add(bare);
      bare = bare.replace(MARK, '').trim();
    }
    const slash = rest.indexOf('/');
    if (slash === -1) break;
    rest = rest.slice(slash + 1).trim();
    if (rest === '') break;
  }
  return [...names];
}

const FOREIGN =
  /^(?:(?:[\w-]+\.)?anthropic\b|(?:claude|gpt|chatgpt|codex|gemini|davinci)(?![a-z])|o[1-9]\b|text-|default$)/i;

/** True for names of other makers' models, which clients have built in: whoever sends one takes what there is. */
export const isForeignName = (name: string): boolean => modelNames(name).some((reading) => FOREIGN.test(reading));

/** What people write who want whichever model there is. */
const ANY_MODEL = new Set(['auto', 'default', 'lingma']);

/** True for names that leave the choice to the gateway, and for none. */
export function asksForAnyModel(name: string): boolean {
  const readings = modelNames(name);
  return readings.length === 0 || readings.some((reading) => ANY_MODEL.has(reading.toLowerCase()));
}
