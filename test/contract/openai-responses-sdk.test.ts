import { createOpenAI } from '@ai-sdk/openai';
import { type ChatEvent, GatewayError, ResultCollector } from '@lingma-gateway/core/chat';
import {
  createMemoryResponseStore,
  deleteResponse,
  listInputItems,
  openaiResponses,
  openStoredExchange,
  type ResponseStore,
  retrieveResponse,
} from '@lingma-gateway/core/wire';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import fc from 'fast-check';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { anyTurn, CREATED_AT, REQUEST, TURNS, turn } from './openai-responses-cases.js';

/** What a server would do with one request: the wire half for real, the model's turn from a script. */
class ScriptedServer {
  readonly bodies: Record<string, unknown>[] = [];
  readonly store: ResponseStore = createMemoryResponseStore();
  readonly #turns: (readonly ChatEvent[])[];
  /** Fails the turn after this many events. */
  failAfter: number | undefined;

  constructor(...turns: (readonly ChatEvent[])[]) {
    this.#turns = turns;
  }

  readonly fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    if (init?.method !== 'POST') return this.#stored(new URL(String(url)), init?.method === 'DELETE');
    const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
    this.bodies.push(body);
    const exchange = await openStoredExchange({ body, store: this.store, principal: 'key-1' });
    const events = this.#turns[this.bodies.length - 1] ?? this.#turns.at(-1) ?? [];
    try {
      const { response } = exchange.parseRequest(body);
      if (!response.stream) {
        const collector = new ResultCollector();
        for (const event of events) collector.push(event);
        return Response.json(exchange.encodeResult(collector.finish(), response));
      }
      const encoder = exchange.createStreamEncoder(response);
      const chunks = events.slice(0, this.failAfter).map((event) => encoder.push(event));
      chunks.push(
        this.failAfter === undefined
          ? encoder.end()
          : encoder.fail(new GatewayError('upstream_error', 'Lingma went away')),
      );
      const bytes = new TextEncoder().encode(encoder.keepAlive + chunks.join(encoder.keepAlive));
      return new Response(bytes, { headers: { 'content-type': 'text/event-stream' } });
    } catch (error) {
      return refusal(error);
    }
  };

  async #stored(url: URL, remove: boolean): Promise<Response> {
    const [id = '', items] = url.pathname.replace('/v1/responses/', '').split('/');
    try {
      if (remove) return Response.json(await deleteResponse(this.store, 'key-1', id));
      if (items === undefined) return Response.json(await retrieveResponse(this.store, 'key-1', id));
      return Response.json(await listInputItems(this.store, 'key-1', id, url.searchParams));
    } catch (error) {
      return refusal(error);
    }
  }
}

function refusal(error: unknown): Response {
  if (!GatewayError.isInstance(error)) throw error;
  const { body, status, headers } = openaiResponses.encodeError(error);
  return Response.json(body, { status, headers });
}

const userMessage = (content: string) => ({ role: 'user' as const, content });

const clientOf = (server: ScriptedServer): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: 'http://gateway.test/v1', fetch: server.fetch, maxRetries: 0 });

type Plain = Record<string, unknown> & { output: Record<string, unknown>[] };

/** Without what the SDK adds of its own, and with the response's id told apart from the request's other answer. */
function plain(response: object): Plain {
  const copy = JSON.parse(JSON.stringify(response)) as Plain;
  const id = String(copy.id).replace('resp_', '');
  const {
    output_text: _text,
    output_parsed: _parsed,
    ...rest
  } = JSON.parse(JSON.stringify(copy).replaceAll(id, 'ID')) as Plain;
  for (const item of rest.output as Record<string, unknown>[]) {
    delete item.parsed_arguments;
    for (const part of Array.isArray(item.content) ? item.content : []) delete part.parsed;
  }
  return rest as Plain;
}

const { stream: _stream, ...request } = REQUEST;
const params = request as unknown as Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'stream'>;

beforeEach(() => void vi.useFakeTimers({ now: CREATED_AT + 2500, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe('openai - responses.stream()', () => {
  for (const [name, events] of Object.entries(TURNS)) {
    it(`finalResponse() - is what create() answers: ${name}`, async () => {
      const client = clientOf(new ScriptedServer(events));
      const streamed = await client.responses.stream(params).finalResponse();
      const whole = await client.responses.create(params);
      expect(plain(streamed)).toEqual(plain(whole));
      expect(streamed.output_text).toBe(whole.output_text);
    });
  }

  it('finalResponse() - is what create() answers, for any turn', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurn, async (events) => {
        const client = clientOf(new ScriptedServer(events));
        const streamed = await client.responses.stream(params).finalResponse();
        expect(plain(streamed)).toEqual(plain(await client.responses.create(params)));
      }),
      { numRuns: 40 },
    );
  });

  it('finalResponse() - tells a failure, before and after the first event', async () => {
    for (const failAfter of [0, 1, 4]) {
      const server = new ScriptedServer(TURNS.text ?? []);
      server.failAfter = failAfter;
      const failed = await clientOf(server).responses.stream(params).finalResponse();
      expect(failed.status).toBe('failed');
      expect(failed.error).toEqual({ code: 'server_error', message: 'Lingma went away' });
    }
  });

  it('parse() - reads structured output against the schema it sent', async () => {
    const answer = turn([{ block: { type: 'text', text: '{"name":"Ada"}' }, cuts: [5] }], 'stop');
    const format = zodTextFormat(z.object({ name: z.string() }), 'person');
    for (const call of ['parse', 'stream'] as const) {
      const client = clientOf(new ScriptedServer(answer));
      const asked = { model: 'm', input: 'Who?', text: { format } };
      const parsed =
        call === 'parse' ? await client.responses.parse(asked) : await client.responses.stream(asked).finalResponse();
      expect(parsed.output_parsed).toEqual({ name: 'Ada' });
      expect(parsed.text?.format).toMatchObject({ type: 'json_schema', name: 'person', strict: true });
    }
  });

  it('retrieve(), inputItems.list(), delete() - of a stored response', async () => {
    const client = clientOf(new ScriptedServer(TURNS.text ?? []));
    const { id } = await client.responses.create({ ...params, input: ['A', 'B', 'C'].map(userMessage) });
    expect((await client.responses.retrieve(id)).output_text).toBe('Hello, 世界 👋');
    const texts: unknown[] = [];
    for await (const item of client.responses.inputItems.list(id, { limit: 2, order: 'asc' })) {
      texts.push('content' in item ? item.content?.[0] : undefined);
    }
    expect(texts).toEqual(['A', 'B', 'C'].map((text) => ({ type: 'input_text', text })));
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('create() - raises errors of the request as their class', async () => {
    const client = clientOf(new ScriptedServer(TURNS.text ?? []));
    await expect(client.responses.create({ ...params, background: true })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
    await expect(client.responses.create({ ...params, previous_response_id: 'resp_x' })).rejects.toMatchObject({
      status: 404,
      param: 'previous_response_id',
    });
  });

  it('create() - goes on from a stored response', async () => {
    const server = new ScriptedServer(TURNS['parallel calls'] ?? [], TURNS.text ?? []);
    const client = clientOf(server);
    const first = await client.responses.stream(params).finalResponse();
    const second = await client.responses.create({
      model: 'm',
      previous_response_id: first.id,
      input: [
        { type: 'function_call_output', call_id: 'call_1', output: 'A' },
        { type: 'function_call_output', call_id: 'call_2', output: 'B' },
      ],
    });
    const stored = await server.store.get('key-1', second.id);
    expect(stored?.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(second.previous_response_id).toBe(first.id);
  });
});

describe('AI SDK - the Responses model', () => {
  const readFile = tool({
    description: 'Reads a file',
    inputSchema: z.object({ path: z.string() }),
    execute: async ({ path }) => `contents of ${path}`,
  });

  const modelOf = (server: ScriptedServer) =>
    createOpenAI({ apiKey: 'k', baseURL: 'http://gateway.test/v1', fetch: server.fetch as typeof fetch }).responses(
      'gpt-5.1-codex',
    );

  it('streamText() - runs a whole tool loop, its items referenced by id', async () => {
    const server = new ScriptedServer(TURNS['thoughts, text and calls'] ?? [], TURNS['thoughts and text'] ?? []);
    const answer = streamText({
      model: modelOf(server),
      prompt: 'Compare the files',
      tools: { read_file: readFile },
      stopWhen: stepCountIs(3),
    });
    expect(await answer.text).toBe('Done.');
    const steps = await answer.steps;
    expect(steps[0]?.toolResults.map((result) => result.output)).toEqual(['contents of a.ts', 'contents of b.ts']);
    expect(steps[1]?.reasoningText).toBe('Let me think.');
    expect((await answer.totalUsage).outputTokens).toBe(14);
    expect(JSON.stringify(server.bodies[1])).toContain('"item_reference"');
    expect(await answer.finishReason).toBe('stop');
  });

  it('streamText() - runs a tool loop that stores nothing', async () => {
    const server = new ScriptedServer(TURNS['thoughts, text and calls'] ?? [], TURNS.text ?? []);
    const answer = streamText({
      model: modelOf(server),
      prompt: 'Compare the files',
      tools: { read_file: readFile },
      stopWhen: stepCountIs(3),
      providerOptions: { openai: { store: false } },
    });
    expect(await answer.text).toBe('Hello, 世界 👋');
    expect(server.bodies).toHaveLength(2);
    expect(JSON.stringify(server.bodies[1])).not.toContain('"item_reference"');
  });

  it('generateText() - reads the answer without a stream', async () => {
    const server = new ScriptedServer(TURNS['thoughts and text'] ?? []);
    const answer = await generateText({ model: modelOf(server), prompt: 'Hi' });
    expect(answer.text).toBe('Done.');
    expect(answer.reasoningText).toBe('Let me think.');
    expect(answer.usage.inputTokens).toBe(11);
  });

  it('streamText() - a call cut by the limit is not run', async () => {
    const server = new ScriptedServer(TURNS['call cut by the limit'] ?? []);
    let ran = false;
    const answer = streamText({
      model: modelOf(server),
      prompt: 'Read',
      tools: {
        read_file: tool({
          inputSchema: z.object({ path: z.string() }),
          execute: async () => {
            ran = true;
            return '';
          },
        }),
      },
    });
    expect(await answer.finishReason).toBe('length');
    expect(ran).toBe(false);
  });

  it('streamText() - hands a failure on', async () => {
    const server = new ScriptedServer(TURNS.text ?? []);
    server.failAfter = 4;
    const errors: unknown[] = [];
    const answer = streamText({
      model: modelOf(server),
      prompt: 'Hi',
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    });
    expect(await answer.finishReason).toBe('error');
    expect(JSON.stringify(errors)).toContain('Lingma went away');
  });
});
