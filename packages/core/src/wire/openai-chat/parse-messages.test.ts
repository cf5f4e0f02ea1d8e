import { describe, expect, it } from 'vitest';
import { RequestWarnings } from '../request/request-warnings.js';
import { parseMessages } from './parse-messages.js';

const text = (value: string) => ({ type: 'text', text: value });

function parse(...messages: ({ role: string } & Record<string, unknown>)[]) {
  const warnings = new RequestWarnings();
  return { messages: parseMessages(messages, warnings), warnings: warnings.list.map((warning) => warning.subject) };
}

describe('parseMessages()', () => {
  it('keeps system and developer messages where they stand', () => {
    expect(
      parse(
        { role: 'developer', content: 'One' },
        { role: 'user', content: 'Two' },
        {
          role: 'system',
          content: [
            { type: 'text', text: 'Three' },
            { type: 'text', text: 'Four' },
          ],
        },
        { role: 'assistant', content: 'Five' },
        { role: 'system', content: '' },
      ).messages,
    ).toEqual([
      { role: 'system', content: 'One' },
      { role: 'user', content: [text('Two')] },
      { role: 'system', content: 'Three\nFour' },
      { role: 'assistant', content: [text('Five')] },
    ]);
  });

  it('takes content as string, parts, null and nothing', () => {
    expect(
      parse(
        { role: 'user', content: null },
        { role: 'user', content: '' },
        { role: 'assistant', content: null },
        { role: 'assistant', content: '' },
        { role: 'assistant' },
        { role: 'user', content: [{ type: 'text', text: '' }, 'bare', { type: 'text', text: 'part' }] },
      ),
    ).toEqual({ messages: [{ role: 'user', content: [text('bare'), text('part')] }], warnings: [] });
  });

  it('reads calls and their results, several results as one message', () => {
    expect(
      parse(
        {
          role: 'assistant',
          content: null,
          refusal: null,
          annotations: [],
          reasoning_content: 'Hm.',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{"path":"."}' } },
            { id: 'call_2', type: 'custom', custom: { name: 'apply_patch', input: '*** Begin' } },
            { id: 'call_3', function: { name: 'pwd', arguments: '' } },
            { id: 'call_4', type: 'function', function: { name: 'cat', arguments: { path: 'a' } } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'a.ts' },
        { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'done' }], name: 'apply_patch' },
        { role: 'tool', tool_call_id: 'call_3', content: null },
      ).messages,
    ).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'tool-call', toolCallId: 'call_1', toolName: 'ls', input: '{"path":"."}', kind: 'function' },
          { type: 'tool-call', toolCallId: 'call_2', toolName: 'apply_patch', input: '*** Begin', kind: 'custom' },
          { type: 'tool-call', toolCallId: 'call_3', toolName: 'pwd', input: '{}', kind: 'function' },
          { type: 'tool-call', toolCallId: 'call_4', toolName: 'cat', input: '{"path":"a"}', kind: 'function' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'call_1', output: [text('a.ts')], isError: false },
          { type: 'tool-result', toolCallId: 'call_2', output: [text('done')], isError: false },
          { type: 'tool-result', toolCallId: 'call_3', output: [], isError: false },
        ],
      },
    ]);
  });

  it('does not join results over another message', () => {
    const roles = parse(
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'user', content: 'x' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
    ).messages.map((message) => message.role);
    expect(roles).toEqual(['tool', 'user', 'tool']);
  });

  it('gives calls without ids ids of their own', () => {
    const calls = [{ function: { name: 'a', arguments: '{}' } }, { id: '', function: { name: 'b', arguments: '{}' } }];
    const [first] = parse({ role: 'assistant', tool_calls: calls }).messages;
    expect(first).toMatchObject({ content: [{ toolCallId: 'call_0_0' }, { toolCallId: 'call_0_1' }] });
  });

  it('pairs calls and results that all came without ids, in order', () => {
    const call = (name: string) => ({ id: '', type: 'function', function: { name, arguments: '{}' } });
    const ids = parse(
      { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: '', content: '1' },
      { role: 'tool', tool_call_id: '', content: '2' },
    ).messages.flatMap(({ content }) =>
      typeof content === 'string' ? [] : content.map((part) => ('toolCallId' in part ? part.toolCallId : '')),
    );
    expect(ids).toEqual(['call_0_0', 'call_0_1', 'call_0_0', 'call_0_1']);
  });

  it('keeps pictures inside the result of a tool', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } };
    const [result] = parse({ role: 'tool', tool_call_id: 'a', content: [image] }).messages;
    expect(result).toMatchObject({ content: [{ output: [{ type: 'image', source: { mediaType: 'image/png' } }] }] });
  });

  it('leads a result of the older form to its call by the name', () => {
    const { messages } = parse(
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, function_call: { name: 'ls', arguments: '{}' } },
      { role: 'function', name: 'ls', content: 'a.ts' },
      { role: 'assistant', content: null, function_call: { name: 'ls', arguments: '{"a":1}' } },
      { role: 'function', name: 'ls', content: 'b.ts' },
    );
    const ids = messages.flatMap((message) =>
      message.role === 'assistant' || message.role === 'tool'
        ? message.content.map((part) => ('toolCallId' in part ? part.toolCallId : ''))
        : [],
    );
    expect(ids).toEqual(['call_1', 'call_1', 'call_3', 'call_3']);
  });

  it('takes other spellings of thoughts, and refusals as text', () => {
    expect(parse({ role: 'assistant', content: 'A', reasoning: 'B', reasoning_details: [{}] }).messages).toEqual([
      { role: 'assistant', content: [{ type: 'reasoning', text: 'B' }, text('A')] },
    ]);
    expect(parse({ role: 'assistant', content: null, refusal: 'No.' }).messages).toEqual([
      { role: 'assistant', content: [text('No.')] },
    ]);
  });

  it('writes the name of a speaker before the text', () => {
    expect(parse({ role: 'user', name: 'Ada', content: 'Hi' }).messages).toEqual([
      { role: 'user', content: [text('Ada: Hi')] },
    ]);
  });

  it('says what it left out', () => {
    expect(parse({ role: 'assistant', content: 'x', audio: { id: 'audio_1' }, mood: 'good' }).warnings).toEqual([
      'messages[0].audio',
      'messages[0].mood',
    ]);
  });

  it('reads a long history in one pass', () => {
    const turn = [
      { role: 'user', content: 'x'.repeat(2000) },
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'y'.repeat(2000) },
    ];
    expect(parse(...Array.from({ length: 400 }, () => turn).flat()).messages).toHaveLength(1200);
  });
});
