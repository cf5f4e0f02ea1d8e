import { expect, it } from 'vitest';
import type { ByteSink } from './byte-sink.js';
import { ClientConnection } from './client-connection.js';

const MIB = 1024 * 1024;

/** A connection whose socket takes nothing off our hands. */
function unread(): { client: ClientConnection; sink: ByteSink & { backlog: number; cuts: number } } {
  const sink = {
    backlog: 0,
    cuts: 0,
    write: (message: Buffer) => {
      sink.backlog += message.length;
    },
    onceDrained: () => undefined,
    close: () => undefined,
    cut: () => undefined,
    destroy: () => {
      sink.cuts += 1;
    },
    reset: () => undefined,
    endWriting: () => undefined,
    writePastFraming: () => undefined,
  };
  const client = new ClientConnection({
    ...{ id: 1, sink, eventReplyTimeoutMs: 1000, frameStyle: { headerCase: 'canonical', extraHeaders: false } },
    shaper: { write: (frame) => sink.write(frame), flush: () => undefined, held: 0 },
    ...{ onTimeout: () => undefined, onSent: () => undefined, onAnswered: () => undefined },
    onUnanswered: () => undefined,
  });
  return { client, sink };
}

it('a client that asks on and never reads - is cut off before it costs more than 64 MiB', () => {
  const { client, sink } = unread();
  for (let id = 1; id <= 80 && sink.cuts === 0; id += 1) client.reply(id, 'x'.repeat(MIB));
  expect(sink.cuts).toBe(1);
  expect(sink.backlog).toBeGreaterThan(64 * MIB);
  expect(sink.backlog).toBeLessThan(66 * MIB);
});

it('one large message - goes out whole', () => {
  const { client, sink } = unread();
  client.reply(1, 'x'.repeat(80 * MIB));
  expect(sink).toMatchObject({ cuts: 0 });
  expect(sink.backlog).toBeGreaterThan(80 * MIB);
});
