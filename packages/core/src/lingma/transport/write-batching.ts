import type { Socket } from 'node:net';

/**
 * Returns a function to call before each write: what one event leads to, such as the answers to all messages of one read
 * and the deletion of the session they ended, then leaves in one system call. The promises that hang on the event are part
 * of it: a tick asked for by a microtask runs when they have all been worked off.
 */
export function createBatchedWrites(socket: Socket): () => void {
  let corked = false;
  return () => {
    if (corked) return;
    corked = true;
    socket.cork();
    queueMicrotask(() => {
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    });
  };
}
