import { describe, expect, it } from 'vitest';
import { NativeMarkup } from './native-markup.js';

function split(pieces: readonly string[]) {
  const out = { text: '', reasoning: '', cards: [] as string[], deltas: [] as string[] };
  const fences = new NativeMarkup({
    text: (delta) => {
      out.text += delta;
      out.deltas.push(delta);
    },
    reasoning: (delta) => {
      out.reasoning += delta;
    },
    toolCard: ({ name, toolCallId, status }) => out.cards.push(`${name}/${toolCallId}/${status}`),
  });
  for (const piece of pieces) fences.push(piece);
  fences.end();
  return out;
}

const whole = (text: string) => {
  const { text: visible, reasoning, cards } = split([text]);
  return { text: visible, reasoning, cards };
};

describe('NativeMarkup', () => {
  const cases: readonly (readonly [string, string, { text: string; reasoning?: string; cards?: string[] }])[] = [
    ['plain text', 'Hello\nworld', { text: 'Hello\nworld' }],
    [
      'think fence as captured on QoderCN',
      '\n````think::{THINK_TIME}\n<thought>\n````\nanswer',
      { text: 'answer', reasoning: '<thought>' },
    ],
    [
      'think fence with code inside',
      '````think::12\na\n```js\nx\n```\nb\n````\n\nok',
      { text: 'ok', reasoning: 'a\n```js\nx\n```\nb' },
    ],
    ['think fence closed in mid-line', '````think::3\nthought````answer', { text: 'answer', reasoning: 'thought' }],
    ['think fence of three backticks', '```think::3\nthought\n```\nanswer', { text: 'answer', reasoning: 'thought\n' }],
    ['think tags', '<think>\nhm\n</think>\n\nanswer', { text: 'answer', reasoning: 'hm' }],
    ['thinking tags', '<thinking>hm</thinking>answer', { text: 'answer', reasoning: 'hm' }],
    ['think tags at a later line', 'a\n<think>b</think>\nc', { text: 'a\nc', reasoning: 'b' }],
    ['think tags in mid-line', 'use <think> tags', { text: 'use <think> tags' }],
    ['think tags in code', '```\n<think>x</think>\n```', { text: '```\n<think>x</think>\n```' }],
    ['think tags never closed', '<think>abc', { text: '', reasoning: 'abc' }],
    [
      'tool card',
      'Let me look.\n\n```toolCall::read_file::call_1::INIT\n```\n\nDone',
      { text: 'Let me look.\n\nDone', cards: ['read_file/call_1/INIT'] },
    ],
    [
      'tool card in mid-line and without line end',
      'Look.```toolCall::read_file::call_1::INIT\n``````toolCall::grep_code::call_2::FINISHED\n```',
      { text: 'Look.', cards: ['read_file/call_1/INIT', 'grep_code/call_2/FINISHED'] },
    ],
    ['tool card that ends the text', 'a\n```toolCall::x::y::INIT', { text: 'a\n', cards: ['x/y/INIT'] }],
    ['tool card never closed', '```toolCall::x::y::INIT\nrest', { text: 'rest', cards: ['x/y/INIT'] }],
    ['edit block', '```ts|CODE_EDIT_BLOCK|/home/me/a b.ts\nlet x;\n```\nok', { text: '```ts\nlet x;\n```\nok' }],
    ['file reference', '```py::/a/b.py::1-3\nx = 1\n```', { text: '```py\nx = 1\n```' }],
    ['ordinary code', '```ts title="a::b"\nx\n```\n', { text: '```ts title="a::b"\nx\n```\n' }],
    ['leading blanks', '\n\n  hello', { text: '\n\n  hello' }],
    ['nothing but blanks', '\n \n', { text: '\n \n' }],
    [
      'line ends as on Windows',
      '<think>\r\na\r\n</think>\r\n\r\nb\r\n```\r\nc\r\n```\r\n',
      { text: 'b\r\n```\r\nc\r\n```\r\n', reasoning: 'a' },
    ],
    ['Chinese and emoji', '<think>思考🤔</think>你好👋', { text: '你好👋', reasoning: '思考🤔' }],
  ];

  it.each(cases)('push() - %s', (_name, input, expected) => {
    expect(whole(input)).toEqual({ reasoning: '', cards: [], ...expected });
  });

  it.each(cases)('push() - %s, cut everywhere', (_name, input, expected) => {
    const { text, reasoning, cards } = split(input.split(''));
    expect({ text, reasoning, cards }).toEqual({ reasoning: '', cards: [], ...expected });
  });

  it('push() - streams ordinary text on at once', () => {
    expect(split(['Hello', ' there', '!']).deltas).toEqual(['Hello', ' there', '!']);
    expect(split(['a `code` ', 'b']).deltas).toEqual(['a `code` ', 'b']);
  });

  it('push() - never gives half a character', () => {
    const { text, deltas } = split(['a\ud83d', '\udc4b', 'b']);
    expect(text).toBe('a👋b');
    for (const delta of deltas) expect(encodeURIComponent(delta)).not.toBe('');
  });

  const MARKERS = [
    ...[
      '`',
      '``',
      '```',
      '````',
      '~~~',
      '\n',
      '\n\n',
      '\r\n',
      ' ',
      'a',
      'text ',
      '你',
      '👋',
      '<',
      '<think>',
      '</think>',
    ],
    ...['<thinking>', '</thinking>', 'think::{THINK_TIME}\n', '```toolCall::read_file::call_1::INIT\n```\n', '```\n'],
    ...['````think::1\n', 'toolCall::', 'ts|CODE_EDIT_BLOCK|/a\n', 'py::/a::1\n', 'x::y::z', '```js\n', '````\n'],
  ];
  const PLAIN = ['`', '``', '```', '\n', ' ', 'a', '<', '<b>', '👋', '```js\n', '~~~'];

  it('push() - gives the same however the text is cut', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const random = seeded(seed);
      const text = Array.from({ length: random(24) }, () => MARKERS[random(MARKERS.length)]).join('');
      const cuts = Array.from({ length: random(12) }, () => random(text.length + 1)).sort((a, b) => a - b);
      const places = [0, ...cuts, text.length];
      const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
      const { text: visible, reasoning, cards } = split(pieces);
      expect({ text: visible, reasoning, cards }, JSON.stringify(pieces)).toEqual(whole(text));
    }
  });

  it('push() - loses and doubles nothing in text without markers', () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = seeded(seed);
      const pieces = Array.from({ length: random(30) }, () => PLAIN[random(PLAIN.length)] as string);
      expect(split(pieces).text).toBe(pieces.join(''));
    }
  });
});

/** Numbers below `limit` that are the same in every run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed * 2654435761;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
