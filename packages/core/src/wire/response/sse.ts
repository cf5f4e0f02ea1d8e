/** Server-sent events as text. Data is always one line of JSON (or `[DONE]`), so it is never split over `data:` lines. */

export interface SseMessage {
  /** Absent: no `event:` line, as in OpenAI chat. */
  readonly event?: string;
  /** Without line breaks. */
  readonly data: string;
}

/** A message as server-sent events have it. `data` must be one line. */
export function encodeSse({ event, data }: SseMessage): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}

/** A comment: every parser skips it, every proxy counts it as traffic. */
export const SSE_KEEP_ALIVE = ': keep-alive\n\n';

/**
 * Characters that are no line end to the format, and are one to programs that split it with their language's own means
 * (`str.splitlines` in Python): JSON may stand with them or without.
 */
const LINE_ENDS = /[\u0085\u2028\u2029]/;

/** Longer texts are searched for each of them: that goes many times as fast as a look at every character. */
const LONG = 256;

export const hasLineEnds = (text: string): boolean =>
  text.length < LONG
    ? LINE_ENDS.test(text)
    : text.includes('\u0085') || text.includes('\u2028') || text.includes('\u2029');

/** Frames whose data is JSON, so that every reader finds the lines that were written. */
export function withoutLineEnds(frames: string): string {
  if (!hasLineEnds(frames)) return frames;
  return frames.replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
