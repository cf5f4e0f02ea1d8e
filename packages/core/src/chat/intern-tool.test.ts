import { describe, expect, it } from 'vitest';
import { perTool } from './intern-tool.js';
import type { ToolDefinition } from './request.js';

const tool = (name: string, description = 'What it does.'): ToolDefinition => ({
  kind: 'function',
  name,
  description,
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
});

/** How often it was worked out. */
function counted(): { readonly of: (tool: ToolDefinition) => object; readonly times: number } {
  let times = 0;
  const of = perTool((one) => ({ name: one.name, nth: ++times }));
  return {
    of,
    get times() {
      return times;
    },
  };
}

describe('perTool()', () => {
  it('a tool that comes again - worked out once, be it parsed anew', () => {
    const counter = counted();
    const first = counter.of(tool('again'));
    expect(counter.of(JSON.parse(JSON.stringify(tool('again'))))).toBe(first);
    expect(counter.times).toBe(1);
  });

  it.each<[string, ToolDefinition]>([
    ['description', tool('differs', 'Something else.')],
    ['schema', { ...tool('differs'), inputSchema: { type: 'object' } }],
    ['namespace', { ...tool('differs'), namespace: 'mail' }],
    ['kind', { ...tool('differs'), kind: 'custom' }],
  ])('a tool of the same name with another %s - worked out for itself', (_, other) => {
    const counter = counted();
    expect(counter.of(other)).not.toBe(counter.of(tool('differs')));
    expect(counter.times).toBe(2);
  });

  it('tools of one name in turns, as of two agents - each worked out once', () => {
    const counter = counted();
    for (let turn = 0; turn < 3; turn++) {
      counter.of(tool('turns', 'of one agent'));
      counter.of(tool('turns', 'of another'));
    }
    expect(counter.times).toBe(2);
  });

  it('two functions - each has its own values', () => {
    const one = tool('shared');
    expect(perTool(() => 'a')(one)).toBe('a');
    expect(perTool(() => 'b')(one)).toBe('b');
  });

  it('more tools than the bound - the oldest are worked out again', () => {
    const counter = counted();
    counter.of(tool('oldest'));
    const long = 'x'.repeat(100_000);
    for (let index = 0; index < 22; index++) counter.of(tool(`n${index}`, long));
    expect(counter.times).toBe(23);
    counter.of(tool('oldest'));
    expect(counter.times).toBe(24);
    counter.of(tool('n21', long));
    expect(counter.times).toBe(24);
  });

  it('a tool larger than any that is remembered - pushes no other out', () => {
    const counter = counted();
    counter.of(tool('small'));
    counter.of(tool('huge', 'x'.repeat(3_000_000)));
    counter.of(tool('small'));
    expect(counter.times).toBe(2);
  });
});
