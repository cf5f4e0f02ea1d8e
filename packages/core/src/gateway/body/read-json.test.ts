import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import type { GatewayRequest } from '../http/gateway-request.js';
import { fromWebRequest } from '../http/web-classes.js';
import { StepClock } from '../testing/a-context.js';
import { createBodyBudget } from './body-budget.js';
import { createBodyWork } from './body-work.js';
import { readJson } from './read-json.js';

const request = (body: BodyInit, headers: Record<string, string> = {}): GatewayRequest =>
  fromWebRequest(new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit));
const limits = {
  maxBodyBytes: 1_000,
  maxJsonDepth: 4,
  signal: new AbortController().signal,
  share: createBodyBudget(1_000_000).open(),
  work: createBodyWork({ queueTimeoutMs: 30_000 }),
};
const pieces = (...parts: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

describe('readJson', () => {
  it('characters cut at every byte - are put together', async () => {
    const bytes = new TextEncoder().encode('{"text":"灵码 🙂"}');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const body = pieces(bytes.slice(0, cut), bytes.slice(cut));
      expect(await readJson(request(body), limits)).toEqual({ text: '灵码 🙂' });
    }
  });

  it('a byte order mark - is no part of the JSON', async () => {
    expect(await readJson(request('\ufeff{"a":1}'), limits)).toEqual({ a: 1 });
  });

  it('too large - stops reading at the limit, whatever the length said', async () => {
    let cancelled = false;
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(400).fill(0x20));
      },
      cancel() {
        cancelled = true;
      },
    });
    await expect(readJson(request(endless), limits)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(6);
    const declared = request('{}', { 'content-length': '5000' });
    await expect(readJson(declared, limits)).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('a body that stops coming - is given up after half a minute of silence, however long it takes in all', async () => {
    const clock = new StepClock();
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        feed = controller;
      },
    });
    const reading = readJson(request(body), { ...limits, clock });
    for (let count = 0; count < 4; count++) {
      feed?.enqueue(new TextEncoder().encode(' '));
      await new Promise((resolve) => setImmediate(resolve));
      clock.pass(29_000);
    }
    clock.pass(1_000);
    await expect(reading).rejects.toMatchObject({ code: 'request_timeout', status: 408 });
    expect(clock.pending).toBe(0);
    expect(await readJson(request('{}'), { ...limits, clock })).toEqual({});
    expect(clock.pending).toBe(0);
  });

  it('nesting - is limited', async () => {
    expect(await readJson(request('[[[[1]]]]'), limits)).toEqual([[[[1]]]]);
    await expect(readJson(request('[[[[[1]]]]]'), limits)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('the request ends while its body is on the way - the reason of the signal', async () => {
    const client = new AbortController();
    const gone = new GatewayError('client_closed', 'gone');
    const reading = readJson(request(new ReadableStream({})), { ...limits, signal: client.signal });
    client.abort(gone);
    await expect(reading).rejects.toBe(gone);
  });

  it('a body that breaks off - invalid_request, not internal', async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error('reset'));
      },
    });
    await expect(readJson(request(broken), limits)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('a body that is no JSON - neither the answer nor the log quotes it, and the log says where', async () => {
    for (const text of [
      '{"key": hunter2}',
      'hunter2',
      '{"a":"hunter2',
      '{"a":1}hunter2',
      `{"hunter2":${'1'.repeat(80)}]`,
    ]) {
      const error: unknown = await readJson(request(text), limits).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'invalid_request' });
      const { message, cause } = error as GatewayError;
      expect(message + String(cause)).not.toMatch(/hunter|1111/);
      expect((cause as Error).message).toMatch(new RegExp(`^no JSON( at position \\d+)?, ${text.length} characters$`));
    }
  });

  it('a packed body - is unpacked; the limit counts before and after', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect(await readJson(request(gzipSync('{"a":1}'), headers), limits)).toEqual({ a: 1 });
    const large = gzipSync(JSON.stringify({ a: ' '.repeat(2_000) }));
    await expect(readJson(request(large, headers), limits)).rejects.toMatchObject({ code: 'payload_too_large' });
    const incompressible = new Uint8Array(1_001).map((_, index) => (index * 7919) % 251);
    await expect(readJson(request(incompressible, headers), limits)).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });

  it('an unknown coding - is refused before the body is read', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({ pull: () => void pulled++ }, { highWaterMark: 0 });
    const asked = request(body, { 'content-encoding': 'compress' });
    await expect(readJson(asked, limits)).rejects.toMatchObject({ code: 'unsupported_media_type' });
    expect(pulled).toBe(0);
  });

  it('a packed body that pauses - holds what was sent, not what that unpacks to', async () => {
    const budget = createBodyBudget(1_000_000);
    const share = budget.open();
    const client = new AbortController();
    const packed = gzipSync(JSON.stringify({ a: ' '.repeat(900) }));
    const halted = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(packed.subarray(0, -1)),
    });
    const reading = readJson(request(halted, { 'content-encoding': 'gzip' }), {
      ...limits,
      share,
      signal: client.signal,
    });
    await expect.poll(() => budget.held).toBe(packed.length - 1);
    const gone = new GatewayError('client_closed', 'gone');
    client.abort(gone);
    await expect(reading).rejects.toBe(gone);
  });

  it('all bodies together - are bounded: 429 for the one too many, and it fits when another is over', async () => {
    const budget = createBodyBudget(30);
    const shares = [budget.open(), budget.open()];
    const read = (index: number) =>
      readJson(request('{"text":"0123456789"}'), { ...limits, share: shares[index] as never });
    await read(0);
    await expect(read(1)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 2_000 });
    shares[0]?.release();
    expect(await read(1)).toEqual({ text: '0123456789' });
    const packed = gzipSync(`{"text":"${' '.repeat(500)}"}`);
    const asked = request(packed, { 'content-encoding': 'gzip' });
    shares[1]?.release();
    await expect(readJson(asked, { ...limits, share: createBodyBudget(100).open() })).rejects.toMatchObject({
      code: 'rate_limited',
    });
  });
});
