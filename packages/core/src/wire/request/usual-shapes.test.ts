import { describe, expect, it } from 'vitest';
import { parseRequest as parseMessagesRequest } from '../anthropic-messages/parse-request.js';
import { parseRequest as parseChatRequest } from '../openai-chat/parse-request.js';
import { parseRequest as parseResponsesRequest } from '../openai-responses/request/parse-request.js';
import type { ParsedRequest } from '../protocol.js';
import { withUsualShapes } from './usual-shapes.js';

const ROUTES: readonly (readonly [string, (body: unknown) => ParsedRequest])[] = [
  ['chat', parseChatRequest],
  ['responses', parseResponsesRequest],
  ['messages', (body) => parseMessagesRequest({ max_tokens: 10, ...(body as object) })],
];
const read = (id: string | undefined, path: string) => ({
  ...(id !== undefined && { id }),
  type: 'function',
  function: { name: 'read', arguments: JSON.stringify({ path }) },
});
/** Calls and results with the ids they were given, in order. */
const threads = ({ chat }: ParsedRequest): string[] =>
  chat.messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((part) => {
          if (part.type === 'tool-call') return [`${part.toolCallId} asks ${part.input}`];
          return part.type === 'tool-result' ? [`${part.toolCallId} is ${JSON.stringify(part.output)}`] : [];
        }),
  );

describe.each(ROUTES)('%s - looser shapes', (_name, parse) => {
  it.each([
    ['one block for a list', { messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }] }],
    ['a part without a type', { messages: [{ role: 'user', content: { text: 'hello' } }] }],
    ['an input message without a role', { input: [{ type: 'message', content: 'hello' }] }],
    ['an input of a text alone', { input: [{ text: 'hello' }] }],
    ['a null among the parts', { messages: [{ role: 'user', content: [null, { type: 'text', text: 'hello' }] }] }],
    ['a role and a type left out', { input: [{ content: [{ type: 'input_text', text: 'hello' }] }] }],
  ])('%s - is read', (_case, body) => {
    expect(parse(body).chat.messages).toMatchObject([{ role: 'user', content: [{ type: 'text', text: 'hello' }] }]);
  });

  it('results without an id - answer the calls in their order', () => {
    const asked = { role: 'assistant', content: null, tool_calls: [read('a', '1'), read('b', '2')] };
    const results = [
      { role: 'tool', content: 'one' },
      { role: 'tool', content: { n: 2 } },
      { role: 'tool', content: 'x' },
    ];
    expect(threads(parse({ messages: [{ role: 'user', content: 'go' }, asked, ...results] }))).toEqual([
      'a asks {"path":"1"}',
      'b asks {"path":"2"}',
      'a is [{"type":"text","text":"one"}]',
      'b is [{"type":"text","text":"{\\"n\\":2}"}]',
      'call_without_id_1 is [{"type":"text","text":"x"}]',
    ]);
  });

  it('calls without ids either - are answered all the same', () => {
    const asked = { role: 'assistant', content: { type: 'tool_use', name: 'read', input: { path: '1' } } };
    const answer = { role: 'user', content: { type: 'tool_result', content: { type: 'text', text: 'one' } } };
    expect(threads(parse({ messages: [{ role: 'user', content: 'go' }, asked, answer] }))).toEqual([
      'call_without_id_1 asks {"path":"1"}',
      'call_without_id_1 is [{"type":"text","text":"one"}]',
    ]);
  });

  it('an output item without an id - answers the call that is open', () => {
    const call = (call_id: string) => ({ type: 'function_call', call_id, name: 'read', arguments: '{}' });
    const input = [
      { role: 'user', content: 'go' },
      call('a'),
      call('b'),
      { type: 'function_call_output', call_id: 'a', output: 'one' },
      { type: 'function_call_output', output: 'two' },
    ];
    expect(threads(parse({ input })).slice(2)).toEqual([
      'a is [{"type":"text","text":"one"}]',
      'b is [{"type":"text","text":"two"}]',
    ]);
  });
});

describe('withUsualShapes()', () => {
  it('a body in the usual shapes - is itself', () => {
    const body = {
      system: 'x',
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: null, tool_calls: [read('a', '1')] },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'one' }] },
      ],
    };
    expect(withUsualShapes(body)).toBe(body);
  });

  it('a system prompt of one block - is a list', () => {
    expect(withUsualShapes({ system: { type: 'text', text: 'x' } })).toEqual({ system: [{ type: 'text', text: 'x' }] });
  });
});
