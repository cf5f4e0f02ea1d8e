import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { serveHalfClosed } from './serve-half-closed.js';
import { GET, listenRaw, type RawServer } from './testing/raw-socket.js';

let server: RawServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function serve() {
  const held: ServerResponse[] = [];
  const http = createServer((_, response) => void held.push(response));
  serveHalfClosed(http);
  server = await listenRaw(http);
  return { held, open: server.open };
}

describe('serveHalfClosed()', () => {
  it('a client that closed its side and waits - gets its answer, then the connection is closed', async () => {
    const { held, open } = await serve();
    const client = await open();
    client.socket.end(GET);
    await expect.poll(() => client.text()).toContain('HTTP/1.1 102');
    held[0]?.end('late but whole');
    expect(await client.closed).toMatch(/HTTP\/1\.1 200 OK[\s\S]*late but whole/);
  });

  it('a client that is gone - is noticed before the answer begins', async () => {
    const { held, open } = await serve();
    const client = await open();
    client.socket.write(GET);
    await expect.poll(() => held.length).toBe(1);
    client.socket.destroy();
    await expect.poll(() => held[0]?.closed, { timeout: 5_000 }).toBe(true);
    expect(held[0]?.writableFinished).toBe(false);
  });

  it.each([
    ['an answer that has begun', GET, true],
    ['HTTP/1.0, which has no interim responses', GET.replace('1.1', '1.0'), false],
  ])('%s - a closed side means that the client is gone', async (_, request, begun) => {
    const { held, open } = await serve();
    const client = await open();
    client.socket.write(request);
    await expect.poll(() => held.length).toBe(1);
    if (begun) held[0]?.write('first');
    if (begun) await expect.poll(() => client.text()).toContain('first');
    client.socket.end();
    await expect.poll(() => held[0]?.closed).toBe(true);
    expect(client.text()).not.toContain('102');
  });

  it('a kept-alive connection that is closed between requests - ends', async () => {
    const { held, open } = await serve();
    const client = await open();
    client.socket.write(GET);
    await expect.poll(() => held.length).toBe(1);
    held[0]?.end('one');
    await expect.poll(() => client.text()).toContain('one');
    client.socket.end();
    expect(await client.closed).not.toContain('102');
  });
});
