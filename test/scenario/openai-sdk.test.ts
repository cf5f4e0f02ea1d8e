/** The official `openai` package over a real socket. */
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

let stack: SimulatedStack;
let client: OpenAI;

beforeAll(async () => {
  stack = await startSimulated({}, { client: { deadlines: { firstEventMs: 2000 } } });
  client = new OpenAI({ baseURL: `${await stack.listen()}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => stack.close());
afterEach(async () => {
  // Whatever a test did: the gateway is idle again, and so is Lingma.
  await vi.waitFor(() => expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
  await vi.waitFor(() => expect(stack.simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
});

const TEXT = 'Grüße, 世界! 👩‍🚀 "quoted" \\ and\nlines';

const asked = (directive: object, model = 'gpt-5') => ({
  model,
  messages: [{ role: 'user' as const, content: sim(directive) }],
});

/** Not part of OpenAI's own types; the word that compatible servers use. */
const thoughtOf = (message: object): unknown =>
  'reasoning_content' in message ? message.reasoning_content : undefined;

describe('chat.completions', () => {
  it('create()', async () => {
    const answer = await client.chat.completions.create(asked({ text: TEXT, usage: { input: 12, output: 7 } }));
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'gpt-5' });
    expect(answer.id).toMatch(/^chatcmpl-/);
    expect(answer.choices).toHaveLength(1);
    const choice = answer.choices[0];
    expect(choice).toMatchObject({ index: 0, finish_reason: 'stop', logprobs: null });
    expect(choice?.message).toMatchObject({ role: 'assistant', content: TEXT, refusal: null });
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(0);
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
    expect(answer._request_id).toBeTruthy();
    expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
  });

  it('create({ stream }) - chunks with one id, the usage in the last when asked for', async () => {
    const parameters = { ...asked({ text: TEXT, chunks: 6 }), stream: true as const };
    const { data: stream, response } = await client.chat.completions
      .create({ ...parameters, stream_options: { include_usage: true } })
      .withResponse();
    expect(response.headers.get('x-request-id')).toBeTruthy();
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(TEXT);
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === 'stop')).toHaveLength(1);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);

    const bare = [];
    for await (const chunk of await client.chat.completions.create(parameters)) bare.push(chunk);
    expect(bare.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1)).toBe(true);
  });

  it('stream() - its accumulator makes what create() answers', async () => {
    const parameters = asked({ text: TEXT, reasoning: 'Let me think …', chunks: 9 });
    const runner = client.chat.completions.stream({ ...parameters, stream_options: { include_usage: true } });
    const contents: string[] = [];
    const thoughts: unknown[] = [];
    runner.on('content', (delta) => contents.push(delta));
    // The accumulator itself keeps only the last piece of members it does not know.
    runner.on('chunk', ({ choices }) => thoughts.push(thoughtOf(choices[0]?.delta ?? {})));
    const streamed = await runner.finalChatCompletion();
    const whole = await client.chat.completions.create(parameters);
    expect(contents.join('')).toBe(TEXT);
    expect(await runner.finalContent()).toBe(TEXT);
    expect(streamed.choices[0]?.message).toMatchObject({ role: 'assistant', content: TEXT });
    expect(streamed.choices[0]?.finish_reason).toBe(whole.choices[0]?.finish_reason);
    expect(streamed.usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
    expect((await runner.totalUsage()).total_tokens).toBeGreaterThan(0);
    expect(thoughts.join('')).toBe('Let me think …');
    expect(thoughtOf(whole.choices[0]?.message ?? {})).toBe('Let me think …');
  });

  it('reasoning - before the text, and none of it in the text', async () => {
    const stream = await client.chat.completions.create({
      ...asked({ text: 'Answer.', reasoning: 'Thought.', chunks: 3 }),
      stream: true,
    });
    const order: string[] = [];
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta ?? {};
      if (thoughtOf(delta)) order.push('thought');
      if (delta.content) order.push('text');
    }
    expect(order.join(' ')).toMatch(/^(thought )+(text ?)+$/);
  });

  it('max_tokens and max_completion_tokens - cut the answer and say so', async () => {
    const text = 'one two three four five six seven eight nine ten';
    for (const limit of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const whole = await client.chat.completions.create({ ...asked({ text }), ...limit });
      expect(whole.choices[0]?.finish_reason).toBe('length');
      expect(text.startsWith(whole.choices[0]?.message.content ?? '-')).toBe(true);
      expect(whole.usage?.completion_tokens).toBe(3);
      const streamed = await client.chat.completions.stream({ ...asked({ text }), ...limit }).finalChatCompletion();
      expect(streamed.choices[0]).toMatchObject({
        finish_reason: 'length',
        message: { content: whole.choices[0]?.message.content },
      });
    }
  });

  it('stop - ends the answer before the sequence, wherever it is cut', async () => {
    const text = 'first STOP second';
    for (const stop of ['STOP', ['never', 'STOP']]) {
      for (const chunks of [1, text.length]) {
        const streamed = await client.chat.completions
          .stream({ ...asked({ text, chunks }), stop })
          .finalChatCompletion();
        const whole = await client.chat.completions.create({ ...asked({ text, chunks }), stop });
        for (const answer of [streamed, whole]) {
          expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'first ' } });
        }
      }
    }
  });

  it('an endless answer - is stopped in Lingma once the limit is reached', async () => {
    const before = stack.simulator.stats.stops.length;
    const endless = { text: 'word ', repeat: 100_000, chunks: 100_000, delayMs: 1 };
    const answer = await client.chat.completions.create({ ...asked(endless), max_tokens: 20 });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    await vi.waitFor(() => expect(stack.simulator.stats.stops.length).toBe(before + 1));
  });

  it('finish reasons of the model', async () => {
    const length = await client.chat.completions.create(asked({ text: 'cut', finish: 'length' }));
    expect(length.choices[0]?.finish_reason).toBe('length');
    const filtered = await client.chat.completions.create(asked({ text: 'bad', finish: 'content_filter' }));
    expect(filtered.choices[0]?.finish_reason).toBe('content_filter');
  });
});

describe('errors', () => {
  const failing = (status: number, message: string, afterChunks = 0) =>
    asked({ text: 'a b c d', error: { status, message, afterChunks } });

  it.each([
    ['quota', () => failing(429, 'quota exceeded'), OpenAI.RateLimitError, 'insufficient_quota'],
    ['an error of the model', () => failing(500, 'boom'), OpenAI.InternalServerError, 'upstream_error'],
    ['a time-out', () => failing(408, 'timeout'), OpenAI.InternalServerError, 'upstream_timeout'],
    ['a prompt too long', () => failing(400, 'prompt is too long'), OpenAI.BadRequestError, 'context_length_exceeded'],
    ['no messages', () => ({ model: 'm', messages: [] }), OpenAI.BadRequestError, null],
    ['n', () => ({ ...asked({}), n: 2 }), OpenAI.BadRequestError, 'unsupported_feature'],
  ])('%s - its class, code and request id', async (_name, parameters, type, code) => {
    const error = await client.chat.completions.create(parameters()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, requestID: expect.stringMatching(/^req_/), message: expect.any(String) });
    // Asked for as a stream, it is the same: nothing had gone out.
    await expect(client.chat.completions.stream(parameters()).finalChatCompletion()).rejects.toBeInstanceOf(type);
  });

  it('n - names the field', async () => {
    await expect(client.chat.completions.create({ ...asked({}), n: 2 })).rejects.toMatchObject({ param: 'n' });
  });

  it('a route that does not exist', async () => {
    await expect(client.embeddings.create({ model: 'm', input: 'x' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('in mid-stream - raised by the iterator and by the accumulator', async () => {
    const parameters = failing(500, 'boom', 2);
    const read = async (): Promise<string> => {
      let text = '';
      const stream = await client.chat.completions.create({ ...parameters, stream: true });
      try {
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      } catch (error) {
        expect(error).toBeInstanceOf(OpenAI.APIError);
        expect(error).toMatchObject({ code: 'upstream_error', type: 'server_error' });
        return text;
      }
      throw new Error('it ended as if all was well');
    };
    expect(await read()).toBe('a b ');
    await expect(client.chat.completions.stream(parameters).finalChatCompletion()).rejects.toMatchObject({
      code: 'upstream_error',
    });
  });
});

it('a wrong key - 401; the right one gets in, also after the wrong one', async () => {
  const guarded = await startSimulated({}, { gateway: { clientKeys: ['sk-right'] } });
  const baseURL = `${await guarded.listen()}/v1`;
  const wrong = new OpenAI({ baseURL, apiKey: 'sk-wrong' });
  const error = await wrong.chat.completions.create(asked({ text: 'x' })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(error).toMatchObject({ code: 'invalid_api_key', requestID: expect.stringMatching(/^req_/) });
  await expect(wrong.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  expect(guarded.simulator.stats.connectionsTotal).toBe(0);
  const right = new OpenAI({ baseURL, apiKey: 'sk-right' });
  expect((await right.chat.completions.create(asked({ text: 'x' }))).choices[0]?.message.content).toBe('x');
  await guarded.close();
});

describe('retries', () => {
  const patient = (): OpenAI => client.withOptions({ maxRetries: 2 });

  it('an error that passes - is tried again', async () => {
    const error = { status: 500, message: 'boom', times: 1, id: 'openai-retry' };
    const answer = await patient().chat.completions.create(asked({ text: 'second try', error }));
    expect(answer.choices[0]?.message.content).toBe('second try');
  });

  it('429 - after what Retry-After says', async () => {
    const error = { status: 429, message: 'rate limit exceeded', times: 1, id: 'openai-rate' };
    const started = Date.now();
    const answer = await patient().chat.completions.create(asked({ text: 'later', error }));
    expect(answer.choices[0]?.message.content).toBe('later');
    expect(Date.now() - started).toBeGreaterThanOrEqual(900);
  });

  it('a quota used up - is not tried again', async () => {
    const before = stack.simulator.stats.turnsStarted;
    const error = { status: 429, message: 'quota exceeded' };
    await expect(patient().chat.completions.create(asked({ error }))).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    expect(stack.simulator.stats.turnsStarted).toBe(before + 1);
  });
});

describe('aborts', () => {
  const endless = asked({ text: 'word ', repeat: 100_000, chunks: 100_000, delayMs: 2 });

  it('a controller, before and in the stream', async () => {
    const early = new AbortController();
    const waiting = client.chat.completions.create(asked({ silence: true }), { signal: early.signal });
    setTimeout(() => early.abort(), 30);
    await expect(waiting).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);

    const stream = await client.chat.completions.create({ ...endless, stream: true });
    let chunks = 0;
    for await (const _chunk of stream) if (++chunks === 5) stream.controller.abort();
    expect(chunks).toBeGreaterThanOrEqual(5);
  });

  it('a loop that is left', async () => {
    const stream = await client.chat.completions.create({ ...endless, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  });

  it('the accumulator', async () => {
    const runner = client.chat.completions.stream(endless);
    runner.on('content', () => runner.abort());
    await expect(runner.finalChatCompletion()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  });
});

describe('models', () => {
  it('list() - through its iterator', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) {
      expect(model).toMatchObject({ object: 'model', owned_by: expect.any(String), created: expect.any(Number) });
      ids.push(model.id);
    }
    expect(ids).toEqual(expect.arrayContaining(['org_auto', 'kmodel', 'lingma-agent']));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('retrieve()', async () => {
    expect(await client.models.retrieve('kmodel')).toMatchObject({ id: 'kmodel', object: 'model' });
    await expect(client.models.retrieve('no-such-model')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});

describe('responses', () => {
  it('create() and stream().finalResponse()', async () => {
    const parameters = { model: 'gpt-5', input: sim({ text: TEXT, reasoning: 'Hm.' }) };
    const whole = await client.responses.create(parameters);
    expect(whole).toMatchObject({ status: 'completed', output_text: TEXT });
    const streamed = await client.responses.stream(parameters).finalResponse();
    expect(streamed).toMatchObject({ status: 'completed', output_text: TEXT });
    const next = await client.responses.create({
      model: 'gpt-5',
      previous_response_id: whole.id,
      input: sim({ echo: 'transcript' }),
    });
    expect(next.output_text).toContain(TEXT);
  });
});
