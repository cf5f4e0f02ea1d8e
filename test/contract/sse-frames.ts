/** Splits a stream that is framed exactly as promised: an `event:` line or none, one `data:` line, an empty line. */
export interface SseFrame {
  readonly event?: string;
  readonly data: string;
}

export function readFrames(stream: string): SseFrame[] {
  if (stream === '') return [];
  if (!stream.endsWith('\n\n')) throw new Error('The stream ends inside a frame');
  return stream
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => {
      const lines = /^(?:event: ([a-z_.]+)\n)?data: ([^\n]+)$/.exec(frame);
      if (lines === null) throw new Error(`Not a frame: ${frame}`);
      const [, event, data = ''] = lines;
      return event === undefined ? { data } : { event, data };
    });
}
