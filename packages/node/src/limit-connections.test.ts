import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { connectionLimits, limitConnections, type RefuseExcess } from './limit-connections.js';
import { GET, listenRaw, type RawServer } from './testing/raw-socket.js';

let server: RawServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Requests that are served wait for the test to answer. */
async function serve(served: number, open: number) {
  const held: ServerResponse[] = [];
  let refuse: RefuseExcess = () => false;
  const http = createServer((request, response) => {
    if (!refuse(request, response)) held.push(response);
  });
  refuse = limitConnections(http, { served, open });
  server = await listenRaw(http);
  return { held, open: server.open };
}

describe('limitConnections()', () => {
  it('more than are served - 503 with Retry-After, and closed; more than may be open - closed', async () => {
    const { held, open } = await serve(2, 3);
    const first = await open();
    const second = await open();
    const third = await open();
    const fourth = await open();
    expect(await fourth.closed).toBe('');
    for (const client of [first, second, third]) client.socket.write(GET);
    const refusal = await third.closed;
    expect(refusal).toMatch(/^HTTP\/1\.1 503 /);
    expect(refusal).toMatch(/\r\nretry-after: 2\r\n/i);
    expect(refusal).toMatch(/\r\nconnection: close\r\n/i);
    expect(JSON.parse(refusal.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { type: 'server_error', code: 'overloaded' },
    });
    await expect.poll(() => held.length).toBe(2);
    for (const response of held) response.end('served');
    expect(await first.closed).toContain('served');
  });

  it('nothing asked yet, and more keep coming - the oldest is told at once, and newer ones in its place', async () => {
    const { open } = await serve(1, 5);
    await open();
    const crowd = [await open(), await open(), await open()];
    expect(await crowd[0]?.closed).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 2\r\n/i);
    for (const client of crowd.slice(1)) client.socket.write(GET);
    expect(await crowd[1]?.closed).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('a long request is refused - the answer arrives whole', async () => {
    const { open } = await serve(1, 3);
    await open();
    const client = await open();
    client.socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3000000\r\n\r\n');
    client.socket.write('a'.repeat(3_000_000));
    expect(await client.closed).toMatch(/^HTTP\/1\.1 503 [\s\S]*"overloaded"/);
  });

  it('a client that stays after its refusal - is cut off, and its place is free', async () => {
    const { open } = await serve(1, 3);
    await open();
    const stubborn = await open();
    stubborn.socket.write(GET);
    await expect.poll(() => stubborn.text()).toMatch(/^HTTP\/1\.1 503 /);
    const next = await open();
    next.socket.write(GET);
    expect(await next.closed).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('the crowd is gone - everybody is served again, on kept connections too', async () => {
    const { held, open } = await serve(2, 10);
    const crowd = [await open(), await open()];
    const late = await open();
    for (const client of crowd) client.socket.destroy();
    const fresh = await open();
    for (const [index, client] of [late, fresh].entries()) {
      client.socket.write(GET);
      await expect.poll(() => held.length).toBe(index + 1);
      held[index]?.end('served');
      await expect.poll(() => client.text()).toContain('served');
    }
  });

  it('no crowd - connections are kept', async () => {
    const { held, open } = await serve(10, 20);
    const client = await open();
    client.socket.write(GET);
    await expect.poll(() => held.length).toBe(1);
    held[0]?.end('served');
    await expect.poll(() => client.text()).toContain('served');
    expect(client.text()).toMatch(/connection: keep-alive/i);
    client.socket.destroy();
  });
});

describe('connectionLimits()', () => {
  it.each([
    [4, 2, 3],
    [256, 128, 192],
    [1_024, 512, 768],
    [1_048_576, 1_047_552, 1_048_064],
  ])('%d descriptors - %d served, %d open', (descriptors, served, open) => {
    expect(connectionLimits(descriptors)).toEqual({ served, open });
  });

  it("those that answering takes are nobody else's", () => {
    expect(connectionLimits(256, 64)).toEqual({ served: 64, open: 128 });
  });
});
