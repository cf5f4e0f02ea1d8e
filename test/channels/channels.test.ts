import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChannelStack, type ChannelStackOptions, dataOf, sim, startChannels, user } from './channel-stack.js';

let stack: ChannelStack | undefined;
const start = async (options: ChannelStackOptions): Promise<ChannelStack> => {
  stack = await startChannels(options);
  return stack;
};
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

const A = { name: 'a', apiKey: 'key-of-a', models: ['qwen*'] };
const B = { name: 'b', apiKey: 'key-of-b', models: ['qwen*'] };
const chat = (text: string, more: object = {}) => ({ model: 'qwen-plus', messages: user(text), ...more });

describe('a channel - chat', () => {
  it('whole - handed on with what nobody here knows, and told by whom', async () => {
    const { post, upstreams } = await start({ channels: [{ ...A, modelMapping: { 'qwen-plus': 'qwen3.5-plus' } }] });
    const body = `{"model": "qwen-plus", "messages": [{"role":"user","content":"${'Hi'}"}], "seed": 12345678901234567890, "n": 2, "logprobs": true, "x_new": 1.0}`;
    const response = await post('/v1/chat/completions', body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-lingma-channel')).toBe('a');
    const call = upstreams[0]?.calls[0];
    expect(call?.text).toBe(body.replace('"qwen-plus"', '"qwen3.5-plus"'));
    expect(call?.key).toBe('key-of-a');
    expect(await response.text()).toBe(call?.answer.replace('"qwen3.5-plus"', '"qwen-plus"'));
  });

  it('streamed - frames as they came but for the model; usage only where it was asked for', async () => {
    const { post, upstreams } = await start({ channels: [{ ...A, modelMapping: { 'qwen-plus': 'up' } }] });
    const text = sim({ text: 'Hello there', reasoning: 'hm', chunks: 3 });
    const asked = await post(
      '/v1/chat/completions',
      chat(text, { stream: true, stream_options: { include_usage: true } }),
    );
    const call = upstreams[0]?.calls[0];
    expect(await asked.text()).toBe(call?.answer.replaceAll('"model":"up"', '"model":"qwen-plus"'));
    const plain = await (await post('/v1/chat/completions', chat(text, { stream: true }))).text();
    expect(upstreams[0]?.calls[1]?.body.stream_options).toEqual({ include_usage: true });
    expect(plain).not.toContain('usage');
    expect(plain).toContain('"x_unknown":"kept"');
    expect(plain.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('the upstream does not know stream_options - asked again without, and remembered', async () => {
    const { post, upstreams } = await start({ channels: [A] });
    upstreams[0]?.setFault({ refusesMember: 'stream_options' });
    for (const path of ['/v1/chat/completions', '/v1/chat/completions']) {
      const answer = await (await post(path, chat(sim({ text: 'Hello', chunks: 1 }), { stream: true }))).text();
      expect(answer).toContain('Hello');
    }
    expect(upstreams[0]?.calls.map(({ body }) => body.stream_options !== undefined)).toEqual([true, false, false]);
  });

  it.each([
    ['crlf', { crlf: true }],
    ['one byte at a time', { oneByte: true }],
    ['comments', { comments: true }],
    ['no [DONE]', { noDone: true }],
    ['no usage', { noUsage: true }],
  ])('%s - the same answer, handed on and encoded', async (_, fault) => {
    const { post, upstreams } = await start({ channels: [A] });
    upstreams[0]?.setFault(fault);
    const text = sim({ text: '你好, world', chunks: 3 });
    const passed = await (await post('/v1/chat/completions', chat(text, { stream: true }))).text();
    expect(dataOf(passed).at(-1)).toBe('[DONE]');
    const said = dataOf(passed)
      .slice(0, -1)
      .map((data) => JSON.parse(data).choices[0]?.delta?.content ?? '');
    expect(said.join('')).toBe('你好, world');
    const message = { model: 'qwen-plus', max_tokens: 99, messages: user(text) };
    const anthropic = await (await post('/v1/messages', message)).json();
    expect(anthropic).toMatchObject({ content: [{ type: 'text', text: '你好, world' }], stop_reason: 'end_turn' });
  });

  it('a stream that is cut - an error, never [DONE], and nobody else is asked', async () => {
    const { post, upstreams } = await start({ channels: [A, B] });
    for (const upstream of upstreams) upstream.setFault({ cutAfterChunks: 3 });
    const text = sim({ text: 'one two three four', chunks: 4, delayMs: 5 });
    const answer = await (await post('/v1/chat/completions', chat(text, { stream: true }))).text();
    expect(answer).not.toContain('[DONE]');
    expect(JSON.parse(dataOf(answer).at(-1) as string).error).toMatchObject({ type: 'server_error' });
    expect(upstreams.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(1);
    const events = await (
      await post('/v1/messages', { model: 'qwen-plus', max_tokens: 9, stream: true, messages: user(text) })
    ).text();
    expect(events).toContain('event: error');
    expect(events).not.toContain('message_stop');
  });
});

describe('a channel - a caller who goes', () => {
  it.each(['/v1/chat/completions', '/v1/messages'])(
    '%s - the upstream is stopped, and the place is free',
    async (path) => {
      const { post, upstreams, gateway } = await start({ channels: [{ ...A, maxInFlight: 1 }] });
      const text = sim({ text: 'word '.repeat(500), chunks: 500, delayMs: 5 });
      const response = await post(path, chat(text, { stream: true, max_tokens: 999 }));
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      await vi.waitFor(() => expect(upstreams[0]?.calls[0]?.aborted).toBe(true));
      await vi.waitFor(() => expect(gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
      expect((await post(path, chat('Hi', { max_tokens: 9 }))).status).toBe(200);
    },
  );

  it('a slow reader - holds the upstream up, and gets all of it', async () => {
    const { post } = await start({ channels: [A] });
    const text = sim({ text: 'x'.repeat(4_000), repeat: 500, chunks: 500 });
    const response = await post('/v1/chat/completions', chat(text, { stream: true }));
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let got = '';
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      got += decoder.decode(next.value, { stream: true });
      if (got.length < 200_000) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(got.match(/x{4000}/g)).toHaveLength(500);
    expect(got.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('a warm-up without output - nobody is asked', async () => {
    const { post, upstreams } = await start({ channels: [A] });
    expect((await post('/v1/messages', chat('Hi', { max_tokens: 0 }))).status).toBe(200);
    expect(upstreams[0]?.calls).toHaveLength(0);
  });
});

describe('a channel - other protocols', () => {
  const tools = [
    { name: 'ls', description: 'lists', input_schema: { type: 'object', properties: { path: { type: 'string' } } } },
  ];

  it('Messages with tools and pictures - native there, native back', async () => {
    const { post, upstreams } = await start({ channels: [A] });
    const text = sim({ reasoning: 'think', tools: [{ name: 'ls', input: { path: '/x' } }] });
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    const response = await post('/v1/messages', {
      model: 'qwen-plus',
      max_tokens: 99,
      system: 'Be brief',
      tools,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'look' }, image] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'ls', input: { path: '/' } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_1', content: 'bin' },
            { type: 'text', text },
          ],
        },
      ],
    });
    expect(await response.json()).toMatchObject({
      model: 'qwen-plus',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'think' },
        { type: 'tool_use', name: 'ls', input: { path: '/x' } },
      ],
      usage: { input_tokens: 11, output_tokens: 7 },
    });
    expect(response.headers.get('x-lingma-channel')).toBe('a');
    expect(upstreams[0]?.calls[0]?.body).toMatchObject({
      stream: true,
      max_tokens: 99,
      messages: [
        { role: 'system', content: 'Be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{"path":"/"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'bin' },
        { role: 'user' },
      ],
      tools: [{ type: 'function', function: { name: 'ls', parameters: tools[0]?.input_schema } }],
    });
  });

  it('Responses - encoded where the channel has chat alone, handed on where it has the endpoint', async () => {
    const { post, upstreams } = await start({
      channels: [
        { ...A, models: ['plain'] },
        { ...B, models: ['native'], modelMapping: { native: 'up' }, endpoints: ['chat', 'responses'] },
      ],
    });
    const ask = (model: string, stream: boolean) => ({
      model,
      input: sim({ text: 'Hey', chunks: 1 }),
      stream,
      store: false,
    });
    const plain = await (await post('/v1/responses', ask('plain', false))).json();
    expect(plain).toMatchObject({ status: 'completed', model: 'plain', usage: { input_tokens: 11 } });
    expect(upstreams[0]?.calls[0]?.path).toBe('/v1/chat/completions');
    const native = await (await post('/v1/responses', ask('native', false))).json();
    expect(native).toMatchObject({ model: 'native', x_unknown: 'kept' });
    const streamed = await (await post('/v1/responses', ask('native', true))).text();
    expect(streamed).toBe(upstreams[1]?.calls[1]?.answer.replaceAll('"model":"up"', '"model":"native"'));
  });

  it('older completions - handed on', async () => {
    const { post, upstreams } = await start({ channels: [A] });
    const response = await post('/v1/completions', { model: 'qwen-plus', prompt: sim({ text: 'Hey' }), best_of: 2 });
    expect(await response.json()).toMatchObject({ object: 'text_completion', choices: [{ text: 'Hey' }] });
    expect(upstreams[0]?.calls[0]).toMatchObject({ path: '/v1/completions', body: { best_of: 2 } });
  });
});

describe('channels - failures before an answer', () => {
  const faults = [
    ['500', { status: 500 }, 2],
    ['502 with a page', { status: 502, form: 'html' }, 2],
    ['503 without a body', { status: 503, form: 'empty' }, 2],
    ['429', { status: 429, retryAfter: '3' }, 2],
    ['408', { status: 408 }, 2],
    ['401', { status: 401, code: 'invalid_api_key' }, 2],
    ['403', { status: 403, message: 'API key is disabled' }, 2],
    ['insufficient quota', { status: 429, code: 'insufficient_quota' }, 2],
    ['no such model', { status: 404, message: 'The model `x` does not exist', code: 'model_not_found' }, 2],
    ['cut before the first chunk', { cutAfterChunks: 0 }, 2],
    ['an error in place of the first chunk', { errorAfterChunks: 0 }, 2],
    ['400', { status: 400, message: 'temperature is too high' }, 1],
    ['413', { status: 413 }, 1],
    ['422', { status: 422 }, 1],
  ] as const;

  it.each(faults)(
    '%s - streamed, handed on or encoded: tried elsewhere where that can help',
    async (_, fault, tries) => {
      for (const path of ['/v1/chat/completions', '/v1/messages']) {
        const { post, upstreams, stop } = await start({ channels: [{ ...A, priority: 1 }, B] });
        upstreams[0]?.setFault(fault);
        const response = await post(path, chat(sim({ text: 'Hello', chunks: 1 }), { stream: true, max_tokens: 9 }));
        const text = await response.text();
        expect(upstreams.map(({ calls }) => calls.length)).toEqual(tries === 2 ? [1, 1] : [1, 0]);
        if (tries === 2) expect(response.status).toBe(200);
        if (tries === 2) {
          expect(text).toContain('Hello');
          expect(response.headers.get('x-lingma-channel')).toBe('b');
        } else expect(response.status).toBeGreaterThanOrEqual(400);
        await stop();
        stack = undefined;
      }
    },
  );

  it.each(faults.filter(([name]) => !name.startsWith('cut') && !name.startsWith('an error')))(
    '%s - whole: tried elsewhere where that can help',
    async (_, fault, tries) => {
      const { post, upstreams } = await start({ channels: [{ ...A, priority: 1 }, B] });
      upstreams[0]?.setFault(fault);
      const response = await post('/v1/chat/completions', chat('Hi'));
      expect(upstreams.map(({ calls }) => calls.length)).toEqual(tries === 2 ? [1, 1] : [1, 0]);
      expect(response.ok).toBe(tries === 2);
    },
  );

  it('all fail - class and words of the upstream, without its keys', async () => {
    const { post, upstreams } = await start({ channels: [A] });
    upstreams[0]?.setFault({
      status: 401,
      message: 'Incorrect API key provided: key-of-a',
      code: 'invalid_api_key',
      times: 1,
    });
    const refused = await post('/v1/chat/completions', chat('Hi'));
    expect(refused.status).toBe(502);
    const { error } = await refused.json();
    expect(error.type).toBe('server_error');
    expect(error.message).not.toContain('key-of-a');
    const out = await post('/v1/chat/completions', chat('Hi'));
    expect(out.status).toBe(503);
    expect((await out.json()).error.code).toBe('no_available_channel');
    expect(Number(out.headers.get('retry-after'))).toBeGreaterThan(0);
    const list = await (await stack?.get('/internal/channels'))?.text();
    expect(list ?? '').not.toContain('key-of-a');
  });

  it('another key of the same channel - takes over, and the refused one rests alone', async () => {
    const { post, upstreams } = await start({
      channels: [{ name: 'a', apiKeys: ['k1', 'k2'], models: ['qwen*'] }],
      upstreams: { keys: ['k2'] },
    });
    for (let count = 0; count < 4; count++) {
      expect((await post('/v1/chat/completions', chat('Hi'))).status).toBe(200);
    }
    expect(upstreams[0]?.counts.get('k1')).toBe(1);
    expect(upstreams[0]?.counts.get('k2')).toBe(4);
  });

  it('one of two answers 500 every other time - nobody sees a failure in 1000 requests', {
    timeout: 60_000,
  }, async () => {
    const { post, upstreams } = await start({ channels: [A, B] });
    upstreams[0]?.setFault({ status: 500, every: 2 });
    let failures = 0;
    for (let batch = 0; batch < 100; batch++) {
      const responses = await Promise.all(Array.from({ length: 10 }, () => post('/v1/chat/completions', chat('Hi'))));
      for (const response of responses) {
        if (!response.ok) failures++;
        await response.arrayBuffer();
      }
    }
    expect(failures).toBe(0);
  });

  it('a channel that answers 500 - rests after three', async () => {
    const { post, upstreams, get, gateway } = await start({
      channels: [A, B],
      settings: { auth: { adminToken: 'admin' } },
    });
    upstreams[0]?.setFault({ status: 500 });
    for (let count = 0; count < 40; count++) expect((await post('/v1/chat/completions', chat('Hi'))).ok).toBe(true);
    expect(upstreams[0]?.calls.length).toBe(3);
    expect((await get('/internal/channels')).status).toBe(401);
    const listed = await gateway.fetch(
      new Request('http://127.0.0.1:8317/internal/channels', { headers: { authorization: 'Bearer admin' } }),
    );
    const { channels } = await listed.json();
    expect(channels).toMatchObject([
      { name: 'lingma', state: 'disabled' },
      { name: 'a', state: 'cooling_down' },
      { name: 'b', state: 'enabled' },
    ]);
  });
});

describe('channels - which one', () => {
  it('nobody has the model - 404; the default with models.unknown fallback', async () => {
    const { post } = await start({ channels: [A], lingma: true });
    const refused = await post('/v1/chat/completions', { model: 'gpt-nothing', messages: user('Hi') });
    expect(refused.status).toBe(404);
    expect((await refused.json()).error.code).toBe('model_not_found');
    await stack?.stop();
    const other = await start({ channels: [A], lingma: true, settings: { models: { unknown: 'fallback' } } });
    expect((await other.post('/v1/chat/completions', { model: 'gpt-nothing', messages: user('Hi') })).status).toBe(200);
  });

  it('models.unknown fallback with a default of a channel - that one answers', async () => {
    const models = { unknown: 'fallback', defaultModel: 'qwen-plus' };
    const { post, upstreams } = await start({ channels: [A], settings: { models } });
    for (const model of ['claude-sonnet-4-5', 'gpt-nothing', 'auto', undefined]) {
      const response = await post('/v1/messages', { model, max_tokens: 9, messages: user('Hi') });
      expect(response.status).toBe(200);
    }
    expect(upstreams[0]?.calls.map(({ body }) => body.model)).toEqual(Array(4).fill('qwen-plus'));
  });

  it("Lingma's own models - go to Lingma, and the list is the union", async () => {
    const { post, get, upstreams } = await start({
      channels: [{ ...A, models: ['qwen*', 'MiniMax-M2.5'] }],
      lingma: true,
    });
    const { data } = await (await get('/v1/models')).json();
    const own = data.find((model: { owned_by: string }) => model.owned_by === 'lingma');
    expect(data.at(-1)).toMatchObject({ id: 'MiniMax-M2.5', name: 'MiniMax-M2.5', owned_by: 'a' });
    const response = await post('/v1/chat/completions', { model: own.id, messages: user('Hi') });
    expect(response.headers.get('x-lingma-channel')).toBe('lingma');
    expect(upstreams[0]?.calls).toHaveLength(0);
  });

  it('models auto - what the upstream lists', async () => {
    const { post, get } = await start({
      channels: [{ ...A, models: 'auto' }],
      upstreams: { models: ['found-1', 'found-2'] },
    });
    expect((await post('/v1/chat/completions', { model: 'found-2', messages: user('Hi') })).status).toBe(200);
    expect((await post('/v1/chat/completions', { model: 'found-3', messages: user('Hi') })).status).toBe(404);
    const { data } = await (await get('/v1/models')).json();
    expect(data.map(({ id }: { id: string }) => id)).toEqual(['found-1', 'found-2']);
  });

  it('a pinned channel - is asked alone', async () => {
    const { post, upstreams } = await start({ channels: [A, B] });
    upstreams[1]?.setFault({ status: 500 });
    const pin = { 'x-lingma-channel': 'b' };
    expect((await post('/v1/chat/completions', chat('Hi'), pin)).status).toBe(502);
    expect((await post('/v1/messages', chat('Hi', { max_tokens: 9 }), pin)).status).toBe(502);
    expect(upstreams.map(({ calls }) => calls.length)).toEqual([0, 2]);
  });

  it('a key with models of its own - reaches and lists only these', async () => {
    const { gateway } = await start({
      channels: [{ ...A, models: ['qwen-plus', 'gpt-4o'] }],
      lingma: true,
      settings: { auth: { keys: [{ name: 'kim', key: 'sk-kim', models: ['qwen*'] }] } },
    });
    const ask = (path: string, body?: object): Promise<Response> =>
      gateway.fetch(
        new Request(`http://127.0.0.1:8317${path}`, {
          headers: { authorization: 'Bearer sk-kim' },
          ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
        }),
      );
    expect((await ask('/v1/chat/completions', chat('Hi'))).status).toBe(200);
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/embeddings']) {
      const body = { model: 'gpt-4o', max_tokens: 9, messages: user('Hi'), input: 'Hi' };
      expect((await ask(path, body)).status).toBe(403);
    }
    const { data } = await (await ask('/v1/models')).json();
    const listed = data.map(({ id }: { id: string }) => id);
    expect(listed).toContain('qwen-plus');
    expect(listed).not.toContain('gpt-4o');
  });

  it('disabled and enabled by the operator, tried, and reloaded', async () => {
    const { post, gateway, reload } = await start({ channels: [A], settings: { auth: { adminToken: 'admin' } } });
    const operate = async (path: string) =>
      (
        await gateway.fetch(
          new Request(`http://127.0.0.1:8317/internal/channels/${path}`, {
            method: 'POST',
            headers: { authorization: 'Bearer admin' },
          }),
        )
      ).json();
    expect(await operate('a/test?model=qwen-plus')).toMatchObject({
      ok: true,
      status: 200,
      model: 'qwen-plus',
      error: null,
    });
    expect(await operate('a/disable')).toMatchObject({ name: 'a', state: 'disabled' });
    expect((await post('/v1/chat/completions', chat('Hi'))).status).toBe(503);
    expect(await operate('a/enable')).toMatchObject({ state: 'enabled' });
    expect((await post('/v1/chat/completions', chat('Hi'))).status).toBe(200);
    expect(await operate('zz/enable')).toMatchObject({ error: { code: 'not_found' } });
    reload([{ ...A, models: ['other'] }]);
    expect((await post('/v1/chat/completions', chat('Hi'))).status).toBe(404);
    expect((await post('/v1/chat/completions', { model: 'other', messages: user('Hi') })).status).toBe(200);
  });
});
