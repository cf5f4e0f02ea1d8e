/** Turns as events, for the suites about Responses: hand-written ones and arbitrary ones. */
import type { ChatEvent, FinishReason, ResultBlock } from '@lingma-gateway/core/chat';
import fc from 'fast-check';

export const REQUEST = {
  model: 'gpt-5.1-codex',
  instructions: 'Be brief.',
  input: 'Hello',
  stream: true,
  metadata: { run: '7' },
  reasoning: { effort: 'high', summary: 'auto' },
  tools: [
    {
      type: 'function',
      name: 'read_file',
      description: 'Reads a file',
      parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      strict: false,
    },
    { type: 'custom', name: 'edit', description: 'Edits files', format: { type: 'text' } },
    { type: 'local_shell' },
    { type: 'shell' },
    { type: 'apply_patch' },
    {
      type: 'namespace',
      name: 'crm',
      description: 'Customers',
      tools: [{ type: 'function', name: 'find', parameters: { type: 'object', properties: {} }, strict: null }],
    },
  ],
} as const;

export const CREATED_AT = Date.UTC(2026, 0, 2, 3, 4, 5);

const start: ChatEvent = {
  type: 'response-start',
  responseId: 'turn-1',
  model: 'org_auto',
  createdAt: CREATED_AT,
  inputTokens: 11,
  warnings: [],
};

/** A block as the result has it, and where its text is cut into deltas. */
export interface CutBlock {
  readonly block: Extract<ResultBlock, { type: 'text' | 'reasoning' | 'tool-call' }>;
  readonly cuts: readonly number[];
}

function pieces(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}

/** The events of a whole turn: what a channel would hand over. */
export function turn(blocks: readonly CutBlock[], finishReason: FinishReason): ChatEvent[] {
  const events: ChatEvent[] = [start];
  blocks.forEach(({ block, cuts }, index) => {
    const id = block.type === 'tool-call' ? block.toolCallId : `block-${index}`;
    const type = block.type === 'tool-call' ? 'tool-input' : block.type;
    const text = block.type === 'tool-call' ? block.input : block.text;
    if (block.type === 'tool-call') {
      const { toolCallId: _id, input: _input, incomplete: _incomplete, ...head } = block;
      events.push({ ...head, type: 'tool-input-start', id });
    } else events.push({ type: `${block.type}-start`, id });
    for (const delta of pieces(text, cuts)) events.push({ type: `${type}-delta`, id, delta });
    const incomplete = block.type === 'tool-call' && block.incomplete === true;
    events.push({ type: `${type}-end`, id, ...(incomplete && { incomplete }) } as ChatEvent);
  });
  events.push({
    type: 'response-end',
    finishReason,
    usage: { inputTokens: 11, outputTokens: 7, reasoningTokens: 3, cachedInputTokens: 2, origin: 'reported' },
  });
  return events;
}

const call = (toolCallId: string, toolName: string, input: string, more: object = {}): CutBlock => ({
  block: { type: 'tool-call', toolCallId, toolName, kind: 'function', input, executedBy: 'client', ...more },
  cuts: [3, 9],
});
const text = (value: string): CutBlock => ({ block: { type: 'text', text: value }, cuts: [2, 5] });
const thought = (value: string): CutBlock => ({ block: { type: 'reasoning', text: value }, cuts: [4] });

/** Every kind of item and of ending. */
export const TURNS: Readonly<Record<string, readonly ChatEvent[]>> = {
  text: turn([text('Hello, 世界 👋')], 'stop'),
  nothing: turn([], 'stop'),
  'thoughts and text': turn([thought('Let me think.'), text('Done.')], 'stop'),
  'thoughts, text and calls': turn(
    [
      thought('Two files.'),
      text('Reading.'),
      call('call_1', 'read_file', '{"path":"a.ts"}'),
      call('call_2', 'read_file', '{"path":"b.ts"}'),
    ],
    'tool-calls',
  ),
  'parallel calls': turn(
    [text('Reading.'), call('call_1', 'read_file', '{"path":"a.ts"}'), call('call_2', 'read_file', '{"path":"b.ts"}')],
    'tool-calls',
  ),
  'call without arguments': turn([call('call_1', 'list', '')], 'tool-calls'),
  'call in a namespace': turn([call('call_1', 'find', '{}', { namespace: 'crm' })], 'tool-calls'),
  'custom call': turn([call('call_1', 'edit', '*** Begin Patch\n', { kind: 'custom' })], 'tool-calls'),
  'shell command': turn([call('call_1', 'local_shell', '{"command":["ls","-l"],"timeout_ms":500}')], 'tool-calls'),
  'shell commands': turn([call('call_1', 'shell', '{"commands":["ls","pwd"],"timeout_ms":500}')], 'tool-calls'),
  'shell commands that are none': turn([call('call_1', 'shell', '{"commands":[]}')], 'tool-calls'),
  'patch that updates': turn(
    [call('call_1', 'apply_patch', '{"operation":{"type":"update_file","path":"a","diff":"@@\\n-a\\n+b"}}')],
    'tool-calls',
  ),
  'patch that deletes': turn(
    [call('call_1', 'apply_patch', '{"operation":{"type":"delete_file","path":"a"}}')],
    'tool-calls',
  ),
  'patch without a diff': turn(
    [call('call_1', 'apply_patch', '{"operation":{"type":"create_file","path":"a"}}')],
    'tool-calls',
  ),
  'shell call that is no command': turn([call('call_1', 'local_shell', '{"cmd":1}')], 'tool-calls'),
  'text cut by the limit': turn([text('Once upon a')], 'length'),
  'call cut by the limit': turn([call('call_1', 'read_file', '{"path":"a', { incomplete: true })], 'length'),
  'custom call cut by the limit': turn(
    [call('call_1', 'edit', '*** Beg', { kind: 'custom', incomplete: true })],
    'length',
  ),
  filtered: turn([text('I')], 'content-filter'),
  'tool that ran upstream': turn([call('call_1', 'grep', '{}', { executedBy: 'upstream' }), text('Found.')], 'stop'),
};

const block = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
  fc
    .record({
      type: fc.constant('tool-call' as const),
      toolName: fc.constantFrom('read_file', 'apply_patch', 'local_shell', 'shell', 'edit', 'find'),
      kind: fc.constantFrom('function' as const, 'custom' as const),
      input: fc.constantFrom(
        '',
        '{}',
        '{"command":["ls"]}',
        '{"command":"ls"}',
        '{"operation":{"type":"delete_file","path":"a"}}',
        '{"path":"ä',
        'free *** text',
      ),
      executedBy: fc.constantFrom('client' as const, 'client' as const, 'upstream' as const),
      namespace: fc.constantFrom(undefined, 'crm'),
      incomplete: fc.constantFrom(undefined, undefined, true as const),
    })
    .map(({ namespace, incomplete, ...rest }) => ({
      ...rest,
      toolCallId: '',
      ...(namespace !== undefined && { namespace }),
      ...(incomplete !== undefined && { incomplete }),
    })),
);

/** Any turn the grammar allows, with its text cut anywhere. */
export const anyTurn: fc.Arbitrary<ChatEvent[]> = fc
  .tuple(
    fc.array(fc.record({ block, cuts: fc.array(fc.nat(60), { maxLength: 4 }) }), { maxLength: 6 }),
    fc.constantFrom<FinishReason>('stop', 'length', 'tool-calls', 'content-filter', 'other'),
  )
  .map(([blocks, finishReason]) =>
    turn(
      blocks.map((cut, index) =>
        cut.block.type === 'tool-call' ? { ...cut, block: { ...cut.block, toolCallId: `call_${index}` } } : cut,
      ) as CutBlock[],
      finishReason,
    ),
  );
