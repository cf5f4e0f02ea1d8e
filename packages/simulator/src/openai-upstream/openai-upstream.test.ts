import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOpenAiUpstream, type OpenAiUpstream } from './openai-upstream.js';
import type { PlayedTurn } from './played-turn.js';
import { ERROR_FORMS } from './upstream-faults.js';

let upstream: OpenAiUpstream;
afterEach(() => upstream.stop());

const post = (path: string, body: object, key = 'k'): Promise<Response> =>
  fetch(upstream.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${key}` },
  });
const messages = (directive: object) => [{ role: 'user', content: `@sim ${JSON.stringify(directive)}` }];

describe('createOpenAiUpstream', () => {
  it('chat - whole and streamed, with tools, thoughts and usage where it is asked for', async () => {
    upstream = await createOpenAiUpstream();
    const directive = { reasoning: 'hm', tools: [{ name: 'ls', input: { a: 1 } }], usage: { input: 3, output: 4 } };
    const whole = await (await post('/chat/completions', { model: 'm', messages: messages(directive) })).json();
    expect(whole).toMatchObject({
      choices: [
        {
          finish_reason: 'tool_calls',
          message: { reasoning_content: 'hm', tool_calls: [{ function: { name: 'ls' } }] },
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    const body = { model: 'm', stream: true, messages: messages({ text: 'Hello' }) };
    const plain = await (await post('/chat/completions', body)).text();
    expect(plain).not.toContain('"usage"');
    expect(plain.endsWith('data: [DONE]\n\n')).toBe(true);
    const asked = await (await post('/chat/completions', { ...body, stream_options: { include_usage: true } })).text();
    expect(asked).toContain('"usage":{"prompt_tokens"');
  });

  it('embeddings - the same vector each time, as numbers and as base64', async () => {
    upstream = await createOpenAiUpstream();
    const ask = async (more: object) => (await post('/embeddings', { model: 'e', input: 'x', ...more })).json();
    const floats: number[] = (await ask({})).data[0].embedding;
    const bytes = Buffer.from((await ask({ encoding_format: 'base64' })).data[0].embedding, 'base64');
    expect(floats).toHaveLength(1024);
    expect([...new Float32Array(bytes.buffer, bytes.byteOffset, 1024)]).toEqual(floats);
    expect((await ask({ dimensions: 8 })).data[0].embedding).toHaveLength(8);
  });

  it('faults - by key, so often, in every form', async () => {
    upstream = await createOpenAiUpstream({ keys: ['a', 'b'] });
    expect((await post('/embeddings', { input: 'x' }, 'zz')).status).toBe(401);
    upstream.setFault({ status: 429, retryAfter: '3', times: 1 }, 'a');
    const limited = await post('/embeddings', { input: 'x' }, 'a');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await post('/embeddings', { input: 'x' }, 'a')).status).toBe(200);
    expect((await post('/embeddings', { input: 'x' }, 'b')).status).toBe(200);
    for (const form of ERROR_FORMS) {
      upstream.setFault({ status: 503, form, message: 'Out' });
      const text = await (await post('/embeddings', { input: 'x' }, 'b')).text();
      if (form !== 'empty') expect(text).toContain('Out');
    }
    expect(Object.fromEntries(upstream.counts)).toMatchObject({ zz: 1, a: 2 });
  });

  it('a turn that is played - runs as its test tells it, streamed and whole, and knows when its client has gone', async () => {
    upstream = await createOpenAiUpstream();
    const turns: PlayedTurn[] = [];
    upstream.setPlayer((turn) => turns.push(turn));
    const ask = (stream: boolean) => post('/chat/completions', { model: 'm', stream, messages: [] });
    const whole = ask(false);
    await vi.waitFor(() => expect(turns).toHaveLength(1));
    turns[0]?.say('Hel');
    turns[0]?.say('lo');
    turns[0]?.finish({ input: 3, output: 4 });
    expect(await (await whole).json()).toMatchObject({
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    const streamed = ask(true);
    await vi.waitFor(() => expect(turns).toHaveLength(2));
    turns[1]?.begin();
    const response = await streamed;
    expect(turns[1]?.closed).toBe(false);
    turns[1]?.say('Hi');
    turns[1]?.refuse({ message: 'gone', code: 'x' });
    expect(await response.text()).toMatch(/"content":"Hi".*\n\ndata: \{"error":\{"message":"gone"/);
    const left = ask(true);
    await vi.waitFor(() => expect(turns).toHaveLength(3));
    turns[2]?.begin();
    await (await left).body?.cancel();
    await vi.waitFor(() => expect(turns[2]?.closed).toBe(true));
    turns[2]?.say('into the void');
    expect(turns[2]?.call.aborted).toBe(true);
    const refused = ask(true);
    await vi.waitFor(() => expect(turns).toHaveLength(4));
    turns[3]?.refuse({ status: 503 });
    expect((await refused).status).toBe(503);
  });
});
