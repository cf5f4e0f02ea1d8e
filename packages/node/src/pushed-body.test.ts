import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChunkSource } from './push-chunks.js';
import { PushedBody } from './pushed-body.js';

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  if (server !== undefined) await once(server, 'close');
  server = undefined;
});

/** A source of so many chunks that counts what it is asked. */
function countingSource(chunks: readonly string[]) {
  const calls = { resumed: 0, cancelled: 0, made: 0 };
  let go: () => void = () => undefined;
  const source: ChunkSource = {
    pipe(sink) {
      go = () => {
        while (calls.made < chunks.length) if (!sink.write(chunks[calls.made++] as string)) return;
        sink.end();
        go = () => undefined;
      };
      go();
    },
    resume() {
      calls.resumed++;
      go();
    },
    cancel: () => calls.cancelled++,
  };
  return { source, calls };
}

async function serve(listener: (outgoing: ServerResponse) => void): Promise<string> {
  server = createServer((_, outgoing) => listener(outgoing)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const LARGE = Array.from({ length: 40 }, () => 'x'.repeat(10_000));

describe('PushedBody', () => {
  it('piped into its response - is pushed there without a chunk going through the stream', async () => {
    const { source } = countingSource(['a', '灵码', 'c']);
    const read = vi.fn();
    const ended = vi.fn();
    const base = await serve((outgoing) => {
      const body = new PushedBody(source, outgoing, 1_000);
      body.on('data', read);
      body.pause();
      body.once('end', ended);
      body.pipe(outgoing);
    });
    expect(await (await fetch(base)).text()).toBe('a灵码c');
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
    expect(read).not.toHaveBeenCalled();
  });

  it('read, or piped elsewhere - is a stream like any other, and asks for no more than fits', async () => {
    const { source, calls } = countingSource(LARGE);
    const base = await serve((outgoing) => {
      const body = new PushedBody(source, outgoing, 1_000);
      const slow = new PassThrough({ highWaterMark: 1 });
      body.pipe(slow);
      setImmediate(() => {
        expect(calls.made).toBeLessThan(12);
        slow.pipe(outgoing);
      });
    });
    expect(await (await fetch(base)).text()).toBe(LARGE.join(''));
    expect(calls.resumed).toBeGreaterThan(0);
  });

  it('destroyed, or its client gone - cancels the source', async () => {
    for (const leave of [
      (body: PushedBody) => void body.destroy(),
      (_: PushedBody, outgoing: ServerResponse) => void outgoing.destroy(),
    ]) {
      const calls = { cancelled: 0 };
      const source: ChunkSource = {
        pipe: (sink) => void sink.write('a'),
        resume: () => undefined,
        cancel: () => calls.cancelled++,
      };
      const base = await serve((outgoing) => {
        const body = new PushedBody(source, outgoing, 1_000);
        body.pipe(outgoing);
        leave(body, outgoing);
        outgoing.destroy();
      });
      await expect(fetch(base).then((response) => response.text())).rejects.toThrow();
      await vi.waitFor(() => expect(calls.cancelled).toBeGreaterThan(0));
      server?.close();
    }
  });

  it('piped into a response that is gone - cancels the source at once', async () => {
    const { source, calls } = countingSource(['a']);
    const base = await serve((outgoing) => {
      outgoing.destroy();
      new PushedBody(source, outgoing, 1_000).pipe(outgoing);
    });
    await expect(fetch(base)).rejects.toThrow();
    await vi.waitFor(() => expect(calls.cancelled).toBe(1));
    expect(calls.made).toBe(0);
  });
});
