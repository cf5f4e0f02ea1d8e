import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectPipe } from './pipe.js';
import type { Transport } from './transport.js';

let folder: string;
let path: string;
let server: Server;
let accepted: Promise<Socket>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-'));
  path = process.platform === 'win32' ? `\\\\.\\pipe\\pipe-test-${process.pid}-${Date.now()}` : join(folder, 'p.sock');
  server = createServer().listen(path);
  accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  await once(server, 'listening');
});

afterEach(async () => {
  accepted.then((socket) => socket.destroy()).catch(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Collects what a transport tells. */
function record(transport: Transport) {
  const seen = { text: '', chunks: 0, ends: [] as (Error | undefined)[] };
  transport.listen({
    onBytes: (bytes) => {
      seen.text += Buffer.from(bytes).toString('latin1');
      seen.chunks++;
    },
    onClose: (error) => seen.ends.push(error),
  });
  return seen;
}

describe.skipIf(process.platform === 'win32')('connectPipe() - without a server', () => {
  it('rejects with not_ready, telling what to do and no path', async () => {
    const missing = join(folder, 'missing.sock');
    const error = await connectPipe({ path: missing }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining('Start Lingma') });
    expect((error as Error).message).not.toContain(folder);
    expect(String((error as Error).cause)).toContain(missing);
  });
});

describe('connectPipe()', () => {
  it('carries bytes both ways', async () => {
    const transport = await connectPipe({ path });
    const seen = record(transport);
    const peer = await accepted;
    peer.write('from the process');
    await vi.waitFor(() => expect(seen.text).toBe('from the process'));
    transport.send(Buffer.from('one '));
    transport.send(Buffer.from('two'));
    const received: Buffer[] = [];
    peer.on('data', (bytes) => received.push(bytes));
    await vi.waitFor(() => expect(Buffer.concat(received).toString()).toBe('one two'));
    transport.close();
    expect(seen.ends).toEqual([undefined]);
    await once(peer, 'close');
  });

  it('loses nothing that was said before listen, not even the end', async () => {
    const transport = await connectPipe({ path });
    const peer = await accepted;
    peer.end('hello and goodbye');
    await new Promise((resolve) => setTimeout(resolve, 30));
    const seen = record(transport);
    await vi.waitFor(() => expect(seen.ends).toEqual([undefined]));
    expect(seen.text).toBe('hello and goodbye');
  });

  it('stops reading while paused, so that the peer feels it', async () => {
    const transport = await connectPipe({ path });
    const seen = record(transport);
    const peer = await accepted;
    transport.pause();
    const total = 8 * 1024 * 1024;
    peer.write(Buffer.alloc(total, 'x'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(peer.writableLength).toBeGreaterThan(0);
    expect(seen.text.length).toBeLessThan(total);
    transport.resume();
    await vi.waitFor(() => expect(seen.text.length).toBe(total));
    transport.close();
  });

  it('flushes what was sent before close', async () => {
    const transport = await connectPipe({ path });
    record(transport);
    const peer = await accepted;
    let received = 0;
    peer.on('data', (bytes) => (received += bytes.length));
    transport.send(Buffer.alloc(1_000_000));
    transport.close();
    transport.close();
    transport.send(Buffer.alloc(10));
    await once(peer, 'close');
    expect(received).toBe(1_000_000);
  });

  it('tells an end by the peer once', async () => {
    const transport = await connectPipe({ path });
    const seen = record(transport);
    (await accepted).destroy();
    await vi.waitFor(() => expect(seen.ends).toHaveLength(1));
    transport.close();
    expect(seen.ends).toHaveLength(1);
  });

  it("rejects with the signal's reason", async () => {
    const reason = new Error('stopped');
    await expect(connectPipe({ path, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const connecting = connectPipe({ path, signal: controller.signal });
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    // The aborted attempt may reach the server or not; the next one has to.
    const transport = await connectPipe({ path });
    transport.close();
    record(transport);
  });
});
