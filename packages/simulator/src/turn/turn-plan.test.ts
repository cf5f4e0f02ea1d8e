import { describe, expect, it } from 'vitest';
import { findDirective } from './directive.js';
import { cutText, type PlanInput, planTurn } from './turn-plan.js';

const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  prompts: ['hello'],
  answers: [],
  images: 0,
  nativeNames: [],
  faults: () => true,
  ...more,
});
const plan = (directive: object, more: Partial<PlanInput> = {}) =>
  planTurn(findDirective(`@sim ${JSON.stringify(directive)}`)?.directive, input(more));

describe('cutText', () => {
  it('cuts into as many pieces as asked, in order', () => {
    expect([...cutText('abcdefgh', 4)]).toEqual(['ab', 'cd', 'ef', 'gh']);
    expect([...cutText('abc', 10)]).toEqual(['a', 'b', 'c']);
    expect([...cutText('', 3)]).toEqual([]);
  });

  it('never parts a surrogate pair, whatever the count', () => {
    const text = '🌍a🌍🌍b你🌍';
    for (let count = 1; count <= text.length + 1; count += 1) {
      const pieces = [...cutText(text, count)];
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) expect(Buffer.from(piece).toString()).toBe(piece);
      expect(pieces).not.toContain('');
    }
  });
});

describe('planTurn', () => {
  it('answers ok without text, nothing beside tools, and as often as repeat says', () => {
    expect(plan({}).segments).toEqual(['ok']);
    expect(plan({ tools: [{ name: 'a', input: {} }], toolFormat: 'hermes' }).segments).toEqual([
      '<tool_call>\n{"name":"a","arguments":{}}\n</tool_call>',
    ]);
    expect(plan({ text: 'ab', repeat: 3 }).segments).toEqual(['ababab']);
  });

  it('puts tools behind the text, the action format by default', () => {
    const [text, tools] = plan({ text: 'Let me see.', tools: [{ name: 'a', input: { x: 1 } }] }).segments;
    expect(text).toBe('Let me see.\n\n');
    expect(tools?.startsWith('```json action\n')).toBe(true);
  });

  it('keeps native tools out of the text', () => {
    const native = plan({ tools: [{ name: 'a', input: {} }], toolFormat: 'native' });
    expect(native).toMatchObject({ segments: [], nativeTools: [{ name: 'a' }] });
    const configured = plan({ tools: [{ name: 'a' }, { name: 'b' }] }, { nativeNames: ['a'] });
    expect(configured.nativeTools.map((call) => call.name)).toEqual(['a']);
    expect(configured.segments.join('')).toContain('"tool": "b"');
  });

  it('echoes with look-alikes', () => {
    const echo = plan({ echo: 'transcript' }, { prompts: ['a `b`', '<c> {d}'] }).segments.join('');
    expect(echo).toBe('a ˋbˋ\n‹c> ❴d}');
    expect(plan({ echo: 'images' }, { images: 2 }).segments).toEqual(['2']);
    const facts = (prompts: string[], answers: string[] = []) => plan({ echo: 'facts' }, { prompts, answers }).segments;
    expect(facts(['fact-a, fact-b', 'fact-d'], ['fact-c'])).toEqual(facts(['fact-a fact-b "fact-c" fact-d']));
    expect(facts(['fact-a fact-b'])).not.toEqual(facts(['fact-b fact-a']));
    expect(facts(['x'])[0]).toMatch(/^0 facts/);
    expect(plan({ echo: 'prompt-chars' }, { prompts: ['long before', 'four'] }).segments).toEqual(['4']);
  });

  it('takes the earliest fault', () => {
    expect(plan({ error: { status: 500, afterChunks: 3 }, dropAfterChunks: 1 }).fault).toMatchObject({ kind: 'drop' });
  });

  it('strikes only while the counter says so, by id', () => {
    const seen: [string, number][] = [];
    const faults = (id: string, times: number): boolean => seen.push([id, times]) <= times;
    const directive = { text: 'fine', error: { status: 503, message: 'busy', times: 1, id: 'k' } };
    expect(plan(directive, { faults }).fault).toMatchObject({ kind: 'error', status: 503 });
    expect(plan(directive, { faults }).fault).toBeUndefined();
    expect(seen).toEqual([
      ['k', 1],
      ['k', 1],
    ]);
  });

  it('repeats the last line without a directive', () => {
    const text = planTurn(undefined, input({ prompts: ['a\n\n  What `now`?  \n\n'] })).segments.join('');
    expect(text).toContain('simulator');
    expect(text.endsWith('What ˋnowˋ?')).toBe(true);
  });
});
