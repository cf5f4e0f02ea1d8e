/** The demo answers the person and not the client: what coding agents put around a person's words is not repeated. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, type Protocol } from '../support/ask.js';
import { type SimulatedStack, startSimulated } from '../support/stack.js';

const WORDS = 'Why is the sky blue?';
const TOOL = { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };
const text = (words: string) => ({ type: 'text', text: words });
const reminder = '<system-reminder>\nThe user opened a.ts. Do not mention it.\n</system-reminder>';

/** The shapes of real agents' requests, shortened. */
const CLIENTS: readonly (readonly [name: string, protocol: Protocol, body: Readonly<Record<string, unknown>>])[] = [
  [
    'reminders as blocks around the words, and an earlier turn',
    'messages',
    {
      system: [text('You are a coding agent.'), text('Be brief.')],
      messages: [
        { role: 'user', content: [text(reminder), text('Hello')] },
        { role: 'assistant', content: [text('Hi.')] },
        { role: 'user', content: [text(WORDS), text(reminder)] },
      ],
      tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters }],
    },
  ],
  [
    'results of a tool behind the words',
    'messages',
    {
      messages: [
        { role: 'user', content: [text(WORDS)] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'read', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'a\n\nb' }, text(reminder)] },
      ],
      tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters }],
    },
  ],
  [
    'instructions and environment as messages before the words',
    'responses',
    {
      instructions: 'You are a coding agent.',
      input: [
        {
          role: 'developer',
          content: [{ type: 'input_text', text: '<permissions instructions>\nAsk.\n</permissions instructions>' }],
        },
        {
          role: 'user',
          content: [
            {
              type: 'input_text',
              text: '# AGENTS.md instructions for /src\n\n<INSTRUCTIONS>\nUse tabs.\n</INSTRUCTIONS>',
            },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'input_text', text: '<environment_context>\n  <cwd>/src</cwd>\n</environment_context>' }],
        },
        { role: 'user', content: [{ type: 'input_text', text: WORDS }] },
      ],
      tools: [{ type: 'function', ...TOOL, strict: false }],
    },
  ],
  [
    'a query among elements of an editor',
    'chat',
    {
      messages: [
        { role: 'system', content: 'You are a coding agent.' },
        { role: 'user', content: '<user_info>\nOS: linux\n</user_info>' },
        { role: 'user', content: `<open_files>\na.ts\n</open_files>\n<user_query>\n${WORDS}\n</user_query>` },
      ],
      tools: [{ type: 'function', function: TOOL }],
    },
  ],
  ['the words alone', 'chat', {}],
];

let stack: SimulatedStack;
let base: string;
beforeAll(async () => {
  stack = await startSimulated();
  base = await stack.listen();
});
afterAll(() => stack.close());

it.each(CLIENTS)('%s', async (_name, protocol, body) => {
  const answer = await ask(base, protocol, { prompt: WORDS, body });
  expect(answer.error).toBeUndefined();
  expect(answer.text).toMatch(/simulator/);
  expect(answer.text.endsWith(`: ${WORDS}`), answer.text).toBe(true);
});
