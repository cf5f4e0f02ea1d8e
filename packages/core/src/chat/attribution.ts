/**
 * Claude Code opens its system prompt with a line about itself that differs from prompt to prompt. It is meant for the
 * API's bookkeeping; in a prompt it would say nothing, and no two turns of a conversation would look alike.
 */
const HEADER = 'x-anthropic-billing-header:';

/** Whether this is a line by which a client tells the makers of a model who it is: nothing that was said. */
export const isAttribution = (text: string): boolean => text.trimStart().startsWith(HEADER);

/** `text` without such lines at its beginning, for clients and proxies that join the blocks. */
export function withoutAttribution(text: string): string {
  let rest = text;
  while (isAttribution(rest)) {
    const start = rest.trimStart();
    const end = start.indexOf('\n');
    rest = end < 0 ? '' : start.slice(end + 1).replace(/^\s*\n/, '');
  }
  return rest;
}
