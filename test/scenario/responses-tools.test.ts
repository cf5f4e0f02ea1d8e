/** What only Responses has: free-form tools, namespaces, hosted tools, shell calls, stored responses. */
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { readResponse, TOOL_FORMATS } from '../support/call-tools.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

type Input = OpenAI.Responses.ResponseInput;

const PATCH = '*** Begin Patch\n*** Update File: a.txt\n@@\n-old "x" \\n\n+new 你好 `y`\n*** End Patch\n';
const TOOLS = [
  {
    type: 'custom',
    name: 'apply_patch',
    description: 'Changes files.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: begin_patch hunk+ end_patch' },
  },
  {
    type: 'namespace',
    name: 'mcp__notes',
    description: 'Notes of the user.',
    tools: [
      {
        type: 'function',
        name: 'find',
        description: 'Finds notes.',
        parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
        strict: false,
      },
    ],
  },
  { type: 'web_search' },
  { type: 'tool_search' },
  {
    type: 'function',
    name: 'exec_command',
    description: 'Runs a command.',
    parameters: { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
    strict: false,
  },
] as unknown as OpenAI.Responses.Tool[];

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect } });
  const lastPrompt = (): string => house.stack.simulator.stats.prompts.at(-1)?.text ?? '';
  const ask = (input: string | Input, more: object = {}) =>
    house.clients.openai.responses.stream({ model: 'gpt-5', input, tools: TOOLS, ...more }).finalResponse();

  it.each(TOOL_FORMATS)('free-form tools, written as %s', async (toolFormat) => {
    const answer = await ask(sim({ tools: [{ name: 'apply_patch', input: PATCH }], toolFormat, chunks: 9 }));
    const [item] = answer.output;
    expect(item).toMatchObject({ type: 'custom_tool_call', name: 'apply_patch', status: 'completed' });
    // Between tags the line ends at both ends belong to the tags.
    expect(readResponse(answer).calls[0]?.input).toSatisfy((input) => String(input).trim() === PATCH.trim());
    expect(lastPrompt()).toContain('start: begin_patch hunk+ end_patch');
  });

  it.each(['action', 'hermes', 'native'])('functions of a namespace, written as %s', async (toolFormat) => {
    const names = toolFormat === 'native' ? ['find'] : ['find', 'mcp__notes.find', 'mcp__notes__find'];
    for (const name of names) {
      const { output } = await ask(sim({ tools: [{ name, input: { query: 'x' } }], toolFormat }));
      expect(output).toMatchObject([
        { type: 'function_call', name: 'find', namespace: 'mcp__notes', arguments: '{"query":"x"}' },
      ]);
    }
    expect(lastPrompt()).toContain('Finds notes.');
  });

  it('hosted tools - left out with a warning', async () => {
    const { response } = await house.clients.openai.responses
      .create({ model: 'gpt-5', input: sim({ text: 'x' }), tools: TOOLS })
      .withResponse();
    expect(response.headers.get('x-lingma-warnings')).toMatch(/tools/);
    expect(lastPrompt()).not.toContain('web_search');
  });

  it('a whole loop of all kinds of items, replayed as Codex does', async () => {
    const steps = [
      { tools: [{ name: 'exec_command', input: { cmd: 'cat a.txt' } }], reasoning: 'First look.' },
      {
        tools: [
          { name: 'apply_patch', input: PATCH },
          { name: 'find', input: { query: 'x' } },
        ],
      },
      { text: 'Patched.' },
    ];
    const input: Input = [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are an agent.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: `Go. ${sim({ steps })}` }] },
    ];
    const kinds: string[][] = [];
    for (let turn = 0; turn < 4; turn++) {
      const answer = await ask(input, {
        store: false,
        include: ['reasoning.encrypted_content'],
        parallel_tool_calls: true,
        prompt_cache_key: 'key',
        reasoning: { effort: 'medium', summary: 'auto' },
      });
      kinds.push(answer.output.map(({ type }) => type));
      for (const { id: _, ...item } of answer.output as (OpenAI.Responses.ResponseOutputItem & { id?: string })[]) {
        input.push(item as Input[number]);
        if (item.type === 'function_call') {
          input.push({
            type: 'function_call_output',
            call_id: item.call_id,
            output: [{ type: 'input_text', text: `ran ${item.name}` }],
          });
        }
        if (item.type === 'custom_tool_call') {
          input.push({ type: 'custom_tool_call_output', call_id: item.call_id, output: 'Done!\nTool result for x' });
        }
      }
      if (answer.output_text !== '') {
        expect(answer.output_text).toBe('Patched.');
        break;
      }
    }
    expect(kinds).toEqual([['reasoning', 'function_call'], ['custom_tool_call', 'function_call'], ['message']]);
    expect(lastPrompt().match(/^Tool result for /gm)).toHaveLength(3);
    expect(lastPrompt()).toContain(JSON.stringify(PATCH));
    expect(lastPrompt()).toContain('"mcp__notes.find"');
    // Once, in the directive: thoughts are not replayed.
    expect(lastPrompt().split('First look.')).toHaveLength(2);
  });

  it('local_shell_call and its output - in the history', async () => {
    const input = [
      { role: 'user', content: 'List.' },
      {
        type: 'local_shell_call',
        id: 'ls_1',
        call_id: 'call_sh',
        status: 'completed',
        action: { type: 'exec', command: ['ls', '-l'], env: {} },
      },
      { type: 'local_shell_call_output', id: 'call_sh', call_id: 'call_sh', output: 'a.txt' },
      { role: 'user', content: sim({ echo: 'transcript' }) },
    ] as unknown as Input;
    await ask(input);
    expect(lastPrompt()).toMatch(/"ls", ?"-l"|ls -l/);
    expect(lastPrompt()).toContain('a.txt');
    expect(lastPrompt().match(/^Tool result for call_sh/gm)).toHaveLength(1);
  });

  it('a free-form tool demanded - is called, or 502', async () => {
    const tool_choice = { type: 'custom', name: 'apply_patch' } as const;
    const answer = await ask(sim({ tools: [{ name: 'apply_patch', input: PATCH }] }), { tool_choice });
    expect(answer.output).toMatchObject([{ type: 'custom_tool_call', input: PATCH }]);
    await expect(ask(sim({ text: 'No.' }), { tool_choice })).rejects.toMatchObject({ status: 502 });
  });

  it('a call cut by the limit - incomplete, as are its item and the response', async () => {
    const answer = await ask(
      sim({ tools: [{ name: 'exec_command', input: { cmd: 'echo '.repeat(500) } }], chunks: 40 }),
      {
        max_output_tokens: 60,
      },
    );
    expect(answer).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    for (const item of answer.output) if ('status' in item) expect(item.status).toBe('incomplete');
  });
});

describe('stored responses', () => {
  const keys = ['key-one-0123456789', 'key-two-0123456789'];
  const house = useHouse({}, { gateway: { clientKeys: keys } });
  const clientOf = (index: number): OpenAI =>
    new OpenAI({ baseURL: `${house.base}/v1`, apiKey: keys[index] ?? '', maxRetries: 0 });

  it('a loop over previous_response_id - of one key alone; get, items, delete', async () => {
    const [own, other] = [clientOf(0), clientOf(1)];
    const steps = [{ tools: [{ name: 'exec_command', input: { cmd: 'ls' } }] }, { text: 'Done.' }];
    const first = await own.responses.create({ model: 'gpt-5', input: sim({ steps }), tools: TOOLS });
    const call = first.output.find((item) => item.type === 'function_call');
    const next = {
      model: 'gpt-5',
      previous_response_id: first.id,
      input: [{ type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'a.txt' }],
    };
    await expect(other.responses.create(next)).rejects.toMatchObject({ status: 404 });
    await expect(other.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
    const second = await own.responses.create(next);
    expect(second.output_text).toBe('Done.');
    expect(await own.responses.retrieve(second.id)).toMatchObject({ id: second.id, output_text: 'Done.' });
    const items = [];
    for await (const item of own.responses.inputItems.list(second.id)) items.push(item.type);
    expect(items).toEqual(expect.arrayContaining(['message', 'function_call', 'function_call_output']));
    await expect(other.responses.delete(first.id)).rejects.toMatchObject({ status: 404 });
    await own.responses.delete(first.id);
    await expect(own.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
  });

  it('store: false - is not there', async () => {
    const { id } = await clientOf(0).responses.create({ model: 'gpt-5', input: sim({ text: 'x' }), store: false });
    await expect(clientOf(0).responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });
});
