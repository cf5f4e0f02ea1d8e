/**
 * A `node:http` request as the gateway reads it (see {@link LightHandler}): nothing is made before it is asked for. Nothing
 * a client sends makes this throw.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { findHandedBody, type HandedBody, type HandedRequest, toSource } from './handed-request.js';
import { PLAIN_PATH } from './mount-path.js';
import { describeHandedBody, hasBody, toHeaders, toUrl } from './to-web-request.js';

/** Where a body goes; its calls never overlap. */
export interface BodySink {
  /** @param isOwn nobody else looks at the chunk any more */
  write(chunk: Uint8Array, isOwn?: boolean): void;
  end(error?: unknown): void;
}

/** A header that Fetch has no form for is no header; Node's parser is more lenient where it is told to be. */
const NO_VALUE = /[\0\r\n]/;
/** They speak of the body as it came, which may be another one by now. */
const ABOUT_BODY = new Set(['content-encoding', 'content-length', 'transfer-encoding']);

export class LightRequest {
  readonly method: string;
  /** The client went away before its response was complete. */
  aborted = false;
  readonly #incoming: IncomingMessage;
  readonly #listeners = new Set<() => void>();
  readonly #handed: HandedRequest | undefined;
  #url: URL | undefined;
  /** `null`: looked for, and to be read from the request. Once it is read it looks as if somebody else had done so. */
  #body: HandedBody | null | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, handed?: HandedRequest) {
    this.#incoming = incoming;
    this.#handed = handed;
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
    this.#url ??= new URL(toUrl(this.#incoming, this.#handed?.target));
    return this.#url;
  }

  get pathname(): string {
    const target = this.#handed?.target ?? this.#incoming.url ?? '/';
    const query = target.indexOf('?');
    const path = query === -1 ? target : target.slice(0, query);
    return PLAIN_PATH.test(path) && !path.includes('/.') ? path : this.url.pathname;
  }

  /** Itself, for the lines are looked through where they are. */
  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    if (ABOUT_BODY.has(name)) {
      const body = this.#handedBody;
      const isPacked = body !== null && 'packed' in body && body.packed;
      if (body !== null && !(isPacked && name === 'content-encoding')) return null;
    }
    const { headers, requestId } = this.#handed ?? {};
    if (requestId !== undefined && name === 'x-request-id') return requestId;
    if (headers !== undefined) {
      const value = headers[name];
      if (value === undefined) return null;
      const line = typeof value === 'string' ? value : value.join(', ');
      return NO_VALUE.test(line) ? null : line;
    }
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

  webHeaders(): Headers {
    const headers = toHeaders(this.#incoming, this.#handed);
    const body = this.#handedBody;
    if (body !== null) describeHandedBody(headers, body);
    return headers;
  }

  onAbort(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  get #handedBody(): HandedBody | null {
    if (this.#body === undefined) this.#body = findHandedBody(this.#incoming, this.#handed) ?? null;
    return this.#body;
  }

  /** @throws Error where somebody else has read it and left nothing */
  openBody(): { pipe(sink: BodySink): void; cancel(): void } | null {
    const handed = this.#handedBody;
    const source = handed === null ? this.#incoming : toSource(handed);
    if (source instanceof Uint8Array) return wholeBody(source);
    if (handed === null && !hasBody(this.#incoming, this.method)) return null;
    return streamedBody(source, source === this.#incoming);
  }
}

/** The sink may keep what it gets, and the app its bytes. */
function wholeBody(bytes: Uint8Array): { pipe(sink: BodySink): void; cancel(): void } {
  return {
    pipe(sink) {
      sink.write(new Uint8Array(bytes));
      sink.end();
    },
    cancel: () => undefined,
  };
}

/** @param isFromParser what it tells was made for this request, and nothing has been told before */
function streamedBody(incoming: Readable, isFromParser: boolean): { pipe(sink: BodySink): void; cancel(): void } {
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
      // Text, where the app has set an encoding.
      incoming.on('data', (chunk: Buffer | string) => {
        if (over) return;
        if (typeof chunk === 'string') sink.write(Buffer.from(chunk));
        else sink.write(chunk, isFromParser && incoming.listenerCount('data') === 1);
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
