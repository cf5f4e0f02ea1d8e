/**
 * The calls of one answer. Models repeat themselves, and an upstream that overwrites its text sends a call twice, so a
 * second call of the same tool with the same input counts as the first one again. Whoever wants a thing done twice
 * asks for it in the next turn, when the first result is there.
 */
import { isJsonObject, stringifyJson } from '../../util/index.js';
import { parseStrict } from '../json/lenient-json.js';

export class SeenCalls {
  readonly #keys = new Set<string>();

  /** False when that call was there before. The order of members does not matter. */
  add(toolName: string, namespace: string | undefined, input: string): boolean {
    const value = parseStrict(input);
    const key = stringifyJson([namespace ?? null, toolName, value === undefined ? input : canonical(value)]);
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isJsonObject(value)) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, canonical(value[key])]);
}
