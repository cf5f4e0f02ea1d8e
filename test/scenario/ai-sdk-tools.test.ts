/** The AI SDK's own tool loop, whole and streamed, over each of its providers that can speak to the gateway. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateObject, generateText, type LanguageModel, Output, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const apiKey = 'any';
const MODELS: readonly (readonly [string, (base: string) => LanguageModel])[] = [
  [
    'openai-compatible',
    (base) =>
      createOpenAICompatible({ name: 'lingma', baseURL: base, apiKey, supportsStructuredOutputs: true })('gpt-5'),
  ],
  ['openai chat', (base) => createOpenAI({ baseURL: base, apiKey }).chat('gpt-4.1')],
  ['openai responses', (base) => createOpenAI({ baseURL: base, apiKey }).responses('gpt-5')],
  ['anthropic', (base) => createAnthropic({ baseURL: base, apiKey })('claude-sonnet-4-5')],
];

const STEPS = {
  steps: [
    {
      text: 'Looking.',
      tools: [
        { name: 'weather', input: { city: 'Rome', days: 2 } },
        { name: 'clock', input: {} },
      ],
    },
    { tools: [{ name: 'weather', input: { city: 'Oslo' } }], toolFormat: 'hermes', reasoning: 'Still one to go.' },
    { text: 'All done.' },
  ],
};

describe.each(MODELS)('%s', (_name, create) => {
  const house = useHouse();
  const model = (): LanguageModel => create(`${house.base}/v1`);

  const loop = (seen: unknown[]) => ({
    model: model(),
    prompt: `Go. ${sim(STEPS)}`,
    maxRetries: 0,
    stopWhen: stepCountIs(5),
    tools: {
      weather: tool({
        description: 'The weather of a city.',
        inputSchema: z.object({ city: z.string(), days: z.number().int().optional() }),
        execute: async (input) => {
          seen.push(input);
          return { sky: `sunny in ${input.city}` };
        },
      }),
      clock: tool({ inputSchema: z.object({}), execute: async () => 'noon' }),
    },
  });
  const expectLoop = (seen: readonly unknown[]): void => {
    expect(seen).toEqual([{ city: 'Rome', days: 2 }, { city: 'Oslo' }]);
    const prompt = house.stack.simulator.stats.prompts.at(-1)?.text ?? '';
    for (const result of ['sunny in Rome', 'noon', 'sunny in Oslo']) expect(prompt.split(result)).toHaveLength(2);
  };

  it('generateText()', async () => {
    const seen: unknown[] = [];
    const result = await generateText(loop(seen));
    expect(result.text).toBe('All done.');
    expect(result.steps.map(({ finishReason, toolCalls }) => [finishReason, toolCalls.length])).toEqual([
      ['tool-calls', 2],
      ['tool-calls', 1],
      ['stop', 0],
    ]);
    expectLoop(seen);
  });

  it('streamText()', async () => {
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const result = streamText({ ...loop(seen), onError: ({ error }) => void errors.push(error) });
    const parts: string[] = [];
    for await (const part of result.fullStream) parts.push(part.type);
    expect(errors).toEqual([]);
    expect(await result.text).toBe('All done.');
    expect((await result.steps).map(({ finishReason, toolCalls }) => [finishReason, toolCalls.length])).toEqual([
      ['tool-calls', 2],
      ['tool-calls', 1],
      ['stop', 0],
    ]);
    expect(parts.filter((type) => type === 'tool-call')).toHaveLength(3);
    expect(parts).not.toContain('tool-error');
    expectLoop(seen);
  });

  it('toolChoice - one tool is called, another is an error', async () => {
    const once = { ...loop([]), stopWhen: stepCountIs(1), toolChoice: { type: 'tool', toolName: 'weather' } as const };
    const tools = [{ name: 'weather', input: { city: 'Rome' } }];
    const { toolCalls } = await generateText({ ...once, prompt: sim({ tools }) });
    expect(toolCalls).toMatchObject([{ toolName: 'weather', input: { city: 'Rome' } }]);
    await expect(generateText({ ...once, prompt: sim({ text: 'I would rather talk.' }) })).rejects.toMatchObject({
      statusCode: 502,
    });
  });

  it('objects - generateObject() and Output.object()', async () => {
    const schema = z.object({ name: z.string(), tags: z.array(z.string()), size: z.number().nullable() });
    const value = { name: 'Ann', tags: ['a', 'b'], size: null };
    const prompt = sim({ text: `Here you are:\n\`\`\`json\n${JSON.stringify(value)}\n\`\`\``, chunks: 5 });
    expect((await generateObject({ model: model(), schema, prompt, maxRetries: 0 })).object).toEqual(value);
    const streamed = streamText({ model: model(), output: Output.object({ schema }), prompt, maxRetries: 0 });
    expect(await streamed.output).toEqual(value);
  });
});
