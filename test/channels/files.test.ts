/** What is no JSON, over a channel: speech out, recordings and pictures in, by the official client and over a socket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@lingma-gateway/node';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChannelStack, startChannels } from './channel-stack.js';
import { asJson, type ScriptedUpstream, startUpstream } from './scripted-upstream.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(answer: Parameters<typeof startUpstream>[0], more: object = {}) {
  const upstream: ScriptedUpstream = await startUpstream(answer);
  closing.push(() => upstream.stop());
  const stack: ChannelStack = await startChannels({
    channels: [
      {
        ...{ name: 'a', baseUrl: upstream.url, apiKey: 'k', models: ['tts-1'], modelMapping: { 'whisper-1': '听写' } },
        endpoints: ['audio', 'images'],
        ...more,
      },
    ],
  });
  closing.push(() => stack.stop());
  const server = createServer(toNodeHandler(stack.gateway.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'x', maxRetries: 0 });
  return { upstream, client, stack };
}

/** Every byte there is, and no UTF-8. */
const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));

describe('speech', () => {
  it('bytes - as the upstream sent them, small and large', async () => {
    for (const bytes of [BYTES, BYTES.subarray(0, 300), Buffer.alloc(0)]) {
      const { client } = await start((response) =>
        response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(bytes),
      );
      const response = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: '你好' });
      expect(response.headers.get('content-type')).toBe('audio/mpeg');
      expect(response.headers.get('x-lingma-channel')).toBe('a');
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    }
  });

  it('by fetch - the same bytes', async () => {
    const { stack } = await start((response) => response.writeHead(200, { 'content-type': 'audio/wav' }).end(BYTES));
    const response = await stack.post('/v1/audio/speech', { model: 'tts-1', input: 'x' });
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  it('a refusal - in the protocol, and tried with another key where that can help', async () => {
    const { client, upstream } = await start(
      (response, { headers }) =>
        headers.authorization === 'Bearer k2'
          ? response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(BYTES)
          : asJson(response, { error: { message: 'out' } }, 500),
      { apiKey: undefined, apiKeys: ['k1', 'k2'] },
    );
    const response = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'x' });
    expect((await response.arrayBuffer()).byteLength).toBe(BYTES.byteLength);
    expect(upstream.asked).toHaveLength(2);
    await expect(client.audio.speech.create({ model: 'tts-2', voice: 'alloy', input: 'x' })).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("no channel serves audio for model 'tts-2'"),
    });
  });
});

describe('recordings and pictures', () => {
  const file = new File([BYTES], 'a b.wav', { type: 'audio/wav' });

  it.each([
    ['json', { text: '你好' }],
    ['text', '你好\n'],
  ] as const)('a recording, %s - every byte of it, by the name of the upstream', async (format, answer) => {
    const { client, upstream } = await start((response) =>
      typeof answer === 'string'
        ? response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(answer)
        : asJson(response, answer),
    );
    const got = await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: format });
    expect(got).toEqual(answer);
    const [asked] = upstream.asked;
    expect(asked?.path).toBe('/v1/audio/transcriptions');
    const form = await new Response(new Uint8Array(asked?.bytes ?? []), {
      headers: { 'content-type': asked?.headers['content-type'] ?? '' },
    }).formData();
    expect(form.get('model')).toBe('听写');
    expect(form.get('response_format')).toBe(format);
    const sent = form.get('file') as File;
    expect([sent.name, Buffer.from(await sent.arrayBuffer()).equals(BYTES)]).toEqual(['a b.wav', true]);
  });

  it('a picture to be edited - handed on; the answer is JSON', async () => {
    const { client, upstream } = await start(
      (response) => asJson(response, { created: 1, data: [{ b64_json: 'aGk=' }] }),
      {
        models: ['draw'],
      },
    );
    const image = new File([BYTES], 'a.png', { type: 'image/png' });
    const edited = await client.images.edit({ model: 'draw', image, prompt: '画' });
    expect(edited.data?.[0]?.b64_json).toBe('aGk=');
    expect(upstream.asked[0]?.bytes.includes(BYTES)).toBe(true);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x', 400],
    [
      'no model',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--',
      404,
    ],
    ['JSON, where a form is usual', 'application/json', '{"model":"whisper-1"}', 200],
  ])('a form with %s - %s', async (_, type, body, status) => {
    const { stack } = await start((response) => asJson(response, { text: 'x' }));
    const init = { method: 'POST', headers: { 'content-type': type }, body };
    expect((await stack.fetch('http://127.0.0.1:8317/v1/audio/transcriptions', init)).status).toBe(status);
  });
});
