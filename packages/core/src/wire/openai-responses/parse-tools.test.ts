import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { RequestWarnings } from '../request-warnings.js';
import { parseTools } from './parse-tools.js';

const f = { type: 'function', name: 'f', description: 'F', parameters: { type: 'object', $schema: 'x' }, strict: true };
const g = { type: 'custom', name: 'g' };

function parse(tools: readonly object[], choice?: string | object) {
  const warnings = new RequestWarnings();
  const parsed = parseTools(tools as JsonObject[], choice as string | JsonObject | undefined, {
    warnings,
    resolveItem: () => undefined,
  });
  return { ...parsed, warnings: warnings.list.map((warning) => warning.subject) };
}

describe('parseTools()', () => {
  it('function - flat, chat-style and without parameters', () => {
    const { tools, warnings } = parse([
      f,
      { type: 'function', function: { name: 'h', parameters: { type: 'object' } } },
      { type: 'function', name: 'i', parameters: null, strict: null, defer_loading: true },
    ]);
    expect(tools).toEqual([
      { kind: 'function', name: 'f', description: 'F', inputSchema: f.parameters, strict: true },
      { kind: 'function', name: 'h', inputSchema: { type: 'object' } },
      { kind: 'function', name: 'i', inputSchema: { type: 'object', properties: {} } },
    ]);
    expect(warnings).toEqual([]);
  });

  it('custom - with and without a grammar', () => {
    const grammar = { type: 'grammar', syntax: 'regex', definition: 'a+' };
    expect(parse([g, { ...g, format: grammar }, { ...g, format: { type: 'text' } }]).tools).toEqual([
      { kind: 'custom', name: 'g', inputSchema: {} },
      { kind: 'custom', name: 'g', inputSchema: {}, grammar: { syntax: 'regex', definition: 'a+' } },
      { kind: 'custom', name: 'g', inputSchema: {} },
    ]);
  });

  it('namespace - its tools carry its name', () => {
    const { tools } = parse([{ type: 'namespace', name: 'n', description: 'N', tools: [f, g] }]);
    expect(tools.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['f', 'n'],
      ['g', 'n'],
    ]);
  });

  it('local_shell - is offered as a function', () => {
    const { tools } = parse([{ type: 'local_shell' }]);
    expect(tools[0]).toMatchObject({ kind: 'function', name: 'local_shell', inputSchema: { required: ['command'] } });
  });

  it('hosted tools - are left out with a warning', () => {
    const hosted = [
      'web_search',
      'web_search_preview_2025_03_11',
      'file_search',
      'mcp',
      'computer_use_preview',
      'tool_search',
    ];
    const { tools, warnings } = parse(hosted.map((type) => ({ type })));
    expect(tools).toEqual([]);
    expect(warnings).toHaveLength(hosted.length);
  });

  it.each([
    [undefined, { type: 'auto' }],
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [{ type: 'required' }, { type: 'required' }],
    [
      { type: 'function', name: 'f' },
      { type: 'tool', toolName: 'f' },
    ],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', toolName: 'f' },
    ],
    [
      { type: 'custom', name: 'g' },
      { type: 'tool', toolName: 'g' },
    ],
  ])('tool_choice %j - is %j', (choice, expected) => {
    expect(parse([f, g], choice)).toMatchObject({ toolChoice: expected, warnings: [] });
  });

  it('allowed_tools - leaves the others out', () => {
    const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'g' }] };
    const { tools, toolChoice } = parse([f, g], choice);
    expect([tools.map((tool) => tool.name), toolChoice]).toEqual([['g'], { type: 'required' }]);
    expect(parse([f], { ...choice, tools: [{ type: 'web_search' }] })).toMatchObject({
      tools: [],
      toolChoice: { type: 'auto' },
    });
  });

  it('two namespaces with a function of one name - the choice tells them apart', () => {
    const mail = { type: 'namespace', name: 'mail', tools: [f] };
    const chat = { type: 'namespace', name: 'chat', tools: [f, g] };
    const choose = (choice: object) => parse([mail, chat], choice);
    expect(choose({ type: 'function', name: 'f', namespace: 'chat' }).toolChoice).toEqual({
      type: 'tool',
      toolName: 'f',
      namespace: 'chat',
    });
    expect(() => choose({ type: 'function', name: 'g', namespace: 'mail' })).toThrow(/no tool named 'g'/);
    const allowed = (entry: object) =>
      choose({ type: 'allowed_tools', mode: 'auto', tools: [entry] }).tools.map((tool) => [tool.namespace, tool.name]);
    expect(allowed({ type: 'function', name: 'f', namespace: 'chat' })).toEqual([['chat', 'f']]);
    expect(allowed({ type: 'namespace', name: 'chat' })).toEqual([
      ['chat', 'f'],
      ['chat', 'g'],
    ]);
  });

  it('tool_choice - of a hosted tool is auto and told', () => {
    expect(parse([f], { type: 'web_search_preview' })).toMatchObject({
      toolChoice: { type: 'auto' },
      warnings: ['tool_choice'],
    });
    expect(parse([{ type: 'web_search' }], 'required')).toMatchObject({ toolChoice: { type: 'auto' } });
  });

  it.each(['sometimes', { type: 'function', name: 'h' }, { type: 'function' }])(
    'tool_choice %j - is an error',
    (choice) => {
      expect(() => parse([f], choice)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    },
  );

  it('tool_choice required - without any tool is an error', () => {
    expect(() => parse([], 'required')).toThrow(expect.objectContaining({ param: 'tool_choice' }));
  });
});
