/**
 * A secret goes in at every door, and comes out at none: not in the log, not in errors, not in what operators are shown. It
 * looks like a key, which is what tells it from other text; settings that hold secrets may hold any.
 */
import { composeGateway } from '@lingma-gateway/core';
import { ConfigError, describeSettings, effectiveConfig, loadConfig } from '@lingma-gateway/core/config';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from './log/logger.js';

const CANARY = 'sk-canary0123456789';
const ADMIN = 'the-admin-token-1';

let simulator: Simulator;
beforeAll(async () => {
  simulator = createSimulator();
  await simulator.start();
});
afterAll(() => simulator.stop());

/** All that anybody is shown of a gateway. */
const SHOWN = [
  ...['/healthz', '/health', '/readyz', '/capabilities', '/v1/capabilities', '/metrics'],
  ...['/internal/stats', '/internal/instances', '/internal/effective-config', '/internal/models/raw'],
  ...['/internal/debug/requests?limit=200', '/debug/requests'],
];

interface Seen {
  readonly answers: string[];
  readonly log: string[];
  readonly shown: string[];
}

/** Asks a gateway that is as talkative as can be, and gives all that it says of it. */
async function askWith(
  path: string,
  bodies: readonly unknown[],
  { headers = {}, talkative = true }: { headers?: Record<string, string>; talkative?: boolean } = {},
): Promise<Seen> {
  const log: string[] = [];
  const { config } = loadConfig({
    flags: { 'ws-url': simulator.address.webSocketUrl, 'admin-token': ADMIN, 'debug-bodies': String(talkative) },
  });
  const logger = createLogger('debug', { withContents: talkative, stream: { write: (line) => void log.push(line) } });
  const gateway = composeGateway(config, { logger });
  const ask = (url: string, init: RequestInit) => gateway.fetch(new Request(`http://127.0.0.1:8317${url}`, init));
  const answers: string[] = [];
  for (const body of bodies) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await ask(path, { method: 'POST', body: text, headers });
    const answer = await response.text();
    if (response.status !== 200) answers.push(answer);
  }
  const shown: string[] = [];
  await vi.waitFor(() => expect(gateway.status().requests).toBe(0));
  for (const url of SHOWN) {
    const response = await ask(url, { headers: { authorization: `Bearer ${ADMIN}` } });
    // Nobody is asked to start where all requests were refused.
    if (url !== '/readyz') expect(response.status).toBe(200);
    shown.push(await response.text());
  }
  await gateway.close({ graceMs: 0 });
  return { answers, log, shown };
}

/** Of the canary, in what is no form of a key any more. */
const BASE64 = Buffer.from(CANARY).toString('base64');
const SCHEMA = { type: 'object', description: CANARY, properties: { a: { type: 'string', enum: [CANARY] } } };
const BODIES = {
  '/v1/chat/completions': {
    model: CANARY,
    messages: [
      { role: 'system', content: CANARY, name: CANARY },
      { role: 'developer', content: [{ type: 'text', text: CANARY }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: `my key is ${CANARY}` },
          { type: 'image_url', image_url: { url: `http://127.0.0.1:9/${CANARY}.png?token=${CANARY}`, detail: CANARY } },
          { type: 'file', file: { file_id: CANARY, filename: CANARY, file_data: `data:text/plain;base64,${BASE64}` } },
        ],
      },
      {
        role: 'assistant',
        content: CANARY,
        reasoning_content: CANARY,
        tool_calls: [{ id: CANARY, type: 'function', function: { name: 'read', arguments: `{"a":"${CANARY}"}` } }],
      },
      { role: 'tool', tool_call_id: CANARY, content: CANARY },
      { role: 'user', content: 'go on' },
    ],
    tools: [{ type: 'function', function: { name: 'read', description: CANARY, parameters: SCHEMA } }],
    tool_choice: { type: 'function', function: { name: CANARY } },
    response_format: { type: 'json_schema', json_schema: { name: CANARY, description: CANARY, schema: SCHEMA } },
    prediction: { type: 'content', content: CANARY },
    web_search_options: { user_location: { type: 'approximate', approximate: { city: CANARY } } },
    functions: [{ name: CANARY, description: CANARY, parameters: SCHEMA }],
    function_call: { name: CANARY },
    reasoning_effort: CANARY,
    stop: CANARY,
    user: CANARY,
    safety_identifier: CANARY,
    prompt_cache_key: CANARY,
    metadata: { [CANARY]: CANARY, password: 'hunter2-secret' },
    service_tier: CANARY,
    [`x_${CANARY}`]: CANARY,
  },
  '/v1/responses': {
    model: CANARY,
    instructions: CANARY,
    input: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: CANARY },
          { type: 'input_image', image_url: `http://127.0.0.1:9/${CANARY}.png?key=${CANARY}`, file_id: CANARY },
          {
            type: 'input_file',
            file_id: CANARY,
            filename: CANARY,
            file_data: BASE64,
            file_url: `http://me:${CANARY}@h/`,
          },
        ],
      },
      { type: 'reasoning', id: CANARY, summary: [{ type: 'summary_text', text: CANARY }], encrypted_content: CANARY },
      { type: 'function_call', call_id: CANARY, name: 'read', arguments: `{"a":"${CANARY}"}` },
      { type: 'function_call_output', call_id: CANARY, output: CANARY },
      { role: 'user', content: 'go on' },
    ],
    tools: [{ type: 'function', name: 'read', description: CANARY, parameters: SCHEMA }],
    tool_choice: { type: 'function', name: CANARY },
    text: { format: { type: 'json_schema', name: CANARY, schema: SCHEMA }, verbosity: CANARY },
    reasoning: { effort: CANARY, summary: CANARY },
    include: [CANARY],
    prompt: { id: CANARY, version: CANARY, variables: { a: CANARY } },
    conversation: CANARY,
    previous_response_id: CANARY,
    safety_identifier: CANARY,
    truncation: CANARY,
    user: CANARY,
    prompt_cache_key: CANARY,
    metadata: { a: CANARY, api_key: 'hunter2-secret' },
    store: false,
    [`x_${CANARY}`]: CANARY,
  },
  '/v1/messages': {
    model: CANARY,
    max_tokens: 100,
    system: [{ type: 'text', text: CANARY }],
    messages: [
      { role: 'user', content: CANARY },
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: `http://127.0.0.1:9/${CANARY}.png?secret=${CANARY}` } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } },
          {
            type: 'document',
            title: CANARY,
            context: CANARY,
            source: { type: 'text', media_type: 'text/plain', data: CANARY },
          },
          { type: 'search_result', source: CANARY, title: CANARY, content: [{ type: 'text', text: CANARY }] },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'redacted_thinking', data: CANARY },
          { type: 'thinking', thinking: CANARY, signature: CANARY },
          { type: 'tool_use', id: CANARY, name: 'read', input: { a: CANARY, token: 'hunter2-secret' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: CANARY, content: CANARY }] },
    ],
    tools: [{ name: 'read', description: CANARY, input_schema: SCHEMA }],
    tool_choice: { type: 'tool', name: CANARY },
    thinking: { type: 'enabled', budget_tokens: 2000, display: CANARY },
    output_config: { effort: CANARY, format: { type: 'json_schema', schema: SCHEMA } },
    mcp_servers: [{ type: 'url', name: CANARY, url: `https://h/?k=${CANARY}`, authorization_token: 'hunter2-secret' }],
    container: CANARY,
    service_tier: CANARY,
    context_management: { edits: [{ type: CANARY }] },
    stop_sequences: [CANARY],
    metadata: { user_id: CANARY },
    [`x_${CANARY}`]: CANARY,
  },
  '/v1/completions': { model: CANARY, prompt: [CANARY], suffix: CANARY, stop: [CANARY], user: CANARY },
  '/v1/messages/count_tokens': { model: CANARY, system: CANARY, messages: [{ role: 'user', content: CANARY }] },
  '/v1/responses/input_tokens': { model: CANARY, instructions: CANARY, input: [{ role: 'user', content: CANARY }] },
  '/v1/responses/compact': { model: CANARY, instructions: CANARY, input: [{ role: 'user', content: CANARY }] },
} as const;

/** The same body with one member, at any depth, that is of another kind: each is a mistake that quotes it. */
function* mistakes(body: object): Generator<object> {
  for (const [name, member] of Object.entries(body)) {
    yield { ...body, [name]: typeof member === 'string' ? { [CANARY]: CANARY } : CANARY };
    if (Array.isArray(member)) {
      for (const [at, item] of member.entries()) {
        yield { ...body, [name]: member.with(at, CANARY) };
        if (typeof item === 'object')
          for (const wrong of mistakes(item)) yield { ...body, [name]: member.with(at, wrong) };
      }
    } else if (typeof member === 'object') for (const wrong of mistakes(member)) yield { ...body, [name]: wrong };
  }
}

describe('a secret in a request', () => {
  it.each(Object.entries(BODIES))('%s - is told nobody, wherever it stands', async (path, body) => {
    const bodies: unknown[] = [{ ...body }, { ...body, stream: true }, `{"model":"${CANARY}`, `"${CANARY}"`];
    for (const wrong of mistakes(body)) bodies.push(wrong);
    const headers = {
      'x-request-id': CANARY,
      'user-agent': CANARY,
      cookie: `session=${CANARY}`,
      'anthropic-beta': CANARY,
      'x-claude-code-session-id': CANARY,
      'openai-organization': CANARY,
    };
    const { answers, log, shown } = await askWith(path, bodies, { headers });
    expect(bodies.length).toBeGreaterThan(8);
    expect(log.length).toBeGreaterThan(bodies.length);
    const told = (lines: readonly string[]) => lines.filter((line) => /canary|hunter2/.test(line));
    expect(told(log)).toEqual([]);
    expect(told(shown)).toEqual([]);
    // What is sent back to its sender names no more than the place.
    expect(told(answers.map((answer) => answer.replaceAll(`"request_id":"${CANARY}"`, '')))).toEqual([]);
  });

  it.each(Object.keys(BODIES).slice(0, 3))(
    '%s - what Lingma quotes of it when it fails is told nobody',
    async (path) => {
      const fails = (after: number): string =>
        `@sim ${JSON.stringify({ text: 'some text', error: { status: 500, message: `no: ${CANARY}`, afterChunks: after } })}`;
      const bodies = [fails(0), fails(2)].flatMap((content) =>
        [true, false].map((stream) => ({
          ...{ model: 'auto', stream, max_tokens: 9 },
          ...(path === '/v1/responses' ? { input: content } : { messages: [{ role: 'user', content }] }),
        })),
      );
      const { answers, log, shown } = await askWith(path, bodies);
      for (const line of [...answers, ...log, ...shown]) expect(line).not.toContain('canary');
    },
  );

  it('a path or a key - is told nobody', async () => {
    const { answers, log, shown } = await askWith(`/v1/${CANARY}/x?key=${CANARY}`, [{}], {
      headers: { authorization: `Bearer ${CANARY}` },
    });
    for (const line of [...answers, ...log, ...shown]) expect(line).not.toContain('canary');
  });
});

describe('what is said', () => {
  it.each(Object.entries(BODIES))("%s - is nobody else's to read, unless bodies are asked for", async (path, body) => {
    // Names of fields and ids of calls are told: they say where something is amiss.
    const said = (value: object): object =>
      JSON.parse(JSON.stringify(value).replaceAll(CANARY, 'field'), (name, member: unknown) =>
        typeof member === 'string' && !name.endsWith('id') ? member.replaceAll('field', 'so much for privacy') : member,
      ) as object;
    const plain = { ...said(body), model: 'auto' };
    const bodies: unknown[] = [plain, { ...plain, stream: true }];
    for (const wrong of mistakes(body)) bodies.push({ ...said(wrong), model: 'auto' });
    const { log, shown } = await askWith(path, bodies, { talkative: false });
    expect(log.length).toBeGreaterThan(bodies.length);
    for (const line of [...log, ...shown]) expect(line).not.toMatch(/so much|hunter2/);
  });
});

describe('a secret in a setting', () => {
  const ROWS = describeSettings();
  const load = (env: Record<string, string>): string => {
    try {
      const loaded = loadConfig({ env });
      return JSON.stringify([effectiveConfig(loaded), loaded.warnings]);
    } catch (error) {
      if (error instanceof ConfigError) return `${error.message} ${JSON.stringify(error)}`;
      throw error;
    }
  };

  it.each(ROWS.map(({ path, env, envAliases }) => [path, [env, ...envAliases]] as const))(
    '%s - is not shown',
    (_, names) => {
      for (const name of names) {
        for (const value of [
          CANARY,
          `http://me:${CANARY}@host/?token=${CANARY}`,
          `a,${CANARY}`,
          `{"password":"${CANARY}"}`,
        ]) {
          expect(load({ [name]: value }), `${name}=${value}`).not.toContain('canary');
        }
      }
    },
  );

  it.each(ROWS.filter(({ secret }) => secret).map(({ path, env }) => [path, env] as const))(
    '%s - is not shown, whatever it looks like',
    (_, name) => expect(load({ [name]: 'correct horse battery' })).not.toContain('horse'),
  );

  it('all of them in effect - neither the log nor anybody is told', async () => {
    const secrets: Record<string, string> = {};
    for (const { env, secret } of ROWS) if (secret) secrets[env] = 'correct horse battery';
    // Those that are told by more than their text.
    Object.assign(secrets, {
      LINGMA_GATEWAY_API_KEYS: 'correct-horse-1,correct-horse-2',
      LINGMA_GATEWAY_NAMED_KEYS: JSON.stringify([{ name: 'bob', key: 'correct-horse-3' }]),
      LINGMA_GATEWAY_ADMIN_TOKEN: 'correct-horse-admin',
      LINGMA_GATEWAY_METRICS_TOKEN: 'correct-horse-metrics',
      LINGMA_GATEWAY_ACCOUNTS: JSON.stringify([{ username: 'alice', password: 'correct-horse-4' }]),
      LINGMA_GATEWAY_AGENT_ENV: JSON.stringify({ OPENAI_API_KEY: 'correct-horse-5' }),
      LINGMA_GATEWAY_CHANNELS: JSON.stringify([
        { name: 'away', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'correct-horse-6', models: ['m'] },
      ]),
    });
    const log: string[] = [];
    const logger = createLogger('debug', { withContents: true, stream: { write: (line) => void log.push(line) } });
    const env = { ...secrets, LINGMA_GATEWAY_BIN: '/nowhere/Lingma', LINGMA_GATEWAY_DEBUG_BODIES: 'true' };
    const load = () => loadConfig({ env });
    const gateway = composeGateway(load().config, { logger, env, origins: load().origins, settingsSource: { load } });
    const ask = async (path: string, key: string, method = 'GET') => {
      const headers = { authorization: `Bearer ${key}` };
      const body = method === 'GET' ? {} : { body: '{"model":"auto","messages":[{"role":"user","content":"Hi"}]}' };
      return (await gateway.fetch(new Request(`http://127.0.0.1:8317${path}`, { method, headers, ...body }))).text();
    };
    const shown: string[] = [];
    for (const key of [
      'correct-horse-admin',
      'correct-horse-metrics',
      'correct-horse-1',
      'correct-horse-3',
      'correct-horse-x',
    ]) {
      shown.push(await ask('/v1/chat/completions', key, 'POST'), await ask('/internal/reload', key, 'POST'));
      for (const path of SHOWN) shown.push(await ask(path, key));
    }
    await gateway.close({ graceMs: 0 });
    expect(log.join('')).toContain('bob');
    for (const line of [...log, ...shown]) expect(line).not.toMatch(/horse/);
  });
});
