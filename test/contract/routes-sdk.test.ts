/** The official SDKs against the routes beside the three chat protocols, and the answers against the published schemas. */
import Anthropic from '@anthropic-ai/sdk';
import { createGateway } from '@lingma-gateway/core';
import OpenAI, { AzureOpenAI } from 'openai';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishedSchema } from './published-schema.js';
import { END, ScriptedChannel, START, text } from './scripted-channel.js';

const problems = publishedSchema('routes-openai');
const baseURL = 'http://127.0.0.1:8317/v1';

let channel: ScriptedChannel;
let answers: unknown[];
let openai: OpenAI;
let fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

beforeEach(() => {
  channel = new ScriptedChannel();
  answers = [];
  const gateway = createGateway({ channel, clientKeys: ['key-1'], listAliases: true });
  fetch = async (url, init) => {
    const response = await gateway.fetch(new Request(url, init));
    if (response.headers.get('content-type') === 'application/json') answers.push(await response.clone().json());
    return response;
  };
  openai = new OpenAI({ baseURL, apiKey: 'key-1', fetch, maxRetries: 0 });
});

describe('OpenAI SDK', () => {
  it('completions.create - whole and streamed', async () => {
    const body = { model: 'm', prompt: ['One', 'Two'], echo: true };
    const whole = await openai.completions.create(body);
    expect(whole.choices.map(({ text: answer }) => answer)).toEqual(['OneHello world', 'TwoHello world']);
    expect(problems('CreateCompletionResponse', answers[0])).toEqual([]);
    const texts = ['', ''];
    const ends: string[] = [];
    for await (const chunk of await openai.completions.create({ ...body, stream: true })) {
      for (const { index, text: piece, finish_reason: end } of chunk.choices) {
        texts[index] += piece;
        if (end !== null) ends.push(end);
      }
    }
    expect(texts).toEqual(['OneHello world', 'TwoHello world']);
    expect(ends).toEqual(['stop', 'stop']);
  });

  it('completions.create, token ids - BadRequestError', async () => {
    const asked = openai.completions.create({ model: 'm', prompt: [1, 2, 3] });
    await expect(asked).rejects.toThrow(OpenAI.BadRequestError);
  });

  it('responses.compact - its output is the next input', async () => {
    channel.script = (turn) => turn.push(START, ...text('t', 'The bug is fixed.'), END);
    const compacted = await openai.responses.compact({
      model: 'gpt-5.6' as never,
      input: [
        { role: 'user', content: 'Fix the bug.' },
        { role: 'assistant', content: 'Fixed.' },
      ],
    });
    expect(problems('CompactResource', answers[0])).toEqual([]);
    expect(compacted.output.map(({ type }) => type)).toEqual(['message', 'compaction']);
    const next = await openai.responses.create({
      model: 'm',
      input: [...compacted.output, { role: 'user', content: 'Thanks.' }] as OpenAI.Responses.ResponseInput,
    });
    expect(next.output_text).toBe('The bug is fixed.');
    expect(JSON.stringify(channel.last.request.messages)).toContain('The bug is fixed.');
  });

  it('responses.stream with a compaction trigger - one compaction item, which the schemas know', async () => {
    const stream = openai.responses.stream({
      model: 'm',
      input: [{ role: 'user', content: 'Hi' }, { type: 'compaction_trigger' } as never],
    });
    const { output } = await stream.finalResponse();
    expect(output).toHaveLength(1);
    expect(problems('CompactionBody', output[0])).toEqual([]);
    expect(problems('CompactionSummaryItemParam', output[0])).toEqual([]);
  });

  it('responses.inputTokens.count - the number alone', async () => {
    const counted = await openai.responses.inputTokens.count({ model: 'm', input: 'How many?' });
    expect(counted.input_tokens).toBeGreaterThan(3);
    expect(problems('TokenCountsResource', answers[0])).toEqual([]);
  });

  it('models - listed and alone', async () => {
    for await (const model of openai.models.list()) {
      expect(problems('Model', model)).toEqual([]);
      expect(await openai.models.retrieve(model.id)).toEqual(model);
    }
  });

  it('the key in api-key - as Azure clients send it', async () => {
    const endpoint = 'http://127.0.0.1:8317';
    const azure = new AzureOpenAI({ endpoint, apiKey: 'key-1', apiVersion: '2025-01-01', fetch, maxRetries: 0 });
    const answer = await azure.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
    expect(answer.choices[0]?.message.content).toBe('Hello world');
  });
});

describe('Anthropic SDK', () => {
  /** The SDK sends one of the two; Claude Code, which is built on it, both. */
  const ask = (authToken: string, apiKey: string) =>
    new Anthropic({
      baseURL: 'http://127.0.0.1:8317',
      authToken,
      defaultHeaders: { 'x-api-key': apiKey },
      fetch,
      maxRetries: 0,
    }).messages.create({
      model: 'claude-sonnet-5-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hi' }],
    });

  it('a token of ours beside a key of its maker - is let in, whichever stands where', async () => {
    for (const [token, key] of [
      ['key-1', 'sk-ant-from-the-environment'],
      ['foreign', 'key-1'],
    ] as const) {
      expect((await ask(token, key)).content[0]).toMatchObject({ text: 'Hello world' });
    }
  });

  it('two foreign keys - AuthenticationError', async () => {
    await expect(ask('foreign', 'also-foreign')).rejects.toThrow(Anthropic.AuthenticationError);
  });

  it('models - each page has names and context lengths', async () => {
    const anthropic = new Anthropic({ baseURL: 'http://127.0.0.1:8317', apiKey: 'key-1', fetch, maxRetries: 0 });
    const ids: string[] = [];
    for await (const model of anthropic.models.list({ limit: 2 })) {
      expect(model).toMatchObject({ name: expect.any(String), context_length: expect.any(Number) });
      ids.push(model.id);
    }
    expect(ids).toEqual(['org_auto', 'vendor/qwen3-coder', 'claude-x']);
  });
});
