/**
 * A `node:http` request as the gateway reads it (see {@link LightHandler}): nothing is made before it is asked for. Nothing
 * a client sends makes this throw.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody, toUrl } from './to-web-request.js';

/** Where a body goes; its calls never overlap. */
export interface BodySink {
  write(chunk: Uint8Array): void;
  end(error?: unknown): void;
}

/** Paths that a URL leaves as they are: no escapes to put in, no dots to take out. */
const PLAIN_PATH = /^\/[\w/:@.-]*$/;
/** A header that Fetch has no form for is no header; Node's parser is more lenient where it is told to be. */
const NO_VALUE = /[\0\r\n]/;

export class LightRequest {
  readonly method: string;
  /** The client went away before its response was complete. */
  aborted = false;
  readonly #incoming: IncomingMessage;
  readonly #listeners = new Set<() => void>();
  #url: URL | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming;
    this.method = incoming.method ?? 'GET';
    const onClose = (): void => {
      if (outgoing.writableFinished) return;
      this.aborted = true;
      for (const listener of this.#listeners) listener();
    };
    if (outgoing.closed) onClose();
    else outgoing.once('close', onClose);
  }

  get url(): URL {
    this.#url ??= new URL(toUrl(this.#incoming));
    return this.#url;
  }

  get pathname(): string {
    const target = this.#incoming.url ?? '/';
    const query = target.indexOf('?');
    const path = query === -1 ? target : target.slice(0, query);
    return PLAIN_PATH.test(path) && !path.includes('/.') ? path : this.url.pathname;
  }

  /** Itself, for the lines are looked through where they are. */
  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    const { rawHeaders } = this.#incoming;
    const { length } = name;
    let value: string | null = null;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const raw = rawHeaders[index] as string;
      if (raw.length !== length || (raw !== name && raw.toLowerCase() !== name)) continue;
      const line = rawHeaders[index + 1] as string;
      if (!NO_VALUE.test(line)) value = value === null ? line : `${value}, ${line}`;
    }
    return value;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  onAbort(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  openBody(): { pipe(sink: BodySink): void; cancel(): void } | null {
    const incoming = this.#incoming;
    if (!hasBody(incoming, this.method)) return null;
    let over = false;
    const finish = (sink: BodySink, error?: Error): void => {
      if (over) return;
      over = true;
      sink.end(error);
    };
    return {
      pipe(sink) {
        if (over) return;
        const gone = (): void => {
          if (!over) finish(sink, new Error('The client went away before its request was complete'));
        };
        incoming.on('data', (chunk: Buffer) => {
          if (!over) sink.write(chunk);
        });
        incoming.once('end', () => finish(sink));
        incoming.once('error', (error) => finish(sink, error));
        // Comes after every request; only before its end does it mean anything.
        incoming.once('close', gone);
        // Gone before anybody asked: its events are past.
        if (incoming.destroyed) gone();
      },
      // What the client still sends is swallowed once its response is out.
      cancel() {
        if (over) return;
        over = true;
        incoming.pause();
      },
    };
  }
}
