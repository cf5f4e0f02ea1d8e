/** The AI SDK over a real socket: one library, all three protocols. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, type LanguageModel, streamText } from 'ai';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

const TEXT = 'Grüße, 世界! 👩‍🚀 and a second sentence.';

let stack: SimulatedStack;
let base: string;

beforeAll(async () => {
  stack = await startSimulated();
  base = `${await stack.listen()}/v1`;
});
afterAll(() => stack.close());
afterEach(async () => {
  await vi.waitFor(() => expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
  await vi.waitFor(() => expect(stack.simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
});

interface Case {
  readonly name: string;
  readonly model: () => LanguageModel;
  /** The library turns thoughts of this protocol into reasoning parts. */
  readonly reasoning: boolean;
}

const apiKey = 'any';

const CASES: readonly Case[] = [
  {
    name: 'openai-compatible',
    model: () => createOpenAICompatible({ name: 'lingma', baseURL: base, apiKey, includeUsage: true })('gpt-5'),
    reasoning: true,
  },
  { name: 'openai chat', model: () => createOpenAI({ baseURL: base, apiKey }).chat('some-model'), reasoning: false },
  {
    name: 'openai responses',
    model: () => createOpenAI({ baseURL: base, apiKey }).responses('gpt-5'),
    reasoning: true,
  },
  { name: 'anthropic', model: () => createAnthropic({ baseURL: base, apiKey })('claude-sonnet-5-5'), reasoning: true },
];

/** What each provider needs to show thoughts. */
const providerOptions = {
  anthropic: { thinking: { type: 'adaptive' } },
  openai: { reasoningSummary: 'auto' },
};

describe.each(CASES)('$name', ({ model, reasoning }) => {
  it('generateText()', async () => {
    const { text, finishReason, usage } = await generateText({
      model: model(),
      system: 'You are terse.',
      prompt: sim({ text: TEXT }),
      maxRetries: 0,
    });
    expect(text).toBe(TEXT);
    expect(finishReason).toBe('stop');
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  it('streamText()', async () => {
    const errors: unknown[] = [];
    const result = streamText({
      model: model(),
      prompt: sim({ text: TEXT, chunks: 6 }),
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.join('')).toBe(TEXT);
    expect(pieces.length).toBeGreaterThan(1);
    expect(await result.finishReason).toBe('stop');
    expect((await result.usage).outputTokens).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it('thoughts - are reasoning, never text', async () => {
    const prompt = sim({ text: TEXT, reasoning: 'Secret thought.', chunks: 4 });
    const whole = await generateText({ model: model(), prompt, providerOptions, maxRetries: 0 });
    expect(whole.text).toBe(TEXT);
    const streamed = streamText({ model: model(), prompt, providerOptions, maxRetries: 0 });
    expect(await streamed.text).toBe(TEXT);
    if (!reasoning) return;
    expect(whole.reasoningText).toBe('Secret thought.');
    expect(await streamed.reasoningText).toBe('Secret thought.');
  });

  it('a conversation - reaches Lingma in full', async () => {
    const { text } = await generateText({
      model: model(),
      system: 'System words.',
      messages: [
        { role: 'user', content: 'First question' },
        { role: 'assistant', content: 'First answer' },
        { role: 'user', content: sim({ echo: 'transcript' }) },
      ],
      maxRetries: 0,
    });
    for (const said of ['System words.', 'First question', 'First answer']) expect(text.split(said)).toHaveLength(2);
  });

  it('maxOutputTokens', async () => {
    const prompt = sim({ text: 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen' });
    const { finishReason, text } = await generateText({ model: model(), prompt, maxOutputTokens: 5, maxRetries: 0 });
    expect(finishReason).toBe('length');
    expect(text.length).toBeLessThan(40);
  });

  it('an error - before the answer and in the middle of it', async () => {
    const error = { status: 500, message: 'boom' };
    const failed = generateText({ model: model(), prompt: sim({ error }), maxRetries: 0 });
    await expect(failed).rejects.toSatisfy((thrown) => APICallError.isInstance(thrown) && thrown.statusCode === 502);

    const errors: unknown[] = [];
    const streamed = streamText({
      model: model(),
      prompt: sim({ text: 'a b c d', error: { ...error, afterChunks: 2 } }),
      maxRetries: 0,
      onError: (event) => void errors.push(event.error),
    });
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    expect(text).toBe('a b ');
    expect(errors).toHaveLength(1);
  });

  it('an abort', async () => {
    const leave = new AbortController();
    const streamed = streamText({
      model: model(),
      prompt: sim({ text: 'word ', repeat: 100_000, chunks: 100_000, delayMs: 2 }),
      abortSignal: leave.signal,
      maxRetries: 0,
      onError: () => undefined,
    });
    let pieces = 0;
    for await (const _piece of streamed.textStream) if (++pieces === 3) leave.abort();
    expect(pieces).toBeGreaterThanOrEqual(3);
  });
});
