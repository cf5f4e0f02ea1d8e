/**
 * A response body that is made on demand: nothing is asked of the source before the consumer asks. The source stays
 * reachable on the stream under {@link CHUNK_SOURCE}, so that a runtime which writes strings to a socket can skip the
 * encoding and the hops of a Web stream.
 */

export interface ChunkSource {
  /** The next piece of text, never empty; `undefined` after the end. Never rejects. One reader at a time. */
  read(): Promise<string | undefined>;
  /** The consumer is gone. A pending `read()` resolves with `undefined`. Idempotent. */
  cancel(reason?: unknown): void;
}

/** Key of the {@link ChunkSource} on a stream made here. Whoever takes it must leave the stream itself alone. */
export const CHUNK_SOURCE: unique symbol = Symbol.for('lingma-gateway.chunk-source') as never;

/** A byte stream over `source`, without read-ahead. */
export function readableStreamFrom(source: ChunkSource): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await source.read();
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel(reason) {
        source.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  Object.defineProperty(stream, CHUNK_SOURCE, { value: source });
  return stream;
}
