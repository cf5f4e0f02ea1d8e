import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChatMessage,
  type ChatRequest,
  countPromptTokens,
  estimatingCounter,
  type TokenCounter,
  type ToolDefinition,
} from '../chat/index.js';
import type { MessageWeight } from '../pool/index.js';
import { MessageHistory } from './conversation/message-history.js';
import { type PromptWeight, weighPrompt } from './prompt-weight.js';
import { aRequest } from './testing/a-request.js';

const tool: ToolDefinition = { kind: 'function', name: 'run', description: 'Runs.', inputSchema: { type: 'object' } };
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  text.map((content): ChatMessage => ({ role: 'system', content })),
  text.map((said): ChatMessage => ({ role: 'user', content: [{ type: 'text', text: said }] })),
  fc.tuple(text, text).map(
    ([thought, said]): ChatMessage => ({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: thought },
        { type: 'text', text: said },
        { type: 'tool-call', toolCallId: 'c', toolName: 'run', input: JSON.stringify({ said }) },
      ],
    }),
  ),
  text.map(
    (said): ChatMessage => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c', output: [{ type: 'text', text: said }], isError: false }],
    }),
  ),
  fc.constant<ChatMessage>({
    role: 'user',
    content: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }],
  }),
);

const weigh = (request: ChatRequest, ...more: [TokenCounter, MessageWeight | undefined]): PromptWeight =>
  weighPrompt(request, new MessageHistory(request), ...more);

describe('weighPrompt', () => {
  it('tokens() - what countPromptTokens says, wherever the known beginning ends and whatever it is now', () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(message), (before, after) => {
        const began = weigh(aRequest({ messages: before }), estimatingCounter, undefined);
        began.tokens();
        const unthinking = before.map(withoutThoughts);
        for (const messages of [
          [...before, ...after],
          [...before, user()],
          [...unthinking, ...after],
        ]) {
          const request = aRequest({ messages, tools: [tool] });
          const expected = countPromptTokens(request, estimatingCounter);
          expect(weigh(request, estimatingCounter, began.weight()).tokens()).toBe(expected);
        }
      }),
    );
  });

  it('a known beginning - is not counted again', () => {
    const messages = Array.from({ length: 100 }, (_, index) => user(`message ${index}`));
    const counted: string[] = [];
    const counter: TokenCounter = {
      name: 'estimate',
      count(said: string): number {
        counted.push(said);
        return estimatingCounter.count(said);
      },
    };
    const first = weigh(aRequest({ messages }), counter, undefined);
    expect(first.weight()).toBeUndefined();
    first.tokens();
    counted.length = 0;
    const next = weigh(aRequest({ messages: [...messages, user('last')] }), counter, first.weight());
    next.tokens();
    next.tokens();
    expect(counted).toEqual(['last']);
    expect(next.weight()?.messages).toBe(101);
    // Another counter counts otherwise.
    counted.length = 0;
    weigh(aRequest({ messages }), { ...counter, name: 'o200k_base' }, first.weight()).tokens();
    expect(counted).toHaveLength(100);
  });
});

function user(said = 'and then'): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text: said }] };
}

const withoutThoughts = (said: ChatMessage): ChatMessage =>
  said.role === 'assistant' ? { ...said, content: said.content.filter(({ type }) => type !== 'reasoning') } : said;
