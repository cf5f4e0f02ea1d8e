/** A stream whose source is made when its events are wanted: what making it takes is nobody's before. */
import { type ChatEventFlow, type ChatEventSink, type ChatEventStream, eventStream } from '../chat/index.js';

/** Opens when the events are wanted; after that they go straight from the stream behind to whoever wants them. */
export function openWhenWanted(open: () => ChatEventStream | Promise<ChatEventStream>): ChatEventStream {
  let inner: ChatEventStream | undefined;
  let flow: ChatEventFlow | undefined;
  let paused = false;
  let closed = false;
  const start = (opened: ChatEventStream, sink: ChatEventSink): ChatEventFlow => {
    inner = opened;
    flow = opened.pipe(sink);
    if (paused) flow.pause();
    return flow;
  };
  const startLater = async (opening: Promise<ChatEventStream>, sink: ChatEventSink): Promise<void> => {
    const opened = await opening;
    if (closed) {
      await opened.close();
      sink.end();
      return;
    }
    start(opened, sink);
  };
  return eventStream(
    (sink) => {
      let opened: ChatEventStream | Promise<ChatEventStream>;
      try {
        opened = open();
      } catch (error) {
        opened = Promise.reject(error);
      }
      if (!(opened instanceof Promise)) return start(opened, sink);
      startLater(opened, sink).catch((error: unknown) => sink.end(error));
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
    async () => {
      closed = true;
      await inner?.close();
    },
  );
}
