/** An upstream of a few lines, for what no scripted one does: each request is answered by a function of the test's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface AskedUpstream {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

export interface ScriptedUpstream {
  readonly url: string;
  readonly asked: readonly AskedUpstream[];
  stop(): Promise<void>;
}

export async function startUpstream(
  answer: (response: ServerResponse, asked: AskedUpstream, count: number) => unknown,
): Promise<ScriptedUpstream> {
  const asked: AskedUpstream[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, bytes: await buffer(request) };
    asked.push(one);
    answer(response, one, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export const asJson = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
