import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { fetchRemoteImage, type RemoteImageOptions } from './fetch-remote-image.js';

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Lets tests reach their own server under a name that pretends to be public. */
const options = (more: Partial<RemoteImageOptions> = {}): RemoteImageOptions => ({
  maxBytes: 1000,
  timeoutMs: 5000,
  resolve: async () => ['127.0.0.1'],
  isAllowed: (address) => address === '127.0.0.1',
  ...more,
});
const failure = async (promise: Promise<unknown>): Promise<GatewayError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(GatewayError.isInstance(error)).toBe(true);
  return error as GatewayError;
};

describe('fetchRemoteImage', () => {
  it('reads a picture from the pinned address', async () => {
    const port = await serve((_request, response) => response.end(png));
    expect(Buffer.from(await fetchRemoteImage(`http://pictures.test:${port}/a.png`, options()))).toEqual(png);
  });

  it('follows a redirect through the same checks', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end(png);
    });
    const resolve = async (hostname: string): Promise<string[]> => {
      seen.push(hostname);
      return ['127.0.0.1'];
    };
    await fetchRemoteImage(`http://pictures.test:${port}/a`, options({ resolve }));
    expect(seen).toEqual(['pictures.test', 'pictures.test']);
  });

  it('redirect to a private address - refused', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    );
    const error = await failure(fetchRemoteImage(`http://pictures.test:${port}/`, options()));
    expect(error.code).toBe('invalid_request');
    expect(error.message).toContain('public internet');
  });

  it('endless redirects - refused', async () => {
    const port = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect((await failure(fetchRemoteImage(`http://pictures.test:${port}/`, options()))).message).toContain(
      'redirects',
    );
  });

  it('one private address among public ones - refused', async () => {
    const resolve = async (): Promise<string[]> => ['8.8.8.8', '10.0.0.1'];
    const error = await failure(fetchRemoteImage('http://rebind.test/', { maxBytes: 10, timeoutMs: 1000, resolve }));
    expect(error.message).toContain('public internet');
  });

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://localhost/',
    'http://a.localhost./',
  ])('%s - refused with the real rules', async (url) => {
    expect((await failure(fetchRemoteImage(url, { maxBytes: 10, timeoutMs: 1000 }))).code).toBe('invalid_request');
  });

  it.each(['ftp://example.com/a.png', 'not a url', 'http://user:secret@example.com/', 'data:image/png;base64,AA=='])(
    '%s - refused',
    async (url) => {
      const error = await failure(fetchRemoteImage(url, options()));
      expect(error.code).toBe('invalid_request');
      expect(error.message).not.toContain('secret');
    },
  );

  it('too large, declared or not - refused', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/declared') response.writeHead(200, { 'content-length': 5000 });
      response.end(Buffer.alloc(5000));
    });
    for (const path of ['declared', 'chunked']) {
      const error = await failure(fetchRemoteImage(`http://pictures.test:${port}/${path}`, options()));
      expect(error.message).toContain('larger than 1000');
    }
  });

  it('a server that never answers - ends at the time limit', async () => {
    const port = await serve(() => undefined);
    const error = await failure(fetchRemoteImage(`http://pictures.test:${port}/`, options({ timeoutMs: 50 })));
    expect(error.message).toContain('no answer within 50 ms');
  });

  it('a name server that never answers - ends at the same time limit, and with the signal', async () => {
    const resolve = (): Promise<string[]> => new Promise(() => undefined);
    const error = await failure(fetchRemoteImage('http://pictures.test/', options({ timeoutMs: 50, resolve })));
    expect(error.message).toContain('no answer within 50 ms');
    const controller = new AbortController();
    const pending = fetchRemoteImage('http://pictures.test/', options({ signal: controller.signal, resolve }));
    const reason = new GatewayError('client_closed', 'gone');
    controller.abort(reason);
    expect(await failure(pending)).toBe(reason);
  });

  it('abort - rejects with its reason', async () => {
    const port = await serve(() => undefined);
    const controller = new AbortController();
    const reason = new GatewayError('client_closed', 'gone');
    const pending = fetchRemoteImage(`http://pictures.test:${port}/`, options({ signal: controller.signal }));
    controller.abort(reason);
    expect(await failure(pending)).toBe(reason);
  });
});
