/** The routes beside the three chat protocols, as a client sees them. Run on plain `fetch` and on `node:http`. */
import { createGateway, type Gateway, type GatewayOptions, silentLogger, systemClock } from '@lingma-gateway/core';
import { GatewayError } from '@lingma-gateway/core/chat';
import { afterEach, describe, expect, vi } from 'vitest';
import * as z from 'zod';
import { parseSse } from '../support/sse.js';
import { type ContractChannel, type ContractSubject, casesOf, SCRIPTED } from './contract-subject.js';
import type { Host, Mount, Mounted } from './gateway-contract.js';
import { ANSWER, END, START, text } from './scripted-channel.js';

interface Harness extends Mounted {
  readonly gateway: Gateway;
  readonly channel: ContractChannel;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

type Json = Record<string, unknown>;
const json = async (response: Response): Promise<Json> => JSON.parse(await response.text()) as Json;
const errorOf = async (response: Response): Promise<Json> => (await json(response)).error as Json;

export function describeRoutesContract(
  title: string,
  mount: Mount,
  host: Host = {},
  subject: ContractSubject = SCRIPTED,
): void {
  const it = casesOf(title, 'routes', subject);
  let open: Harness | undefined;
  afterEach(async () => {
    await open?.close();
    await open?.channel.close();
    open = undefined;
  });

  const start = async (options: Partial<GatewayOptions> = {}): Promise<Harness> => {
    const channel = await subject.open({ clock: systemClock, logger: silentLogger });
    const gateway = createGateway({ channel: channel.channel, version: '1.2.3', ...options });
    const mounted = await mount(gateway);
    open = {
      ...mounted,
      gateway,
      channel,
      post: (path, body, headers = {}) =>
        mounted.request(path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        }),
    };
    return open;
  };
  const idle = ({ gateway }: Harness): Promise<void> =>
    vi.waitFor(() => expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 }));

  describe(`${title}: completions`, () => {
    it('whole - one turn, in the shape of the older protocol', async () => {
      const harness = await start();
      const response = await harness.post('/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Say hello' });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-lingma-usage')).toBe(subject.usage === 'estimated' ? 'estimated' : null);
      expect(await json(response)).toMatchObject({
        object: 'text_completion',
        model: 'gpt-3.5-turbo-instruct',
        choices: [{ text: 'Hello world', index: 0, logprobs: null, finish_reason: 'stop' }],
        usage: { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 },
      });
      await idle(harness);
      await vi.waitFor(() => expect(harness.channel.last.closed).toBe(true));
    });

    it('several - turn by turn in one slot, each closed before the next begins', async () => {
      const harness = await start({ maxInFlight: 1 });
      harness.channel.script = (turn) => {
        expect(harness.channel.turns.slice(0, -1).every(({ closed }) => closed)).toBe(true);
        expect(harness.gateway.status().inFlight).toBe(1);
        turn.push(START, ...text('t', `answer ${harness.channel.turns.length}`), END);
      };
      const body = { prompt: ['one', 'two'], n: 2, stream: true, stream_options: { include_usage: true } };
      const sse = await (await harness.post('/v1/completions', body)).text();
      const frames = parseSse(sse).map(({ data }) => data);
      expect(frames.at(-1)).toBe('[DONE]');
      const chunks = frames.slice(0, -1).map((data) => JSON.parse(data)) as {
        choices: { index: number; text: string; finish_reason: string | null }[];
        usage: { total_tokens: number } | null;
      }[];
      const texts = ['', '', '', ''];
      for (const { choices } of chunks) for (const { index, text: piece } of choices) texts[index] += piece;
      expect(texts).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4']);
      expect(
        chunks.flatMap(({ choices }) => choices.filter(({ finish_reason: reason }) => reason !== null)),
      ).toHaveLength(4);
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 4 * 13 } });
      await idle(harness);
    });

    it('client gone in the second of three turns - that one is stopped, the third never begins', async () => {
      const harness = await start();
      harness.channel.script = (turn) => {
        if (harness.channel.turns.length === 1) turn.push(...ANSWER);
        else turn.push(START, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'Hal' });
      };
      const response = await harness.post('/v1/completions', { prompt: 'a', n: 3, stream: true });
      const reader = response.body?.getReader();
      let seen = '';
      while (!seen.includes('Hal')) {
        const next = await reader?.read();
        if (next?.done !== false) throw new Error(`the stream is over: ${seen}`);
        seen += new TextDecoder().decode(next.value);
      }
      await reader?.cancel();
      await idle(harness);
      expect(harness.channel.turns).toHaveLength(2);
      await vi.waitFor(() => expect(harness.channel.turns.every(({ closed }) => closed)).toBe(true));
      expect(harness.channel.last.abandoned).toBe(true);
    });

    it('a later turn that fails - fails the whole, and ends a stream without [DONE]', async () => {
      const harness = await start();
      harness.channel.script = (turn) => {
        if (harness.channel.turns.length % 2 === 1) turn.push(...ANSWER);
        else turn.fail(new GatewayError('upstream_error', 'Broken'));
      };
      expect((await harness.post('/v1/completions', { prompt: ['a', 'b'] })).status).toBe(502);
      const sse = await (await harness.post('/v1/completions', { prompt: ['a', 'b'], stream: true })).text();
      expect(sse).toContain('"message":"Broken"');
      expect(sse).not.toContain('[DONE]');
      await idle(harness);
    });

    it('max_tokens: 0 - echoes and counts, without a turn', async () => {
      const harness = await start();
      const body = { prompt: 'Count me', max_tokens: 0, echo: true };
      expect(await json(await harness.post('/v1/completions', body))).toMatchObject({
        choices: [{ text: 'Count me', finish_reason: 'length' }],
        usage: { completion_tokens: 0 },
      });
      expect(await (await harness.post('/v1/completions', { ...body, stream: true })).text()).toContain('[DONE]');
      expect(harness.channel.turns).toHaveLength(0);
      await idle(harness);
    });

    it('token ids and other nonsense - 400 that names the field', async () => {
      const harness = await start();
      for (const [body, param] of [
        [{ prompt: [1, 2] }, 'prompt'],
        [{ prompt: 'a', n: 'many' }, 'n'],
        [{}, 'prompt'],
      ] as const) {
        const response = await harness.post('/v1/completions', body);
        expect(response.status).toBe(400);
        expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error', param });
      }
      expect(harness.channel.turns).toHaveLength(0);
    });
  });

  describe(`${title}: responses beside responses`, () => {
    const conversation = [
      { role: 'user', content: 'Fix it.' },
      { role: 'assistant', content: 'Fixed.' },
    ];

    it('output_text - stands in the JSON itself, also in the stream and in what is stored', async () => {
      const harness = await start();
      const whole = await json(await harness.post('/v1/responses', { model: 'm', input: 'Hi' }));
      expect(whole.output_text).toBe('Hello world');
      expect(await json(await harness.request(`/v1/responses/${whole.id}`))).toMatchObject({
        output_text: 'Hello world',
      });
      const sse = await (await harness.post('/v1/responses', { model: 'm', input: 'Hi', stream: true })).text();
      const last = JSON.parse(parseSse(sse).at(-1)?.data ?? '') as { response: Json };
      expect(last.response.output_text).toBe('Hello world');
    });

    it('input_tokens - counts without a turn, what was stored included', async () => {
      const harness = await start();
      const count = async (body: object): Promise<number> => {
        const answer = await json(await harness.post('/v1/responses/input_tokens', body));
        expect(answer).toEqual({ object: 'response.input_tokens', input_tokens: expect.any(Number) });
        return answer.input_tokens as number;
      };
      const short = await count({ model: 'm', input: 'Hi' });
      expect(
        await count({ model: 'm', input: 'Hi', tools: [{ type: 'function', name: 'f', parameters: {} }] }),
      ).toBeGreaterThan(short);
      expect(harness.channel.turns).toHaveLength(0);
      const { id } = await json(await harness.post('/v1/responses', { model: 'm', input: 'Hi' }));
      expect(await count({ model: 'm', input: 'Hi', previous_response_id: id })).toBeGreaterThan(2 * short - 5);
      expect((await harness.post('/v1/responses/input_tokens', {})).status).toBe(400);
      expect(
        (await harness.post('/v1/responses/input_tokens', { input: 'a', previous_response_id: 'no' })).status,
      ).toBe(404);
    });

    it('compact - answers with an item that replays as the summary', async () => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START, ...text('t', 'It was fixed.'), END);
      const response = await harness.post('/v1/responses/compact', { model: 'm', input: conversation });
      expect(response.status).toBe(200);
      const { output, ...rest } = (await json(response)) as { output: Json[] };
      expect(rest).toMatchObject({ object: 'response.compaction', usage: { input_tokens: 11 } });
      expect(output.map(({ type, role }) => role ?? type)).toEqual(['user', 'compaction']);
      await harness.post('/v1/responses', { model: 'm', input: [...output, { role: 'user', content: 'Thanks.' }] });
      const shown = JSON.stringify(harness.channel.last.messages);
      expect(shown).toContain('It was fixed.');
      expect(shown).not.toContain('"Fixed."');
      await idle(harness);
    });

    it('compaction_trigger - one compaction item in the stream, tools not offered', async () => {
      const harness = await start();
      const input = [...conversation, { type: 'compaction_trigger' }];
      const tools = [{ type: 'function', name: 'f', parameters: {} }];
      const sse = await (await harness.post('/v1/responses', { model: 'm', input, tools, stream: true })).text();
      const events = parseSse(sse).map(({ data }) => JSON.parse(data) as { type: string; item?: Json });
      expect(events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item?.type)).toEqual([
        'compaction',
      ]);
      expect(events.at(-1)?.type).toBe('response.completed');
      expect(harness.channel.last.tools).toEqual([]);
    });

    it('compaction that brings no summary - an error, whole and streamed', async () => {
      const harness = await start();
      harness.channel.script = (turn) => turn.push(START, END);
      expect((await harness.post('/v1/responses/compact', { model: 'm', input: conversation })).status).toBe(502);
      const input = [...conversation, { type: 'compaction_trigger' }];
      const sse = await (await harness.post('/v1/responses', { model: 'm', input, stream: true })).text();
      expect(sse).toContain('response.failed');
      expect(sse).not.toContain('response.completed');
      expect((await harness.post('/v1/responses/compact', { model: 'm', input: [] })).status).toBe(400);
      await idle(harness);
    });
  });

  describe(`${title}: models in every shape`, () => {
    it('name and context_length - on each, listed and alone, for OpenAI and Anthropic clients', async () => {
      const harness = await start();
      for (const headers of [{}, { 'anthropic-version': '2023-06-01' }] as Record<string, string>[]) {
        const { data } = (await json(await harness.request('/v1/models', { headers }))) as { data: Json[] };
        expect(data.length).toBeGreaterThan(1);
        for (const model of data) {
          expect(model).toMatchObject({ name: expect.any(String), context_length: expect.any(Number) });
          expect(await json(await harness.request(`/v1/models/${model.id}`, { headers }))).toEqual(model);
        }
      }
    });

    it('one model - found with a provider in front and a mark behind', async () => {
      const harness = await start();
      const called = `${encodeURIComponent(subject.models.displayNames['vendor/qwen3-coder'])}[1m]`;
      for (const id of ['lingma/org_auto', 'org_auto:latest', 'openai/vendor/qwen3-coder@2026', called]) {
        expect((await harness.request(`/v1/models/${id}`)).status, id).toBe(200);
      }
      expect((await harness.request('/v1/models/lingma/none')).status).toBe(404);
    });

    it('client_version - brings what each version of Codex decodes, the default model first', async () => {
      const harness = await start();
      expect(await json(await harness.request('/v1/models'))).not.toHaveProperty('models');
      const body = (await json(await harness.request('/v1/models?client_version=0.169.0'))) as {
        data: Json[];
        models: Json[];
      };
      expect(body.models.map(({ slug }) => slug)).toEqual(body.data.map(({ id }) => id));
      for (const model of body.models) expect(codexModelInfo.safeParse(model).error).toBeUndefined();
      expect(body.models[0]).toMatchObject({
        slug: 'org_auto',
        priority: 0,
        base_instructions: expect.stringMatching(/\w/),
      });
    });
  });

  describe(`${title}: Ollama's questions`, () => {
    it('tags and show - the models, and what one can do', async () => {
      const harness = await start();
      const { models } = (await json(await harness.request('/api/tags'))) as { models: Json[] };
      expect(models.map(({ name }) => name)).toEqual(subject.models.listed);
      expect(models[0]).toMatchObject({
        model: 'org_auto',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        size: expect.any(Number),
        modified_at: expect.stringMatching(/^\d{4}-/),
        details: { family: 'lingma', families: ['lingma'] },
      });
      for (const body of [
        { model: 'org_auto' },
        { name: 'org_auto:latest' },
        { model: `lingma/${subject.models.displayNames.org_auto}` },
      ]) {
        const shown = (await json(await harness.post('/api/show', body))) as {
          model_info: Json;
          capabilities: string[];
        };
        const architecture = shown.model_info['general.architecture'];
        expect(shown.model_info[`${architecture}.context_length`]).toEqual(expect.any(Number));
        expect(shown.capabilities).toEqual(expect.arrayContaining(['completion', 'tools']));
      }
      expect(await json(await harness.request('/api/version'))).toEqual({
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      });
    });

    it('errors - are a text, as its clients read them', async () => {
      const harness = await start({ clientKeys: ['k'] });
      const headers = { authorization: 'Bearer k' };
      for (const [path, body, status] of [
        ['/api/show', { model: 'none' }, 404],
        ['/api/show', {}, 400],
        ['/api/chat', { model: 'org_auto' }, 404],
        ['/api/generate', {}, 404],
      ] as const) {
        const response = await harness.post(path, body, headers);
        expect(response.status, path).toBe(status);
        expect(await json(response)).toEqual({ error: expect.any(String) });
      }
      const unauthorized = await harness.request('/api/tags');
      expect([unauthorized.status, await json(unauthorized)]).toEqual([401, { error: expect.any(String) }]);
    });
  });

  describe(`${title}: health`, () => {
    it('beyond loopback - strangers hear that it lives, holders of a key what is known', async () => {
      const harness = await start({ clientKeys: ['k'] });
      for (const path of ['/healthz', '/health', '/v1/health']) {
        // The names are those of an earlier gateway, whose dashboards go on with them.
        expect(await json(await harness.request(path))).toEqual({
          status: 'ok',
          ok: true,
          state: 'open',
          pool_size: 1,
          pool_ready: 1,
          instances: [{ name: 'inst-0', idx: 0, state: 'ready', ready: true, logged_in: null, in_flight: 0 }],
        });
        const wrong = await harness.request(path, { headers: { 'x-api-key': 'wrong' } });
        expect(await json(wrong)).not.toHaveProperty('upstream');
        const known = await json(await harness.request(path, { headers: { 'api-key': 'k' } }));
        expect(known).toMatchObject({ status: 'ok', inFlight: 0, upstream: { state: 'ready' } });
      }
    });

    it('beyond loopback without keys - nobody hears more', async () => {
      const harness = await start();
      expect(await json(await harness.request('/healthz', { headers: { 'x-api-key': 'any' } }))).not.toHaveProperty(
        'upstream',
      );
    });

    it('on loopback - whoever asks is on this machine', async () => {
      const harness = await start({ clientKeys: ['k'], allowedHosts: [] });
      expect(await json(await harness.request('/healthz'))).toMatchObject({ ok: true, upstream: { state: 'ready' } });
    });

    it('Lingma gone - alive all the same, and said so', async () => {
      const harness = await start();
      harness.channel.channel.status = () => ({ state: 'failed' });
      const response = await harness.request('/healthz');
      expect(response.status).toBe(200);
      expect(await json(response)).toMatchObject({ status: 'ok', ok: false, state: 'open', pool_ready: 0 });
    });

    it('version - for holders of a key', async () => {
      const harness = await start({ clientKeys: ['k'] });
      expect((await harness.request('/version')).status).toBe(401);
      expect(await json(await harness.request('/version', { headers: { 'api-key': 'k' } }))).toEqual({
        name: 'lingma-gateway',
        version: '1.2.3',
      });
    });
  });

  describe(`${title}: addresses`, () => {
    const ROUTES: Record<string, string> = {
      '/v1/chat/completions': 'POST, OPTIONS',
      '/v1/completions': 'POST, OPTIONS',
      '/v1/responses': 'POST, OPTIONS',
      '/v1/responses/compact': 'POST, OPTIONS',
      '/v1/responses/input_tokens': 'POST, OPTIONS',
      '/v1/responses/resp_1': 'GET, HEAD, DELETE, OPTIONS',
      '/v1/responses/resp_1/input_items': 'GET, HEAD, OPTIONS',
      '/v1/messages': 'POST, OPTIONS',
      '/v1/messages/count_tokens': 'POST, OPTIONS',
      '/v1/models': 'GET, HEAD, OPTIONS',
      '/v1/models/org_auto': 'GET, HEAD, OPTIONS',
      '/healthz': 'GET, HEAD, OPTIONS',
      '/health': 'GET, HEAD, OPTIONS',
      '/readyz': 'GET, HEAD, OPTIONS',
      '/capabilities': 'GET, HEAD, OPTIONS',
      '/v1/capabilities': 'GET, HEAD, OPTIONS',
      '/version': 'GET, HEAD, OPTIONS',
      '/': 'GET, HEAD, OPTIONS',
      '/api/version': 'GET, HEAD, OPTIONS',
      '/api/tags': 'GET, HEAD, OPTIONS',
      '/api/show': 'POST, OPTIONS',
    };

    it('OPTIONS - tells the methods of each, without a key', async () => {
      const harness = await start({ clientKeys: ['k'] });
      for (const [path, methods] of Object.entries(ROUTES)) {
        const response = await harness.request(path, { method: 'OPTIONS' });
        expect([path, response.status, response.headers.get('allow')]).toEqual([path, 204, methods]);
      }
    });

    it('HEAD - has the status of the GET and no body; where there is none, 405 tells what there is', async () => {
      const harness = await start();
      for (const [path, methods] of Object.entries(ROUTES)) {
        const head = await harness.request(path, { method: 'HEAD' });
        const expected = methods.startsWith('GET') ? (await harness.request(path)).status : 405;
        expect([path, head.status, await head.text()]).toEqual([path, expected, '']);
        if (expected === 405) expect(head.headers.get('allow')).toBe(methods);
      }
    });

    it('slashes and /v1 - too many or too few are no matter on any route', async () => {
      const harness = await start();
      for (const path of Object.keys(ROUTES)) {
        const plain = path.replace(/^\/v1/, '');
        for (const variant of [`${path}/`, `/${path}`, plain, `/v1${path}`, `/v1/v1${plain}//`]) {
          const response = await harness.request(variant, { method: 'OPTIONS' });
          expect([variant, response.status, response.headers.get('allow')]).toEqual([variant, 204, ROUTES[path]]);
        }
      }
      const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
      expect((await harness.post('/v1/v1/chat/completions', body)).status).toBe(200);
    });

    it("Azure's addresses - answered, the model taken from them where the body has none", async () => {
      const harness = await start();
      const messages = [{ role: 'user', content: 'Hi' }];
      const ask = async (path: string, body: object): Promise<unknown> =>
        (await json(await harness.post(path, body))).model;
      const path = '/openai/deployments/qwen%203/chat/completions?api-version=2025-01-01';
      expect(await ask(path, { messages })).toBe('qwen 3');
      expect(await ask(path, { model: 'other', messages })).toBe('other');
      expect(await ask('/openai/v1/chat/completions', { model: 'm', messages })).toBe('m');
    });

    it('too much in the base URL - 404 that says the right one', async () => {
      const harness = await start();
      for (const [path, right] of [
        ['/v1/chat/completions/chat/completions', '/v1/chat/completions'],
        ['/v1/messages/v1/messages', '/v1/messages'],
        ['/v1/responses/responses', '/v1/responses'],
        ['/proxy/v1/completions', '/v1/completions'],
      ] as const) {
        const response = await harness.post(path, {});
        expect(response.status, path).toBe(404);
        if (host.ownsOtherRoutes === true) continue;
        const { message } = await errorOf(response);
        expect(message).toContain(`Did you mean ${right}?`);
        expect(message).toMatch(/base URL is http:\/\/127\.0\.0\.1:\d+\/v1 for OpenAI/);
      }
      if (host.ownsOtherRoutes === true) return;
      expect((await errorOf(await harness.request('/favicon.ico'))).message).not.toContain('mean');
    });
  });
}

/** `ModelInfo` of codex-rs over its versions: what has no default there, and the words of its enumerations. */
const words = z.string().min(1);
const codexModelInfo = z.object({
  slug: words,
  display_name: words,
  description: z.string().nullable(),
  supported_reasoning_levels: z.array(z.object({ effort: z.string(), description: z.string() })),
  shell_type: z.enum(['default', 'local', 'unified_exec', 'disabled', 'shell_command']),
  visibility: z.enum(['list', 'hide', 'none']),
  supported_in_api: z.boolean(),
  priority: z.int(),
  additional_speed_tiers: z.array(z.string()),
  service_tiers: z.array(z.unknown()),
  availability_nux: z.null(),
  upgrade: z.null(),
  base_instructions: words,
  model_messages: z.object({ instructions_template: words, instructions_variables: z.null() }),
  include_skills_usage_instructions: z.boolean(),
  supports_reasoning_summaries: z.boolean(),
  default_reasoning_summary: z.enum(['auto', 'concise', 'detailed', 'none']),
  support_verbosity: z.boolean(),
  default_verbosity: z.enum(['low', 'medium', 'high']).nullable(),
  apply_patch_tool_type: z.enum(['freeform', 'function']).nullable(),
  web_search_tool_type: z.enum(['text', 'text_and_image']),
  truncation_policy: z.object({ mode: z.enum(['bytes', 'tokens']), limit: z.int() }),
  supports_parallel_tool_calls: z.boolean(),
  supports_image_detail_original: z.boolean(),
  context_window: z.int().positive(),
  effective_context_window_percent: z.int(),
  experimental_supported_tools: z.array(z.string()),
  input_modalities: z.array(z.enum(['text', 'image'])),
  supports_search_tool: z.boolean(),
  use_responses_lite: z.boolean(),
});
