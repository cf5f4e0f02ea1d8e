import { describe, expect, it } from 'vitest';
import { RequestWarnings } from '../request/request-warnings.js';
import type { ContentValue } from './content-schema.js';
import { parseMessages, parseSystem } from './parse-messages.js';

const text = (value: string) => ({ type: 'text', text: value });
const document = (value: string) => ({ ...text(value), isDocument: true });
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0K' } };

function parse(...messages: unknown[]) {
  const warnings = new RequestWarnings();
  return { messages: parseMessages(messages, warnings), warned: warnings.list.map(({ subject }) => subject) };
}
const user = (...content: unknown[]) => parse({ role: 'user', content });
const assistant = (...content: unknown[]) => parse({ role: 'assistant', content });

describe('parseSystem()', () => {
  const system = (content: ContentValue) => parseSystem(content, 'system', new RequestWarnings());

  it('takes a string, blocks and nothing', () => {
    expect(system('One')).toEqual({ role: 'system', content: 'One' });
    expect(system([text('One'), 'Two', text('')])).toEqual({ role: 'system', content: 'One\n\nTwo' });
    expect(system(null)).toBeUndefined();
    expect(system([])).toBeUndefined();
  });

  it('leaves out what a client says about itself', () => {
    const line = 'x-anthropic-billing-header: cc_version=2.1.3; cch=1;';
    expect(system([text(line), text('Prompt')])?.content).toBe('Prompt');
    expect(system([text(`  ${line}`)])).toBeUndefined();
    expect(system(`${line}\n\nPrompt\n\nMore`)?.content).toBe('Prompt\n\nMore');
    expect(system(`${line}\n${line}`)).toBeUndefined();
    expect(system('Never send x-anthropic-billing-header: x')?.content).toBe(
      'Never send x-anthropic-billing-header: x',
    );
  });
});

describe('user messages', () => {
  it('results come first, whatever stands around them', () => {
    expect(
      user(
        text('Before'),
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'plain' },
        text('Between'),
        { type: 'tool_result', tool_use_id: 'toolu_2', content: [text('a'), png], is_error: true },
        { type: 'tool_result', tool_use_id: 'toolu_3' },
        text('After'),
      ).messages,
    ).toEqual([
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'toolu_1', output: [text('plain')], isError: false },
          {
            type: 'tool-result',
            toolCallId: 'toolu_2',
            output: [
              text('a'),
              { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0K' } },
            ],
            isError: true,
          },
          { type: 'tool-result', toolCallId: 'toolu_3', output: [], isError: false },
        ],
      },
      { role: 'user', content: [text('Before'), text('Between'), text('After')] },
    ]);
  });

  it('pictures by address, and a word for those that are elsewhere', () => {
    expect(
      user(
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      ),
    ).toEqual({
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }, text('[image]')],
        },
      ],
      warned: ['messages[0].content[1]'],
    });
  });

  it('documents that are text become text', () => {
    expect(
      user(
        {
          type: 'document',
          title: 'Notes',
          context: 'Mine',
          source: { type: 'text', media_type: 'text/plain', data: 'One' },
        },
        { type: 'document', source: { type: 'content', content: [text('Two'), png] } },
        { type: 'document', source: { type: 'content', content: 'Three' } },
        { type: 'document', source: { type: 'base64', media_type: 'text/plain', data: btoa('Four') } },
      ).messages,
    ).toEqual([
      {
        role: 'user',
        content: [
          text('Notes\nMine'),
          document('One'),
          document('Two'),
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0K' } },
          document('Three'),
          document('Four'),
        ],
      },
    ]);
  });

  it('other documents are kept for the channel', () => {
    expect(
      user(
        { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' } },
        { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
        { type: 'document', source: { type: 'file', file_id: 'f' } },
      ).messages,
    ).toMatchObject([
      {
        content: [
          { type: 'file', source: { mediaType: 'application/pdf', data: 'JVBERi0x' } },
          { type: 'file', source: { url: 'https://example.com/a.pdf' } },
          text('[file]'),
        ],
      },
    ]);
  });

  it('search results and tool references as text, new things by their name', () => {
    expect(
      user(
        {
          type: 'search_result',
          title: 'T',
          source: 'https://example.com',
          content: [text('found')],
          citations: { enabled: true },
        },
        { type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference', tool_name: 'Bash' }] },
        { type: 'container_upload', file_id: 'f' },
        { type: 'hologram' },
      ),
    ).toEqual({
      messages: [
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 't', output: [text('[tool: Bash]')], isError: false }],
        },
        {
          role: 'user',
          content: [
            document('T\nhttps://example.com'),
            document('found'),
            text('[container_upload]'),
            text('[hologram]'),
          ],
        },
      ],
      warned: ['messages[0].content[2]', 'messages[0].content[3]'],
    });
  });
});

describe('assistant messages', () => {
  it('thoughts, signed or not; what cannot be read is left out', () => {
    expect(
      assistant(
        { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
        { type: 'thinking', thinking: 'Unsigned', signature: '' },
        { type: 'thinking', thinking: '', signature: 'sig' },
        { type: 'redacted_thinking', data: 'AAAA' },
        text('Done'),
      ),
    ).toEqual({
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'reasoning', text: 'Hm.' }, { type: 'reasoning', text: 'Unsigned' }, text('Done')],
        },
      ],
      warned: [],
    });
  });

  it('calls, with all that an answer carries', () => {
    expect(
      assistant(
        { type: 'text', text: '', citations: null },
        { type: 'tool_use', id: 'toolu_1', name: 'ls', input: { path: '.' }, caller: { type: 'direct' } },
        { type: 'tool_use', id: 'toolu_2', name: 'pwd', input: {} },
        { type: 'tool_use', id: 'toolu_3', name: 'now' },
      ),
    ).toEqual({
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', toolCallId: 'toolu_1', toolName: 'ls', input: '{"path":"."}', kind: 'function' },
            { type: 'tool-call', toolCallId: 'toolu_2', toolName: 'pwd', input: '{}', kind: 'function' },
            { type: 'tool-call', toolCallId: 'toolu_3', toolName: 'now', input: '{}', kind: 'function' },
          ],
        },
      ],
      warned: [],
    });
  });

  it('what hosted tools did stays readable', () => {
    const { messages, warned } = assistant(
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'weather' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 's',
        content: [{ type: 'web_search_result', title: 'Rain', url: 'https://example.com', encrypted_content: 'x' }],
      },
      { type: 'code_execution_tool_result', tool_use_id: 'c', content: { type: 'error' } },
    );
    expect(messages).toEqual([
      {
        role: 'assistant',
        content: [
          text('\n[web_search: {"query":"weather"}]\n'),
          text('\nRain https://example.com\n'),
          text('\n[code_execution_tool_result]\n'),
        ],
      },
    ]);
    expect(warned).toHaveLength(3);
  });

  it('empty ones are no turn', () => {
    expect(assistant().messages).toEqual([]);
    expect(parse({ role: 'assistant', content: '' }).messages).toEqual([]);
    expect(parse({ role: 'assistant', content: [text('')], id: 'msg_1', type: 'message' })).toEqual({
      messages: [],
      warned: [],
    });
  });
});

describe('system messages', () => {
  it('stay where they stand', () => {
    const { messages } = parse(
      { role: 'user', content: 'A' },
      { role: 'system', content: [text('x-anthropic-billing-header: a'), text('Now B')] },
      { role: 'developer', content: 'And C' },
      { role: 'user', content: 'D' },
    );
    expect(messages.map((message) => message.role)).toEqual(['user', 'system', 'system', 'user']);
    expect(messages[1]).toEqual({ role: 'system', content: 'Now B' });
  });
});
