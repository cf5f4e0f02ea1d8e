/** Clients that people use, over a channel: embeddings as Python's SDK asks for them, the official packages, the AI SDK. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { BASE, type ChannelStack, sim, startChannels } from './channel-stack.js';

let stack: ChannelStack | undefined;
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});
const start = async (settings: Record<string, Record<string, unknown>> = {}): Promise<ChannelStack> => {
  stack = await startChannels({
    channels: [
      { name: 'chats', apiKey: 'k1', models: ['qwen*'], endpoints: ['chat'] },
      { name: 'vectors', apiKey: 'k2', models: ['text-embedding-v4'], endpoints: ['embeddings'] },
    ],
    settings,
  });
  return stack;
};

/** As Python's SDK sends it for mem0: base64 by default, the model's dimensions. */
const PYTHON_HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate',
  'user-agent': 'OpenAI/Python 1.109.1',
  'x-stainless-lang': 'python',
  'x-stainless-package-version': '1.109.1',
  'x-stainless-async': 'false',
  'x-stainless-retry-count': '0',
  'x-stainless-read-timeout': '600',
};

describe('embeddings', () => {
  it("a recorded request of Python's SDK - byte for byte, both ways", async () => {
    const { post, upstreams } = await start();
    const body =
      '{"input": ["User likes \\u5317\\u4eac tea"], "model": "text-embedding-v4", "dimensions": 1024, "encoding_format": "base64"}';
    const response = await post('/v1/embeddings', body, PYTHON_HEADERS);
    const call = upstreams[1]?.calls[0];
    expect(response.status).toBe(200);
    expect(response.headers.get('x-lingma-channel')).toBe('vectors');
    expect(call).toMatchObject({ path: '/v1/embeddings', text: body, key: 'k2' });
    const text = await response.text();
    expect(text).toBe(call?.answer);
    expect(Buffer.from(JSON.parse(text).data[0].embedding, 'base64').byteLength).toBe(4 * 1024);
  });

  it.each(['base64', 'float'] as const)('2 048 inputs, %s - byte for byte', async (encoding_format) => {
    const { post, upstreams } = await start();
    const input = Array.from({ length: 2_048 }, (_, index) => `memory ${index}`);
    const response = await post('/embeddings', { model: 'text-embedding-v4', input, encoding_format });
    expect(await response.text()).toBe(upstreams[1]?.calls[0]?.answer);
  });

  it('token ids, more values than a chat may have - handed on', async () => {
    const { post, upstreams } = await start();
    const input = Array.from({ length: 100 }, () => Array.from({ length: 8_000 }, (_, index) => index));
    const response = await post('/v1/embeddings', { model: 'text-embedding-v4', input });
    expect(response.status).toBe(200);
    expect(upstreams[1]?.calls[0]?.body.input).toHaveLength(100);
  });

  it('the openai package - vectors as numbers', async () => {
    const { fetch } = await start();
    const client = new OpenAI({ baseURL: `${BASE}/v1`, apiKey: 'any', fetch, maxRetries: 0 });
    const { data, usage, model } = await client.embeddings.create({ model: 'text-embedding-v4', input: ['a', 'b'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1024, 1024]);
    expect(data[0]?.embedding.every((value) => value >= -0.5 && value <= 0.5)).toBe(true);
    expect(usage.prompt_tokens).toBe(6);
    expect(model).toBe('text-embedding-v4');
  });

  it.each([
    ['/v1/embeddings', 'qwen-plus', "no channel serves embeddings for model 'qwen-plus'"],
    ['/v1/embeddings', 'nobody', "no channel serves embeddings for model 'nobody'"],
    ['/v1/moderations', 'qwen-plus', "no channel serves moderations for model 'qwen-plus'"],
    ['/v1/images/generations', 'qwen-plus', "no channel serves images for model 'qwen-plus'"],
    ['/v1/audio/speech', 'qwen-plus', "no channel serves audio for model 'qwen-plus'"],
  ])('%s of %s - 404, and nobody is asked', async (path, model, message) => {
    const { post, upstreams } = await start();
    const response = await post(path, { model, input: 'x' });
    expect(response.status).toBe(404);
    expect((await response.json()).error).toMatchObject({ code: 'model_not_found', message });
    expect(upstreams.flatMap(({ calls }) => calls)).toEqual([]);
  });

  it('all slots of embeddings taken - chats go on', async () => {
    const { post, upstreams } = await start({ admission: { maxEmbeddings: 1, queueTimeoutMs: 0 } });
    upstreams[1]?.setFault({ slowHeadersMs: 300 });
    const first = post('/v1/embeddings', { model: 'text-embedding-v4', input: 'a' });
    const second = await post('/v1/embeddings', { model: 'text-embedding-v4', input: 'b' });
    expect(second.status).toBe(429);
    expect(
      (await post('/v1/chat/completions', { model: 'qwen', messages: [{ role: 'user', content: 'Hi' }] })).status,
    ).toBe(200);
    expect((await first).status).toBe(200);
  });
});

const STEPS = sim({ steps: [{ tools: [{ name: 'add', input: { a: 2, b: 3 } }] }, { text: 'It is 5', chunks: 3 }] });
const PARAMETERS = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
} as const;

describe('official packages', () => {
  it('openai - tools, streamed and not', async () => {
    const { fetch } = await start();
    const client = new OpenAI({ baseURL: `${BASE}/v1`, apiKey: 'any', fetch, maxRetries: 0 });
    const request = {
      model: 'qwen-plus',
      messages: [{ role: 'user' as const, content: STEPS }],
      tools: [{ type: 'function' as const, function: { name: 'add', parameters: { ...PARAMETERS } } }],
    };
    const whole = await client.chat.completions.create(request);
    expect(whole.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'add', arguments: '{"a":2,"b":3}' },
    });
    const final = await client.chat.completions.stream(request).finalChatCompletion();
    expect(final.choices[0]).toMatchObject({ finish_reason: 'tool_calls' });
    const response = await client.responses.create({ model: 'qwen-plus', input: sim({ text: 'Hey' }) });
    expect(response.output_text).toBe('Hey');
  });

  it('anthropic - a stream with thoughts, a call and usage', async () => {
    const { fetch } = await start();
    const client = new Anthropic({ baseURL: BASE, apiKey: 'any', fetch, maxRetries: 0 });
    const message = await client.messages
      .stream({
        model: 'qwen-plus',
        max_tokens: 100,
        tools: [{ name: 'add', input_schema: { ...PARAMETERS, required: ['a', 'b'] } }],
        messages: [{ role: 'user', content: STEPS }],
      })
      .finalMessage();
    expect(message).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', input: { a: 2, b: 3 } }] });
    expect(message.usage).toMatchObject({ input_tokens: 11, output_tokens: 7 });
  });

  it('a failure - reaches each in its own class', async () => {
    const { fetch, upstreams } = await start();
    upstreams[0]?.setFault({ status: 429, message: 'Slow down', retryAfter: '7' });
    const openai = new OpenAI({ baseURL: `${BASE}/v1`, apiKey: 'any', fetch, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    await expect(openai.chat.completions.create({ model: 'qwen', messages })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    upstreams[0]?.setFault({ status: 422, message: 'Not like that' });
    await stack?.stop();
    const again = await start();
    again.upstreams[0]?.setFault({ status: 429, message: 'Slow down', retryAfter: '7' });
    const anthropic = new Anthropic({ baseURL: BASE, apiKey: 'any', fetch: again.fetch, maxRetries: 0 });
    const failed = await anthropic.messages
      .create({ model: 'qwen', max_tokens: 9, messages })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Anthropic.RateLimitError);
    expect((failed as InstanceType<typeof Anthropic.RateLimitError>).headers?.get('retry-after')).toBe('7');
  });
});

describe('the AI SDK', () => {
  const add = tool({
    inputSchema: jsonSchema<{ a: number; b: number }>({ ...PARAMETERS, required: ['a', 'b'] }),
    execute: async ({ a, b }) => String(a + b),
  });

  it.each(['openai-compatible', 'anthropic'])('%s - a loop with a tool, and a stream', async (kind) => {
    const { fetch } = await start();
    const model =
      kind === 'anthropic'
        ? createAnthropic({ baseURL: `${BASE}/v1`, apiKey: 'any', fetch })('qwen-plus')
        : createOpenAICompatible({ name: 'gateway', baseURL: `${BASE}/v1`, apiKey: 'any', fetch })('qwen-plus');
    const answer = await generateText({ model, prompt: STEPS, tools: { add }, stopWhen: stepCountIs(3) });
    expect(answer.text).toBe('It is 5');
    expect(answer.steps).toHaveLength(2);
    const streamed = streamText({ model, prompt: sim({ text: 'Hello', reasoning: 'hm' }) });
    expect(await streamed.text).toBe('Hello');
  });

  it('embedMany', async () => {
    const { fetch } = await start();
    const provider = createOpenAICompatible({ name: 'gateway', baseURL: `${BASE}/v1`, apiKey: 'any', fetch });
    const { embeddings } = await embedMany({
      model: provider.textEmbeddingModel('text-embedding-v4'),
      values: ['a', 'b'],
    });
    expect(embeddings.map(({ length }) => length)).toEqual([1024, 1024]);
  });
});
