import { describe, expect, it } from 'vitest';
import { clientTool } from './client-tools.js';
import { parseRequest } from './parse-request.js';

const inputsOf = (type: string) => Object.keys((clientTool({ type })?.inputSchema.properties ?? {}) as object);

describe('clientTool', () => {
  it.each([
    ['bash_20241022', ['command', 'restart']],
    ['bash_20250124', ['command', 'restart']],
    ['text_editor_20241022', ['command', 'path', 'view_range', 'file_text', 'old_str', 'new_str', 'insert_line']],
    [
      'text_editor_20250728',
      ['command', 'path', 'view_range', 'file_text', 'old_str', 'new_str', 'insert_line', 'insert_text'],
    ],
  ])('%s - has its members', (type, members) => {
    expect(inputsOf(type)).toEqual(members);
  });

  it.each(['web_search_20250305', 'code_execution_20250825', 'mcp_toolset', 'custom', 'bash', 'bash_'])(
    '%s - is none',
    (type) => {
      expect(clientTool({ type })).toBeUndefined();
    },
  );

  it('computer - knows the size of the screen, and the actions of its version', () => {
    const older = clientTool({ type: 'computer_20241022', display_width_px: 800, display_height_px: 600 });
    expect(older?.description).toContain('800 x 600');
    expect(inputsOf('computer_20241022')).toEqual(['action', 'coordinate', 'text']);
    expect(JSON.stringify(clientTool({ type: 'computer_20251124' }))).toContain('"zoom"');
  });

  it('undo_edit - only where the editor has it', () => {
    const commands = (type: string) => JSON.stringify(clientTool({ type })?.inputSchema.properties);
    expect(commands('text_editor_20250124')).toContain('undo_edit');
    expect(commands('text_editor_20250429')).not.toContain('undo_edit');
  });
});

it('a request - offers them under the name it gives, and takes a choice of one', () => {
  const { chat } = parseRequest({
    model: 'm',
    max_tokens: 10,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 1000 },
      { type: 'web_search_20250305', name: 'web_search' },
    ],
    tool_choice: { type: 'tool', name: 'bash' },
  });
  expect(chat.tools.map(({ kind, name, description }) => [kind, name, typeof description])).toEqual([
    ['function', 'bash', 'string'],
    ['function', 'str_replace_based_edit_tool', 'string'],
  ]);
  expect(chat.toolChoice).toEqual({ type: 'tool', toolName: 'bash' });
  expect(chat.warnings.map(({ subject }) => subject)).toEqual(['tools[2]']);
});
