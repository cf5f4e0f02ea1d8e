/** The input of a call that a client's history tells of, as the text that the model wrote. */
import { stringifyJson } from '../../util/index.js';

/** By the book JSON as a string; some clients send the object itself, some nothing. */
export function jsonInput(input: unknown): string {
  const text = textInput(input);
  return text.trim() === '' ? '{}' : text;
}

/** Of a custom tool, whose input is no JSON. */
export function textInput(input: unknown): string {
  if (typeof input === 'string') return input;
  return input === undefined || input === null ? '' : stringifyJson(input);
}
