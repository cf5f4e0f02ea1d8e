/** Loops that are long, large, or go on in one session of Lingma. */
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { readChat, SPECS, toolsOf } from '../support/call-tools.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const city = (index: number): string => `City ${index}`;
const call = (index: number): object => ({ name: 'get_weather', input: { city: city(index) } });
const tools = toolsOf('chat', SPECS) as OpenAI.ChatCompletionFunctionTool[];

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  describe.each([
    ['a session a turn', 'auto'],
    ['one session for all', 'reuse'],
  ] as const)('%s', (_name, sessionMode) => {
    const house = useHouse({}, { client: { dialect, sessionMode } }, { keepsSessions: sessionMode === 'reuse' });

    it('twenty steps - in order, each result once', async () => {
      const count = 20;
      const steps = [
        ...Array.from({ length: count }, (_, index) => ({ text: `Step ${index}.`, tools: [call(index)] })),
        { text: 'Done.' },
      ];
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: sim({ steps }) }];
      const seen: unknown[] = [];
      for (let turn = 0; turn <= count; turn++) {
        const answer = await house.clients.openai.chat.completions
          .stream({ model: 'gpt-5', messages, tools })
          .finalChatCompletion();
        const { calls, text } = readChat(answer);
        messages.push(answer.choices[0]?.message as OpenAI.ChatCompletionMessage);
        if (calls.length === 0) {
          expect(text).toBe('Done.');
          break;
        }
        seen.push(...calls.map(({ input }) => input));
        messages.push(
          ...calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: `result ${turn}.` })),
        );
      }
      expect(seen).toEqual(Array.from({ length: count }, (_, index) => ({ city: city(index) })));
      const prompt = house.stack.simulator.stats.prompts.at(-1)?.text ?? '';
      for (let turn = 0; turn < count; turn++) expect(prompt.split(`result ${turn}.`).length).toBeLessThanOrEqual(2);
      expect(prompt).toContain(`result ${count - 1}.`);
    });
  });

  describe('large', () => {
    const house = useHouse({}, { client: { dialect } });

    it('200 turns, a megabyte of results, 100 tools - every result is there', { timeout: 20_000 }, async () => {
      const many = Array.from({ length: 100 }, (_, index) => ({
        name: `tool_${index}`,
        description: 'What it does, at length. '.repeat(100),
        schema: {
          type: 'object',
          properties: Object.fromEntries(
            Array.from({ length: 30 }, (_unused, at) => [
              `member_${at}`,
              { type: 'string', description: 'A member. '.repeat(20) },
            ]),
          ),
          required: ['member_0'],
        },
      }));
      const history = Array.from({ length: 200 }, (_, index): OpenAI.ChatCompletionMessageParam[] => [
        { role: 'user', content: `Question ${index}?` },
        {
          role: 'assistant',
          content: null,
          // Ids that begin anew in every turn, as some clients make them.
          tool_calls: [
            { id: 'call_0', type: 'function', function: { name: 'tool_1', arguments: `{"member_0":"${index}"}` } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_0', content: `Result ${index}: ${'word '.repeat(1000)}` },
        { role: 'assistant', content: `Answer ${index}.` },
      ]).flat();
      const wanted = { name: 'tool_99', input: { member_0: 'x' } };
      const answer = await house.clients.openai.chat.completions
        .stream({
          model: 'gpt-5',
          messages: [...history, { role: 'user', content: sim({ text: 'Now.', tools: [wanted], chunks: 9 }) }],
          tools: toolsOf('chat', many) as OpenAI.ChatCompletionFunctionTool[],
        })
        .finalChatCompletion();
      expect(readChat(answer).calls).toMatchObject([wanted]);
      const prompt = house.stack.simulator.stats.prompts.at(-1)?.text ?? '';
      expect(prompt.match(/^Tool result for call_0 /gm)).toHaveLength(200);
      for (let index = 0; index < 200; index++) {
        const at = prompt.indexOf(`{"member_0":"${index}"}`);
        expect(prompt.slice(at, at + 200)).toContain(`Tool result for call_0 (tool_1):\nResult ${index}: `);
      }
    });
  });
});
