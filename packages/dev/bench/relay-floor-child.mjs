/**
 * The bare floor of a request that is handed on: the least a proxy must do that looks at what it passes. The body is parsed, each
 * event of the answer is parsed and written; no checks, no limits, no errors. argv: base URL of the upstream.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { answerUsage } from './usage.mjs';

const { Agent } = createRequire(new URL('../../core/package.json', import.meta.url))('undici');
const upstream = new URL(process.argv[2]);
const agent = new Agent();

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { stream } = JSON.parse(body);
  let rest = '';
  agent.dispatch(
    {
      origin: upstream.origin,
      path: request.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
      body,
    },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, headers) {
        response.writeHead(status, { 'content-type': headers['content-type'] });
      },
      onResponseData(_controller, chunk) {
        const text = rest + chunk.toString();
        const frames = text.split('\n\n');
        rest = frames.pop();
        for (const frame of frames) {
          if (stream && !frame.endsWith('[DONE]')) JSON.parse(frame.slice(6));
          response.write(`${frame}\n\n`);
        }
      },
      onResponseEnd: () => response.end(rest),
      onResponseError: (_controller, error) => response.destroy(error),
    },
  );
});
server.listen(0, '127.0.0.1', () => {
  answerUsage();
  process.send({ ready: `http://127.0.0.1:${server.address().port}` });
});
