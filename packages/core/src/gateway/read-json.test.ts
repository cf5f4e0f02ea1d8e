import { describe, expect, it } from 'vitest';
import { GatewayError } from '../chat/index.js';
import { readJson } from './read-json.js';

const request = (body: BodyInit, headers: Record<string, string> = {}): Request =>
  new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
const limits = { maxBodyBytes: 1_000, maxJsonDepth: 4, signal: new AbortController().signal };
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

  it('messages - do not quote the body', async () => {
    await expect(readJson(request('{"key": secret}'), limits)).rejects.toThrow(/^(?!.*secret).*$/);
  });
});
