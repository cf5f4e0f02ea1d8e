/**
 * Ids that the gateway made itself look in Anthropic's protocol as its clients know them: `toolu_` instead of `call_`.
 * Ids that came from upstream stay as they are. Nothing has to be turned back: the client's history uses its own spelling
 * for call and result alike.
 */
export function toToolUseId(toolCallId: string): string {
  return toolCallId.replace(/^call_(?=[0-9a-f]{24}$)/, 'toolu_');
}
