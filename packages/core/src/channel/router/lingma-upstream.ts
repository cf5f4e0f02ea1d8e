/** Lingma's channel behind the port of the router. */
import type { Channel } from '../../chat/index.js';
import { startedStream } from './started-stream.js';
import type { Upstream } from './upstream.js';

/** The channel stays the caller's. */
export function lingmaUpstream(channel: Channel): Upstream {
  return {
    openChat: (request, _target, context) => startedStream(channel.streamChat(request, context)),
    close: async () => undefined,
  };
}
