/** Ids of 64 bits through the whole house: from the model's text to the client, and from its history to the model. */
import { describe, expect, it } from 'vitest';
import { PATHS, PROTOCOLS, type Protocol, requestBody } from '../support/ask.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const ID = '1764263345123456789';
/** Stands for the number where a body is built, since JavaScript's own JSON cannot write it. */
const PLACE = '"@id"';
const INPUT = { id: '@id' };
const SCHEMA = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };

const TOOL: Readonly<Record<Protocol, object>> = {
  chat: { type: 'function', function: { name: 'look_up', parameters: SCHEMA } },
  messages: { name: 'look_up', input_schema: SCHEMA },
  responses: { type: 'function', name: 'look_up', parameters: SCHEMA },
};

const HISTORY: Readonly<Record<Protocol, object>> = {
  chat: {
    messages: [
      {
        role: 'assistant',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'look_up', arguments: INPUT } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'found' },
    ],
  },
  messages: {
    messages: [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'look_up', input: INPUT }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'found' }] },
    ],
  },
  responses: {
    input: [
      { type: 'function_call', call_id: 'c', name: 'look_up', arguments: INPUT },
      { type: 'function_call_output', call_id: 'c', output: 'found' },
    ],
  },
};

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect } });

  const post = async (protocol: Protocol, body: object): Promise<string> => {
    const text = JSON.stringify(body).replaceAll(PLACE, ID);
    const response = await fetch(house.base + PATHS[protocol], { method: 'POST', body: text });
    return response.text();
  };

  it.each(PROTOCOLS.flatMap((protocol) => [false, true].map((stream) => [protocol, stream] as const)))(
    '%s, streamed %s - a call keeps its digits',
    async (protocol, stream) => {
      const text = `\`\`\`json action\n{"tool": "look_up", "parameters": {"id": ${ID}}}\n\`\`\``;
      const body = requestBody(protocol, { prompt: `Go. ${sim({ text })}`, stream, body: { tools: [TOOL[protocol]] } });
      const answer = await post(protocol, body);
      // One part a call: the stage hands over whole inputs.
      expect(answer.replaceAll('\\', '')).toContain(`{"id":${ID}}`);
    },
  );

  it.each(PROTOCOLS)('%s - the history keeps its digits', async (protocol) => {
    await post(protocol, { ...requestBody(protocol, { prompt: 'x' }), ...HISTORY[protocol], tools: [TOOL[protocol]] });
    expect(house.stack.simulator.stats.prompts.at(-1)?.text).toContain(`{"id":${ID}}`);
  });
});
