import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../util/index.js';
import { RequestWarnings } from '../../request/request-warnings.js';
import { parseItems } from './parse-items.js';

function parse(items: readonly object[], stored: Record<string, JsonObject> = {}) {
  const warnings = new RequestWarnings();
  const parsed = parseItems(items as JsonObject[], 'input', { warnings, resolveItem: (id) => stored[id] });
  return { ...parsed, warnings: warnings.list };
}

const text = (value: string) => ({ type: 'text', text: value });

describe('parseItems()', () => {
  it.each([
    { type: 'input_text', text: 4 },
    { type: 'output_text', text: { value: 'x' } },
  ])('text of another type - refused by its field: %j', (part) => {
    expect(() =>
      parse([
        { role: 'user', content: 'x' },
        { role: 'user', content: [part] },
      ]),
    ).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'input[1].content[0].text' }));
  });

  it('messages - of every role, with and without type, string and parts', () => {
    const { messages, warnings } = parse([
      { role: 'system', content: 'A' },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'B' }, 'C'] },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'D' },
          { type: 'text', text: '' },
        ],
      },
      { role: 'assistant', content: [{ type: 'output_text', text: 'E', annotations: [], logprobs: [] }] },
      { role: 'assistant', id: 'msg_1', status: 'completed', content: [{ type: 'refusal', refusal: 'F' }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'G' },
      { role: 'user', content: null },
    ]);
    expect(messages).toEqual([
      { role: 'system', content: 'A' },
      { role: 'system', content: 'B\nC' },
      { role: 'user', content: [text('D')] },
      { role: 'assistant', content: [text('E'), text('F')] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'call_1', output: [text('G')], isError: false }],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('parallel calls - stand in one message, their results in the next', () => {
    const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
    const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: id });
    const { messages } = parse([call('a'), call('b'), output('b'), output('a'), call('c'), output('c')]);
    expect(messages.map((message) => [message.role, message.content.length])).toEqual([
      ['assistant', 2],
      ['tool', 2],
      ['assistant', 1],
      ['tool', 1],
    ]);
  });

  it('calls - arguments may be JSON, ids may be in either place', () => {
    const { messages } = parse([
      { type: 'function_call', id: 'fc_1', name: 'f', arguments: { a: 1 } },
      { type: 'custom_tool_call', call_id: 'c', name: 'g', input: null, namespace: 'n' },
    ]);
    expect(messages[0]?.content).toEqual([
      { type: 'tool-call', toolCallId: 'fc_1', toolName: 'f', input: '{"a":1}', kind: 'function' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'g', namespace: 'n', input: '', kind: 'custom' },
    ]);
  });

  it('outputs - as string, parts, wrapped, JSON and shell chunks', () => {
    const outputs = [
      'plain',
      [
        { type: 'input_text', text: 'part' },
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      ],
      { content: 'no', success: false },
      { rows: 2 },
      [{ stdout: 'out', stderr: 'err', outcome: { type: 'exit', exit_code: 2 } }],
      null,
      [1, 2],
    ];
    const { messages } = parse(outputs.map((output, n) => ({ type: 'function_call_output', call_id: `${n}`, output })));
    const results = messages[0]?.role === 'tool' ? messages[0].content : [];
    expect(results.map(({ output, isError }) => [output, isError])).toEqual([
      [[text('plain')], false],
      [[text('part'), { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }], false],
      [[text('no')], true],
      [[text('{"rows":2}')], false],
      [[text('out\nerr\n[exit code 2]')], false],
      [[], false],
      [[text('[1,2]')], false],
    ]);
  });

  it('built-in client tools - are calls and results like others', () => {
    const { messages, warnings } = parse([
      {
        type: 'local_shell_call',
        id: 'lsh_1',
        call_id: 'a',
        status: 'completed',
        action: { type: 'exec', command: ['ls'], env: {} },
      },
      { type: 'local_shell_call_output', id: 'lsh_1', output: 'files' },
      { type: 'shell_call', call_id: 'b', action: { commands: ['pwd'] } },
      {
        type: 'shell_call_output',
        call_id: 'b',
        output: [{ stdout: '/', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
      },
      { type: 'apply_patch_call', call_id: 'c', status: 'completed', operation: { type: 'delete_file', path: 'a' } },
      { type: 'apply_patch_call_output', call_id: 'c', status: 'failed', output: 'gone' },
    ]);
    expect(messages.flatMap((message): unknown => message.content)).toEqual([
      {
        type: 'tool-call',
        toolCallId: 'a',
        toolName: 'local_shell',
        input: '{"command":["ls"],"env":{}}',
        kind: 'function',
      },
      { type: 'tool-result', toolCallId: 'a', output: [text('files')], isError: false },
      { type: 'tool-call', toolCallId: 'b', toolName: 'shell', input: '{"commands":["pwd"]}', kind: 'function' },
      { type: 'tool-result', toolCallId: 'b', output: [text('/')], isError: false },
      {
        type: 'tool-call',
        toolCallId: 'c',
        toolName: 'apply_patch',
        input: '{"operation":{"type":"delete_file","path":"a"}}',
        kind: 'function',
      },
      { type: 'tool-result', toolCallId: 'c', output: [text('gone')], isError: true },
    ]);
    expect(warnings).toEqual([]);
  });

  it('reasoning - its text is kept, what is encrypted passes without a word', () => {
    const { messages, warnings } = parse([
      { role: 'user', content: 'x' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
      {
        type: 'reasoning',
        summary: [
          { type: 'summary_text', text: 'S' },
          { type: 'summary_text', text: 'T' },
        ],
      },
      {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'S' }],
        content: [{ type: 'reasoning_text', text: 'R' }],
      },
    ]);
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'S\n\nT' },
        { type: 'reasoning', text: 'R' },
      ],
    });
    expect(warnings).toEqual([]);
  });

  it('references - become the item they name; unknown ones are an error, lost thoughts are not', () => {
    const stored = { msg_1: { type: 'message', role: 'assistant', id: 'msg_1', content: 'Hi' } };
    const { messages, items, warnings } = parse(
      [{ type: 'item_reference', id: 'msg_1' }, { id: 'msg_1' }, { type: 'item_reference', id: 'rs_9' }],
      stored,
    );
    expect(messages).toEqual([{ role: 'assistant', content: [text('Hi'), text('Hi')] }]);
    expect(items).toEqual([stored.msg_1, stored.msg_1]);
    expect(warnings.map((warning) => warning.subject)).toEqual(['input[2]']);
    expect(() => parse([{ type: 'item_reference', id: 'msg_2' }], stored)).toThrow("Item with id 'msg_2' not found");
  });

  it('hosted and unknown items without words - are left out and told', () => {
    const { messages, warnings } = parse([
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'constructor' },
      { role: 'user', content: 'x', cache_control: {}, colour: 'red' },
    ]);
    expect(messages).toHaveLength(1);
    expect(warnings.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      'unsupported-content input[0]',
      'unsupported-content input[1]',
      'unknown-field input[2].colour',
    ]);
  });

  it('tools that come as items - are handed out', () => {
    const tool = { type: 'function', name: 'f' };
    const { tools } = parse([
      { type: 'additional_tools', role: 'developer', tools: [tool] },
      { type: 'tool_search_output', call_id: 'c', tools: [tool] },
    ]);
    expect(tools).toEqual([tool, tool]);
  });
});

describe('content parts', () => {
  const parts = (...content: object[]) => {
    const { messages, warnings } = parse([{ role: 'user', content }]);
    return { content: messages[0]?.content, warnings: warnings.map((warning) => warning.subject) };
  };

  it('input_image - data URL, address, chat spelling, upload', () => {
    expect(
      parts(
        { type: 'input_image', image_url: 'data:image/jpeg;base64,/9j/', detail: 'high' },
        { type: 'input_image', image_url: 'https://example.com/a.png' },
        { type: 'image_url', image_url: { url: 'https://example.com/b.png' } },
        { type: 'input_image', file_id: 'file_1' },
      ),
    ).toEqual({
      content: [
        { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/' } },
        { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
        { type: 'image', source: { kind: 'url', url: 'https://example.com/b.png' } },
        text('[image]'),
      ],
      warnings: ['input[0].content[3].file_id'],
    });
  });

  it('input_file - text is read, other bytes are carried', () => {
    const base64 = btoa('# Title');
    expect(
      parts(
        { type: 'input_file', filename: 'a.md', file_data: `data:text/markdown;base64,${base64}` },
        { type: 'input_file', filename: 'a.md', file_data: base64 },
        { type: 'input_file', filename: 'a.md', file_data: 'Not base64: plain.' },
        { type: 'input_file', filename: 'a.txt', file_data: 'test' },
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${btoa('%PDF-1.7')}` },
        { type: 'input_file', file_url: 'https://example.com/a.pdf', filename: 'a.pdf' },
        { type: 'input_file', file_id: 'file_1', filename: 'b.pdf' },
      ),
    ).toEqual({
      content: [
        { ...text('[file: a.md]\n# Title'), isDocument: true },
        { ...text('[file: a.md]\n# Title'), isDocument: true },
        { ...text('[file: a.md]\nNot base64: plain.'), isDocument: true },
        { ...text('[file: a.txt]\ntest'), isDocument: true },
        {
          type: 'file',
          source: { kind: 'base64', mediaType: 'application/pdf', data: btoa('%PDF-1.7') },
          filename: 'a.pdf',
        },
        { type: 'file', source: { kind: 'url', url: 'https://example.com/a.pdf' }, filename: 'a.pdf' },
        text('[file: b.pdf]'),
      ],
      warnings: ['input[0].content[6].file_id'],
    });
  });

  it('input_audio and unknown parts - leave a word', () => {
    expect(
      parts({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }, { type: 'input_video', url: 'x' }),
    ).toEqual({
      content: [{ type: 'audio', source: { kind: 'base64', mediaType: 'audio/mp3', data: 'AAAA' } }, text('[video]')],
      warnings: ['input[0].content[1]'],
    });
  });
});
