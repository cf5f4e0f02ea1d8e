/** LangChain, over a channel and over Lingma: whole, streamed, tools, answers in a form, vectors. */
import { HumanMessage, type ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BASE, type ChannelStack, sim, startChannels } from './channel-stack.js';

let stack: ChannelStack | undefined;
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

const CHANNEL = { name: 'a', apiKey: 'k', models: ['qwen-plus', 'text-embedding-v4'] };
const add = tool(async ({ a, b }) => String(a + b), {
  name: 'add',
  description: 'adds',
  schema: z.object({ a: z.number(), b: z.number() }),
});
const STEPS = sim({ steps: [{ tools: [{ name: 'add', input: { a: 2, b: 3 } }] }, { text: 'It is 5', chunks: 3 }] });

describe.each([
  ['a channel', { channels: [CHANNEL] }, 'qwen-plus'],
  ['Lingma', { channels: [], lingma: true }, 'auto'],
] as const)('LangChain over %s', (_, options, model) => {
  const start = async (more: { readonly useResponsesApi?: boolean } = {}): Promise<ChatOpenAI> => {
    stack = await startChannels(options);
    const { fetch } = stack;
    return new ChatOpenAI({
      model,
      apiKey: 'any',
      maxRetries: 0,
      ...more,
      configuration: { baseURL: `${BASE}/v1`, fetch },
    });
  };

  it.each([false, true])('a loop with a tool, by Responses: %s', async (useResponsesApi) => {
    const bound = (await start({ useResponsesApi })).bindTools([add]);
    const question = new HumanMessage(STEPS);
    const asking = await bound.invoke([question]);
    const [call] = asking.tool_calls ?? [];
    expect(call).toMatchObject({ name: 'add', args: { a: 2, b: 3 } });
    const result = (await add.invoke({ ...call, type: 'tool_call' } as never)) as unknown as ToolMessage;
    expect(result.content).toBe('5');
    expect((await bound.invoke([question, asking, result])).text).toBe('It is 5');
  });

  it('a stream - every piece, and its usage', async () => {
    const pieces: string[] = [];
    let tokens = 0;
    for await (const chunk of await (await start()).stream(sim({ text: '你好, world', chunks: 3 }))) {
      pieces.push(chunk.text);
      tokens += (chunk.usage_metadata as { output_tokens?: number } | undefined)?.output_tokens ?? 0;
    }
    expect(pieces.join('')).toBe('你好, world');
    expect(tokens).toBeGreaterThan(0);
  });

  it('an answer in a form - parsed', async () => {
    const place = (await start()).withStructuredOutput(z.object({ city: z.string() }), { method: 'jsonSchema' });
    expect(await place.invoke(sim({ text: '{"city":"北京"}' }))).toEqual({ city: '北京' });
  });
});

describe('LangChain', () => {
  it('vectors - of one text and of many', async () => {
    stack = await startChannels({ channels: [CHANNEL] });
    const configuration = { baseURL: `${BASE}/v1`, fetch: stack.fetch };
    const embeddings = new OpenAIEmbeddings({
      model: 'text-embedding-v4',
      apiKey: 'any',
      dimensions: 16,
      configuration,
    });
    expect(await embeddings.embedQuery('茶')).toHaveLength(16);
    expect((await embeddings.embedDocuments(['a', 'b'])).map(({ length }) => length)).toEqual([16, 16]);
  });
});
