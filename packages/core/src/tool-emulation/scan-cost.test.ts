/**
 * The work of scanning grows with the text and not faster, whatever a model writes. Counted, not timed: characters that
 * blocks take in and read, and steps of the JSON tracker.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HeldBlock, MAX_HELD_LENGTH } from './held-block.js';
import { JsonTracker } from './json-tracker.js';
import { ToolScanner } from './scan-text.js';
import { scanPieces } from './testing/scan.js';
import { TOOLS } from './testing/tools.js';
import { createToolIndex } from './tool-index.js';

const TEXTS: Readonly<Record<string, string>> = {
  prose: 'Some words, a < b, `code`, [link](x).\n',
  'opening tags': '<tool_call>',
  'opening tags with a brace': '<tool_call>{',
  'several kinds of tags': '<tool_call><tools><function_call><tool_use><function=a><invoke name="b">',
  'parameters without an end': '<function=write_file>\n<parameter=content>',
  'fences that open': '```json\n',
  'calls that are cut': '```json action\n{"tool": "write_file", "parameters": {"content": "',
  'fences in mid-line': 'x ```json {"name": "a", ',
  'braces at the start of lines': '{"name":\n',
  'marks of a line': '#Tool Call\n{',
  'marks of Mistral': '[TOOL_CALLS]x{',
  'special tokens': '<|tool_call_begin|>functions.x:0<|tool_call_argument_begin|>{"a":"',
  'marks of MiniMax': ']<]minimax[>[<tool_call>]<]minimax[>[<invoke name="a">',
  'marks of Gemma': '<|tool_call>call:get_time{a:<|"|>',
  'channels that open': '<|start|>assistant<|channel|>commentary to=get_time<|message|>{',
  'tools channels': '<|open|>tools<|sep|><|open|>call tool="get_time"<|sep|>',
  'hash calls': '[TOOL_CALL]{tool => "get_time", args => { --a "b ',
  'values that quote their closing tag': '<function=write_file><parameter=content>a</parameter> b</function> ',
  'names before an object': 'get_time\n{"a":\nfunctions.get_time:0{\n',
  'closing brackets': '] ]]\n',
  'thoughts that open': '<think><thinking>',
  backticks: '` `` ```` ',
  'white space': ' \n',
};

let work = 0;

function count(text: string): number {
  work = 0;
  vi.spyOn(JsonTracker.prototype, 'feed').mockImplementation(function (this: JsonTracker, code) {
    work++;
    return feed.call(this, code);
  });
  vi.spyOn(HeldBlock.prototype, 'feed').mockImplementation(function (this: HeldBlock, chunk, at) {
    const outcome = take.call(this, chunk, at);
    work += outcome.end - at + 1;
    if (typeof outcome.result === 'object') work += this.text().length;
    return outcome;
  });
  scanPieces(text.match(/[\s\S]{1,7}/g) ?? [], { tools: TOOLS, choice: { type: 'required' }, isCut: true });
  vi.restoreAllMocks();
  return work;
}

const { feed } = JsonTracker.prototype;
const { feed: take } = HeldBlock.prototype;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('ToolScanner - the work grows with the text', () => {
  it.each(Object.entries(TEXTS))('%s', (_, unit) => {
    const of = (length: number): number => count(unit.repeat(Math.ceil(length / unit.length)));
    const [small, large] = [of(1_500), of(24_000)];
    expect(large).toBeLessThanOrEqual((small + 1_500) * 16 * 1.5);
    // Every format may look at a text once, no more.
    expect(large).toBeLessThanOrEqual(24_000 * 24);
  });
});

describe('ToolScanner - what is held back is bounded', () => {
  it('a call that never ends is passed on as text while it still comes', () => {
    let text = '';
    const fail = (): never => {
      throw new Error('There is no call');
    };
    const sink = {
      text: (piece: string) => {
        text += piece;
      },
      call: fail,
      partial: fail,
      invented: fail,
    };
    const scanner = new ToolScanner(createToolIndex(TOOLS), sink);
    const opener = '```json action\n{"tool": "write_file", "parameters": {"content": "';
    const chunk = 'x'.repeat(64 * 1024);
    scanner.push(opener);
    let longest = 0;
    for (let count = 1; count <= 40; count++) {
      scanner.push(chunk);
      longest = Math.max(longest, opener.length + count * chunk.length - text.length);
    }
    expect(longest).toBeLessThanOrEqual(MAX_HELD_LENGTH);
    expect(longest).toBeGreaterThan(MAX_HELD_LENGTH - 2 * chunk.length);
    scanner.end(true);
    expect(text).toBe(opener + chunk.repeat(40));
  });
});
