import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChunkSource, pushChunks } from './push-chunks.js';

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** The bytes of one answer of these pieces, as they came over the wire. */
async function wireOf(
  pieces: readonly string[],
  { version = '1.1', prepare = (_outgoing: ServerResponse): void => undefined } = {},
): Promise<{ head: string; body: string }> {
  const source: ChunkSource = {
    pipe(sink) {
      for (const piece of pieces) sink.write(piece);
      sink.end();
    },
    resume: () => undefined,
    cancel: () => undefined,
  };
  const server = createServer((_incoming, outgoing) => {
    prepare(outgoing);
    outgoing.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    void pushChunks(source, outgoing, 1000);
  });
  closings.push(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (data) => {
    text += String(data);
  });
  socket.write(`GET / HTTP/${version}\r\nhost: here\r\n\r\n`);
  await once(socket, 'close');
  const end = text.indexOf('\r\n\r\n');
  return { head: text.slice(0, end).toLowerCase(), body: text.slice(end + 4) };
}

describe('pushChunks()', () => {
  it('pieces of text - are chunks by their bytes, the last one empty', async () => {
    const { head, body } = await wireOf(['data: a\n\n', '', 'data: 句子 😀\n\n']);
    expect(head).toContain('transfer-encoding: chunked');
    expect(body).toBe('9\r\ndata: a\n\n\r\n13\r\ndata: 句子 😀\n\n\r\n0\r\n\r\n');
  });

  it('to a client that knows no chunks - are written as they are', async () => {
    const { head, body } = await wireOf(['data: a\n\n', 'data: b\n\n'], { version: '1.0' });
    expect(head).not.toContain('transfer-encoding');
    expect(body).toBe('data: a\n\ndata: b\n\n');
  });

  it("through a write in the place of Node's - get there as text, and are chunks behind it", async () => {
    const seen: unknown[] = [];
    const prepare = (outgoing: ServerResponse): void => {
      const write = outgoing.write.bind(outgoing) as (text: string) => boolean;
      outgoing.write = ((text: string) => {
        seen.push(text);
        return write(text.toUpperCase());
      }) as typeof outgoing.write;
    };
    const { body } = await wireOf(['data: a\n\n'], { prepare });
    expect(seen).toEqual(['data: a\n\n']);
    expect(body).toBe('9\r\nDATA: A\n\n\r\n0\r\n\r\n');
  });
});
