/** Server-sent events as text. Data is always one line of JSON (or `[DONE]`), so it is never split over `data:` lines. */

export interface SseMessage {
  /** Absent: no `event:` line, as in OpenAI chat. */
  readonly event?: string;
  /** Without line breaks. */
  readonly data: string;
}

export function encodeSse({ event, data }: SseMessage): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}

/** A comment: every parser skips it, every proxy counts it as traffic. */
export const SSE_KEEP_ALIVE = ': keep-alive\n\n';
