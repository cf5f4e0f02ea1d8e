import { EventEmitter } from 'node:events';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createParser } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import { describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../util/index.js';
import { type FrameDecoder, openAnswer } from './answer-stream.js';
import type { ExchangeRequest } from './exchange.js';
import { fetchWhole } from './whole-answer.js';

/** Time stands until it is moved. */
class StandingClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; run: () => void }>();
  now = (): number => this.#now;
  schedule(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].filter(({ at }) => at <= this.#now)) {
      this.#timers.delete(timer);
      timer.run();
    }
  }
}

/** What undici would do: a head, pieces, an end; and it sees whether it was aborted. */
class FakeServer extends EventEmitter {
  readonly clock = new StandingClock();
  aborted = false;
  #handler: Dispatcher.DispatchHandler | undefined;
  readonly #controller = {
    abort: () => {
      this.aborted = true;
    },
    pause: () => undefined,
    resume: () => undefined,
  } as unknown as Dispatcher.DispatchController;

  get request(): ExchangeRequest {
    const dispatch = (_: unknown, handler: Dispatcher.DispatchHandler): boolean => {
      this.#handler = handler;
      handler.onRequestStart?.(this.#controller, undefined);
      return true;
    };
    return {
      dispatcher: { dispatch } as unknown as Dispatcher,
      ...{ method: 'POST', url: { origin: 'http://x', path: '/' }, headers: {}, body: '{}' },
      timeouts: { firstEventMs: 1_000, idleMs: 5_000, totalMs: 0 },
      signal: new AbortController().signal,
      clock: this.clock,
    };
  }
  head(status = 200, headers: Record<string, string> = {}): this {
    this.#handler?.onResponseStart?.(this.#controller, status, headers, 'Said so');
    return this;
  }
  send(chunk: string | Uint8Array): this {
    this.#handler?.onResponseData?.(this.#controller, Buffer.from(chunk as string));
    return this;
  }
  end(): void {
    this.#handler?.onResponseEnd?.(this.#controller, {});
  }
}

/** Every event but `[DONE]`, as it came. */
const texts = (): FrameDecoder<string> => ({
  frame({ data }, emit) {
    if (data === '[DONE]') return true;
    emit(data);
    return false;
  },
  whole: (_, text, emit) => emit(text),
  end: () => {
    throw new Error('cut off');
  },
});

function open(server: FakeServer): Promise<{ items: string[]; ended: Promise<unknown> }> {
  return openAnswer(server.request, texts(), { createParser, secrets: [] }).then((answer) => {
    const items: string[] = [];
    const ended = new Promise<unknown>((resolve) =>
      answer.pipe({ events: (batch) => items.push(...batch), end: resolve }),
    );
    return { items, ended };
  });
}

const EVENTS = 'data: a\n\ndata: 好\n\ndata: [DONE]\n\n';

describe('openAnswer', () => {
  it.each([
    ['called a stream', 'text/event-stream', EVENTS],
    ['called JSON', 'application/json', EVENTS],
    ['called a page', 'text/html', EVENTS],
    ['behind a byte order mark', 'text/event-stream', `\uFEFF${EVENTS}`],
    ['behind empty lines', 'text/event-stream', `\r\n\n${EVENTS}`],
  ])('events %s - are events, cut at every byte, too', async (_, type, text) => {
    const bytes = Buffer.from(text);
    for (const cut of bytes.keys()) {
      const server = new FakeServer();
      const opening = open(server);
      server.head(200, { 'content-type': type }).send(bytes.subarray(0, cut)).send(bytes.subarray(cut)).end();
      const { items, ended } = await opening;
      await ended;
      expect(items).toEqual(['a', '好']);
    }
  });

  it.each([
    ['{"error":{"message":"full","code":429}}', 'text/event-stream', { code: 'rate_limited' }],
    ['\n {"error":"boom"}', 'text/plain', { code: 'upstream_error' }],
    ['<html>Sign in</html>', 'text/event-stream', { code: 'upstream_protocol' }],
    ['', 'text/event-stream', { code: 'upstream_protocol' }],
  ])('%j in place of events, called %s - what it is', async (text, type, error) => {
    const server = new FakeServer();
    const opening = open(server);
    server.head(200, { 'content-type': type }).send(text).end();
    await expect(opening).rejects.toMatchObject(error);
  });

  it('an answer in one piece, called a stream - is one', async () => {
    const server = new FakeServer();
    const opening = open(server);
    server.head(200, { 'content-type': 'text/event-stream' }).send('\uFEFF{"id":"x"}').end();
    expect((await opening).items).toEqual(['{"id":"x"}']);
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['BR', brotliCompressSync],
  ])('packed as %s although nobody asked - unpacked, a refusal too', async (coding, pack) => {
    const server = new FakeServer();
    const opening = open(server);
    server.head(200, { 'content-encoding': coding }).send(pack(EVENTS)).end();
    const { items, ended } = await opening;
    await ended;
    expect(items).toEqual(['a', '好']);
    const refusing = new FakeServer();
    const refused = open(refusing);
    refusing.head(400, { 'content-encoding': coding }).send(pack('{"error":"too hot"}')).end();
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request', message: 'too hot' });
  });

  it.each([
    ['its beginning alone', 'gzip', gzipSync(EVENTS).subarray(0, 12)],
    ['something else', 'gzip', Buffer.from(EVENTS)],
    ['a coding that nobody knows', 'snappy', Buffer.from(EVENTS)],
    ['two codings', 'gzip, br', Buffer.from(EVENTS)],
  ])('packed, but %s - a failure of the upstream', async (_, coding, bytes) => {
    const server = new FakeServer();
    const opening = open(server);
    server.head(200, { 'content-encoding': coding }).send(bytes).end();
    await expect(opening).rejects.toMatchObject({ code: 'upstream_protocol', kind: 'failed' });
  });

  it('comments alone - no beginning: the time for the first event runs on', async () => {
    const server = new FakeServer();
    const opening = open(server);
    const failed = expect(opening).rejects.toMatchObject({ code: 'upstream_timeout' });
    server.head();
    for (let count = 0; count < 4; count++) {
      server.send(': working\n\n');
      server.clock.advance(300);
    }
    await failed;
    expect(server.aborted).toBe(true);
  });

  it('silence behind the first event - the time for silence counts, from the last byte on', async () => {
    const server = new FakeServer();
    const opening = open(server);
    server.head().send('data: a\n\n');
    const { ended } = await opening;
    server.clock.advance(4_000);
    server.send(': working\n\n');
    server.clock.advance(4_000);
    expect(server.aborted).toBe(false);
    server.clock.advance(2_000);
    expect(await ended).toMatchObject({ code: 'upstream_timeout' });
  });
});

describe('bounds', () => {
  const MIB = 1024 * 1024;
  const piece = 'x'.repeat(MIB);

  it.each([
    ['a line without end', (server: FakeServer) => server.send(piece), 'data: a'],
    ['an event of many lines', (server: FakeServer) => server.send(`data: ${piece}\n`), ''],
  ])('%s - ended behind 8 MiB', async (_, more, first) => {
    const server = new FakeServer();
    const opening = open(server);
    server.head().send('data: a\n\n');
    const { ended } = await opening;
    server.send(first);
    for (let count = 0; count < 7; count++) more(server);
    expect(server.aborted).toBe(false);
    for (let count = 0; count < 3; count++) more(server);
    expect(server.aborted).toBe(true);
    expect(await ended).toMatchObject({ code: 'upstream_protocol', message: expect.stringContaining('8388608') });
  });

  it('an answer in one piece - ended behind 64 MiB, asked for as a stream or not, packed or not', async () => {
    for (const stream of [true, false]) {
      const server = new FakeServer();
      const answer = stream ? open(server) : fetchWhole(server.request, []);
      const failed = expect(answer).rejects.toMatchObject({ message: expect.stringContaining('67108864') });
      server.head(200, { 'content-type': 'application/json' }).send('{"a":"');
      for (let count = 0; count < 63; count++) server.send(piece);
      expect(server.aborted).toBe(false);
      server.send(piece);
      await failed;
      expect(server.aborted).toBe(true);
    }
    const server = new FakeServer();
    const failed = expect(fetchWhole(server.request, [])).rejects.toMatchObject({ code: 'upstream_protocol' });
    server.head(200, { 'content-encoding': 'gzip' }).send(gzipSync(Buffer.alloc(65 * MIB)));
    await failed;
    await vi.waitFor(() => expect(server.aborted).toBe(true));
  });

  it('a refusal - the first 64 KiB are read, and say what it is', async () => {
    for (const stream of [true, false]) {
      const server = new FakeServer();
      const answer = stream ? open(server) : fetchWhole(server.request, []);
      const failed = expect(answer).rejects.toMatchObject({ code: 'upstream_error', message: 'x'.repeat(200) });
      server.head(500).send(piece);
      await failed;
      expect(server.aborted).toBe(true);
    }
  });
});
