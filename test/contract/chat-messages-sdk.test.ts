import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { type ChatEvent, GatewayError, ResultCollector, toGatewayError } from '@lingma-gateway/core/chat';
import { anthropicMessages, openaiChat, type WireProtocol } from '@lingma-gateway/core/wire';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { TURNS, turn } from './openai-responses-cases.js';

/** What a server would do with one request: the wire half for real, the model's turns from a script. */
class ScriptedServer {
  readonly requests: ReturnType<WireProtocol['parseRequest']>['chat'][] = [];
  readonly #protocol: WireProtocol;
  readonly #turns: (readonly ChatEvent[])[];
  /** Fails every turn after this many events. */
  failAfter: number | undefined;

  constructor(protocol: WireProtocol, ...turns: (readonly ChatEvent[])[]) {
    this.#protocol = protocol;
    this.#turns = turns;
  }

  readonly fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const protocol = this.#protocol;
    try {
      const { chat, response } = protocol.parseRequest(JSON.parse(String(init?.body)));
      this.requests.push(chat);
      const events = this.#turns[this.requests.length - 1] ?? [];
      const failure = new GatewayError('upstream_error', 'Lingma went away');
      if (!response.stream) {
        if (this.failAfter !== undefined) throw failure;
        const collector = new ResultCollector();
        for (const event of events) collector.push(event);
        return Response.json(protocol.encodeResult(collector.finish(), response));
      }
      const encoder = protocol.createStreamEncoder(response);
      const chunks = events.slice(0, this.failAfter).map((event) => encoder.push(event));
      chunks.push(this.failAfter === undefined ? encoder.end() : encoder.fail(failure));
      const bytes = new TextEncoder().encode(encoder.keepAlive + chunks.join(encoder.keepAlive));
      return new Response(bytes, { headers: { 'content-type': 'text/event-stream' } });
    } catch (error) {
      const { status, headers, body } = protocol.encodeError(toGatewayError(error), 'req_1');
      return Response.json(body, { status, headers: { ...headers, 'x-should-retry': 'false' } });
    }
  };
}

const event = (name: string): readonly ChatEvent[] => TURNS[name] ?? [];
const block = (value: object): Parameters<typeof turn>[0][number] => ({ block: value, cuts: [3] }) as never;
const calling = turn(
  [
    block({ type: 'reasoning', text: 'I need the file.' }),
    block({ type: 'text', text: 'Reading.' }),
    block({
      type: 'tool-call',
      toolCallId: 'call_1',
      toolName: 'read',
      kind: 'function',
      input: '{"path":"a.ts"}',
      executedBy: 'client',
    }),
    block({
      type: 'tool-call',
      toolCallId: 'call_2',
      toolName: 'read',
      kind: 'function',
      input: '{"path":"b.ts"}',
      executedBy: 'client',
    }),
  ],
  'tool-calls',
);
const answering = turn([block({ type: 'text', text: 'Two files, 世界.' })], 'stop');

const openaiClient = (server: ScriptedServer) =>
  new OpenAI({ apiKey: 'k', baseURL: 'http://gateway.test/v1', fetch: server.fetch, maxRetries: 0 });
const anthropicClient = (server: ScriptedServer) =>
  new Anthropic({ apiKey: 'k', baseURL: 'http://gateway.test', fetch: server.fetch, maxRetries: 0 });

const readTool = {
  type: 'function' as const,
  function: { name: 'read', parameters: { type: 'object', properties: { path: { type: 'string' } } } },
};
const question = [{ role: 'user' as const, content: 'Read both' }];

describe('the OpenAI SDK', () => {
  it('chat.completions.stream() - accumulates to what create() gives', async () => {
    const server = new ScriptedServer(openaiChat, calling, calling);
    const request = { model: 'gpt-4.1', messages: question, tools: [readTool] };
    const whole = await openaiClient(server).chat.completions.create(request);
    const streamed = await openaiClient(server)
      .chat.completions.stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(streamed.choices[0]?.finish_reason).toBe('tool_calls');
    expect(streamed.choices[0]?.message.tool_calls).toMatchObject(whole.choices[0]?.message.tool_calls ?? []);
    expect(streamed.choices[0]?.message).toMatchObject({ content: 'Reading.', role: 'assistant' });
    expect(streamed.usage).toEqual(whole.usage);
  });

  it('chat.completions.create() - custom calls survive the accumulator', async () => {
    const server = new ScriptedServer(openaiChat, event('custom call'));
    const stream = openaiClient(server).chat.completions.stream({
      model: 'gpt-5',
      messages: question,
      tools: [{ type: 'custom', custom: { name: 'edit' } }],
    });
    const snapshots: OpenAI.ChatCompletionMessageToolCall[] = [];
    stream.on('chunk', (_, snapshot) => {
      snapshots.push(...((snapshot.choices[0]?.message.tool_calls ?? []) as typeof snapshots));
    });
    // Its stream helper ends in an error of its own: it has no words for custom calls beyond the snapshot.
    await expect(stream.done()).rejects.toThrow(/function/);
    const calls = snapshots.slice(-1);
    expect(calls?.[0]).toMatchObject({ type: 'custom', custom: { name: 'edit', input: '*** Begin Patch\n' } });
  });

  it('a failure inside the stream is raised', async () => {
    const server = new ScriptedServer(openaiChat, calling);
    server.failAfter = 4;
    const stream = await openaiClient(server).chat.completions.create({ model: 'm', messages: question, stream: true });
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow(
      expect.objectContaining({ message: expect.stringContaining('Lingma went away'), code: 'upstream_error' }),
    );
  });

  it('a bad request is a BadRequestError that names the field', async () => {
    const server = new ScriptedServer(openaiChat);
    await expect(openaiClient(server).chat.completions.create({ model: 'm', messages: [], n: 2 })).rejects.toThrow(
      expect.objectContaining({ status: 400, param: 'messages', type: 'invalid_request_error' }),
    );
    await expect(
      openaiClient(server).chat.completions.create({ model: 'm', messages: question, n: 2 }),
    ).rejects.toThrow(expect.objectContaining({ status: 400, param: 'n', code: 'unsupported_feature' }));
  });
});

describe('the Anthropic SDK', () => {
  const request = {
    model: 'claude-sonnet-5',
    max_tokens: 1000,
    messages: question,
    thinking: { type: 'adaptive' as const },
    tools: [{ name: 'read', input_schema: { type: 'object' as const } }],
  };

  it('messages.stream() - accumulates to what create() gives', async () => {
    const server = new ScriptedServer(anthropicMessages, calling, calling);
    const { id: _id, ...whole } = await anthropicClient(server).messages.create(request);
    const { id: _streamed, ...streamed } = await anthropicClient(server).messages.stream(request).finalMessage();
    expect(JSON.parse(JSON.stringify(streamed))).toMatchObject(
      JSON.parse(JSON.stringify({ ...whole, _request_id: undefined })),
    );
    expect(streamed.content.map((part) => part.type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    expect(streamed.stop_reason).toBe('tool_use');
  });

  it('a failure inside the stream is raised', async () => {
    const server = new ScriptedServer(anthropicMessages, calling);
    server.failAfter = 6;
    await expect(anthropicClient(server).messages.stream(request).finalMessage()).rejects.toThrow(/Lingma went away/);
  });

  it('a thread is answered so that the details can be read', async () => {
    const body = { ...request, thread: { create: {} } } as typeof request;
    await expect(anthropicClient(new ScriptedServer(anthropicMessages)).messages.create(body)).rejects.toThrow(
      expect.objectContaining({
        status: 400,
        error: expect.objectContaining({
          error: expect.objectContaining({
            type: 'invalid_request_error',
            details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
          }),
        }),
      }),
    );
  });
});

describe('the AI SDK', () => {
  const tools = {
    read: tool({ inputSchema: z.object({ path: z.string() }), execute: async ({ path }) => `text of ${path}` }),
  };
  const providers = {
    'openai-compatible': (server: ScriptedServer) =>
      createOpenAICompatible({
        name: 'gateway',
        apiKey: 'k',
        baseURL: 'http://gateway.test/v1',
        fetch: server.fetch,
        includeUsage: true,
      })('m'),
    anthropic: (server: ScriptedServer) =>
      createAnthropic({ apiKey: 'k', baseURL: 'http://gateway.test/v1', fetch: server.fetch })('claude-sonnet-5'),
  };

  for (const [name, provider] of Object.entries(providers)) {
    const protocol = name === 'anthropic' ? anthropicMessages : openaiChat;

    it(`${name} - a tool loop, streamed`, async () => {
      const server = new ScriptedServer(protocol, calling, answering);
      const loop = streamText({ model: provider(server), prompt: 'Read both', tools, stopWhen: stepCountIs(3) });
      let text = '';
      for await (const delta of loop.textStream) text += delta;
      expect(text).toBe('Reading.Two files, 世界.');
      expect((await loop.totalUsage).inputTokens).toBe(22);
      expect(server.requests[1]?.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool']);
      expect(server.requests[1]?.messages.at(-1)).toMatchObject({
        content: [
          { toolCallId: 'call_1', output: [{ text: expect.stringContaining('text of a.ts') as string }] },
          { toolCallId: 'call_2', output: [{ text: expect.stringContaining('text of b.ts') as string }] },
        ],
      });
    });

    it(`${name} - a tool loop, at once`, async () => {
      const server = new ScriptedServer(protocol, calling, answering);
      const { text, finishReason } = await generateText({
        model: provider(server),
        prompt: 'Read both',
        tools,
        stopWhen: stepCountIs(3),
      });
      expect({ text, finishReason }).toEqual({ text: 'Two files, 世界.', finishReason: 'stop' });
    });

    it(`${name} - a failure inside the stream is told`, async () => {
      const server = new ScriptedServer(protocol, answering);
      server.failAfter = 3;
      const errors: unknown[] = [];
      const { fullStream } = streamText({
        model: provider(server),
        prompt: 'x',
        maxRetries: 0,
        onError: ({ error }) => void errors.push(error),
      });
      const types: string[] = [];
      for await (const part of fullStream) types.push(part.type);
      expect(types).toContain('error');
      expect(JSON.stringify(errors) + String(errors[0])).toContain('Lingma went away');
    });
  }
});
