/** JSON values as types, and parsing with limits: a small body can hide a structure that is costly to walk. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export class JsonLimitError extends Error {
  override readonly name = 'JsonLimitError';
}

/**
 * `JSON.parse` that refuses structures nested deeper than `maxDepth` before it builds them.
 *
 * @throws SyntaxError when the text is not JSON
 * @throws JsonLimitError when it is nested too deeply
 */
export function parseJson(text: string, maxDepth = 128): JsonValue {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw new JsonLimitError(`JSON is nested deeper than ${maxDepth} levels`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return JSON.parse(text) as JsonValue;
}
