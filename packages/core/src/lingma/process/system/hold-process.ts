/** Keeps this process from ending for want of work. Timers of the clock do not: what waits with nothing else open needs it. */
import { MessageChannel } from 'node:worker_threads';

/** Returns the function that lets go. */
export function holdProcess(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}
