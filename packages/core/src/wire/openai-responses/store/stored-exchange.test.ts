import { describe, expect, it } from 'vitest';
import { type ChatEvent, type ChatResult, ResultCollector } from '../../../chat/index.js';
import type { JsonObject } from '../../../util/index.js';
import { createMemoryResponseStore, type ResponseStore } from './response-store.js';
import { deleteResponse, listInputItems, openStoredExchange, retrieveResponse } from './stored-exchange.js';

const START: ChatEvent = {
  type: 'response-start',
  responseId: 'turn',
  model: 'org_auto',
  createdAt: 1_700_000_000_000,
  warnings: [],
};
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1, origin: 'reported' },
};
const CALL: ChatEvent[] = [
  START,
  { type: 'tool-input-start', id: 'call_1', toolName: 'f', kind: 'function', executedBy: 'client' },
  { type: 'tool-input-delta', id: 'call_1', delta: '{"a":1}' },
  { type: 'tool-input-end', id: 'call_1' },
  { ...END, finishReason: 'tool-calls' },
];
const text = (value: string): ChatEvent[] => [
  START,
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: value },
  { type: 'text-end', id: 't' },
  END,
];

function collect(events: readonly ChatEvent[]): ChatResult {
  const collector = new ResultCollector();
  for (const event of events) collector.push(event);
  return collector.finish();
}

async function ask(store: ResponseStore, request: object, events: readonly ChatEvent[], principal = 'key-1') {
  const body = { model: 'm', ...request } as { stream?: boolean };
  const exchange = await openStoredExchange({ body, store, principal });
  const { chat, response } = exchange.parseRequest(body);
  if (body.stream !== true) return { chat, response: exchange.encodeResult(collect(events), response) };
  const encoder = exchange.createStreamEncoder(response);
  for (const event of events) encoder.push(event);
  await exchange.settled();
  return { chat, response: await retrieveResponse(store, principal, String(response.echo.id)) };
}

const list = async (store: ResponseStore, id: unknown, query = '', principal = 'key-1') =>
  (await listInputItems(store, principal, String(id), new URLSearchParams(query))) as JsonObject & {
    data: readonly JsonObject[];
  };

const NOT_FOUND = expect.objectContaining({ code: 'not_found', status: 404 });

describe('openStoredExchange()', () => {
  it('previous_response_id - brings the conversation, without its instructions', async () => {
    for (const stream of [false, true]) {
      const store = createMemoryResponseStore();
      const first = await ask(store, { input: 'Go', instructions: 'Old', stream }, CALL);
      const second = await ask(
        store,
        {
          previous_response_id: first.response.id,
          instructions: 'New',
          input: [{ type: 'function_call_output', call_id: 'call_1', output: 'done' }],
          stream,
        },
        text('Good.'),
      );
      expect(second.chat.messages).toEqual([
        { role: 'system', content: 'New' },
        { role: 'user', content: [{ type: 'text', text: 'Go' }] },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'f', input: '{"a":1}', kind: 'function' }],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'call_1', output: [{ type: 'text', text: 'done' }], isError: false },
          ],
        },
      ]);
      const third = await ask(store, { previous_response_id: second.response.id, input: 'More', stream }, text('Ok'));
      expect(third.chat.messages.map((message) => message.role)).toEqual([
        'user',
        'assistant',
        'tool',
        'assistant',
        'user',
      ]);
    }
  });

  it('previous_response_id - alone goes on without new input', async () => {
    const store = createMemoryResponseStore();
    const first = await ask(store, { input: 'Go' }, text('One'));
    const second = await ask(store, { previous_response_id: first.response.id }, text('Two'));
    expect(second.chat.messages).toHaveLength(2);
  });

  it("another key's response - is a 404, for every use of its id", async () => {
    const store = createMemoryResponseStore();
    const { response } = await ask(store, { input: 'Secret' }, text('One'));
    const id = String(response.id);
    await expect(ask(store, { previous_response_id: id, input: 'x' }, text('x'), 'key-2')).rejects.toEqual(NOT_FOUND);
    await expect(retrieveResponse(store, 'key-2', id)).rejects.toEqual(NOT_FOUND);
    await expect(retrieveResponse(store, 'key-1', id, new URLSearchParams('stream=true'))).rejects.toMatchObject({
      code: 'unsupported_feature',
    });
    await expect(deleteResponse(store, 'key-2', id)).rejects.toEqual(NOT_FOUND);
    await expect(list(store, id, '', 'key-2')).rejects.toEqual(NOT_FOUND);
    const item = (response.output as JsonObject[])[0];
    const reference = { input: [{ type: 'item_reference', id: String(item?.id) }] };
    await expect(ask(store, reference, text('x'), 'key-2')).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('item_reference - is the item itself', async () => {
    const store = createMemoryResponseStore();
    const { response } = await ask(store, { input: 'Go' }, text('One'));
    const [item] = response.output as JsonObject[];
    const second = await ask(store, { input: ['Go', { type: 'item_reference', id: item?.id }, 'On'] }, text('Two'));
    expect(second.chat.messages[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'One' }] });
    expect((await list(store, second.response.id, 'order=asc')).data[1]).toEqual(item);
  });

  it('store: false - keeps nothing', async () => {
    const store = createMemoryResponseStore();
    const { response } = await ask(store, { input: 'Go', store: false }, text('One'));
    await expect(retrieveResponse(store, 'key-1', String(response.id))).rejects.toEqual(NOT_FOUND);
  });

  it('a store that fails - does not fail the answer', async () => {
    const errors: unknown[] = [];
    const broken: ResponseStore = { ...createMemoryResponseStore(), put: () => Promise.reject(new Error('disk full')) };
    const body = { model: 'm', input: 'x' };
    const exchange = await openStoredExchange({
      body,
      store: broken,
      principal: 'p',
      onStoreError: (error) => errors.push(error),
    });
    const { response } = exchange.parseRequest(body);
    expect(exchange.encodeResult(collect(text('One')), response)).toMatchObject({ status: 'completed' });
    await exchange.settled();
    expect(errors).toHaveLength(1);
  });

  it('a body that makes no sense - is for parseRequest to refuse', async () => {
    for (const body of [undefined, 'x', [], { input: { a: 1 } }, { input: [null, { type: 'item_reference' }] }]) {
      const exchange = await openStoredExchange({ body, store: createMemoryResponseStore(), principal: 'p' });
      expect(() => exchange.parseRequest(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    }
  });
});

describe('stored responses', () => {
  it('retrieveResponse() - answers as the request was answered; deleteResponse() - ends it', async () => {
    const store = createMemoryResponseStore();
    const { response } = await ask(store, { input: 'Go' }, text('One'));
    const id = String(response.id);
    expect(await retrieveResponse(store, 'key-1', id)).toEqual(response);
    expect(await deleteResponse(store, 'key-1', id)).toEqual({ id, object: 'response', deleted: true });
    await expect(retrieveResponse(store, 'key-1', id)).rejects.toEqual(NOT_FOUND);
    await expect(deleteResponse(store, 'key-1', id)).rejects.toEqual(NOT_FOUND);
  });

  it('listInputItems() - newest first, in pages, with ids and parts', async () => {
    const store = createMemoryResponseStore();
    const { response } = await ask(
      store,
      {
        input: [
          'A',
          { role: 'assistant', content: 'B' },
          { id: 'msg_own', role: 'user', content: [{ type: 'input_image', image_url: 'u' }] },
        ],
      },
      text('One'),
    );
    const all = await list(store, response.id);
    expect(all).toMatchObject({ object: 'list', has_more: false, first_id: 'msg_own' });
    expect(all.data.map((item) => item.content)).toEqual([
      [{ type: 'input_image', image_url: 'u', detail: 'auto' }],
      [{ type: 'output_text', text: 'B', annotations: [], logprobs: [] }],
      [{ type: 'input_text', text: 'A' }],
    ]);
    expect(new Set(all.data.map((item) => item.id)).size).toBe(3);

    const page = await list(store, response.id, 'order=asc&limit=2');
    expect([page.data.length, page.has_more]).toEqual([2, true]);
    const rest = await list(store, response.id, `order=asc&limit=2&after=${page.last_id}`);
    expect([rest.data.map((item) => item.id), rest.has_more]).toEqual([['msg_own'], false]);
  });

  it('listInputItems() - of a continued conversation holds what came before', async () => {
    const store = createMemoryResponseStore();
    const first = await ask(store, { input: 'A' }, text('B'));
    const second = await ask(store, { previous_response_id: first.response.id, input: 'C' }, text('D'));
    const { data } = await list(store, second.response.id, 'order=asc');
    expect(data.map((item) => (item.content as JsonObject[])[0]?.text)).toEqual(['A', 'B', 'C']);
    const ids = [...data, ...(second.response.output as JsonObject[])].map((item) => item.id);
    expect(new Set(ids).size).toBe(4);
  });

  it.each(['order=up', 'limit=0', 'limit=101', 'limit=x', 'after=msg_none'])(
    'listInputItems() - refuses %s',
    async (query) => {
      const store = createMemoryResponseStore();
      const { response } = await ask(store, { input: 'A' }, text('B'));
      await expect(list(store, response.id, query)).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
});
