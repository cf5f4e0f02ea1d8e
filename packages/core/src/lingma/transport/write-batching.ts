import type { Socket } from 'node:net';

/**
 * Returns a function to call before each write: what is written in one go of the event loop, such as the answers to all
 * events of one chunk, then leaves in one system call.
 */
export function createBatchedWrites(socket: Socket): () => void {
  let corked = false;
  return () => {
    if (corked) return;
    corked = true;
    socket.cork();
    process.nextTick(() => {
      corked = false;
      socket.uncork();
    });
  };
}
