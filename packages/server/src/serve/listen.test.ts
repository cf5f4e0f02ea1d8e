import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Listening, type ListenOptions, listen } from './listen.js';

const addresses = vi.hoisted(() => new Map<string, string>());
vi.mock('node:dns/promises', async (original) => {
  const real = await original<typeof import('node:dns/promises')>();
  return {
    ...real,
    lookup: async (host: string) => {
      const address = addresses.get(host);
      if (address === 'nowhere') throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
      return address === undefined ? real.lookup(host) : { address, family: 4 };
    },
  };
});

let open: Listening | undefined;
const clients: Socket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  open?.destroy();
  open = undefined;
  addresses.clear();
});

async function start(options: Partial<ListenOptions> = {}) {
  const held: ServerResponse[] = [];
  open = await listen({ host: '127.0.0.1', port: 0, handler: (_, response) => void held.push(response), ...options });
  const { port } = open;
  return {
    listening: open,
    held,
    async client() {
      const socket = connect(port, '127.0.0.1');
      clients.push(socket);
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      await once(socket, 'connect');
      return { socket, text: () => text };
    },
  };
}
const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

describe('listen() - loopback only', () => {
  it.each(['0.0.0.0', '::', '192.0.2.2'])('%s - is refused before it is bound', async (host) => {
    await expect(start({ host, loopbackOnly: true })).rejects.toThrow(/can reach/);
  });

  it('a name - is judged by the address it leads to, which is the one that is bound', async () => {
    addresses.set('x.localhost', '192.0.2.2');
    await expect(start({ host: 'x.localhost', loopbackOnly: true })).rejects.toThrow(
      /^x\.localhost leads to 192\.0\.2\.2, which other machines can reach\. .*--api-keys/,
    );
    addresses.set('x.localhost', '127.0.0.1');
    const { listening, client } = await start({ host: 'x.localhost', loopbackOnly: true });
    expect(listening.url).toBe(`http://x.localhost:${listening.port}`);
    await client();
  });

  it('a name that leads nowhere - is told as such', async () => {
    addresses.set('nowhere.invalid', 'nowhere');
    await expect(start({ host: 'nowhere.invalid' })).rejects.toThrow(/is no address of this machine/);
  });
});

describe('listen() - draining', () => {
  it('a kept-alive socket that waits for its next request - does not hold it up', async () => {
    const { listening, held, client } = await start();
    const idle = await client();
    idle.socket.write(GET);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    held[0]?.end('one');
    await vi.waitFor(() => expect(idle.text()).toContain('one'));
    expect(await listening.drain(60_000)).toBe(true);
  });

  it('a socket that becomes idle while draining - is let go of then', async () => {
    const { listening, held, client } = await start();
    const busy = await client();
    busy.socket.write(GET);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    let drained: boolean | undefined;
    const draining = listening.drain(60_000).then((all) => {
      drained = all;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).toBeUndefined();
    held[0]?.end('last');
    await draining;
    expect(drained).toBe(true);
    expect(busy.text()).toContain('last');
  });

  it('a request that does not end - is told after the grace', async () => {
    const { listening, held, client } = await start();
    const busy = await client();
    busy.socket.write(GET);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    expect(await listening.drain(1)).toBe(false);
    listening.destroy();
    await once(busy.socket, 'close');
  });
});

describe('listen() - connections', () => {
  it('more than are served - 503 instead of the handler', async () => {
    const { held, client } = await start({ connections: { served: 1, open: 5 } });
    const first = await client();
    const second = await client();
    first.socket.write(GET);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    second.socket.write(GET);
    await vi.waitFor(() => expect(second.text()).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 2/i));
    expect(held).toHaveLength(1);
  });
});
