/**
 * What goes over a port. Only what can be cloned: no `Request`, no `Response`, no stream. `id` tells requests apart.
 *
 * From the page: `request` { url, method, headers, body }, `pull` (one more chunk may come), `done` (it has all), `abort`.
 * From the gateway: `head` { status, headers }, `chunk` { bytes }, `end`, `failure` { message }.
 */

/** Chunks of an answer that are under way at most; a page that reads slowly holds the answer up, and no memory. */
export const WINDOW = 16;
/** Requests of a page that are open at most. */
export const MAX_OPEN = 64;

/** The same of Electron's `MessagePortMain`, of a page's `MessagePort`, and of Node's. */
export function openPort(port, { onMessage, onClose }) {
  if (typeof port.addEventListener === 'function') {
    port.addEventListener('message', ({ data }) => onMessage(data));
    port.addEventListener('close', onClose);
  } else {
    port.on('message', ({ data }) => onMessage(data));
    port.on('close', onClose);
  }
  port.start();
  return { post: (message) => port.postMessage(message), close: () => port.close() };
}
