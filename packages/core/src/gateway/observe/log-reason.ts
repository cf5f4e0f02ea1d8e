/** What the log is told of a refused request: what was wrong and where, never the value, which may be private. */
import type { GatewayError } from '../../chat/index.js';

/** Of one text in the log. */
const MAX_LOG_TEXT = 300;

export const shorten = (text: string, max = MAX_LOG_TEXT): string =>
  text.length <= max ? text : `${text.slice(0, max)}... (${text.length} characters)`;

/**
 * The message of an error. Those that the request caused (4xx) quote it to its sender; here the quoted part becomes its
 * length, a number its kind. From the first to the last quotation mark, for the value may hold some itself.
 */
export function reasonForLog({ message, param, status }: GatewayError): string {
  if (status >= 500) return shorten(message);
  const field = param === undefined ? '' : `'${param}'`;
  const start = field === '' ? -1 : message.indexOf(field);
  const head = start < 0 ? '' : message.slice(0, start + field.length);
  const rest = message
    .slice(head.length)
    .replace(/'.*'/s, (quoted) => `(${quoted.length - 2} characters)`)
    .replace(/\bgot -?\d[\w+-]*(\.\w[\w+-]*)?/, 'got a number');
  return shorten(head, MAX_LOG_TEXT / 2) + shorten(rest);
}
