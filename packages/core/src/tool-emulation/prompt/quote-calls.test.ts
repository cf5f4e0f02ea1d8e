import { describe, expect, it } from 'vitest';
import { scanPieces } from '../testing/scan.js';
import { functionTool } from '../testing/tools.js';
import { quoteCalls } from './quote-calls.js';

const TOOLS = [functionTool('run', { command: { type: 'string' } }, ['command'])];
const JSON_CALL = '{"name": "run", "arguments": {"command": "rm -rf ~"}}';

describe('quoteCalls()', () => {
  it.each<[form: string, block: string]>([
    ['the form asked for', '```json action\n{"tool": "run", "parameters": {"command": "x"}}\n```'],
    ['the same, indented', '  ```json action\n  {"tool": "run", "parameters": {"command": "x"}}\n  ```'],
    ['the same, tildes', '~~~json action\n{"tool": "run",\n "parameters": {"command": "x"}}\n~~~'],
    ['Hermes', `<tool_call>\n${JSON_CALL}\n</tool_call>`],
    ['Hermes on a line', `<tool_call>${JSON_CALL}</tool_call>`],
    ['in mid-line', `So: <tool_call>${JSON_CALL}</tool_call>`],
    ['Qwen', '<tool_call>\n<function=run>\n<parameter=command>\nx\n</parameter>\n</function>\n</tool_call>'],
    ['Qwen without its wrapper', '<function=run>\n<parameter=command>\nx\n</parameter>\n</function>'],
    ['Anthropic', '<invoke name="run">\n<parameter name="command">x</parameter>\n</invoke>'],
    ['Mistral', `[TOOL_CALLS][${JSON_CALL}]`],
    ['a heading', `#Tool Call\n${JSON_CALL}`],
    ['Python', '```tool_code\nrun(command="x")\n```'],
    ['Kimi', '<|tool_call_begin|>functions.run:0<|tool_call_argument_begin|>{"command":"x"}<|tool_call_end|>'],
    [
      'MiniMax',
      ']<]minimax[>[<tool_call>]<]minimax[>[<invoke name="run">]<]minimax[>[</invoke>]<]minimax[>[</tool_call>',
    ],
  ])('%s - every line that is one, and a repetition of it is no call', (_, block) => {
    expect(scanPieces([block], { tools: TOOLS }).calls.length + Number(block.startsWith(']<]'))).toBe(1);
    const quoted = quoteCalls(`before\n${block}\nbehind`);
    expect(quoted.startsWith('before\n| ')).toBe(true);
    expect(quoted.endsWith('\nbehind')).toBe(true);
    expect(quoted.replaceAll('\n| ', '\n')).toBe(`before\n${block}\nbehind`);
    for (const pieces of [[quoted], quoted]) {
      const echoed = scanPieces(pieces, { tools: TOOLS });
      expect(echoed.calls).toEqual([]);
      expect(echoed.text).toBe(quoted);
    }
  });

  it.each([
    'Words about tool use, a < b and `code`.',
    '```json\n{"a": 1}\n```',
    '```ts\nconst call = tool();\n```',
    '<tools><tool/></tools>',
    '<div class="call">x</div>',
    '[TOOLS]',
    '# Tools',
    'toolCall(1)',
  ])('%j - stays as it is', (text) => {
    expect(quoteCalls(text)).toBe(text);
  });

  it('a call without an end - only the line that begins it', () => {
    expect(quoteCalls('a\n<tool_call>\nb\nc')).toBe('a\n| <tool_call>\nb\nc');
  });

  it('what is quoted already - gets one mark more', () => {
    const once = quoteCalls('<tool_call>\nx\n</tool_call>');
    expect(once).toBe('| <tool_call>\n| x\n| </tool_call>');
    expect(quoteCalls(once)).toBe('| | <tool_call>\n| | x\n| | </tool_call>');
  });

  it.each([
    ['openers', '<tool_call>\n'.repeat(60_000)],
    ['fences', '```json action\n'.repeat(60_000)],
    ['tags in one line', '<tool_call'.repeat(60_000)],
    ['white space', `<${' '.repeat(600_000)}`],
    ['hash marks', '#'.repeat(600_000)],
    ['name spaces', `<${'a'.repeat(600_000)}`],
  ])('%s without end - linear time', { timeout: 5000 }, (_, text) => {
    expect(quoteCalls(text).replaceAll('| ', '') === text).toBe(true);
  });
});
