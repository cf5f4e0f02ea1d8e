import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../chat/index.js';
import { AnswerDecoder } from './answer-decoder.js';

const START = {
  type: 'response-start',
  responseId: 'r',
  model: 'm',
  createdAt: 0,
  inputTokens: 1,
  warnings: [],
} as const;

function decoding() {
  const events: ChatEvent[] = [];
  const cards: string[] = [];
  const answer = new AnswerDecoder({
    emit: (event) => events.push(event),
    start: () => START,
    onToolCard: ({ name }) => cards.push(name),
    onTextAfterCall: () => undefined,
  });
  return { answer, events, cards };
}

/** Text and thoughts as they came, blocks told apart. */
function said(events: readonly ChatEvent[]): string {
  return events
    .map((event) => {
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') return event.delta;
      return event.type === 'text-start' ? '<text>' : event.type === 'reasoning-start' ? '<thought>' : '';
    })
    .join('');
}

const TEXTS = [
  'plain words, one line',
  'two\nlines\n\nand more',
  'a `code` word and ``two``',
  'Before\n```ts\nconst a = `b`;\n```\nafter',
  '```ts|CODE_EDIT_BLOCK|src/a.ts\nlet a = 1;\n```\nDone.',
  'See ```toolCall::read_file::call-1::INIT\n```\n\nnext',
  '```think::1\nhm, so\n```\nThe answer',
  '<think>\nhm\n</think>\n\nThe answer',
  'not a <think> tag in mid-line',
  'smileys 😀😀 in 你好 text 👋',
  '\ud83d alone, and \ude00 too',
  '   \n  lead',
];

describe('plainText()', () => {
  it.each(TEXTS)('%j, however it is cut - comes to the same as the long way', (text) => {
    for (const size of [1, 2, 3, 5, 7, 1000]) {
      const short = decoding();
      const long = decoding();
      let taken = 0;
      for (let at = 0; at < text.length; at += size) {
        const piece = text.slice(at, at + size);
        if (short.answer.plainText(piece)) taken++;
        else short.answer.text(piece);
        long.answer.text(piece);
      }
      for (const { answer } of [short, long]) answer.complete('');
      expect(said(short.events)).toBe(said(long.events));
      // Whole characters alone, in every piece: others cannot be encoded.
      for (const event of short.events)
        if ('delta' in event) expect(() => encodeURIComponent(event.delta)).not.toThrow();
      expect(short.cards).toEqual(long.cards);
      expect(short.answer.visibleText).toBe(long.answer.visibleText);
      if (size < 4) expect(taken).toBeGreaterThan(0);
    }
  });

  it('after an overwrite, a call, or the end - is not taken', () => {
    const { answer } = decoding();
    answer.text('begun ');
    expect(answer.plainText('more')).toBe(true);
    answer.overwrite('begun anew ');
    expect(answer.plainText('more')).toBe(false);
    const called = decoding().answer;
    called.text('begun ');
    called.call({ id: 'c', toolName: 't', kind: 'function', input: '{}' });
    expect(called.plainText('more')).toBe(false);
    expect(called.plainReasoning('more')).toBe(false);
    const closed = decoding().answer;
    closed.text('begun ');
    closed.close();
    expect(closed.plainText('more')).toBe(false);
    expect(closed.visibleText).toBe('begun ');
  });
});

it('calls and results - have whole characters', () => {
  const { answer, events } = decoding();
  answer.text('Look: ');
  answer.report({ id: 'r', toolName: 't', kind: 'custom', input: '\ude00' });
  answer.reportResult({ toolCallId: 'r', output: '\ude00b', isError: false });
  answer.call({ id: 'c', toolName: 't', kind: 'custom', input: 'a\ud83d' });
  expect(events).toContainEqual({ type: 'tool-input-delta', id: 'c', delta: 'a\ufffd' });
  expect(events).toContainEqual({ type: 'tool-result', toolCallId: 'r', output: '\ufffdb', isError: false });
});

describe('plainReasoning()', () => {
  it('goes on with the open thought alone, in whole characters', () => {
    const { answer, events } = decoding();
    expect(answer.plainReasoning('hm')).toBe(false);
    answer.reasoning('hm');
    expect(answer.plainReasoning(', so')).toBe(true);
    expect(answer.plainReasoning('\ud83d')).toBe(false);
    answer.reasoning('\ud83d');
    expect(answer.plainReasoning('\ude00')).toBe(false);
    answer.reasoning('\ude00');
    expect(answer.plainReasoning('')).toBe(false);
    answer.text('The answer');
    expect(answer.plainReasoning('late')).toBe(false);
    expect(said(events)).toBe('<thought>hm, so😀<text>The answer');
  });
});
