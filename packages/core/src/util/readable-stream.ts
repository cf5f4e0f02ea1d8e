/**
 * A response body that is made as it is wanted. The source stays reachable on the stream under {@link CHUNK_SOURCE}, so
 * that a runtime which writes strings to a socket can have them pushed there, without the encoding, the copies and the
 * hops of a Web stream.
 */

/** Where a body goes. Calls never overlap. */
export interface ChunkSink {
  /** Takes a piece of text, never empty. `false`: no more before {@link ChunkSource.resume}. Must not throw. */
  write(text: string): boolean;
  /** Once, after the last piece. */
  end(): void;
}

export interface ChunkSource {
  /** Starts the body and pushes it into `sink`. Once. */
  pipe(sink: ChunkSink): void;
  /** The sink takes more. */
  resume(): void;
  /** The consumer is gone: nothing is pushed any more. Idempotent. */
  cancel(reason?: unknown): void;
}

/** Key of the {@link ChunkSource} on a stream made here. Whoever takes it must leave the stream itself alone. */
export const CHUNK_SOURCE: unique symbol = Symbol.for('lingma-gateway.chunk-source') as never;

/** A byte stream over `source`, without read-ahead. */
export function readableStreamFrom(source: ChunkSource): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let started = false;
  let wanted: (() => void) | undefined;
  const give = (): void => {
    wanted?.();
    wanted = undefined;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        return new Promise<void>((resolve) => {
          wanted = resolve;
          if (started) {
            source.resume();
            return;
          }
          started = true;
          source.pipe({
            write(text) {
              controller.enqueue(encoder.encode(text));
              give();
              return false;
            },
            end() {
              controller.close();
              give();
            },
          });
        });
      },
      cancel(reason) {
        give();
        source.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  Object.defineProperty(stream, CHUNK_SOURCE, { value: source });
  return stream;
}
