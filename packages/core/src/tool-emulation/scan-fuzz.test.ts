/** Pieces of every format in any order: whatever comes, the cut does not matter and nothing is lost or doubled. */
import { describe, expect, it } from 'vitest';
import type { ToolChoice } from '../chat/index.js';
import { cutAt, scanPieces, seeded } from './testing/scan.js';
import { TOOLS } from './testing/tools.js';

const read = '{"tool":"read_file","parameters":{"file_path":"x"}}';
const PIECES: readonly string[] = [
  ...['```', '````', '~~~', '`', '``', '\n', '\n\n', ' ', '  ', '\t', '\r\n', ' \u00a0 ', '\\', '\\"', '\\n', ';', '*'],
  ...['{', '}', '[', ']', '(', ')', '"', "'", ':', ',', '=', '<', '>', '</', 'text', '你好', '😀'],
  ...['json', 'json action', 'tool_code', 'python', '```json action\n', '```json\n', '```\n', '\n```\n'],
  ...[read, '{"name":"get_weather","arguments":{"city":"Paris"}}', '"tool"', '"read_file"', 'read_file', 'get_weather'],
  ...['<tool_call>', '</tool_call>', '<tool_calls>', '</tool_calls>', '<function=read_file>', '</function>'],
  ...[
    '<parameter=file_path>',
    '</parameter>',
    '<invoke name="read_file">',
    '</invoke>',
    '<parameter name="file_path">',
  ],
  ...['<function_calls>', '</function_calls>', '<arg_key>city</arg_key>', '<arg_value>', '</arg_value>'],
  ...['#Tool Call', '# Tool Calls:', '**Tool Call:**', '[TOOL_CALLS]', '[ARGS]', 'read_file(file_path="x")'],
  ...['<|tool_calls_section_begin|>', '<|tool_call_begin|>', 'functions.read_file:0', '<|tool_call_argument_begin|>'],
  ...['<|tool_call_end|>', '<|tool_calls_section_end|>', '<｜tool▁calls▁begin｜>', '<｜tool▁call▁begin｜>'],
  ...['<｜tool▁sep｜>', '<｜tool▁call▁end｜>', '<｜tool▁calls▁end｜>', '<｜DSML｜function_calls>', '<|im_end|>'],
  ...['<|python_tag|>', '<|channel|>', 'commentary to=functions.read_file', '<|message|>', '<|call|>'],
  ...[
    '| ',
    '\n| ',
    '\n  ',
    '<?xml version="1.0"?>',
    '<project>',
    '<project>\n',
    '</project>',
    '<a xmlns="b">',
    '<list>\n',
  ],
  ...['<tool name="read_file">', '<parameter name="file_path" type="string"/>', '</tool>', '<tools>', '</tools>'],
  ...['<read_file>', '<file_path>x</file_path>', '</read_file>', 'Tool result for x', '<tool_response>'],
];
const CHOICES: readonly ToolChoice[] = [
  { type: 'auto' },
  { type: 'auto' },
  { type: 'required' },
  { type: 'tool', toolName: 'read_file' },
];
const ROUNDS = 200;

describe('ToolScanner - anything in any order', () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed + 1))('seed %i', (seed) => {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    let withCalls = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const text = Array.from({ length: 2 + Math.floor(random() * 24) }, () => pick(PIECES)).join('');
      const options = { tools: TOOLS, choice: pick(CHOICES), isCut: random() < 0.3 };
      const whole = scanPieces([text], options);
      expect(scanPieces(text, options), text).toEqual(whole);
      const positions = Array.from({ length: 6 }, () => Math.floor(random() * text.length));
      expect(scanPieces(cutAt(text, positions), options), text).toEqual(whole);
      if (whole.calls.length > 0) withCalls++;
      if (whole.order === whole.text && whole.partial.length === 0 && !whole.invented) expect(whole.text).toBe(text);
      expect(isPartOf(whole.text, text), text).toBe(true);
    }
    expect(withCalls).toBeGreaterThan(0);
  });
});

/** Whether all visible characters of `part` stand in `text` in the same order. */
function isPartOf(part: string, text: string): boolean {
  let at = 0;
  for (const char of part) {
    if (/\s/.test(char)) continue;
    at = text.indexOf(char, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
