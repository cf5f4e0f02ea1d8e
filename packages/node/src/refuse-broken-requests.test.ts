import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { refuseBrokenRequests } from './refuse-broken-requests.js';

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** All that comes back for `pieces`, written one after the other as the server answers or at once. */
async function exchange(listener: RequestListener, ...pieces: readonly string[]): Promise<string> {
  const server = createServer(listener);
  refuseBrokenRequests(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  let next = 1;
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    const piece = pieces[next++];
    if (piece !== undefined) socket.write(piece);
  });
  socket.on('error', () => undefined);
  socket.write(pieces[0] ?? '');
  await new Promise((resolve) => socket.once('close', resolve));
  return received;
}

const reached: RequestListener = (_request, response) => {
  response.end('reached');
};
const HEAD = 'POST / HTTP/1.1\r\nhost: a\r\n';

describe('refuseBrokenRequests()', () => {
  it.each([
    [431, 'headers_too_large', `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`],
    [400, 'bad_request', 'hello\r\n\r\n'],
    [400, 'bad_request', 'GET / HTTP/1.1\r\nbad header\r\n\r\n'],
  ])('%i %s - with a JSON body and an id', async (status, code, request) => {
    const answer = await exchange(reached, request);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/x-request-id: req_\w{32}/);
    expect(head).toMatch(/connection: close/);
    expect(JSON.parse(body)).toMatchObject({ error: { type: 'invalid_request_error', param: null, code } });
  });

  it('an expectation of an unknown kind - is passed over', async () => {
    const answer = await exchange(
      reached,
      `GET / HTTP/1.1\r\nhost: a\r\nexpect: miracles\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toContain('reached');
  });

  it('a body that breaks while nothing is answered yet - is answered', async () => {
    const answer = await exchange(
      (request) => request.resume().on('error', () => undefined),
      `${HEAD}transfer-encoding: chunked\r\n\r\nnonsense\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });

  it('an answer that has begun - is cut off, not written into', async () => {
    const answer = await exchange(
      (request, response) => {
        request.resume().on('error', () => undefined);
        response.write('data: begun\n\n');
      },
      `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`,
      'nonsense\r\n',
    );
    expect(answer).toContain('data: begun');
    expect(answer).not.toContain('bad_request');
  });
});
