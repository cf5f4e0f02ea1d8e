/** What the protocols' rules for reading a conversation in parts have in common. */
import { isJsonObject } from '../../util/index.js';

/** Texts, and objects of these types. Others may stand for a message of their own. */
export function hasOnly(content: unknown, types: ReadonlySet<string>): boolean {
  if (typeof content === 'string' || content === null || content === undefined) return true;
  return (
    Array.isArray(content) &&
    content.every(
      (part) =>
        typeof part === 'string' || (isJsonObject(part) && typeof part.type === 'string' && types.has(part.type)),
    )
  );
}

/** A call or a result without one is told by the others. */
export const isId = (value: unknown): boolean => typeof value === 'string' && value !== '';

export const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** `undefined`: what stands there may be more than one text. */
export function promptText(prompt: unknown): string | undefined {
  if (isAbsent(prompt)) return '';
  return typeof prompt === 'string' ? prompt : undefined;
}
