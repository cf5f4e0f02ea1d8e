/** The load: streamed requests over plain `node:http`, counted and timed. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Each protocol's last words; without them the answer was cut. */
const END = /data: \[DONE\]|event: message_stop|"type":"response\.completed"/;
/** Longer than any of them, should one be cut between two reads. */
const OVERLAP = 40;
/** Where an answer's content begins, in each protocol. */
const CONTENT = ['"delta":{"content":"', '"type":"text_delta"', 'response.output_text.delta'];

/**
 * One streamed turn. Resolves with the milliseconds to the first content and to the end.
 * @param {string} base the address of the server
 * @param {{ path: string, body: unknown }} call
 */
export function stream(base, { path, body }, { onFirst } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const bytes = Buffer.from(JSON.stringify(body));
    const call = request(
      base + path,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': bytes.length } },
      (response) => {
        let first;
        let tail = '';
        let ended = false;
        response.setEncoding('utf8');
        response.on('data', (text) => {
          if (first === undefined && CONTENT.some((mark) => text.includes(mark))) {
            first = performance.now() - started;
            onFirst?.();
          }
          const seen = tail.slice(-OVERLAP) + text;
          ended ||= END.test(seen);
          tail = seen.slice(-200);
        });
        response.on('end', () => {
          if (response.statusCode !== 200 || !ended) reject(new Error(`${response.statusCode}: ${tail}`));
          else resolve({ first, total: performance.now() - started });
        });
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(bytes);
  });
}

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
