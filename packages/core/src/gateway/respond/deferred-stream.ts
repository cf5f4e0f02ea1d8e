/** A stream that is opened when somebody wants it, so that waiting for it is waiting for its first piece. */
import type { ChatEventFlow, RawSink, RawStream } from '../../chat/index.js';

export function deferredStream(open: () => Promise<RawStream>): RawStream {
  let opening: Promise<RawStream> | undefined;
  let inner: RawStream | undefined;
  let flow: ChatEventFlow | undefined;
  let paused = false;
  let closed = false;
  const start = async (sink: RawSink): Promise<void> => {
    opening = open();
    const opened = await opening;
    if (closed) return;
    inner = opened;
    flow = opened.pipe(sink);
    if (paused) flow.pause();
  };
  return {
    pipe(sink) {
      start(sink).catch((error: unknown) => {
        if (!closed) sink.end(error);
      });
      return {
        pause: () => {
          paused = true;
          flow?.pause();
        },
        resume: () => {
          paused = false;
          flow?.resume();
        },
      };
    },
    async close() {
      closed = true;
      if (inner !== undefined) await inner.close();
      // One that opens after all has nobody left.
      else opening?.then((opened) => opened.close()).catch(() => undefined);
    },
  };
}
