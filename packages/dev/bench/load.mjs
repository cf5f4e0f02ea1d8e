/** The load: streamed chat completions over plain `node:http`, counted and timed. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** One streamed turn. Resolves with the time to the first content and the number of content chunks. */
export function stream(base, messages, { onFirst, extra } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const body = Buffer.from(JSON.stringify({ model: 'auto', stream: true, messages, ...extra }));
    const call = request(
      `${base}/v1/chat/completions`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': body.length } },
      (response) => {
        let first;
        let chunks = 0;
        let tail = '';
        response.setEncoding('utf8');
        response.on('data', (text) => {
          for (let at = text.indexOf('"content":"'); at !== -1; at = text.indexOf('"content":"', at + 1)) {
            chunks++;
            if (first === undefined) {
              first = performance.now() - started;
              onFirst?.();
            }
          }
          tail = (tail + text).slice(-200);
        });
        response.on('end', () => {
          if (response.statusCode !== 200 || !tail.includes('[DONE]'))
            reject(new Error(`${response.statusCode}: ${tail}`));
          else resolve({ first, chunks, total: performance.now() - started });
        });
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

export const sim = (directive) => `@sim ${JSON.stringify(directive)}`;
export const user = (content) => ({ role: 'user', content });

/** `count` turns, `width` at a time. */
export async function many(count, width, turn) {
  const results = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(width, count) }, async () => {
      while (next < count) {
        next++;
        results.push(await turn());
      }
    }),
  );
  return results;
}
