/** JSON written in one way only: whoever sends the same value in another order of members gets the same text. */
import { isJsonObject, stringifyJson } from './json.js';

/** `stringifyJson` with the members of every object in order of their names. As deep as the value is nested on the stack. */
export const canonicalJson = (value: unknown): string => stringifyJson(sorted(value));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const members = Object.keys(value).sort();
  // No member may be taken for the prototype.
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of members) copy[name] = sorted(value[name]);
  return copy;
}
