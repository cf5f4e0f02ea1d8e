/**
 * What the process says, fit for a log: it hands its tokens to any local client (protocol section 5.1), so they may turn
 * up in whatever it answers.
 */
import { redactText } from '../../util/index.js';

export { shownUrl } from '../../util/index.js';

const MAX_LENGTH = 500;

/** `text` without tokens, and not longer than a line of a log should be. */
export function withoutSecrets(text: string): string {
  // Cut first: nobody reads the rest, and matching it would take its time.
  return redactText(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);
}
