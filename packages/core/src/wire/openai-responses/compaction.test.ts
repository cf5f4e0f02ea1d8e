import { describe, expect, it } from 'vitest';
import { type ChatEvent, type ChatMessage, ResultCollector } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { compactionItem, compactionMessage } from './compaction.js';
import { encodeResult } from './encode-result.js';
import { createStreamEncoder } from './encode-stream.js';
import { parseRequest } from './parse-request.js';
import { createMemoryResponseStore } from './response-store.js';
import { openCompactExchange, openStoredExchange } from './stored-exchange.js';

const said = (messages: readonly ChatMessage[]): [string, string][] =>
  messages.map(({ role, content }) => [
    role,
    typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : part.type)).join(''),
  ]);

const START: ChatEvent = { type: 'response-start', responseId: 't', model: 'm', createdAt: 1000, warnings: [] };
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 9, outputTokens: 4, origin: 'reported' },
};
const block = (id: string, text: string, retracted = false): ChatEvent[] => [
  { type: 'text-start', id },
  ...[...text].map((delta): ChatEvent => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id, ...(retracted && { retracted: true as const }) },
];
const thought = (id: string): ChatEvent[] => [
  { type: 'reasoning-start', id },
  { type: 'reasoning-delta', id, delta: 'hm' },
  { type: 'reasoning-end', id },
];
const collected = (events: readonly ChatEvent[]) => {
  const collector = new ResultCollector();
  for (const event of events) collector.push(event);
  return collector.finish();
};

const CONVERSATION = [
  { role: 'developer', content: 'Use tabs.' },
  { role: 'user', content: 'Fix the bug.' },
  { type: 'function_call', call_id: 'c1', name: 'ls', arguments: '{}' },
  { type: 'function_call_output', call_id: 'c1', output: 'a.ts' },
  { role: 'assistant', content: 'Done.' },
];
const TRIGGERED = {
  model: 'm',
  instructions: 'You are an agent.',
  input: [...CONVERSATION, { type: 'compaction_trigger' }],
  tools: [{ type: 'function', name: 'ls', parameters: {} }],
  text: { format: { type: 'json_object' } },
  stream: true,
};
/** Everything a summary may hold: long, of many alphabets, with what the content must not be mistaken for. */
const SUMMARY = `用户要求修复 🐛\n\n\`a.ts\` "quoted" lgc1. ${'x'.repeat(70_000)}é`;

describe('a compaction item', () => {
  it('content - comes back as the summary, to the letter', () => {
    const item = compactionItem(`  ${SUMMARY}\n`, 0, 'resp_ab');
    expect(item).toMatchObject({ id: 'cmp_ab000000', type: 'compaction' });
    const message = compactionMessage(item.encrypted_content);
    expect(said([message as ChatMessage])[0]?.[1].endsWith(`\n\n${SUMMARY}`)).toBe(true);
  });

  it.each(['gAAAAAB-not-ours', 'lgc1.%%%', 'lgc1./w==', '', null, 7, undefined])(
    'content %j - is not ours',
    (content) => {
      expect(compactionMessage(content)).toBeUndefined();
    },
  );

  it('nothing to say - is an error, not an empty item', () => {
    expect(() => compactionItem(' \n', 0, 'resp_ab')).toThrow(expect.objectContaining({ code: 'output_mismatch' }));
  });
});

describe('an input with compaction items', () => {
  const item = compactionItem('We fixed a.ts.', 0, 'resp_ab');
  it.each(['compaction', 'compaction_summary', 'context_compaction'])('%s - its summary reaches the model', (type) => {
    const { chat, inputItems } = parseRequest({
      model: 'm',
      input: [
        { ...item, type },
        { role: 'user', content: 'And now?' },
      ],
    });
    expect(said(chat.messages)).toEqual([
      ['user', expect.stringMatching(/summarised.*:\n\nWe fixed a\.ts\.$/)],
      ['user', 'And now?'],
    ]);
    expect(chat.warnings).toEqual([]);
    expect(inputItems).toHaveLength(2);
  });

  it('of another server - left out with a warning', () => {
    const input = [
      { type: 'compaction', encrypted_content: 'gAAAA' },
      { role: 'user', content: 'Hi' },
    ];
    const { chat } = parseRequest({ input });
    expect(said(chat.messages)).toEqual([['user', 'Hi']]);
    expect(chat.warnings).toMatchObject([{ type: 'unsupported-content', subject: 'input[0]' }]);
  });

  it('a trigger that is not the last item - is a 400', () => {
    const input = [{ type: 'compaction_trigger' }, { role: 'user', content: 'Hi' }];
    expect(() => parseRequest({ input })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'input[0]' }),
    );
  });

  it('a trigger alone - there is nothing to compact', () => {
    expect(() => parseRequest({ input: [{ type: 'compaction_trigger' }] })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'input' }),
    );
  });
});

describe('a triggered compaction', () => {
  it('the turn - has the whole conversation and a wish for its summary, no tools and no format', () => {
    const { chat, response } = parseRequest(TRIGGERED);
    const messages = said(chat.messages);
    expect(messages.slice(0, -1).map(([role]) => role)).toEqual([
      'system',
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
    expect(messages.at(-1)).toEqual(['user', expect.stringContaining('summary of this whole conversation')]);
    expect(chat).toMatchObject({ tools: [], toolChoice: { type: 'none' }, responseFormat: { type: 'text' } });
    expect(response).toMatchObject({ stream: true, compacts: true, reasoning: 'hidden' });
  });

  it('whole - one item', () => {
    const { response } = parseRequest(TRIGGERED);
    const body = encodeResult(
      collected([START, ...thought('r'), ...block('a', 'Sum '), ...block('b', 'mary'), END]),
      response,
    );
    expect(body).toMatchObject({ status: 'completed', output_text: '', output: [{ type: 'compaction' }] });
    const [item] = body.output as JsonObject[];
    expect(said([compactionMessage(item?.encrypted_content) as ChatMessage])[0]?.[1]).toMatch(/\n\nSum mary$/);
  });

  const stream = (events: readonly ChatEvent[]): { type: string; item?: JsonObject; response?: JsonObject }[] => {
    const encoder = createStreamEncoder(parseRequest(TRIGGERED).response);
    const sse = events.map((event) => encoder.push(event)).join('') + encoder.end();
    return [...sse.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));
  };

  it('streamed - one item when it is whole, whatever the blocks; what was taken back is not in it', () => {
    const events = stream([
      START,
      ...thought('r'),
      ...block('x', 'wrong', true),
      ...block('a', 'Sum '),
      ...block('b', 'mary'),
      END,
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.output_item.done',
      'response.completed',
    ]);
    const done = events[3]?.item;
    expect(said([compactionMessage(done?.encrypted_content) as ChatMessage])[0]?.[1]).toMatch(/\n\nSum mary$/);
    expect(events[4]?.response).toMatchObject({ output: [done], usage: { output_tokens: 4 } });
  });

  it('streamed, without a summary - fails', () => {
    const encoder = createStreamEncoder(parseRequest(TRIGGERED).response);
    encoder.push(START);
    expect(() => encoder.push(END)).toThrow(expect.objectContaining({ code: 'output_mismatch' }));
  });

  it('stored - the next response goes on from the summary alone', async () => {
    const store = createMemoryResponseStore();
    const ask = async (body: JsonObject, text: string): Promise<JsonObject> => {
      const exchange = await openStoredExchange({ body, store, principal: 'p' });
      const { response } = exchange.parseRequest(body);
      const encoded = exchange.encodeResult(collected([START, ...block('a', text), END]), response);
      await exchange.settled();
      return encoded;
    };
    const first = await ask({ input: 'Fix the bug.' }, 'Done.');
    const second = await ask(
      { previous_response_id: first.id, input: [{ type: 'compaction_trigger' }] },
      'The bug was fixed.',
    );
    const body = { previous_response_id: second.id, input: 'Thanks.' };
    const exchange = await openStoredExchange({ body, store, principal: 'p' });
    expect(said(exchange.parseRequest(body).chat.messages)).toEqual([
      ['user', expect.stringMatching(/\n\nThe bug was fixed\.$/)],
      ['user', 'Thanks.'],
    ]);
  });
});

describe('openCompactExchange()', () => {
  const compact = async (body: unknown, store = createMemoryResponseStore()): Promise<JsonObject> => {
    const exchange = await openCompactExchange({ body, store, principal: 'p' });
    const { chat, response } = exchange.parseRequest(body);
    expect(response.stream).toBe(false);
    expect(said(chat.messages).at(-1)?.[1]).toContain('summary');
    const encoded = exchange.encodeResult(collected([START, ...block('a', 'Summary.'), END]), response);
    await exchange.settled();
    expect(await store.get('p', String(encoded.id))).toBeUndefined();
    return encoded;
  };

  it('output - the messages of people and programs, then the item', async () => {
    const body = await compact({ model: 'm', input: CONVERSATION, stream: true });
    expect(body).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: 'response.compaction',
      created_at: 1,
      usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
      output: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Use tabs.' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix the bug.' }] },
        { type: 'compaction', encrypted_content: expect.stringMatching(/^lgc1\./) },
      ],
    });
    const again = parseRequest({ input: [...(body.output as JsonObject[]), { role: 'user', content: 'Go on.' }] });
    expect(said(again.chat.messages).map(([role]) => role)).toEqual(['system', 'user', 'user', 'user']);
    expect(again.chat.warnings).toEqual([]);
  });

  it('a text, or a stored conversation - is compacted too', async () => {
    expect((await compact({ input: 'Hi' })).output).toMatchObject([{ role: 'user' }, { type: 'compaction' }]);
    const store = createMemoryResponseStore();
    const body = { input: 'Earlier' };
    const exchange = await openStoredExchange({ body, store, principal: 'p' });
    const { response } = exchange.parseRequest(body);
    const stored = exchange.encodeResult(collected([START, ...block('a', 'Yes.'), END]), response);
    await exchange.settled();
    expect((await compact({ previous_response_id: stored.id }, store)).output).toMatchObject([
      { role: 'user', content: [{ text: 'Earlier' }] },
      { type: 'compaction' },
    ]);
  });

  it.each([
    [{}],
    [null],
    ['text'],
    [{ input: [] }],
    [{ previous_response_id: 'resp_gone' }],
    [{ input: [{ type: 'compaction_trigger' }] }],
  ])('%j - is refused', async (body) => {
    const exchange = await openCompactExchange({ body, store: createMemoryResponseStore(), principal: 'p' });
    expect(() => exchange.parseRequest(body)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(invalid_request|not_found)$/) }),
    );
  });
});
