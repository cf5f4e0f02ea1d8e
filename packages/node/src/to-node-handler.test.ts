import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FetchHandler, type NodeHandlerOptions, toNodeHandler } from './to-node-handler.js';

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  if (server !== undefined) await once(server, 'close');
  server = undefined;
});

async function serve(handler: FetchHandler, options?: NodeHandlerOptions): Promise<string> {
  server = createServer(toNodeHandler(handler, options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('toNodeHandler', () => {
  it('status, headers and several cookies - arrive', async () => {
    const base = await serve(() => {
      const headers = new Headers({ 'x-a': '1' });
      headers.append('set-cookie', 'a=1');
      headers.append('set-cookie', 'b=2');
      return new Response('Hi 灵码', { status: 201, headers });
    });
    const response = await fetch(base);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-a')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('Hi 灵码');
  });

  it('remote address and body - reach the handler', async () => {
    const base = await serve(async (request, info) => Response.json({ ...info, body: await request.text() }));
    const response = await fetch(base, { method: 'POST', body: 'x'.repeat(300_000) });
    const answer = (await response.json()) as { remoteAddress: string; body: string };
    expect(answer.remoteAddress).toBe('127.0.0.1');
    expect(answer.body).toHaveLength(300_000);
  });

  it('no body - a length of zero, not an empty chunk; 204 has none', async () => {
    const base = await serve((request) => new Response(null, { status: request.url.endsWith('/204') ? 204 : 200 }));
    const response = await fetch(base);
    expect(response.headers.get('content-length')).toBe('0');
    expect((await fetch(`${base}/204`)).headers.get('content-length')).toBeNull();
  });

  it('HEAD - headers only; the body is cancelled unread', async () => {
    const cancel = vi.fn();
    const pull = vi.fn();
    const stream = () => new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
    const base = await serve(() => new Response(stream(), { headers: { 'content-type': 'text/event-stream' } }));
    const response = await fetch(base, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe('');
    expect(cancel).toHaveBeenCalledOnce();
    expect(pull).not.toHaveBeenCalled();
  });

  it('handler that fails, at once or later - 500 as JSON, and the observer is told', async () => {
    const onError = vi.fn(() => {
      throw new Error('the observer fails too');
    });
    const base = await serve(
      (request) => {
        if (request.url.endsWith('/later')) return Promise.reject(new Error('secret'));
        throw new Error('secret');
      },
      { onError },
    );
    for (const path of ['/now', '/later']) {
      const response = await fetch(base + path);
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ error: { type: 'server_error' } });
      expect(text).not.toContain('secret');
    }
    expect(onError).toHaveBeenCalledTimes(2);
  });

  it('body that fails in the middle - the connection is cut, not ended', async () => {
    let pulls = 0;
    const base = await serve(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              if (pulls++ === 0) controller.enqueue(bytes('half'));
              else controller.error(new Error('broken'));
            },
          }),
        ),
    );
    await expect(fetch(base).then((response) => response.text())).rejects.toThrow();
  });

  it('response that was read before - 500', async () => {
    const base = await serve(async () => {
      const response = new Response('x');
      await response.text();
      return response;
    });
    expect((await fetch(base)).status).toBe(500);
  });

  it('TRACE - 405, as Request has no such method', async () => {
    const base = await serve(() => new Response('x'));
    const call = httpRequest(base, { method: 'TRACE' }).end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(405);
  });

  it('client that leaves - aborts the signal and cancels the body', async () => {
    const cancel = vi.fn();
    let signal: AbortSignal | undefined;
    const base = await serve((request) => {
      signal = request.signal;
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(bytes('first')), cancel }));
    });
    const client = new AbortController();
    const response = await fetch(base, { signal: client.signal });
    await response.body?.getReader().read();
    client.abort();
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
    expect(signal?.aborted).toBe(true);
  });

  it('client that leaves while the handler works - the late response is cancelled', async () => {
    const cancel = vi.fn();
    let answer: (response: Response) => void = () => undefined;
    let signal: AbortSignal | undefined;
    const base = await serve((request) => {
      signal = request.signal;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const client = new AbortController();
    const pending = fetch(base, { signal: client.signal });
    await vi.waitFor(() => expect(signal).toBeDefined());
    client.abort();
    await expect(pending).rejects.toThrow();
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
    answer(new Response(new ReadableStream({ cancel })));
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
  });

  it('complete response - does not abort the signal', async () => {
    let signal: AbortSignal | undefined;
    const base = await serve((request) => {
      signal = request.signal;
      return new Response('x');
    });
    await (await fetch(base)).text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signal?.aborted).toBe(false);
  });

  it('a large body in one chunk - arrives whole at a reader that takes its time', async () => {
    const large = 'x'.repeat(3_000_000);
    const base = await serve(() => new Response(large));
    const { port } = new URL(base);
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    let length = 0;
    for await (const chunk of socket) length += (chunk as Buffer).length;
    expect(length).toBeGreaterThan(large.length);
  });
});
