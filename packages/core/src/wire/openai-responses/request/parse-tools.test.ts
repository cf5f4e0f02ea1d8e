import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../util/index.js';
import { RequestWarnings } from '../../request/request-warnings.js';
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
    expect(new Set(tools.map(({ namespaceDescription }) => namespaceDescription))).toEqual(new Set(['N']));
    expect(tools.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['f', 'n'],
      ['g', 'n'],
    ]);
  });

  it.each([
    [{ type: 'local_shell' }, ['command']],
    [{ type: 'shell' }, ['commands']],
    [{ type: 'shell', environment: { type: 'local' } }, ['commands']],
    [{ type: 'apply_patch' }, ['operation']],
  ])('%j - is offered as a function, and may be demanded', (tool, required) => {
    const { tools, toolChoice, warnings } = parse([tool], { type: tool.type });
    expect(tools).toMatchObject([{ kind: 'function', name: tool.type, inputSchema: { required } }]);
    expect(toolChoice).toEqual({ type: 'tool', toolName: tool.type });
    expect(warnings).toEqual([]);
  });

  it('shell in a container - is one of the server', () => {
    expect(parse([{ type: 'shell', environment: { type: 'container_auto' } }])).toMatchObject({
      tools: [],
      warnings: ['tools[0]'],
    });
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
    const hosted = { ...choice, tools: [{ type: 'web_search' }] };
    expect(parse([f], { ...hosted, mode: 'auto' })).toMatchObject({ tools: [], warnings: ['tool_choice.tools'] });
    expect(() => parse([f], hosted)).toThrow(expect.objectContaining({ param: 'tool_choice' }));
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
    expect(choose({ type: 'function', name: 'chat.f' }).toolChoice).toMatchObject({ namespace: 'chat' });
    expect(parse([mail, f], { type: 'function', name: 'f' }).toolChoice).toEqual({ type: 'tool', toolName: 'f' });
    expect(() => choose({ type: 'function', name: 'g', namespace: 'mail' })).toThrow(/no tool named 'g'/);
    const allowed = (entry: object) =>
      choose({ type: 'allowed_tools', mode: 'auto', tools: [entry] }).tools.map((tool) => [tool.namespace, tool.name]);
    expect(allowed({ type: 'function', name: 'f', namespace: 'chat' })).toEqual([['chat', 'f']]);
    expect(allowed({ type: 'namespace', name: 'chat' })).toEqual([
      ['chat', 'f'],
      ['chat', 'g'],
    ]);
  });

  it.each([
    'sometimes',
    { type: 'function', name: 'h' },
    { type: 'function' },
    { type: 'web_search_preview' },
    { type: 'mcp', server_label: 's' },
    { type: 'shell' },
    { type: 'namespace', name: 'n' },
  ])('tool_choice %j - is an error', (choice) => {
    expect(() => parse([f], choice)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('tool_choice required - with hosted tools alone is an error', () => {
    expect(() => parse([{ type: 'web_search' }], 'required')).toThrow(
      expect.objectContaining({ param: 'tool_choice' }),
    );
  });

  it('tool_choice required - without any tool is an error', () => {
    expect(() => parse([], 'required')).toThrow(expect.objectContaining({ param: 'tool_choice' }));
  });
});
