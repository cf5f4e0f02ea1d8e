import { describe, expect, it } from 'vitest';
import { parseRequest } from './parse-request.js';

const parse = (more: object) => {
  const { chat } = parseRequest({ messages: [{ role: 'user', content: 'x' }], ...more });
  return { ...chat, warned: chat.warnings.map(({ type, subject }) => `${type} ${subject}`) };
};
const ls = { name: 'ls', input_schema: { type: 'object' } };

describe('tools', () => {
  it.each(['web_search_20250305', 'web_fetch_20250910', 'mcp_toolset', 'tool_search_tool_regex_20251119'])(
    '%s is left out with a warning',
    (type) => {
      const { tools, warned } = parse({ tools: [{ type, name: 'x', max_uses: 5 }, ls] });
      expect(tools.map((tool) => tool.name)).toEqual(['ls']);
      expect(warned).toEqual(['unsupported-setting tools[0]']);
    },
  );

  it('a typed tool that brings its schema is offered', () => {
    expect(
      parse({
        tools: [
          { ...ls, type: 'custom' },
          { ...ls, type: 'bash_20250124', name: 'bash' },
        ],
      }),
    ).toMatchObject({
      tools: [{ name: 'ls' }, { name: 'bash' }],
      warned: [],
    });
  });

  it('any JSON Schema is a schema', () => {
    const input_schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      propertyNames: {},
      examples: [1],
    };
    expect(
      parse({ tools: [{ name: 'a', input_schema, description: 'A', strict: true, input_examples: [{}] }] }),
    ).toMatchObject({
      tools: [{ kind: 'function', name: 'a', description: 'A', strict: true, inputSchema: input_schema }],
      warned: [],
    });
  });

  it('unknown members are told once', () => {
    expect(
      parse({
        tools: [
          { ...ls, colour: 1 },
          { ...ls, name: 'b', colour: 2 },
        ],
      }).warned,
    ).toEqual(['unknown-field tools[0].colour']);
  });
});

describe('tool_choice', () => {
  it.each([
    [{ type: 'auto' }, { type: 'auto' }, true],
    [{ type: 'any', disable_parallel_tool_use: true }, { type: 'required' }, false],
    [{ type: 'tool', name: 'ls' }, { type: 'tool', toolName: 'ls' }, true],
    [{ type: 'none' }, { type: 'none' }, true],
  ])('%j', (choice, toolChoice, parallelToolCalls) => {
    expect(parse({ tools: [ls], tool_choice: choice })).toMatchObject({ toolChoice, parallelToolCalls, warned: [] });
  });

  it('any without a tool that could be called is an error', () => {
    expect(() => parse({ tools: [{ type: 'web_search_20250305', name: 'x' }], tool_choice: { type: 'any' } })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'tool_choice' }),
    );
  });
});
