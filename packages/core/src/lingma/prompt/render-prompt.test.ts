import { describe, expect, it } from 'vitest';
import type { TranscriptEntry } from '../../chat/index.js';
import { renderNew, renderPrompt } from './render-prompt.js';

const CONVERSATION: readonly TranscriptEntry[] = [
  { role: 'system', text: 'Be brief.' },
  { role: 'user', text: 'One?\nTwo?' },
  { role: 'assistant', text: 'Three.' },
  { role: 'system', text: 'Now in French.' },
  { role: 'user', text: 'Four?\nFive?' },
];

describe('renderPrompt()', () => {
  it('one user message - as it is', () => {
    expect(renderPrompt([{ role: 'user', text: ' Hi\n' }])).toBe(' Hi\n');
  });

  it('a conversation - every text once, in order, under its role, the last line last', () => {
    const prompt = renderPrompt(CONVERSATION);
    let at = 0;
    for (const { role, text } of CONVERSATION) {
      const label = `${role[0]?.toUpperCase()}${role.slice(1)}:\n${text}`;
      const found = prompt.indexOf(label, at);
      expect(found, label).toBeGreaterThanOrEqual(at);
      expect(prompt.split(text)).toHaveLength(2);
      at = found + label.length;
    }
    expect(prompt.split('\n').at(-1)).toBe('Five?');
  });

  it('a system message alone - is not lost', () => {
    expect(renderPrompt([{ role: 'system', text: 'Say hello.' }])).toContain('Say hello.');
  });

  it('long histories - take linear time', () => {
    const history = (length: number): TranscriptEntry[] =>
      Array.from({ length }, (_, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text: 'x'.repeat(1000) }));
    expect(renderPrompt(history(2000)).length).toBeGreaterThan(2_000_000);
  });
});

describe('renderNew()', () => {
  it('one user message - as it is', () => {
    expect(renderNew(CONVERSATION, 4)).toBe('Four?\nFive?');
  });

  it('several - under their roles, without what is known', () => {
    expect(renderNew(CONVERSATION, 3)).toBe('System:\nNow in French.\n\nUser:\nFour?\nFive?');
  });
});
