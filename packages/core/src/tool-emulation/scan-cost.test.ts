/**
 * The work of scanning grows with the text and not faster, whatever a model writes. Counted: characters that blocks take
 * in and read, and steps of the JSON tracker. What regular expressions do cannot be counted, so of that the growth is
 * measured, in processor time that other processes have no part in.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createToolIndex } from './call/tool-index.js';
import { JsonTracker } from './json/json-tracker.js';
import { BlockJudge } from './scanner/block-judge.js';
import { HeldBlock, MAX_HELD_LENGTH } from './scanner/held-block.js';
import { ToolScanner } from './scanner/tool-scanner.js';
import { scanPieces } from './testing/scan.js';
import { TOOLS } from './testing/tools.js';

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
  'a call in the form of Qwen': '<tool_call>\n<function=get_time>\n<parameter=path>\n',
  'invokes with a parameter': '<invoke name="write_file"><parameter name="content">',
  'pairs without an end': '<tool_call>get_time<arg_key>a</arg_key><arg_value>b',
  'pairs with an end of something else': '<tool_call>get_time<arg_key>a</arg_key><arg_value>b</tool_call>',
  'elements of all prefixes': '<a:tool_call><b:tool_call><c:invoke name="get_time">',
  'a JSON call without its end': '<tool_call>{"name": "write_file", "arguments": {"content": "',
  'JSON that cannot be read': '<tool_call>{"a":}</tool_call>',
  'brackets at the start of lines': '[\n',
  braces: '{',
  'labels of ReAct': 'Action: get_time\nAction Input: {',
  'Python calls': '```tool_code\nwrite_file(content="',
  'headers that end in nothing': `[TOOL_CALLS]${'a'.repeat(110)}!`,
  'headers of many words': '[TOOL_CALLS]aaaa bbb ccc ddd eee fff ggg hhh\n',
  'numbers out of range': '<tool_call>{"a":1e999999',
  'elements inside elements': '<tool_calls><tool_call><function=get_time><a>',
  'sections of DeepSeek': '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{',
  'XML documents': '<project>\n <tool name="get_time">\n',
  quotations: '| <tool_call>\n',
};

/** What may follow one opener without end. */
const TAILS: Readonly<Record<string, string>> = {
  blanks: ' ',
  'line ends': '\n',
  letters: 'a',
  words: 'x ',
  backticks: '`',
  braces: '{',
  quotes: '"a" ',
  tags: '<a>',
  'closing tags': '</parameter>\n',
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
    return outcome;
  });
  vi.spyOn(BlockJudge.prototype, 'read').mockImplementation(function (this: BlockJudge, held, at, position) {
    work += held.text().length;
    return read.call(this, held, at, position);
  });
  scanPieces(text.match(/[\s\S]{1,7}/g) ?? [], { tools: TOOLS, choice: { type: 'required' }, isCut: true });
  vi.restoreAllMocks();
  return work;
}

const { feed } = JsonTracker.prototype;
const { feed: take } = HeldBlock.prototype;
const { read } = BlockJudge.prototype;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('ToolScanner - the work grows with the text', () => {
  it.each(Object.entries(TEXTS))('%s', (_, unit) => {
    const of = (length: number): number => count(unit.repeat(Math.ceil(length / unit.length)));
    const [small, large] = [of(1_500), of(24_000)];
    expect(large).toBeLessThanOrEqual((small + 1_500) * 16 * 2);
    // Every format may look at a text once, and some may read it anew at a few of its marks.
    expect(large).toBeLessThanOrEqual(24_000 * 40);
  });
});

/** Processor time of the best of some runs, in microseconds: the least that something else took part in. One as short as `enough` will do. */
function timed(text: string, isCut: boolean, enough = 0): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && best > enough; run++) {
    const before = process.cpuUsage();
    scanPieces([text], { tools: TOOLS, choice: { type: 'required' }, isCut });
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return best;
}

/** Below this, in microseconds, clocks and collectors weigh more than the text. */
const NOISE = 10_000;

describe('ToolScanner - the time grows with the text, regular expressions included', () => {
  const grows = (make: (length: number) => string): void => {
    for (const isCut of [true, false]) {
      const large = timed(make(48_000), isCut, NOISE * 8);
      // Four times the text; with its square it would be sixteen times the time. Where that is little anyway, it tells nothing.
      const small = large <= NOISE * 8 ? NOISE : timed(make(12_000), isCut);
      expect(large).toBeLessThanOrEqual(Math.max(small, NOISE) * 8);
    }
  };

  it.each(Object.entries(TEXTS))('%s', { timeout: 60_000 }, (_, unit) => {
    grows((length) => unit.repeat(Math.ceil(length / unit.length)));
  });

  it.each(Object.entries(TAILS))('every opener once, then %s', { timeout: 120_000 }, (_, tail) => {
    for (const opener of Object.values(TEXTS)) grows((length) => `${opener}${tail.repeat(length / tail.length)}x`);
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
