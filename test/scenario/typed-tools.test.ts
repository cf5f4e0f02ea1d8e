/** Tools that a client declares by type alone and runs itself: the loops of the AI SDK and of Anthropic's runner with them. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { betaMemoryTool } from '@anthropic-ai/sdk/helpers/beta/memory';
import { generateText, stepCountIs, streamText, type ToolSet } from 'ai';
import { describe, expect, it } from 'vitest';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const stepsOf = (...tools: readonly object[]) => `Go. ${sim({ steps: [{ tools }, { text: 'Done.' }] })}`;

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect } });

  /** Runs the loop whole and streamed; returns what the tools were called with, each time. */
  async function run(model: Parameters<typeof generateText>[0]['model'], prompt: string, given: unknown) {
    // The SDK's own types for these tools do not hold where optional members are exact.
    const tools = given as ToolSet;
    const settings = { model, prompt, tools, maxRetries: 0, stopWhen: stepCountIs(4) };
    const whole = await generateText(settings);
    const streamed = streamText(settings);
    expect([whole.text, await streamed.text]).toEqual(['Done.', 'Done.']);
    const inputs = [whole.steps, await streamed.steps].map((steps) =>
      steps.flatMap((step) => step.toolCalls.map((call) => [call.toolName, { ...(call.input as object), callId: '' }])),
    );
    expect(inputs[1]).toEqual(inputs[0]);
    return inputs[0];
  }

  it('AI SDK, Responses - shell and apply_patch', async () => {
    const openai = createOpenAI({ baseURL: `${house.base}/v1`, apiKey: 'any' });
    const commands = ['ls -l', 'echo "你好"'];
    const patch = { type: 'update_file', path: 'a.txt', diff: '@@\n-old\n+new "值" \\n\n' } as const;
    const called = await run(
      openai.responses('gpt-5.1'),
      stepsOf({ name: 'shell', input: { commands } }, { name: 'apply_patch', input: { operation: patch } }),
      {
        shell: openai.tools.shell({
          execute: async ({ action }) => ({
            output: action.commands.map((command) => ({
              stdout: command,
              stderr: '',
              outcome: { type: 'exit', exitCode: 0 },
            })),
          }),
        }),
        apply_patch: openai.tools.applyPatch({ execute: async () => ({ status: 'completed', output: 'Patched.' }) }),
      },
    );
    expect(called).toMatchObject([
      ['shell', { action: { commands } }],
      ['apply_patch', { operation: patch }],
    ]);
    const told = house.stack.simulator.stats.prompts.at(-1)?.text ?? '';
    expect(told).toContain('echo \\"你好\\"');
    expect(told).toContain('Patched.');
  });

  it('AI SDK, Messages - bash, text editor, memory', async () => {
    const anthropic = createAnthropic({ baseURL: `${house.base}/v1`, apiKey: 'any' });
    const edit = { command: 'str_replace', path: '/a', old_str: 'x', new_str: 'y' };
    const note = { command: 'create', path: '/memories/a', file_text: '记住' };
    const called = await run(
      anthropic('claude-sonnet-4-5'),
      stepsOf(
        { name: 'bash', input: { command: 'ls' } },
        { name: 'str_replace_based_edit_tool', input: edit },
        { name: 'memory', input: note },
      ),
      {
        bash: anthropic.tools.bash_20250124({ execute: async ({ command }) => `ran ${command}` }),
        str_replace_based_edit_tool: anthropic.tools.textEditor_20250728({ execute: async () => 'edited' }),
        memory: anthropic.tools.memory_20250818({ execute: async () => 'kept' }),
      },
    );
    expect(called).toMatchObject([
      ['bash', { command: 'ls' }],
      ['str_replace_based_edit_tool', edit],
      ['memory', note],
    ]);
  });

  it("Anthropic's runner - keeps notes", async () => {
    const notes = new Map<string, string>();
    const nothing = async () => '';
    const final = await house.clients.anthropic.beta.messages.toolRunner({
      model: 'claude-sonnet-4-5',
      max_tokens: 1000,
      messages: [
        {
          role: 'user',
          content: stepsOf({ name: 'memory', input: { command: 'create', path: '/memories/a', file_text: '记住' } }),
        },
      ],
      tools: [
        betaMemoryTool({
          view: nothing,
          create: async ({ path, file_text }) => {
            notes.set(path, file_text);
            return 'kept';
          },
          str_replace: nothing,
          insert: nothing,
          delete: nothing,
          rename: nothing,
        }),
      ],
    });
    expect(final.content).toMatchObject([{ type: 'text', text: 'Done.' }]);
    expect([...notes]).toEqual([['/memories/a', '记住']]);
  });
});
