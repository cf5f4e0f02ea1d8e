/** The translators alone: any protocol in, any protocol out; in Node, in a worker, and where there are Web APIs and nothing else. */
import { createContext, Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { JsonObject } from '@lingma-gateway/core';
import { type ChatEvent, type ChatResult, collectResult, GatewayError, toEventStream } from '@lingma-gateway/core/chat';
import {
  encodeError,
  encodeEvents,
  encodeResult,
  encodeStream,
  type ProtocolName,
  parseRequest,
  protocols,
  stringifyJson,
} from '@lingma-gateway/core/wire';
import { describe, expect, it } from 'vitest';
import { ANSWER } from '../contract/scripted-channel.js';

const NAMES = Object.keys(protocols) as ProtocolName[];
const tool = {
  name: 'look',
  description: 'Looks',
  schema: { type: 'object', properties: { id: { type: 'integer' } } },
};

/** The same question in each protocol. */
const QUESTIONS: Readonly<Record<ProtocolName, object>> = {
  'openai-chat': {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Hi' },
    ],
    tools: [
      { type: 'function', function: { name: tool.name, description: tool.description, parameters: tool.schema } },
    ],
    max_tokens: 50,
  },
  'openai-responses': {
    model: 'm',
    instructions: 'Be brief',
    input: 'Hi',
    tools: [{ type: 'function', name: tool.name, description: tool.description, parameters: tool.schema }],
    max_output_tokens: 50,
  },
  'anthropic-messages': {
    model: 'm',
    max_tokens: 50,
    system: 'Be brief',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: tool.name, description: tool.description, input_schema: tool.schema }],
  },
};

const CALLING: readonly ChatEvent[] = [
  ...ANSWER.slice(0, -1),
  { type: 'tool-input-start', id: 'c', toolName: 'look', kind: 'function', executedBy: 'client' },
  { type: 'tool-input-delta', id: 'c', delta: '{"id":1764263345123456789}' },
  { type: 'tool-input-end', id: 'c' },
  {
    type: 'response-end',
    finishReason: 'tool-calls',
    usage: { inputTokens: 11, outputTokens: 9, origin: 'reported' },
  },
];

/** A body that clients read. */
interface Body {
  readonly choices: readonly {
    readonly message: {
      readonly content: string;
      readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
    };
    readonly finish_reason: string;
  }[];
  readonly output: readonly { readonly content?: readonly { readonly text: string }[]; readonly arguments?: string }[];
  readonly status: string;
  readonly content: readonly { readonly text?: string; readonly input?: JsonObject }[];
  readonly stop_reason: string;
}

/** Where each protocol's whole answer has its text, its call and its reason to end. */
const READ: Readonly<Record<ProtocolName, (body: Body) => readonly unknown[]>> = {
  'openai-chat': ({ choices: [choice] }) => [
    choice?.message.content,
    choice?.message.tool_calls?.[0]?.function.arguments,
    choice?.finish_reason,
  ],
  'openai-responses': ({ output, status }) => [output[0]?.content?.[0]?.text, output[1]?.arguments, status],
  'anthropic-messages': ({ content, stop_reason }) => [
    content[0]?.text,
    content[1]?.input && stringifyJson(content[1].input),
    stop_reason,
  ],
};
const read = (name: ProtocolName, body: JsonObject): readonly unknown[] => READ[name](body as never);
const PLAIN = { 'openai-chat': 'stop', 'openai-responses': 'completed', 'anthropic-messages': 'end_turn' } as const;
const CALLED = {
  'openai-chat': 'tool_calls',
  'openai-responses': 'completed',
  'anthropic-messages': 'tool_use',
} as const;
/** What a stream that ended well has at its end. */
const LAST = {
  'openai-chat': '[DONE]',
  'openai-responses': 'response.completed',
  'anthropic-messages': 'message_stop',
};

const resultOf = (events: readonly ChatEvent[]): Promise<ChatResult> => collectResult(toEventStream(events));

describe('parseRequest()', () => {
  it('one question in three protocols - is one request', () => {
    const [first, ...others] = NAMES.map((name) => parseRequest(name, QUESTIONS[name]).chat);
    expect(first?.tools).toHaveLength(1);
    for (const other of others) {
      expect(other.messages).toEqual(first?.messages);
      expect(other.tools[0]).toMatchObject({ name: 'look', inputSchema: tool.schema });
      expect(other.sampling.maxOutputTokens).toBe(50);
    }
  });

  it.each(NAMES)('%s - text is read as well, and what is none is the client’s error', (name) => {
    expect(parseRequest(name, JSON.stringify(QUESTIONS[name])).response.model).toBe('m');
    expect(() => parseRequest(name, '{"model":')).toThrow(GatewayError);
    expect(() => parseRequest(name, '[')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(() => parseRequest(name, { model: 7 })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'model' }),
    );
  });
});

describe.each(NAMES)('in %s', (asked) => {
  const { response } = parseRequest(asked, QUESTIONS[asked]);

  it.each(NAMES)('out %s - a whole answer', async (answered) => {
    const plain = encodeResult(answered, await resultOf(ANSWER), response);
    expect(read(answered, plain)).toEqual(['Hello world', undefined, PLAIN[answered]]);
    const called = encodeResult(answered, await resultOf(CALLING), response);
    expect(read(answered, called)).toEqual(['Hello world', '{"id":1764263345123456789}', CALLED[answered]]);
    expect(plain.model).toBe('m');
  });

  it.each(NAMES)('out %s - a stream, in pieces and at once', async (answered) => {
    let streamed = '';
    for await (const frames of encodeStream(answered, CALLING, response)) streamed += frames;
    const whole = encodeEvents(answered, CALLING, response);
    for (const text of [streamed, whole]) {
      expect(text).toContain('Hello');
      expect(text).toContain('1764263345123456789');
      expect(text.trimEnd().split('\n\n').at(-1)).toContain(LAST[answered]);
    }
    expect(streamed.split('\n\n').length).toBe(whole.split('\n\n').length);
  });

  it.each(NAMES)('out %s - a turn that fails on the way', async (answered) => {
    async function* broken(): AsyncGenerator<ChatEvent> {
      yield* ANSWER.slice(0, 3);
      throw new GatewayError('rate_limited', 'Slow down');
    }
    let streamed = '';
    for await (const frames of encodeStream(answered, broken(), response)) streamed += frames;
    expect(streamed).toContain('Slow down');
    expect(streamed).not.toContain(LAST[answered]);
  });
});

it.each(NAMES)('encodeError() - %s says what was thrown, and nothing of what is unknown', (name) => {
  const known = encodeError(name, new GatewayError('rate_limited', 'Slow down', { retryAfterMs: 2000 }), 'req_1');
  expect([known.status, known.headers['retry-after'], stringifyJson(known.body)]).toEqual([
    429,
    '2',
    expect.stringContaining('Slow down'),
  ]);
  const unknown = encodeError(name, new Error('password=hunter2'));
  expect([unknown.status, stringifyJson(unknown.body)]).toEqual([500, expect.not.stringContaining('hunter2')]);
});

it('without any response of a request - has defaults', async () => {
  expect(read('openai-chat', encodeResult('openai-chat', await resultOf(ANSWER)))[0]).toBe('Hello world');
  expect(encodeEvents('anthropic-messages', ANSWER, { model: 'mine' })).toContain('"model":"mine"');
});

/** What translates a request and an answer, and tells the result. */
const JOB = `
import { collectResult, toEventStream } from '@lingma-gateway/core/chat';
import { encodeError, encodeEvents, encodeResult, encodeStream, parseRequest } from '@lingma-gateway/core/wire';
export async function translate(question, events) {
  const { chat, response } = parseRequest('anthropic-messages', question);
  const result = encodeResult('openai-responses', await collectResult(toEventStream(events)), response);
  let streamed = '';
  for await (const frames of encodeStream('openai-chat', events, response)) streamed += frames;
  const failed = encodeError('anthropic-messages', new Error('x'));
  return JSON.stringify([chat.messages.length, result.output_text, streamed.includes('[DONE]'), encodeEvents('openai-chat', events) !== '', failed.status]);
}`;
const EXPECTED = [2, 'Hello world', true, true, 500];
const question = JSON.stringify(QUESTIONS['anthropic-messages']);

async function bundled(): Promise<string> {
  const url = new URL('../../packages/dev/bundle-browser.mjs', import.meta.url).href;
  const { bundleForBrowser } = (await import(/* @vite-ignore */ url)) as {
    bundleForBrowser(code: string): Promise<string>;
  };
  return bundleForBrowser(JOB);
}

describe('outside of Node', () => {
  it('a browser’s globals - are enough', async () => {
    const web = {
      TextEncoder,
      TextDecoder,
      URL,
      Headers,
      ReadableStream,
      AbortController,
      DOMException,
      crypto,
      performance,
      setTimeout,
      clearTimeout,
      queueMicrotask,
      structuredClone,
      atob,
      btoa,
    };
    const context = createContext({ ...web, job: { question, events: JSON.stringify(ANSWER) } });
    new Script(await bundled()).runInContext(context);
    const told = new Script('bundle.translate(job.question, JSON.parse(job.events))').runInContext(context);
    expect(JSON.parse(await told)).toEqual(EXPECTED);
    expect(new Script('typeof process + typeof Buffer + typeof require').runInContext(context)).toBe(
      'undefinedundefinedundefined',
    );
  });

  it('a worker - does it off the main thread', async () => {
    const code = `${await bundled()};const { parentPort, workerData } = require('node:worker_threads');
      bundle.translate(workerData.question, workerData.events).then((told) => parentPort.postMessage(told));`;
    const worker = new Worker(code, { eval: true, workerData: { question, events: ANSWER } });
    const told = await new Promise<string>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(JSON.parse(told)).toEqual(EXPECTED);
    await worker.terminate();
  });
});
