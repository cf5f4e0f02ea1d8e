/** A page's end of a port: a `fetch` that any client takes which can be given one. Uses nothing but what a browser has. */
import { openPort } from './port-messages.mjs';

export function createPortFetch(port) {
  const receivers = new Map();
  const gone = { type: 'failure', message: 'The gateway is gone' };
  let isOpen = true;
  let last = 0;
  const { post } = openPort(port, {
    onMessage: (message) => receivers.get(message.id)?.(message),
    onClose: () => {
      isOpen = false;
      for (const receive of [...receivers.values()]) receive(gone);
    },
  });

  return async function portFetch(input, init) {
    // A relative address is the gateway's.
    const request = new Request(input instanceof Request ? input : new URL(input, 'http://localhost'), init);
    const { signal } = request;
    signal.throwIfAborted();
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const id = ++last;
    return new Promise((resolve, reject) => {
      // At most a window's worth of chunks: the gateway sends more for those that were taken out.
      const chunks = [];
      let outcome;
      let wake = () => undefined;
      const finish = (how) => {
        outcome = how;
        receivers.delete(id);
        signal.removeEventListener('abort', onAbort);
        wake();
        if (how.error !== undefined) reject(how.error);
      };
      const onAbort = () => {
        post({ type: 'abort', id });
        finish({ error: signal.reason });
      };
      const stream = new ReadableStream(
        {
          async pull(controller) {
            while (chunks.length === 0 && outcome === undefined) {
              await new Promise((resolvePull) => {
                wake = resolvePull;
              });
            }
            if (outcome?.error !== undefined) controller.error(outcome.error);
            else if (chunks.length === 0) controller.close();
            else {
              controller.enqueue(chunks.shift());
              post({ type: 'pull', id });
            }
          },
          cancel() {
            post({ type: 'abort', id });
            finish({});
          },
        },
        { highWaterMark: 0 },
      );
      signal.addEventListener('abort', onAbort);
      receivers.set(id, (message) => {
        if (message.type === 'failure' || message.type === 'end') post({ type: 'done', id });
        if (message.type === 'failure') finish({ error: new TypeError(message.message) });
        else if (message.type === 'end') finish({});
        else if (message.type === 'chunk') {
          chunks.push(message.bytes);
          wake();
        } else {
          const { status, headers } = message;
          resolve(new Response(status === 204 || status === 304 ? null : stream, { status, headers }));
        }
      });
      if (!isOpen) receivers.get(id)(gone);
      post({ type: 'request', id, url: request.url, method: request.method, headers: [...request.headers], body });
    });
  };
}
