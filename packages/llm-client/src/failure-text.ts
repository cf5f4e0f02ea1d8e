/** What is told of a failure: the server's words, without the key. */

const ENOUGH = 200;
/** Shorter ones are hidden as words of their own alone. */
const SHORTEST_KEY = 4;
const SHORTEST_TEXT = 8;

/** The text of an answer that is no success: `error.message`, `error`, `message`, the body's beginning, or the status's own. */
export function failureText(body: string, statusText: string): string {
  const found = inJson(parse(body)) ?? body.trim();
  return found === '' ? statusText.trim() : found === body.trim() ? start(found) : found;
}

/** The server's code for it. */
export function failureCode(body: string): string | undefined {
  const { error } = asObject(parse(body));
  const { code, type } = asObject(error);
  const found = [code, type].find((value) => (typeof value === 'string' && value !== '') || typeof value === 'number');
  return found === undefined ? undefined : String(found);
}

function inJson(value: unknown): string | undefined {
  const { error, message } = asObject(value);
  return [asObject(error).message, error, message].find(
    (text): text is string => typeof text === 'string' && text.trim() !== '',
  );
}

export const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without half a character at its end. */
const start = (text: string): string => text.slice(0, ENOUGH).replace(/[\uD800-\uDBFF]$/, '');

/** Servers repeat in their errors what they were sent. */
export function withoutKey(text: string, key: string): string {
  return hide(text, key, '***', SHORTEST_KEY);
}

/** For the log: one line, without what was asked. */
export function toLine(modelName: string, text: string, asked: unknown): string {
  let line = text;
  for (const part of textsOf(asked)) line = hide(line, part, '[message]', SHORTEST_TEXT);
  return `[LLM_Client] Error calling ${modelName}: ${line}`.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}

/** Also where it is quoted as JSON, or cut by the end of what was kept of a body. */
function hide(text: string, secret: string, mask: string, shortest: number): string {
  let rest = text;
  const quoted = JSON.stringify(secret).slice(1, -1);
  for (const spelling of new Set([secret, secret.trim(), quoted, inAscii(quoted)])) {
    if (spelling.length < shortest) {
      rest = hideWord(rest, spelling, mask);
      continue;
    }
    rest = rest.replaceAll(spelling, mask);
    for (let length = Math.min(spelling.length - 1, rest.length); length >= shortest; length -= 1) {
      if (rest.endsWith(spelling.slice(0, length))) rest = `${rest.slice(0, -length)}${mask}`;
    }
  }
  return rest;
}

/** As servers in Python write JSON. */
const inAscii = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What is short may be part of ordinary words: by itself alone. */
function hideWord(text: string, word: string, mask: string): string {
  if (word.length < 2) return text;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])`, 'g'), mask);
}

/** Every text in it but the roles and kinds, which stand in many an error. */
function* textsOf(value: unknown, member = ''): Generator<string> {
  if (typeof value === 'string') {
    if (member !== 'role' && member !== 'type') yield value;
  } else if (Array.isArray(value)) {
    for (const entry of value) yield* textsOf(entry);
  } else {
    for (const [name, entry] of Object.entries(asObject(value))) yield* textsOf(entry, name);
  }
}
