import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../chat/index.js';
import { parseRequest } from './parse-request.js';

const parse = (more: object) => {
  const { chat, response } = parseRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...more });
  return { ...chat, echo: response.echo, warned: chat.warnings.map((warning) => warning.subject) };
};
const fn = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } });
const tools = [fn('ls'), fn('cat'), { type: 'custom', custom: { name: 'patch' } }];

function refusal(more: object): object {
  try {
    parse(more);
  } catch (error) {
    const { code, param, message } = error as GatewayError;
    return { code, param, message };
  }
  throw new Error('It was accepted');
}

describe('tools', () => {
  it('functions, with any JSON Schema', () => {
    const parameters = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { path: { type: 'string', examples: ['a'] } },
      propertyNames: { pattern: '^a' },
      $defs: { x: true },
    };
    const { tools: parsed, warned } = parse({ tools: [fn('ls', { description: 'Lists', parameters, strict: true })] });
    expect(parsed).toEqual([
      { kind: 'function', name: 'ls', description: 'Lists', inputSchema: parameters, strict: true },
    ]);
    expect(warned).toEqual([]);
  });

  it('functions without parameters, with null members, and in the flat spelling', () => {
    const empty = { type: 'object', properties: {} };
    expect(
      parse({
        tools: [
          fn('a', { description: null, parameters: null, strict: null }),
          { type: 'function', name: 'b' },
          { function: { name: 'c' } },
        ],
      }).tools,
    ).toEqual(['a', 'b', 'c'].map((name) => ({ kind: 'function', name, inputSchema: empty })));
  });

  it('free-form tools, with the grammar of their input', () => {
    const grammar = { syntax: 'regex', definition: '\\d+' };
    expect(
      parse({
        tools: [
          { type: 'custom', custom: { name: 'a', description: 'A', format: { type: 'grammar', grammar } } },
          { type: 'custom', custom: { name: 'b', format: { type: 'text' } } },
        ],
      }).tools,
    ).toEqual([
      { kind: 'custom', name: 'a', description: 'A', inputSchema: {}, grammar },
      { kind: 'custom', name: 'b', inputSchema: {} },
    ]);
  });

  it('hosted ones are left out with a warning', () => {
    const { tools: parsed, warned } = parse({ tools: [{ type: 'web_search' }, fn('ls')], tool_choice: 'auto' });
    expect(parsed.map((tool) => tool.name)).toEqual(['ls']);
    expect(warned).toEqual(['tools[0]']);
  });

  it('the older form is answered in the older form', () => {
    const legacy = parse({ functions: [{ name: 'ls', parameters: {} }], function_call: { name: 'ls' } });
    expect(legacy).toMatchObject({
      tools: [{ name: 'ls' }],
      toolChoice: { type: 'tool', toolName: 'ls' },
      parallelToolCalls: false,
      echo: { legacyFunctions: true },
    });
    expect(parse({ functions: [{ name: 'ls' }], function_call: 'none' }).toolChoice).toEqual({ type: 'none' });
    expect(parse({ functions: [{ name: 'old' }], tools }).echo).toEqual({});
  });
});

describe('tool_choice', () => {
  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    ['any', { type: 'required' }],
    ['ls', { type: 'tool', toolName: 'ls' }],
    [{ type: 'required' }, { type: 'required' }],
    [
      { type: 'function', function: { name: 'cat' } },
      { type: 'tool', toolName: 'cat' },
    ],
    [
      { type: 'function', name: 'cat' },
      { type: 'tool', toolName: 'cat' },
    ],
    [
      { type: 'custom', custom: { name: 'patch' } },
      { type: 'tool', toolName: 'patch' },
    ],
    [null, { type: 'auto' }],
  ])('%j', (choice, expected) => {
    expect(parse({ tools, tool_choice: choice }).toolChoice).toEqual(expected);
  });

  it('allowed_tools - leaves only those', () => {
    const allowed = (mode: string, ...names: string[]) =>
      parse({
        tools,
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools: names.map((name) => fn(name)) } },
      });
    expect(allowed('required', 'cat')).toMatchObject({ tools: [{ name: 'cat' }], toolChoice: { type: 'required' } });
    expect(allowed('auto', 'ls', 'cat').tools).toHaveLength(2);
    expect(allowed('auto', 'gone')).toMatchObject({ tools: [], warned: ['tool_choice.tools'] });
  });

  it('required without a tool that could be called is an error', () => {
    expect(() => parse({ tools: [{ type: 'web_search' }], tool_choice: 'required' })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'tool_choice' }),
    );
  });

  it.each([
    [{ tools, tool_choice: 'rm' }, 'tool_choice'],
    [{ tools, tool_choice: { type: 'function', function: { name: 'rm' } } }, 'tool_choice'],
    [{ tools, tool_choice: { type: 'function', function: {} } }, 'tool_choice.function.name'],
    [{ tools, tool_choice: { type: 'sometimes' } }, 'tool_choice'],
    [{ tool_choice: { type: 'function', function: { name: 'ls' } } }, 'tool_choice'],
    [{ functions: [{ name: 'ls' }], function_call: { name: 'rm' } }, 'function_call'],
  ])('%j - is an invalid request', (more, param) => {
    expect(refusal(more)).toMatchObject({ code: 'invalid_request', param });
  });
});
