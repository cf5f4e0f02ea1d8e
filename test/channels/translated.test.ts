/** What other protocols ask for, in the words of the upstream: answers in a form, effort, hooks that see and change the turn. */
import { composeGateway, type GatewayHooks } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { createOpenAiUpstream, type OpenAiUpstream } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { BASE, sim, user } from './channel-stack.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(hooks?: GatewayHooks) {
  const upstream: OpenAiUpstream = await createOpenAiUpstream();
  closing.push(() => upstream.stop());
  const list = [
    { name: 'lingma', type: 'lingma', enabled: false },
    { name: 'a', baseUrl: upstream.url, models: ['m', 'text-1'] },
  ];
  const file = { lingma: { wsUrl: 'ws://127.0.0.1:9/' }, channels: { list } };
  const loaded = loadConfig({ file: { name: 'gateway.json', text: JSON.stringify(file) } });
  const gateway = composeGateway(loaded.config, { origins: loaded.origins, ...(hooks !== undefined && { hooks }) });
  closing.push(() => gateway.close({ graceMs: 0 }));
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', body: JSON.stringify(body) };
    const response = await gateway.fetch(new Request(`${BASE}/v1/${path}`, init));
    return { status: response.status, text: await response.text() };
  };
  return { upstream, post };
}

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const SAYS = sim({ text: '{"city":"北京"}' });

describe('answers in a form', () => {
  it.each([
    [
      'chat/completions',
      {
        messages: user(SAYS),
        response_format: { type: 'json_schema', json_schema: { name: 'place', schema: SCHEMA, strict: true } },
      },
    ],
    [
      'responses',
      { input: SAYS, text: { format: { type: 'json_schema', name: 'place', schema: SCHEMA, strict: true } } },
    ],
    [
      'messages',
      { max_tokens: 99, messages: user(SAYS), output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
    ],
  ])('%s - the schema is asked of the upstream, streamed and not', async (path, body) => {
    const { upstream, post } = await start();
    for (const stream of [false, true]) {
      const { status, text } = await post(path, { model: 'm', stream, ...body });
      expect([status, text]).toEqual([200, expect.stringContaining('北京')]);
    }
    expect(upstream.calls.map((call) => call.body.response_format)).toEqual(
      Array(2).fill({ type: 'json_schema', json_schema: expect.objectContaining({ schema: SCHEMA }) }),
    );
  });
});

describe('effort', () => {
  it.each([
    ['chat/completions', { messages: user('Hi'), reasoning_effort: 'high' }, 'high'],
    ['responses', { input: 'Hi', reasoning: { effort: 'low' } }, 'low'],
    ['messages', { max_tokens: 99, messages: user('Hi'), output_config: { effort: 'medium' } }, 'medium'],
    ['responses', { input: 'Hi' }, undefined],
  ])('%s %j - %s', async (path, body, effort) => {
    const { upstream, post } = await start();
    expect((await post(path, { model: 'm', ...body })).status).toBe(200);
    expect(upstream.calls[0]?.body.reasoning_effort).toBe(effort);
  });

  it('refused by the upstream - asked again without, and remembered', async () => {
    const { upstream, post } = await start();
    upstream.setFault({ refusesMember: 'reasoning_effort' });
    for (let count = 0; count < 2; count++) {
      expect((await post('responses', { model: 'm', input: 'Hi', reasoning: { effort: 'low' } })).status).toBe(200);
    }
    expect(upstream.calls.map(({ body }) => body.reasoning_effort)).toEqual(['low', undefined, undefined]);
  });
});

describe('hooks', () => {
  it.each([
    ['chat/completions', { messages: user('Hi') }],
    ['messages', { max_tokens: 99, messages: user('Hi') }],
    ['responses', { input: 'Hi' }],
    ['completions', { prompt: 'Hi' }],
  ])('%s - see the turn, may change it, and are told how it ended', async (path, body) => {
    const ended: unknown[] = [];
    const { upstream, post } = await start({
      onRequest: (request) => ({ ...request, messages: [{ role: 'system', content: 'By rule' }, ...request.messages] }),
      onEnd: ({ finishReason, usage }) => ended.push([finishReason, usage?.inputTokens]),
    });
    for (const stream of [false, true]) expect((await post(path, { model: 'm', stream, ...body })).status).toBe(200);
    expect(ended).toEqual(Array(2).fill(['stop', 11]));
    for (const call of upstream.calls) {
      expect([call.path, call.text]).toEqual(['/v1/chat/completions', expect.stringContaining('By rule')]);
    }
  });

  it('embeddings - are no turn: handed on, and the hooks not told', async () => {
    let told = 0;
    const { upstream, post } = await start({ onRequest: () => void told++ });
    expect((await post('embeddings', { model: 'text-1', input: 'x', dimensions: 4 })).status).toBe(200);
    expect([told, upstream.calls[0]?.path]).toEqual([0, '/v1/embeddings']);
  });
});
