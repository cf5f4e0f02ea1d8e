/** Texts as the log takes them: much of it comes from clients and models, and nobody's content belongs there. */

/** Characters of one text. */
const MAX_TEXT = 1000;

/** The beginning, and how long it was. */
export function loggedText(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}

/**
 * An error's message. Those of `JSON.parse` quote what could not be parsed, and that is somebody's body: what was
 * unexpected and where stays, the quotation goes.
 */
export function loggedMessage({ name, message }: Error): string {
  if (name !== 'SyntaxError' || !/\bJSON\b/.test(message)) return loggedText(message);
  const position = /at position \d+/.exec(message)?.[0];
  const kind = /^(Unexpected end|Unterminated string|Unexpected token|Unexpected non-whitespace|Bad \w+)/.exec(
    message,
  )?.[0];
  return `Not valid JSON${kind === undefined ? '' : `: ${kind}`}${position === undefined ? '' : ` ${position}`}`;
}
