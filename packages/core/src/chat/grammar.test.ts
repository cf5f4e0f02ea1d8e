import { describe, expect, it } from 'vitest';
import type { ChatEvent } from './event.js';
import { checkGrammar } from './grammar.js';
import { end, reasoning, start, text, toolCall, toolStart } from './testing/events.js';

const RESULT: ChatEvent = { type: 'tool-result', toolCallId: 'c', output: 'ok', isError: false };

/** What comes through, and the rule that was broken. */
function check(events: readonly ChatEvent[]): { readonly passed: readonly ChatEvent[]; readonly rule?: string } {
  const stage = checkGrammar();
  const passed: ChatEvent[] = [];
  try {
    for (const event of events) stage.push(event, (emitted) => passed.push(emitted));
    return { passed };
  } catch (error) {
    expect(error).toMatchObject({ code: 'upstream_protocol', message: 'The upstream answered out of order' });
    return { passed, rule: ((error as Error).cause as Error).message };
  }
}

describe('checkGrammar()', () => {
  it.each<[string, ChatEvent[]]>([
    ['nothing at all', [start(), end()]],
    [
      'blocks of every kind',
      [start(), ...reasoning('a', 'x'), ...text('b', 'y', 'z'), ...toolCall('c', '{}'), RESULT, end()],
    ],
    ['blocks without a delta', [start(), ...text('a'), ...toolCall('b'), end('tool-calls')]],
    ['a turn that has not ended yet', [start(), { type: 'text-start', id: 'a' }]],
  ])('%s - passes unchanged', (_, events) => {
    expect(check(events)).toEqual({ passed: events });
  });

  const open = (id: string): ChatEvent => ({ type: 'text-start', id });
  it.each<[string, ChatEvent[], string]>([
    ['anything before the start', [open('a')], 'text-start: before response-start'],
    ['an end before the start', [end()], 'response-end: before response-start'],
    ['a second start', [start(), start()], 'response-start: twice'],
    ['anything after the end', [start(), end(), open('a')], 'text-start: after response-end'],
    ['a second end', [start(), end(), end()], 'response-end: after response-end'],
    ['an end inside a block', [start(), open('a'), end()], 'response-end: block a is still open'],
    ['a result inside a block', [start(), open('a'), RESULT], 'tool-result: block a is still open'],
    ['overlapping text', [start(), open('a'), open('b')], 'text-start: block a is still open'],
    ['a call inside text', [start(), open('a'), toolStart('c')], 'tool-input-start: block a is still open'],
    ['reasoning inside a call', [start(), toolStart('c'), ...reasoning('r')], 'reasoning-start: block c is still open'],
    ['an id that comes again', [start(), ...text('a'), ...text('a')], 'text-start: id a was used before'],
    [
      'an id that comes again in another kind',
      [start(), ...text('a'), ...reasoning('a')],
      'reasoning-start: id a was used before',
    ],
    ['a call with the id of a text', [start(), ...text('a'), toolStart('a')], 'tool-input-start: id a was used before'],
    ['a delta of no block', [start(), { type: 'text-delta', id: 'a', delta: 'x' }], 'text-delta: block a is not open'],
    [
      'a delta of another block',
      [start(), open('a'), { type: 'text-delta', id: 'b', delta: 'x' }],
      'text-delta: block b is not open',
    ],
    [
      'a delta of another kind',
      [start(), open('a'), { type: 'reasoning-delta', id: 'a', delta: 'x' }],
      'reasoning-delta: block a is not open',
    ],
    [
      'arguments in a text',
      [start(), open('a'), { type: 'tool-input-delta', id: 'a', delta: 'x' }],
      'tool-input-delta: block a is not open',
    ],
    [
      'a delta after the block',
      [start(), ...text('a'), { type: 'text-delta', id: 'a', delta: 'x' }],
      'text-delta: block a is not open',
    ],
    [
      'an end of another kind',
      [start(), open('a'), { type: 'reasoning-end', id: 'a' }],
      'reasoning-end: block a is not open',
    ],
    ['an end twice', [start(), ...text('a'), { type: 'text-end', id: 'a' }], 'text-end: block a is not open'],
    [
      'an end of a call that never began',
      [start(), { type: 'tool-input-end', id: 'c' }],
      'tool-input-end: block c is not open',
    ],
  ])('%s - breaks it, and does not come through', (_, events, rule) => {
    const checked = check(events);
    expect(checked.rule).toBe(rule);
    const broken = events.findIndex((event) => !checked.passed.includes(event));
    expect(checked.passed).toEqual(events.slice(0, broken));
  });
});
