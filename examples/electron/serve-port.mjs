/** The gateway's end of a port: answers what a page asks, as it could be asked over HTTP. */
import { MAX_OPEN, openPort, WINDOW } from './port-messages.mjs';

/** `fetch`: the gateway's. A port that closes ends whatever is still running for it. */
export function servePort(port, fetch, onClosed = () => undefined) {
  const open = new Map();
  let onIdle = () => undefined;
  const forget = (id) => {
    open.delete(id);
    if (open.size === 0) onIdle();
  };
  const end = () => {
    for (const { abort } of open.values()) abort.abort();
    open.clear();
    onIdle();
    onClosed();
  };
  const { post, close } = openPort(port, {
    onMessage(message) {
      if (message.type === 'request') void answer(message);
      else if (message.type === 'done') forget(message.id);
      else if (message.type === 'abort') {
        open.get(message.id)?.abort.abort();
        forget(message.id);
      }
      if (message.type === 'pull') open.get(message.id)?.pull();
    },
    onClose: end,
  });

  async function answer({ id, url, method, headers, body }) {
    if (open.size >= MAX_OPEN || open.has(id)) {
      post({ type: 'failure', id, message: `More than ${MAX_OPEN} requests at once` });
      return;
    }
    const abort = new AbortController();
    let credit = WINDOW;
    let wake = () => undefined;
    open.set(id, {
      abort,
      pull: () => {
        credit = Math.min(credit + 1, WINDOW);
        wake();
      },
    });
    abort.signal.addEventListener('abort', () => wake());
    try {
      const request = new Request(new URL(url, 'http://localhost'), { method, headers, body, signal: abort.signal });
      const response = await fetch(request);
      post({ type: 'head', id, status: response.status, headers: [...response.headers] });
      for await (const bytes of response.body ?? []) {
        while (credit === 0 && !abort.signal.aborted) {
          await new Promise((resolve) => {
            wake = resolve;
          });
        }
        if (abort.signal.aborted) break;
        credit -= 1;
        post({ type: 'chunk', id, bytes });
      }
      post({ type: 'end', id });
    } catch (error) {
      post({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    /** When the page has all that it asked for. */
    idle: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (open.size === 0) resolve();
      }),
    close() {
      close();
      end();
    },
  };
}
