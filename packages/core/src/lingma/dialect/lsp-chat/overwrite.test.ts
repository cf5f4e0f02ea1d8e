import { describe, expect, it } from 'vitest';
import { texts } from '../testing/read-run.js';
import { FINISH, startLspChat } from '../testing/start-lsp-chat.js';

type Step = readonly ['text' | 'overwrite' | 'think', string];

/** Blocks of the answer, as `type: text`. */
function answerOf(steps: readonly Step[]): Promise<readonly string[]> {
  const started = startLspChat();
  for (const [what, text] of steps) {
    if (what === 'think') {
      started.send('chat/think', { text, step: 'start' });
      started.send('chat/think', { text: '', step: 'done' });
    } else started.send('chat/answer', { text, overwrite: what === 'overwrite' });
  }
  started.send('chat/finish', FINISH);
  return texts(started);
}

describe('overwrite after text that a thought has closed', () => {
  const cases: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
    [
      'says only what differs',
      [
        ['text', 'wrong text'],
        ['think', 'hm'],
        ['overwrite', 'wrong words'],
      ],
      ['text: wrong text', 'reasoning: hm', 'text: words'],
    ],
    [
      'goes on with what is new',
      [
        ['text', 'one'],
        ['think', 'hm'],
        ['overwrite', 'one two'],
        ['overwrite', 'one two three'],
      ],
      ['text: one', 'reasoning: hm', 'text:  two three'],
    ],
    [
      'takes back what is still open, and keeps in mind what is not',
      [
        ['text', 'one two'],
        ['think', 'hm'],
        ['overwrite', 'one three'],
        ['overwrite', 'one four'],
        ['think', 'hum'],
        ['overwrite', 'one four five'],
      ],
      ['text: one two', 'reasoning: hm', 'text: four', 'reasoning: hum', 'text:  five'],
    ],
    [
      'says a new text whole',
      [
        ['text', 'wrong text'],
        ['think', 'hm'],
        ['overwrite', ''],
        ['text', 'ri'],
        ['text', 'ght'],
      ],
      ['text: wrong text', 'reasoning: hm', 'text: right'],
    ],
    [
      'does not repeat thoughts in the text beside those sent on their own',
      [
        ['think', 'A'],
        ['text', '<think>B</think>\none'],
        ['overwrite', '<think>B</think>\ntwo'],
      ],
      ['reasoning: AB', 'text: two'],
    ],
  ];
  it.each(cases)('%s', async (_name, steps, blocks) => {
    expect(await answerOf(steps)).toEqual(blocks);
  });
});
