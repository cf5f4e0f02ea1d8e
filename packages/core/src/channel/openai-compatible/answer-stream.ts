/**
 * An answer as it comes: bytes → server-sent events → items, in one callback. Nothing is handed over before the first items are
 * there, so that whatever fails before them can be tried elsewhere; a reader that is slow holds up the socket.
 * Over 250 lines: the ports that it is made of, and one machine whose states belong together.
 */
import { StringDecoder } from 'node:string_decoder';
import type { EventSourceMessage } from 'eventsource-parser';
import type { CallContext, ChatEventFlow } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../util/index.js';
import { UpstreamFailure } from '../router/upstream.js';
import { cutOff } from './decode-answer.js';
import { type Exchange, type ExchangeRequest, openExchange, type ResponseHead } from './exchange.js';
import { inBandFailure, refusalFailure } from './failure.js';

/** Characters of one event of a stream. */
const MAX_EVENT = 8 * 1024 * 1024;
/** Bytes of an answer in one piece. */
export const MAX_WHOLE_BYTES = 64 * 1024 * 1024;
/** Bytes of a refusal that are read. */
const MAX_REFUSAL_BYTES = 64 * 1024;
/** Levels of a chunk's JSON. */
const MAX_DEPTH = 128;

/** In front of an answer: spaces, line ends and the bytes of a byte order mark. */
const IGNORED: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
/** What JSON and pages begin with, and events never. */
const DOCUMENTS: ReadonlySet<number> = new Set([0x7b, 0x5b, 0x3c]);

export type SseFrame = EventSourceMessage;
type CreateParser = typeof import('eventsource-parser')['createParser'];

/** What makes items of frames. */
export interface FrameDecoder<Item> {
  /** Returns whether the answer is over. @throws GatewayError */
  frame(frame: SseFrame, emit: (item: Item) => void): boolean;
  comment?(text: string, emit: (item: Item) => void): void;
  /** What one read has brought was worked off. */
  flush?(emit: (item: Item) => void): void;
  /** The answer came in one piece, although a stream was asked for. Absent: that is a failure. */
  whole?(body: JsonObject, text: string, emit: (item: Item) => void): void;
  /** The upstream has closed. @throws GatewayError where the answer was not whole */
  end(emit: (item: Item) => void): void;
}

export interface ItemSink<Item> {
  events(batch: readonly Item[]): void;
  end(error?: unknown): void;
}

export interface ItemStream<Item> {
  pipe(sink: ItemSink<Item>): ChatEventFlow;
  close(): Promise<void>;
}

export interface AnswerOptions {
  readonly createParser: CreateParser;
  readonly secrets: readonly string[];
}

/** @throws UpstreamFailure, or the signal's reason, whatever comes before the first items */
export function openAnswer<Item>(
  request: ExchangeRequest,
  decoder: FrameDecoder<Item>,
  options: AnswerOptions,
): Promise<ItemStream<Item>> {
  return new Promise((resolve, reject) => {
    const answer: StreamedAnswer<Item> = new StreamedAnswer(request, decoder, options, {
      ready: () => resolve(answer),
      failed: reject,
    });
  });
}

interface Opening {
  ready(): void;
  failed(error: unknown): void;
}

class StreamedAnswer<Item> implements ItemStream<Item> {
  readonly #decoder: FrameDecoder<Item>;
  readonly #options: AnswerOptions;
  readonly #clock: ExchangeRequest['clock'];
  readonly #exchange: Exchange;
  /** Absent once the answer has begun or failed. */
  #opening: Opening | undefined;
  #head: ResponseHead | undefined;
  /** Undefined until the first byte says it: what servers call their answers is not to be relied on. */
  #isStream: boolean | undefined;
  /** Many times as fast as a `TextDecoder` that is fed in pieces. */
  readonly #utf8 = new StringDecoder('utf8');
  readonly #feed: (text: string) => void;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  #items: Item[] = [];
  #sink: ItemSink<Item> | undefined;
  #over = false;
  #error: unknown;
  #closed = false;
  readonly #emit = (item: Item): void => {
    this.#items.push(item);
  };

  constructor(request: ExchangeRequest, decoder: FrameDecoder<Item>, options: AnswerOptions, opening: Opening) {
    this.#decoder = decoder;
    this.#options = options;
    this.#clock = request.clock;
    this.#opening = opening;
    const parser = options.createParser({
      maxBufferSize: MAX_EVENT,
      onEvent: (frame) => {
        if (!this.#over && decoder.frame(frame, this.#emit)) this.#over = true;
      },
      onComment: (text) => {
        if (!this.#over) decoder.comment?.(text, this.#emit);
      },
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') throw tooLong();
      },
    });
    this.#feed = (text) => parser.feed(text);
    this.#exchange = openExchange(request, {
      head: (head) => this.#onHead(head),
      data: (chunk) => {
        this.#guard(() => this.#onData(chunk));
        return this.#opening === undefined || this.#isStream === false;
      },
      end: (error) => this.#guard(() => this.#onEnd(error)),
    });
  }

  pipe(sink: ItemSink<Item>): ChatEventFlow {
    this.#sink = sink;
    this.#flush();
    if (!this.#over) this.#exchange.resume();
    return {
      pause: () => this.#exchange.pause(),
      resume: () => this.#exchange.resume(),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    // What still comes behind an answer that is whole is let go by, so that its connection can be used again.
    if (this.#over && this.#error === undefined) this.#exchange.drain();
    else this.#exchange.abort();
  }

  #onHead(head: ResponseHead): void {
    this.#head = head;
    if (head.status >= 300) this.#isStream = false;
  }

  #onData(chunk: Buffer): void {
    if (this.#over) return;
    let rest = chunk;
    if (this.#isStream === undefined) {
      const start = chunk.findIndex((byte) => !IGNORED.has(byte));
      if (start === -1) return;
      rest = chunk.subarray(start);
      this.#isStream = !DOCUMENTS.has(rest[0] as number);
    }
    if (this.#isStream) {
      this.#feed(this.#utf8.write(rest));
      this.#decoder.flush?.(this.#emit);
      this.#deliver();
      return;
    }
    const status = this.#head?.status ?? 0;
    const limit = status < 300 ? MAX_WHOLE_BYTES : MAX_REFUSAL_BYTES;
    this.#bodyBytes += rest.byteLength;
    this.#body.push(rest);
    if (this.#bodyBytes <= limit) return;
    this.#exchange.abort();
    if (status < 300) throw tooLarge();
    this.#finishWhole();
  }

  #onEnd(error: unknown): void {
    if (this.#over) return;
    if (error !== undefined) {
      // What was lost behind an answer that had said its last word is not missed.
      if (!this.#isStream || this.#sink === undefined) throw error;
      this.#decoderEnd(error);
      this.#over = true;
      this.#deliver();
      return;
    }
    if (this.#head === undefined) throw cutOff();
    if (!this.#isStream) {
      this.#finishWhole();
      return;
    }
    // An event that no empty line ends is one all the same.
    this.#feed(`${this.#utf8.end()}\n\n`);
    this.#decoder.flush?.(this.#emit);
    if (!this.#over) {
      this.#decoder.end(this.#emit);
      this.#over = true;
    }
    this.#deliver();
  }

  /** @throws `error` where the answer was not whole */
  #decoderEnd(error: unknown): void {
    try {
      this.#decoder.end(this.#emit);
    } catch {
      throw error;
    }
  }

  #finishWhole(): void {
    const head = this.#head as ResponseHead;
    const text = Buffer.concat(this.#body).toString('utf8');
    this.#body = [];
    const { secrets } = this.#options;
    if (head.status >= 300) {
      throw refusalFailure({
        ...head,
        header: (name) => head.header(name),
        body: text,
        secrets,
        now: this.#clock.now(),
      });
    }
    const body = parseBody(text);
    if (body?.error !== undefined && body.error !== null) {
      throw inBandFailure(body.error, secrets, this.#clock.now());
    }
    if (body === undefined || this.#decoder.whole === undefined) {
      throw new UpstreamFailure('failed', 'upstream_protocol', 'The upstream sent no stream of events');
    }
    this.#decoder.whole(body, text, this.#emit);
    this.#over = true;
    this.#deliver();
  }

  #deliver(): void {
    if (this.#opening !== undefined) {
      if (this.#items.length === 0 && !this.#over) return;
      const { ready } = this.#opening;
      this.#opening = undefined;
      // Until somebody takes what there is.
      this.#exchange.pause();
      ready();
      return;
    }
    if (this.#sink !== undefined) this.#flush();
  }

  #flush(): void {
    const items = this.#items;
    this.#items = [];
    if (this.#closed) return;
    if (items.length > 0) this.#sink?.events(items);
    if (this.#over) {
      this.#closed = true;
      this.#sink?.end(this.#error);
    }
  }

  /** Whatever is thrown in a callback of the socket's is this answer's end. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#exchange?.abort();
      this.#over = true;
      this.#error = error;
      const opening = this.#opening;
      // Items that came with the failure are no answer either.
      if (opening !== undefined) {
        this.#opening = undefined;
        this.#closed = true;
        opening.failed(error);
      } else if (this.#sink !== undefined) this.#flush();
    }
  }
}

function parseBody(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = parseJson(text, MAX_DEPTH);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const tooLong = (): UpstreamFailure =>
  new UpstreamFailure('failed', 'upstream_protocol', `The upstream sent an event longer than ${MAX_EVENT} characters`);

export const tooLarge = (): UpstreamFailure =>
  new UpstreamFailure('failed', 'upstream_protocol', `The upstream's answer is larger than ${MAX_WHOLE_BYTES} bytes`);

/** Of our own kind, where there is one: a real signal costs more. */
export const signalOf = (context: CallContext): AbortSignal => context.ownSignal ?? context.signal;
