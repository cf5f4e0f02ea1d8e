import { describe, expect, it } from 'vitest';
import type { ToolChoice, ToolDefinition } from '../chat/index.js';
import { buildToolConfig } from './tool-config.js';

const read: ToolDefinition = { kind: 'function', name: 'read', description: 'Reads.', inputSchema: { type: 'object' } };

describe('buildToolConfig()', () => {
  it('functions as they are, custom tools as functions of one string', () => {
    expect(buildToolConfig([read, { kind: 'custom', name: 'patch', inputSchema: {} }], { type: 'auto' })).toEqual({
      provider: 'openai',
      tools: [
        { type: 'function', function: { name: 'read', description: 'Reads.', parameters: { type: 'object' } } },
        {
          type: 'function',
          function: {
            name: 'patch',
            parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
          },
        },
      ],
      tool_choice: 'auto',
    });
  });

  it('names inside namespaces - are told apart', () => {
    const config = buildToolConfig([read, { ...read, namespace: 'a' }], {
      type: 'tool',
      toolName: 'read',
      namespace: 'a',
    });
    expect(config).toMatchObject({
      tools: [{ function: { name: 'read' } }, { function: { name: 'a__read' } }],
      tool_choice: { function: { name: 'a__read' } },
    });
  });

  it.each<[ToolChoice, unknown]>([
    [{ type: 'required' }, 'required'],
    [
      { type: 'tool', toolName: 'read' },
      { type: 'function', function: { name: 'read' } },
    ],
  ])('choice %j', (choice, expected) => {
    expect(buildToolConfig([read], choice).tool_choice).toEqual(expected);
  });
});
