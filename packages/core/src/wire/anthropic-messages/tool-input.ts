/** The input of a call as the JSON object this protocol wants, whatever the model wrote. */
import { isJsonObject, type JsonObject, parseExactJson } from '../../util/index.js';

/**
 * Free text becomes `{ "input": text }`, the one member under which both the answer and the stream carry it.
 * `undefined` for text that should be an object and is none: it must not become a call with another input.
 */
export function toolInputObject(kind: 'function' | 'custom', input: string): JsonObject | undefined {
  if (kind === 'custom') return { input };
  if (input.trim() === '') return {};
  try {
    const value = parseExactJson(input);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same for a stream, where the text comes in pieces: around all of it, and each piece. */
export const CUSTOM_INPUT = {
  before: '{"input":"',
  piece: (text: string): string => JSON.stringify(text).slice(1, -1),
  after: '"}',
} as const;
