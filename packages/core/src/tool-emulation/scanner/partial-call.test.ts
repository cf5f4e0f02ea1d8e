import { describe, expect, it } from 'vitest';
import { runStage } from '../testing/run-stage.js';
import { scanPieces } from '../testing/scan.js';
import { TOOLS } from '../testing/tools.js';

/** Each form up to where the name is known, and what an argument that has begun adds. */
const FORMS: readonly (readonly [form: string, head: string, argument: string])[] = [
  ['the form asked for', '```json action\n{"tool": "read_file", "parameters": {', '"file_path": "a.t'],
  ['Hermes', '<tool_call>\n{"name": "read_file", "arguments": {', '"file_path": "a.t'],
  ['Qwen', '<tool_call>\n<function=read_file>\n', '<parameter=file_path>\na.t'],
  ['Qwen, in a parameter', '<tool_call>\n<function=read_file>\n<parameter=file_path>\n', 'a.t'],
  ['Anthropic', '<function_calls>\n<invoke name="read_file">\n', '<parameter name="file_path">a.t'],
  ['Anthropic, in a parameter', '<invoke name="read_file">\n<parameter name="file_path">', 'a.t'],
  ['GLM', '<tool_call>read_file\n', '<arg_key>file_path</arg_key>\n<arg_value>a.t'],
  [
    'DeepSeek V3',
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>read_file\n```json\n',
    '{"file_path": "a.t',
  ],
  ['DeepSeek V3.1', '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>read_file<｜tool▁sep｜>', '{"file_path": "a.t'],
  [
    'DeepSeek DSML',
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="read_file">\n',
    '<｜DSML｜parameter name="file_path" string="true">a.t',
  ],
  [
    'Kimi',
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>',
    '{"file_path": "a.t',
  ],
  ['Python', '```tool_code\nread_file(', 'file_path="a.t'],
];

describe('a call that the length limit cut', () => {
  it.each(FORMS)('%s - before its first argument nothing is announced', (_, head) => {
    for (const pieces of [[head], head]) {
      expect(runStage(pieces, { tools: TOOLS, isCut: true })).toMatchObject({
        calls: [],
        incomplete: [],
        order: '',
        finishReason: 'length',
      });
    }
  });

  it.each(FORMS)('%s - in it what has come of it is shown, and never whole', (_, head, argument) => {
    const { calls, partial } = scanPieces([head + argument], { tools: TOOLS, isCut: true });
    expect(calls).toEqual([]);
    expect(partial.map((one) => one.replaceAll(/[\s\\n]/g, ''))).toEqual(['read_file{"file_path":"a.t']);
  });

  it('whole members before it - are shown without the one that is open', () => {
    const text = '<function=write_file><parameter=file_path>a.ts</parameter><parameter=content>x';
    expect(scanPieces([text], { tools: TOOLS, isCut: true }).partial).toEqual(['write_file {"file_path":"a.ts"']);
  });

  it('names and tags without end - linear time', { timeout: 5000 }, () => {
    for (const filler of ['a', ' ', '\n', '<', '</', '<parameter=', '<arg_key>x', '(']) {
      const text = `<tool_call><function=read_file><parameter=${filler.repeat(200_000 / filler.length)}`;
      expect(scanPieces([text], { tools: TOOLS, isCut: true }).calls).toEqual([]);
    }
  });
});
