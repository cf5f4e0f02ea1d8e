import { describe, expect, it } from 'vitest';
import { countToolResults, selectDirective } from './select-directive.js';

const steps =
  '@sim {"steps":[{"tools":[{"name":"a","input":{}},{"name":"b","input":{}}]},{"tools":[{"name":"c"}]},{"text":"done"}]}';
const firstTool = (prompts: string[]) => selectDirective(prompts)?.tools?.[0]?.name ?? selectDirective(prompts)?.text;

describe('countToolResults', () => {
  it.each([
    ['Tool result for call_1:\nok', 1],
    ['tool RESULT for x', 1],
    ['Tool: Tool result for x', 1],
    ['user: [Tool result for x]', 1],
    ['<tool result id="x">', 1],
    ['  (Tool result for x)', 1],
    ['The Tool result for x', 0],
    ['`Tool result for x`', 0],
    ['Tool result for a\nTool result for b\n\nTool result for c', 3],
  ])('%j → %i', (text, count) => {
    expect(countToolResults(text)).toBe(count);
  });
});

describe('selectDirective', () => {
  it('looks in the newest prompt first, then in earlier ones', () => {
    expect(selectDirective(['@sim {"text":"old"}', '@sim {"text":"new"}'])?.text).toBe('new');
    expect(selectDirective(['@sim {"text":"old"}', 'go on'])?.text).toBe('old');
    expect(selectDirective(['nothing', 'here'])).toBeUndefined();
  });

  it('moves on when all results of a step are there', () => {
    expect(firstTool([steps])).toBe('a');
    expect(firstTool([`${steps}\nTool result for 1\nx`])).toBe('a');
    expect(firstTool([`${steps}\nTool result for 1\nTool result for 2`])).toBe('c');
    expect(firstTool([`${steps}\nTool result for 1\nTool result for 2\nTool result for 3`])).toBe('done');
  });

  it('repeats the last step', () => {
    expect(firstTool([`${steps}${'\nTool result for x'.repeat(9)}`])).toBe('done');
  });

  it('counts results in later prompts of the session, and none from before the directive', () => {
    expect(firstTool([steps, 'Tool result for 1\nTool result for 2'])).toBe('c');
    expect(firstTool([`Tool result for 0\n${steps}`])).toBe('a');
  });

  it('gives steps the pace and format said outside of them', () => {
    const due = selectDirective(['@sim {"toolFormat":"glm","chunks":9,"delayMs":3,"steps":[{"text":"x","chunks":1}]}']);
    expect(due).toMatchObject({ toolFormat: 'glm', chunks: 1, delayMs: 3, text: 'x' });
  });
});
