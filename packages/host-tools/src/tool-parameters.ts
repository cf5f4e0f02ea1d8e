/** Reads parameters of tools: models and versions of Lingma differ in the names of the same thing (protocol section 9.3). */
import type { JsonObject } from '@lingma-gateway/core';
import { HostToolError } from './host-tool-error.js';

const PATH_KEYS = ['path', 'file_path', 'filePath'];

/** The first of `keys` that holds a text, the empty one included. */
export function textOf(parameters: JsonObject, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = parameters[key];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

export function requiredText(parameters: JsonObject, ...keys: readonly string[]): string {
  const text = textOf(parameters, ...keys);
  if (text === undefined) throw new HostToolError(`The parameter ${keys[0]} is missing`);
  return text;
}

/** Under whichever name the path is given. */
export function pathOf(parameters: JsonObject): string | undefined {
  return textOf(parameters, ...PATH_KEYS);
}

export function requiredPath(parameters: JsonObject): string {
  return requiredText(parameters, ...PATH_KEYS);
}

/** A whole number, also one written as text. */
export function integerOf(parameters: JsonObject, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = parameters[key];
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  }
  return undefined;
}

export function isSet(parameters: JsonObject, ...keys: readonly string[]): boolean {
  return keys.some((key) => parameters[key] === true || parameters[key] === 'true');
}
