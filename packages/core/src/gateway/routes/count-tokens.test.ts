import { describe, expect, it } from 'vitest';
import {
  type Channel,
  countPromptTokens,
  selectTokenCounter,
  type TokenCounter,
  type TokenCounterKind,
  toEventStream,
} from '../../chat/index.js';
import { anthropicMessages, openaiChat } from '../../wire/index.js';
import { createGateway } from '../gateway.js';

/** A token a word, so that sums can be read. */
const words: TokenCounter = {
  name: 'estimate',
  count: (text) => text.split(/\s+/).filter((word) => word !== '').length,
};

const messages = (more: object): number =>
  countPromptTokens(
    anthropicMessages.parseRequest({ messages: [{ role: 'user', content: 'one two' }], ...more }).chat,
    words,
  );

describe('countPromptTokens()', () => {
  it('counts words and framing', () => {
    expect(messages({})).toBe(4 + 4 + 2);
    expect(messages({ system: 'three more words' })).toBe(4 + 4 + 2 + 4 + 3);
  });

  it('counts calls, results and what is in them', () => {
    const call = { type: 'tool_use', id: 't', name: 'ls', input: {} };
    const result = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'a b c' }, image] };
    const total = messages({
      messages: [
        { role: 'assistant', content: [call] },
        { role: 'user', content: [result] },
      ],
    });
    expect(total).toBe(4 + (4 + 12 + 1 + 1) + (4 + 12 + 3 + 1600));
  });

  it('counts pictures by what they cost, not by their bytes', () => {
    const big = { ...image, source: { ...image.source, data: 'A'.repeat(4_000_000) } };
    const one = messages({ messages: [{ role: 'user', content: [image] }] });
    expect(one).toBe(4 + 4 + 1600);
    expect(messages({ messages: [{ role: 'user', content: [big] }] })).toBe(one);
  });

  it('counts tools and the schema of the answer', () => {
    const tools = [{ name: 'ls', description: 'Lists a folder', input_schema: { type: 'object' } }];
    expect(messages({ tools }) - messages({})).toBe(350 + 12 + 1 + 3 + 1);
    expect(messages({ output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } })).toBe(
      messages({}) + 1,
    );
  });

  it('counts a document by its pages', () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0'.padEnd(160_000, 'A') };
    expect(messages({ messages: [{ role: 'user', content: [{ type: 'document', source }] }] })).toBe(4 + 4 + 3 * 2000);
  });

  it('is the same for both protocols, and more than the words alone', async () => {
    const counter = await selectTokenCounter('vocabulary');
    const prompt = [{ role: 'user', content: 'Why is the sky blue?' }];
    const count = countPromptTokens(anthropicMessages.parseRequest({ messages: prompt }).chat, counter);
    expect(count).toBe(countPromptTokens(openaiChat.parseRequest({ messages: prompt }).chat, counter));
    expect(count).toBeGreaterThan(counter.count('Why is the sky blue?'));
  });
});

describe('the routes that count', () => {
  const channel: Channel = { name: 'none', listModels: async () => [], streamChat: () => toEventStream([]) };
  const post = (path: string, body: object, tokenCounter?: TokenCounterKind): Promise<Response> =>
    createGateway({ channel, ...(tokenCounter !== undefined && { tokenCounter }) }).fetch(
      new Request(`http://localhost${path}`, { method: 'POST', body: JSON.stringify(body) }),
    );
  const messages = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'Why is the sky blue?' }] };
  const responses = { model: 'auto', input: 'Why is the sky blue?' };

  it.each([
    ['/v1/messages/count_tokens', messages, undefined, 'estimate'],
    ['/v1/messages/count_tokens', messages, 'vocabulary', 'o200k_base'],
    ['/v1/responses/input_tokens', responses, undefined, 'estimate'],
    ['/v1/responses/input_tokens', responses, 'vocabulary', 'o200k_base'],
  ] as const)('%s - says what it counted with', async (path, body, kind, name) => {
    const response = await post(path, body, kind);
    expect(response.headers.get('x-lingma-token-counter')).toBe(name);
    const counter = await selectTokenCounter(kind ?? 'estimate');
    const { chat } = openaiChat.parseRequest({ messages: messages.messages });
    expect(await response.json()).toMatchObject({ input_tokens: countPromptTokens(chat, counter) });
  });
});

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0K' } } as const;
