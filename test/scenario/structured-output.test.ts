/** Answers in a format, in the spelling of each protocol: valid, wrapped, repaired, or an error. */
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { askWithTools, PROTOCOLS, type Protocol, SPECS } from '../support/call-tools.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const Person = z.object({ name: z.string(), age: z.number().int(), tags: z.array(z.string()).nullable() });
const ANN = { name: 'Ann "A" 你好', age: 3, tags: null };
const TEXT = JSON.stringify(ANN);
const SCHEMA = z.toJSONSchema(Person) as Record<string, unknown>;

function format(protocol: Protocol, schema: Record<string, unknown> | null, strict = true): object {
  switch (protocol) {
    case 'chat':
      return {
        response_format:
          schema === null
            ? { type: 'json_object' }
            : { type: 'json_schema', json_schema: { name: 'answer', schema, strict } },
      };
    case 'responses':
      return {
        text: {
          format: schema === null ? { type: 'json_object' } : { type: 'json_schema', name: 'answer', schema, strict },
        },
      };
    case 'messages':
      return { output_config: { format: { type: 'json_schema', schema: schema ?? { type: 'object' } } } };
  }
}

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect } });

  describe.each(PROTOCOLS)('%s', (protocol) => {
    const ask = (text: string, stream: boolean, schema: Record<string, unknown> | null = SCHEMA, more: object = {}) =>
      askWithTools(house.clients, protocol, {
        prompt: sim({ text, chunks: 5 }),
        tools: [],
        stream,
        body: { ...format(protocol, schema), ...more },
      });

    it.each([true, false])('valid, fenced, among words - the JSON alone, streamed: %s', async (stream) => {
      for (const text of [TEXT, `\`\`\`json\n${TEXT}\n\`\`\``, `Here you are:\n${TEXT}\nAnything else?`]) {
        expect(await ask(text, stream)).toEqual({ text: TEXT, calls: [], finish: 'stop' });
      }
      expect(house.stack.simulator.stats.prompts.at(-1)?.text).toContain('JSON Schema');
    });

    it.each([true, false])('invalid, then right - the second alone, streamed: %s', async (stream) => {
      const before = house.stack.simulator.stats.turnsStarted;
      const answer = await ask(`{"name": "Ann"} ${sim({ text: TEXT })}`, stream);
      expect(answer).toEqual({ text: TEXT, calls: [], finish: 'stop' });
      expect(house.stack.simulator.stats.turnsStarted).toBe(before + 2);
      expect(house.stack.simulator.stats.prompts.at(-1)?.text).toContain('age');
    });

    it.each([true, false])('wrong twice - an error, never prose, streamed: %s', async (stream) => {
      const before = house.stack.simulator.stats.turnsStarted;
      await expect(ask('I would rather talk.', stream)).rejects.toMatchObject({ status: 502 });
      expect(house.stack.simulator.stats.turnsStarted).toBe(before + 2);
    });

    it('any object', async () => {
      expect((await ask('Sure: {"a": 1}', true, null)).text).toBe('{"a": 1}');
    });

    it('cut by the limit - ends as that', async () => {
      const limits = { chat: { max_tokens: 5 }, responses: { max_output_tokens: 5 }, messages: { max_tokens: 5 } };
      expect((await ask(TEXT, true, SCHEMA, limits[protocol])).finish).toBe('length');
    });

    it('with tools - a call stands in place of the answer', async () => {
      const body = format(protocol, SCHEMA);
      const call = { name: 'get_time', input: {} };
      const loop = { tools: SPECS, stream: true, body };
      expect(await askWithTools(house.clients, protocol, { ...loop, prompt: sim({ tools: [call] }) })).toMatchObject({
        calls: [call],
        finish: 'calls',
      });
      expect(await askWithTools(house.clients, protocol, { ...loop, prompt: sim({ text: TEXT }) })).toEqual({
        text: TEXT,
        calls: [],
        finish: 'stop',
      });
    });
  });

  it('zod helpers - parse what comes', async () => {
    const { openai, anthropic } = house.clients;
    const prompt = sim({ text: `\`\`\`\n${TEXT}\n\`\`\`` });
    const messages = [{ role: 'user' as const, content: prompt }];
    const chat = await openai.chat.completions.parse({
      model: 'gpt-5',
      messages,
      response_format: zodResponseFormat(Person, 'person'),
    });
    expect(chat.choices[0]?.message.parsed).toEqual(ANN);
    const streamed = openai.chat.completions.stream({
      model: 'gpt-5',
      messages,
      response_format: zodResponseFormat(Person, 'person'),
    });
    expect((await streamed.finalChatCompletion()).choices[0]?.message.parsed).toEqual(ANN);
    const text = { format: zodTextFormat(Person, 'person') };
    expect((await openai.responses.parse({ model: 'gpt-5', input: prompt, text })).output_parsed).toEqual(ANN);
    expect(
      (await openai.responses.stream({ model: 'gpt-5', input: prompt, text }).finalResponse()).output_parsed,
    ).toEqual(ANN);
    const parsed = await anthropic.messages.parse({
      model: 'claude-sonnet-5-5',
      max_tokens: 1000,
      messages,
      output_config: { format: zodOutputFormat(Person) },
    });
    expect(parsed.parsed_output).toEqual(ANN);
  });

  it('not strict - more members are forgiven', async () => {
    const text = JSON.stringify({ ...ANN, more: true });
    for (const protocol of ['chat', 'responses'] as const) {
      const ask = (strict: boolean) =>
        askWithTools(house.clients, protocol, {
          prompt: sim({ text }),
          tools: [],
          stream: false,
          body: format(protocol, SCHEMA, strict),
        });
      expect((await ask(false)).text).toBe(text);
      await expect(ask(true)).rejects.toMatchObject({ status: 502 });
    }
  });
});
