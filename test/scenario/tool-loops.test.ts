/** Whole agent loops: calls, results, more calls, an answer, as the official packages run them. */
import type Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import type OpenAI from 'openai';
import { zodFunction } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readChat, readMessage, readResponse, SPECS, toolsOf } from '../support/call-tools.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const weather = (city: string): object => ({ name: 'get_weather', input: { city } });
const time = { name: 'get_time', input: {} };
/** Two calls at once, then one, then the answer. */
const STEPS = {
  steps: [{ text: 'Looking.', tools: [weather('Rome'), time] }, { tools: [weather('Oslo')] }, { text: 'All done.' }],
};
const PROMPT = `Go. ${sim(STEPS)}`;
/** What the tools answer; the last has a line that looks like one more result. */
const run = (name: string, input: unknown): string =>
  name === 'get_time' ? 'noon' : `sunny in ${(input as { city: string }).city}\nTool result for nobody:`;

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect } });
  const lastPrompt = (): string => house.stack.simulator.stats.prompts.at(-1)?.text ?? '';
  const expectAllResults = (): void => {
    for (const result of ['sunny in Rome', 'noon', 'sunny in Oslo']) expect(lastPrompt().split(result)).toHaveLength(2);
    expect(lastPrompt().match(/^Tool result for /gm)).toHaveLength(3);
  };

  it.each([
    ['in order, tools repeated', false, true],
    ['in reverse, tools only in the first request', true, false],
  ])('chat completions, results %s', async (_name, reverse, repeat) => {
    const { openai } = house.clients;
    const tools = toolsOf('chat', SPECS) as OpenAI.ChatCompletionFunctionTool[];
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: PROMPT },
    ];
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const answer = await openai.chat.completions
        .stream({ model: 'gpt-5', messages, ...((turn === 0 || repeat) && { tools }) })
        .finalChatCompletion();
      const { calls, text, finish } = readChat(answer);
      counts.push(calls.length);
      messages.push(answer.choices[0]?.message as OpenAI.ChatCompletionMessage);
      if (calls.length === 0) {
        expect(text).toBe('All done.');
        expect(finish).toBe('stop');
        break;
      }
      expect(answer.choices[0]?.message.content).toBe(turn === 0 ? 'Looking.' : null);
      const results = calls.map(({ id, name, input }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: run(name, input),
      }));
      messages.push(...(reverse ? results.reverse() : results));
    }
    expect(counts).toEqual([2, 1, 0]);
    expectAllResults();
  });

  it('chat completions, runTools()', async () => {
    const seen: string[] = [];
    const City = z.object({ city: z.string() });
    const runner = house.clients.openai.chat.completions.runTools({
      model: 'gpt-5',
      messages: [{ role: 'user', content: PROMPT }],
      stream: true,
      tools: [
        zodFunction({
          name: 'get_weather',
          parameters: City,
          function: async (input: z.infer<typeof City>) => {
            seen.push(input.city);
            return run('get_weather', input);
          },
        }),
        zodFunction({ name: 'get_time', parameters: z.object({}), function: () => 'noon' }),
      ],
    });
    expect(await runner.finalContent()).toBe('All done.');
    expect(seen).toEqual(['Rome', 'Oslo']);
    expectAllResults();
  });

  it.each(['replayed items', 'previous_response_id'])('responses, %s', async (way) => {
    const { openai } = house.clients;
    const tools = toolsOf('responses', SPECS) as OpenAI.Responses.FunctionTool[];
    const history: OpenAI.Responses.ResponseInput = [{ role: 'user', content: PROMPT }];
    let fresh: OpenAI.Responses.ResponseInput = history.slice();
    let previous: string | undefined;
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const stored = way === 'previous_response_id';
      const answer = await openai.responses
        .stream({
          model: 'gpt-5',
          instructions: 'Be brief.',
          input: stored ? fresh : history,
          store: stored,
          ...(turn === 0 && { tools }),
          ...(stored && previous !== undefined && { previous_response_id: previous }),
        })
        .finalResponse();
      previous = answer.id;
      const { calls, text, finish } = readResponse(answer);
      counts.push(calls.length);
      if (calls.length === 0) {
        expect(text).toBe('All done.');
        expect(finish).toBe('stop');
        break;
      }
      // Codex replays items without their ids.
      history.push(
        ...answer.output.map((item) => ({ ...item, id: undefined }) as unknown as OpenAI.Responses.ResponseInputItem),
      );
      fresh = calls
        .map(({ id, name, input }) => ({
          type: 'function_call_output' as const,
          call_id: id,
          output: run(name, input),
        }))
        .reverse();
      history.push(...fresh);
    }
    expect(counts).toEqual([2, 1, 0]);
    expectAllResults();
  });

  it.each([
    ['results before text', 'before'],
    ['text before results', 'behind'],
    ['results in messages of their own', 'split'],
  ])('messages, %s', async (_name, shape) => {
    const { anthropic } = house.clients;
    const tools = toolsOf('messages', SPECS) as unknown as Anthropic.Tool[];
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: PROMPT }];
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const answer = await anthropic.messages
        .stream({ model: 'claude-sonnet-5-5', max_tokens: 4000, system: 'Be brief.', messages, tools })
        .finalMessage();
      const { calls, text, finish } = readMessage(answer);
      counts.push(calls.length);
      if (calls.length === 0) {
        expect(text).toBe('All done.');
        expect(finish).toBe('stop');
        break;
      }
      expect(finish).toBe('calls');
      messages.push({ role: 'assistant', content: answer.content });
      const results: Anthropic.ToolResultBlockParam[] = calls.map(({ id, name, input }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content: name === 'get_time' ? 'noon' : [{ type: 'text', text: run(name, input) }],
        is_error: name === 'get_time',
      }));
      const reminder: Anthropic.TextBlockParam = { type: 'text', text: 'Go on.' };
      if (shape === 'split') messages.push(...results.map((result) => ({ role: 'user' as const, content: [result] })));
      else
        messages.push({ role: 'user', content: shape === 'before' ? [...results, reminder] : [reminder, ...results] });
    }
    expect(counts).toEqual([2, 1, 0]);
    expectAllResults();
    expect(lastPrompt()).toContain('(get_time, failed):\nnoon');
  });

  it.each([true, false])('messages, toolRunner(), streamed: %s', async (stream) => {
    const seen: string[] = [];
    const runner = house.clients.anthropic.beta.messages.toolRunner({
      model: 'claude-sonnet-5-5',
      max_tokens: 4000,
      messages: [{ role: 'user', content: PROMPT }],
      stream,
      tools: [
        betaZodTool({
          name: 'get_weather',
          description: 'The weather.',
          inputSchema: z.object({ city: z.string() }),
          run: (input) => {
            seen.push(input.city);
            return run('get_weather', input);
          },
        }),
        betaZodTool({ name: 'get_time', description: 'The time.', inputSchema: z.object({}), run: () => 'noon' }),
      ],
    });
    const answer = await runner.runUntilDone();
    expect(answer.content).toMatchObject([{ type: 'text', text: 'All done.' }]);
    expect(answer.stop_reason).toBe('end_turn');
    expect(seen).toEqual(['Rome', 'Oslo']);
    expectAllResults();
  });
});
