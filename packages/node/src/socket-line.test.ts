import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { GET, listenRaw, type RawServer } from './testing/raw-socket.js';
import { toNodeHandler } from './to-node-handler.js';

let server: RawServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Held {
  readonly url: string;
  answer(text: string): void;
  readonly signal: AbortSignal;
}

/** A server whose requests are answered by the test. */
async function serve() {
  const running: Held[] = [];
  server = await listenRaw(
    createServer(
      toNodeHandler(
        (request) =>
          new Promise((resolve) => {
            const url = new URL(request.url).pathname;
            running.push({ url, answer: (text) => resolve(new Response(text)), signal: request.signal });
          }),
      ),
    ),
  );
  return { running, open: server.open };
}
const get = (path: string): string => GET.replace('/', path);

describe('requests pipelined on one connection', () => {
  it('run one at a time and are answered in order', async () => {
    const { running, open } = await serve();
    const client = await open();
    client.socket.write(Array.from({ length: 50 }, (_, index) => get(`/${index}`)).join(''));
    for (let index = 0; index < 50; index++) {
      await expect.poll(() => running.length).toBe(index + 1);
      running[index]?.answer(`[${index}]`);
    }
    await expect.poll(() => client.text()).toContain('[49]');
    expect([...client.text().matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index))).toEqual([...Array(50).keys()]);
    client.socket.destroy();
  });

  it('a stranger beside five thousand of them - is served at once', async () => {
    const { running, open } = await serve();
    const many = await open();
    many.socket.write(GET.repeat(5_000));
    await expect.poll(() => running.length).toBe(1);
    const stranger = await open();
    stranger.socket.write(get('/stranger'));
    await expect.poll(() => running.length).toBe(2);
    expect(running[1]?.url).toBe('/stranger');
    running[1]?.answer('served');
    await expect.poll(() => stranger.text()).toContain('served');
    expect(running).toHaveLength(2);
    many.socket.destroy();
    stranger.socket.destroy();
  });

  it('thousands of them - as many are answered as may wait, then the connection is closed', async () => {
    let most = 0;
    let running = 0;
    const handler = toNodeHandler(async (request) => {
      most = Math.max(most, ++running);
      const text = await request.text();
      running--;
      return new Response(`[${text}]`);
    });
    server = await listenRaw(createServer(handler));
    const client = await server.open();
    const post = (text: string) => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    client.socket.write(Array.from({ length: 5_000 }, (_, index) => post(String(index))).join(''));
    const answers = [...(await client.closed).matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
    expect(answers.length).toBeGreaterThan(1_000);
    expect(answers).toEqual([...answers.keys()]);
    expect(most).toBe(1);
  });

  it('a client that leaves - the running one is aborted, the others never start', async () => {
    const { running, open } = await serve();
    const client = await open();
    client.socket.write(GET.repeat(10));
    await expect.poll(() => running.length).toBe(1);
    client.socket.destroy();
    await expect.poll(() => running[0]?.signal.aborted).toBe(true);
    running[0]?.answer('late');
    await new Promise((resolve) => setImmediate(resolve));
    expect(running).toHaveLength(1);
  });

  it('one after the other on a kept-alive connection - none waits for nothing', async () => {
    const { running, open } = await serve();
    const client = await open();
    for (let index = 0; index < 3; index++) {
      client.socket.write(get(`/${index}`));
      await expect.poll(() => running.length).toBe(index + 1);
      running[index]?.answer(`[${index}]`);
      await expect.poll(() => client.text()).toContain(`[${index}]`);
    }
    client.socket.destroy();
  });
});
