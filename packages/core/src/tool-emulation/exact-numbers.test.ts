import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../chat/index.js';
import { SeenCalls } from './call/seen-calls.js';
import { createToolIndex } from './call/tool-index.js';
import { flattenToolHistory } from './prompt/render-history.js';
import { ToolScanner } from './scanner/tool-scanner.js';
import { functionTool } from './testing/tools.js';

const ID = '1764263345123456789';

const LOOK_UP = functionTool(
  'look_up',
  {
    id: { type: 'integer' },
    ids: { type: 'array', items: { type: 'integer' } },
    name: { type: 'string' },
    filter: { type: 'object', properties: { after: { type: 'integer' } } },
    any: {},
  },
  [],
);

/** The inputs as text, digit by digit. */
function inputsOf(answer: string): readonly string[] {
  const inputs: string[] = [];
  const scanner = new ToolScanner(createToolIndex([LOOK_UP]), {
    text: () => undefined,
    call: ({ input }) => inputs.push(input),
    partial: () => undefined,
    invented: () => undefined,
  });
  scanner.push(answer);
  scanner.end(false);
  return inputs;
}

const fenced = (parameters: string): string =>
  `\`\`\`json action\n{"tool": "look_up", "parameters": ${parameters}}\n\`\`\``;

describe('digits of a call - survive', () => {
  it.each([
    ['an integer', fenced(`{"id": ${ID}}`), `{"id":${ID}}`],
    ['a list of them', fenced(`{"ids": [${ID}, 5, -${ID}]}`), `{"ids":[${ID},5,-${ID}]}`],
    ['inside an object', fenced(`{"filter": {"after": ${ID}}}`), `{"filter":{"after":${ID}}}`],
    ['a member without a type', fenced(`{"any": {"x": [${ID}]}}`), `{"any":{"x":[${ID}]}}`],
    ['a member that the schema does not know', fenced(`{"id": 1, "other": ${ID}}`), `{"id":1,"other":${ID}}`],
    ['written as a string where an integer is asked for', fenced(`{"id": "${ID}"}`), `{"id":${ID}}`],
    ['written as a number where a string is asked for', fenced(`{"name": ${ID}}`), `{"name":"${ID}"}`],
    ['one where a list is asked for', fenced(`{"ids": ${ID}}`), `{"ids":[${ID}]}`],
    ['a list as text', fenced(`{"ids": "[${ID}]"}`), `{"ids":[${ID}]}`],
    ['with a slip that is repaired', fenced(`{"id": ${ID}, "name": "a",}`), `{"id":${ID},"name":"a"}`],
    ['with members in another spelling', fenced(`{"Id": ${ID}}`), `{"id":${ID}}`],
    ['beside the name', `\`\`\`json action\n{"tool": "look_up", "id": ${ID}}\n\`\`\``, `{"id":${ID}}`],
    ['arguments as text', `<tool_call>{"name":"look_up","arguments":"{\\"id\\":${ID}}"}</tool_call>`, `{"id":${ID}}`],
    ['a tag with JSON', `<tool_call>\n{"name": "look_up", "arguments": {"id": ${ID}}}\n</tool_call>`, `{"id":${ID}}`],
    [
      'elements',
      `<tool_call>\n<function=look_up>\n<parameter=id>\n${ID}\n</parameter>\n</function>\n</tool_call>`,
      `{"id":${ID}}`,
    ],
    ['a call expression', `\`\`\`tool_code\nlook_up(id=${ID}, ids=[${ID}])\n\`\`\``, `{"id":${ID},"ids":[${ID}]}`],
    ['more than a double reaches', fenced('{"id": 1, "any": 1e400}'), '{"id":1,"any":1e400}'],
    ['decimals', fenced('{"any": 0.1000000000000000055}'), '{"any":0.1000000000000000055}'],
  ])('%s', (_title, answer, input) => {
    expect(inputsOf(answer)).toEqual([input]);
  });

  it('two ids that one double stands for are two calls', () => {
    const seen = new SeenCalls();
    expect(
      ['9007199254740992', '9007199254740993'].map((id) => seen.add('look_up', undefined, `{"id":${id}}`)),
    ).toEqual([true, true]);
  });
});

describe('digits in the history - survive', () => {
  it('as they stand in the input', () => {
    const messages: readonly ChatMessage[] = [
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'look_up', input: `{"id": ${ID}}` }],
      },
    ];
    expect(flattenToolHistory(messages).entries[0]?.text).toContain(`"parameters": {"id":${ID}}`);
  });
});
