/** The official `@anthropic-ai/sdk` package over a real socket. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

let stack: SimulatedStack;
let client: Anthropic;

beforeAll(async () => {
  stack = await startSimulated();
  client = new Anthropic({ baseURL: await stack.listen(), apiKey: 'any', maxRetries: 0 });
});
afterAll(() => stack.close());
afterEach(async () => {
  // Whatever a test did: the gateway is idle again, and so is Lingma.
  await vi.waitFor(() => expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
  await vi.waitFor(() => expect(stack.simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
});

const TEXT = 'Grüße, 世界! 👩‍🚀 "quoted" \\ and\nlines';
const THOUGHT = 'Let me think … 让我想想';

const asked = (directive: object, model = 'claude-sonnet-5-5') => ({
  model,
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: sim(directive) }],
});

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

const thoughtOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('');

/** What may not differ between a streamed and a whole answer. */
const plain = ({ id: _id, ...message }: Anthropic.Message): object => message;

describe('messages', () => {
  it('create()', async () => {
    const message = await client.messages.create(asked({ text: TEXT }));
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      stop_reason: 'end_turn',
      stop_sequence: null,
    });
    expect(message.id).toMatch(/^msg_/);
    expect(message.content).toHaveLength(1);
    expect(textOf(message)).toBe(TEXT);
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
    expect(message._request_id).toMatch(/^req_/);
  });

  it('create({ stream }) - the events in their order', async () => {
    const { data: stream, request_id } = await client.messages
      .create({ ...asked({ text: TEXT, chunks: 5 }), stream: true })
      .withResponse();
    expect(request_id).toMatch(/^req_/);
    const types: string[] = [];
    let text = '';
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'message_start') expect(event.message.usage.input_tokens).toBeGreaterThan(0);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    expect(text).toBe(TEXT);
    expect(types.join(' ')).toMatch(
      /^message_start content_block_start (content_block_delta )+content_block_stop message_delta message_stop$/,
    );
  });

  it('stream() - its accumulator makes what create() answers', async () => {
    const parameters = {
      ...asked({ text: TEXT, reasoning: THOUGHT, chunks: 8 }),
      thinking: { type: 'adaptive' as const },
    };
    const stream = client.messages.stream(parameters);
    const texts: string[] = [];
    const thoughts: string[] = [];
    stream.on('text', (delta) => texts.push(delta)).on('thinking', (delta) => thoughts.push(delta));
    const streamed = await stream.finalMessage();
    const whole = await client.messages.create(parameters);
    expect(texts.join('')).toBe(TEXT);
    expect(thoughts.join('')).toBe(THOUGHT);
    expect(await stream.finalText()).toBe(TEXT);
    expect(stream.request_id).toMatch(/^req_/);
    // The accumulator keeps no member of the usage that it does not know.
    const { estimated, ...usage } = whole.usage as typeof whole.usage & { estimated?: boolean };
    expect(estimated).toBe(true);
    expect(plain(streamed)).toMatchObject(plain({ ...whole, usage }));
  });

  it.each([
    ['adaptive', { type: 'adaptive' as const }, THOUGHT],
    ['adaptive, summarized', { type: 'adaptive' as const, display: 'summarized' as const }, THOUGHT],
    ['enabled', { type: 'enabled' as const, budget_tokens: 1024 }, THOUGHT],
    ['omitted', { type: 'adaptive' as const, display: 'omitted' as const }, ''],
    ['disabled', { type: 'disabled' as const }, undefined],
    ['not asked for', undefined, undefined],
  ])('thinking: %s', async (_name, thinking, thought) => {
    const parameters = {
      ...asked({ text: 'Answer.', reasoning: THOUGHT, chunks: 4 }),
      ...(thinking !== undefined && { thinking }),
    };
    for (const message of [
      await client.messages.create(parameters),
      await client.messages.stream(parameters).finalMessage(),
    ]) {
      expect(textOf(message)).toBe('Answer.');
      expect(message.content.map(({ type }) => type)).toEqual(thought === undefined ? ['text'] : ['thinking', 'text']);
      if (thought === undefined) continue;
      expect(thoughtOf(message)).toBe(thought);
      expect(message.content[0]).toMatchObject({ type: 'thinking', signature: '' });
    }
  });

  it('an answer with its thoughts - may be sent back as it is', async () => {
    const first = await client.messages.create({
      ...asked({ text: 'Blue.', reasoning: 'secret thought' }),
      thinking: { type: 'enabled', budget_tokens: 2000 },
    });
    const second = await client.messages.create({
      model: 'claude-sonnet-5-5',
      max_tokens: 5000,
      messages: [
        { role: 'user', content: 'Colour?' },
        { role: 'assistant', content: first.content },
        { role: 'user', content: sim({ echo: 'transcript' }) },
      ],
    });
    expect(textOf(second)).toContain('Blue.');
    expect(textOf(second)).not.toContain('secret thought');
  });

  it('max_tokens - cuts the answer and says so', async () => {
    const text = 'one two three four five six seven eight nine ten';
    const parameters = { ...asked({ text, chunks: 10 }), max_tokens: 4 };
    const whole = await client.messages.create(parameters);
    const streamed = await client.messages.stream(parameters).finalMessage();
    for (const message of [whole, streamed]) {
      expect(message.stop_reason).toBe('max_tokens');
      expect(message.usage.output_tokens).toBe(4);
      expect(textOf(message)).not.toBe('');
      expect(text.startsWith(textOf(message))).toBe(true);
    }
  });

  it('stop_sequences - named, and not part of the answer', async () => {
    const text = 'first 终止 second';
    for (const chunks of [1, text.length]) {
      const parameters = { ...asked({ text, chunks }), stop_sequences: ['never', '终止'] };
      const whole = await client.messages.create(parameters);
      const streamed = await client.messages.stream(parameters).finalMessage();
      for (const message of [whole, streamed]) {
        expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: '终止' });
        expect(textOf(message)).toBe('first ');
      }
    }
  });

  it('finish reasons of the model', async () => {
    expect((await client.messages.create(asked({ text: 'cut', finish: 'length' }))).stop_reason).toBe('max_tokens');
    expect((await client.messages.create(asked({ text: 'x', finish: 'content_filter' }))).stop_reason).toBe('refusal');
  });

  it('the beta resource', async () => {
    const { id: _id, ...message } = await client.beta.messages.create({
      ...asked({ text: TEXT }),
      betas: ['interleaved-thinking-2025-05-14'],
    });
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: TEXT }] });
  });

  it('countTokens() - grows with what is said, the system prompt and the tools included', async () => {
    const messages = [{ role: 'user' as const, content: 'Hello there, how are you?' }];
    const model = 'claude-sonnet-5-5';
    const { input_tokens: bare } = await client.messages.countTokens({ model, messages });
    expect(bare).toBeGreaterThan(5);
    expect(bare).toBeLessThan(40);
    const system = 'You are a careful assistant. '.repeat(20);
    const { input_tokens: withSystem } = await client.messages.countTokens({ model, messages, system });
    expect(withSystem - bare).toBeGreaterThan(80);
    const tool = { name: 'get_weather', description: 'Tells the weather', input_schema: { type: 'object' as const } };
    const { input_tokens: withTools } = await client.messages.countTokens({ model, messages, tools: [tool] });
    expect(withTools).toBeGreaterThan(bare);
  });

  it('countTokens() - is what the answer begins with, tools and pictures included', async () => {
    const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const prompt: Anthropic.MessageCountTokensParams = {
      model: 'kmodel',
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: sim({ text: 'Yes.' }) },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
          ],
        },
      ],
      tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: { at: {} } } }],
    };
    const { input_tokens } = await client.messages.countTokens(prompt);
    expect(input_tokens).toBeGreaterThan(1500);
    const stream = await client.messages.create({ ...prompt, max_tokens: 100, stream: true });
    const begun: number[] = [];
    for await (const event of stream) if (event.type === 'message_start') begun.push(event.message.usage.input_tokens);
    expect(begun).toEqual([input_tokens]);
  });

  it('countTokens() - asks nothing of Lingma, and is near what the answer reports', async () => {
    const before = stack.simulator.stats.turnsStarted;
    const parameters = asked({ text: 'ok' });
    const { input_tokens } = await client.messages.countTokens({
      model: parameters.model,
      messages: parameters.messages,
    });
    expect(stack.simulator.stats.turnsStarted).toBe(before);
    const stream = await client.messages.create({ ...parameters, stream: true });
    for await (const event of stream) {
      if (event.type === 'message_start') {
        expect(Math.abs(event.message.usage.input_tokens - input_tokens)).toBeLessThan(30);
      }
    }
  });
});

describe('errors', () => {
  const failing = (status: number, message: string, afterChunks = 0) =>
    asked({ text: 'a b c d', error: { status, message, afterChunks } });

  it.each([
    ['quota', () => failing(429, 'quota exceeded'), Anthropic.RateLimitError, 'rate_limit_error'],
    ['an error of the model', () => failing(500, 'boom'), Anthropic.InternalServerError, 'api_error'],
    ['a time-out', () => failing(408, 'timeout'), Anthropic.InternalServerError, 'timeout_error'],
    ['a prompt too long', () => failing(400, 'prompt is too long'), Anthropic.BadRequestError, 'invalid_request_error'],
    ['no messages', () => ({ ...asked({}), messages: [] }), Anthropic.BadRequestError, 'invalid_request_error'],
    ['max_tokens', () => ({ ...asked({}), max_tokens: -1 }), Anthropic.BadRequestError, 'invalid_request_error'],
  ])('%s - its class, type and request id', async (_name, parameters, type, word) => {
    const error = await client.messages.create(parameters()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({
      type: word,
      requestID: expect.stringMatching(/^req_/),
      error: { type: 'error', error: { type: word, message: expect.any(String) }, request_id: expect.any(String) },
    });
    // Asked for as a stream, it is the same: nothing had gone out.
    await expect(client.messages.stream(parameters()).finalMessage()).rejects.toBeInstanceOf(type);
  });

  it('in mid-stream - raised by the iterator and by the accumulator', async () => {
    const parameters = failing(500, 'boom', 2);
    let text = '';
    const read = async (): Promise<void> => {
      for await (const event of await client.messages.create({ ...parameters, stream: true })) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      }
    };
    await expect(read()).rejects.toBeInstanceOf(Anthropic.APIError);
    expect(text).toBe('a b ');
    await expect(client.messages.stream(parameters).finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError);
  });
});

it('a wrong key - 401; the right one gets in, as x-api-key and as a token', async () => {
  const guarded = await startSimulated({}, { gateway: { clientKeys: ['sk-right'] } });
  const baseURL = await guarded.listen();
  const wrong = new Anthropic({ baseURL, apiKey: 'sk-wrong' });
  const error = await wrong.messages.create(asked({ text: 'x' })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
  expect(error).toMatchObject({ type: 'authentication_error', requestID: expect.stringMatching(/^req_/) });
  expect(guarded.simulator.stats.connectionsTotal).toBe(0);
  for (const credential of [{ apiKey: 'sk-right' }, { apiKey: null, authToken: 'sk-right' }]) {
    const right = new Anthropic({ baseURL, ...credential });
    expect(textOf(await right.messages.create(asked({ text: 'x' })))).toBe('x');
  }
  await guarded.close();
});

describe('retries', () => {
  const patient = (): Anthropic => client.withOptions({ maxRetries: 2 });

  it('an error that passes - is tried again', async () => {
    const error = { status: 500, message: 'boom', times: 1, id: 'anthropic-retry' };
    expect(textOf(await patient().messages.create(asked({ text: 'second try', error })))).toBe('second try');
  });

  it('429 - after what Retry-After says', async () => {
    const error = { status: 429, message: 'rate limit exceeded', times: 1, id: 'anthropic-rate' };
    const started = Date.now();
    expect(textOf(await patient().messages.create(asked({ text: 'later', error })))).toBe('later');
    expect(Date.now() - started).toBeGreaterThanOrEqual(900);
  });

  it('a quota used up - is not tried again', async () => {
    const before = stack.simulator.stats.turnsStarted;
    const error = { status: 429, message: 'quota exceeded' };
    await expect(patient().messages.create(asked({ error }))).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    expect(stack.simulator.stats.turnsStarted).toBe(before + 1);
  });
});

describe('aborts', () => {
  const endless = asked({ text: 'word ', repeat: 100_000, chunks: 100_000, delayMs: 2 });

  it('a controller, before and in the stream', async () => {
    const early = new AbortController();
    const waiting = client.messages.create(asked({ silence: true }), { signal: early.signal });
    setTimeout(() => early.abort(), 30);
    await expect(waiting).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);

    const stream = await client.messages.create({ ...endless, stream: true });
    let events = 0;
    for await (const _event of stream) if (++events === 5) stream.controller.abort();
    expect(events).toBeGreaterThanOrEqual(5);
  });

  it('a loop that is left', async () => {
    const stream = await client.messages.create({ ...endless, stream: true });
    for await (const event of stream) if (event.type === 'content_block_delta') break;
  });

  it('the accumulator', async () => {
    const stream = client.messages.stream(endless);
    stream.on('text', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
  });
});

describe('models', () => {
  it('list() - through all its pages', async () => {
    const all: string[] = [];
    for await (const model of client.models.list({ limit: 100 })) {
      expect(model).toMatchObject({ type: 'model', display_name: expect.any(String) });
      expect(Number.isNaN(Date.parse(model.created_at))).toBe(false);
      all.push(model.id);
    }
    expect(all).toEqual(expect.arrayContaining(['org_auto', 'kmodel', 'lingma-agent']));
    // Claude Code offers nothing else.
    expect(all.some((id) => id.includes('claude'))).toBe(true);
    for (const limit of [1, 2, 3, all.length]) {
      const paged: string[] = [];
      for await (const model of client.models.list({ limit })) paged.push(model.id);
      expect(paged).toEqual(all);
    }
    const page = await client.models.list({ limit: 2 });
    expect(page).toMatchObject({ has_more: true, first_id: all[0], last_id: all[1] });
    expect(page.hasNextPage()).toBe(true);
    const before = await client.models.list({ limit: 2, before_id: all[3] ?? '' });
    expect(before.data.map(({ id }) => id)).toEqual(all.slice(1, 3));
  });

  it('retrieve()', async () => {
    expect(await client.models.retrieve('kmodel')).toMatchObject({ id: 'kmodel', display_name: 'Kimi-K2.6' });
    await expect(client.models.retrieve('no-such-model')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });
});
