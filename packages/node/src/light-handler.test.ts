import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LightHandler, LightResponse } from './light-handler.js';
import { toNodeHandler } from './to-node-handler.js';

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  if (server !== undefined) await once(server, 'close');
  server = undefined;
});

/** A fetch handler that must not be asked, with another beside it that must. */
async function serve(light: LightHandler, onError?: (error: unknown) => void): Promise<string> {
  const fetchHandler = () => {
    throw new Error('the light handler was passed over');
  };
  Object.defineProperty(fetchHandler, Symbol.for('lingma-gateway.light'), { value: light });
  server = createServer(toNodeHandler(fetchHandler, onError === undefined ? {} : { onError })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer = (body: LightResponse['body'], status = 200): LightResponse => ({
  status,
  headers: { 'x-a': '1' },
  body,
});

describe('a handler that knows the way past the classes of the Web', () => {
  it('method, path and body - reach it; status, header and text come back', async () => {
    const base = await serve(async (request, { remoteAddress }) => {
      const text = await new Promise<string>((resolve) => {
        let read = '';
        request.openBody()?.pipe({
          write: (chunk) => {
            read += new TextDecoder().decode(chunk);
          },
          end: () => resolve(read),
        });
      });
      return answer(`${request.method} ${request.pathname} ${text} ${remoteAddress}`, 201);
    });
    const response = await fetch(`${base}/a?b`, { method: 'POST', body: 'c' });
    expect([response.status, response.headers.get('x-a')]).toEqual([201, '1']);
    expect(await response.text()).toBe('POST /a c 127.0.0.1');
  });

  it('a text larger than the socket takes at once - arrives whole', async () => {
    const base = await serve(() => answer('灵'.repeat(2_000_000)));
    expect(await (await fetch(base)).text()).toBe('灵'.repeat(2_000_000));
  });

  it('no body - a length of zero; HEAD and 204 have none', async () => {
    const base = await serve(({ pathname }) => answer(null, pathname === '/204' ? 204 : 200));
    expect((await fetch(base)).headers.get('content-length')).toBe('0');
    expect((await fetch(`${base}/204`)).headers.get('content-length')).toBeNull();
    expect((await fetch(base, { method: 'HEAD' })).headers.get('content-length')).toBeNull();
  });

  it('HEAD - a body that would be pushed is cancelled unread', async () => {
    const source = { pipe: vi.fn(), resume: vi.fn(), cancel: vi.fn() };
    const base = await serve(() => answer(source));
    expect(await (await fetch(base, { method: 'HEAD' })).text()).toBe('');
    expect(source.cancel).toHaveBeenCalledOnce();
    expect(source.pipe).not.toHaveBeenCalled();
  });

  it('a failure of its own - is a 500, and told', async () => {
    const onError = vi.fn();
    const base = await serve(() => Promise.reject(new Error('broken')), onError);
    expect((await fetch(base)).status).toBe(500);
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'broken' }));
  });
});
