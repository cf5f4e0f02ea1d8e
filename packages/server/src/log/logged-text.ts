/** Texts as the log takes them: much of it comes from clients and models, and nobody's content belongs there. */
import { hasOutsideText, redactText } from '@lingma-gateway/core';

/** Characters of one text. */
const MAX_TEXT = 1000;

/** The beginning without what looks like a secret, and how long it was. */
export function loggedText(text: string): string {
  return text.length <= MAX_TEXT
    ? redactText(text)
    : `${redactText(text.slice(0, MAX_TEXT))}… (${text.length} characters)`;
}

/**
 * An error's message; of what another side said, only how long it is. Those of `JSON.parse` quote what could not be parsed, and that is somebody's body: what was
 * unexpected and where stays, the quotation goes.
 */
export function loggedMessage(error: Error, withContents: boolean): string {
  const { name, message } = error;
  if (!withContents && hasOutsideText(error)) return `(${message.length} characters; --debug-bodies shows them)`;
  if (name !== 'SyntaxError' || !/\bJSON\b/.test(message)) return loggedText(message);
  const position = /at position \d+/.exec(message)?.[0];
  const kind = /^(Unexpected end|Unterminated string|Unexpected token|Unexpected non-whitespace|Bad \w+)/.exec(
    message,
  )?.[0];
  return `Not valid JSON${kind === undefined ? '' : `: ${kind}`}${position === undefined ? '' : ` ${position}`}`;
}
