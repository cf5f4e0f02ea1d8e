/**
 * A secret goes in at every door, and comes out at none: not in the log, not in errors, not in what operators are shown. It
 * looks like a key, which is what tells it from other text; settings that hold secrets may hold any.
 */
import { composeGateway } from '@lingma-gateway/core';
import { ConfigError, describeSettings, effectiveConfig, loadConfig } from '@lingma-gateway/core/config';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from './logger.js';

const CANARY = 'sk-canary0123456789';
const ADMIN = 'the-admin-token-1';

let simulator: Simulator;
beforeAll(async () => {
  simulator = createSimulator();
  await simulator.start();
});
afterAll(() => simulator.stop());

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
  for (const url of ['/metrics', '/internal/stats', '/internal/debug/requests?limit=200', '/healthz']) {
    const response = await ask(url, { headers: { authorization: `Bearer ${ADMIN}` } });
    expect(response.status).toBe(200);
    shown.push(await response.text());
  }
  await gateway.close({ graceMs: 0 });
  return { answers, log, shown };
}

const SCHEMA = { type: 'object', description: CANARY, properties: { a: { type: 'string', enum: [CANARY] } } };
const BODIES = {
  '/v1/chat/completions': {
    model: CANARY,
    messages: [
      { role: 'system', content: CANARY, name: CANARY },
      { role: 'user', content: [{ type: 'text', text: `my key is ${CANARY}` }] },
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
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: CANARY }] },
      { type: 'function_call', call_id: CANARY, name: 'read', arguments: `{"a":"${CANARY}"}` },
      { type: 'function_call_output', call_id: CANARY, output: CANARY },
      { role: 'user', content: 'go on' },
    ],
    tools: [{ type: 'function', name: 'read', description: CANARY, parameters: SCHEMA }],
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
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: CANARY, signature: CANARY },
          { type: 'tool_use', id: CANARY, name: 'read', input: { a: CANARY, token: 'hunter2-secret' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: CANARY, content: CANARY }] },
    ],
    tools: [{ name: 'read', description: CANARY, input_schema: SCHEMA }],
    stop_sequences: [CANARY],
    metadata: { user_id: CANARY },
    [`x_${CANARY}`]: CANARY,
  },
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
    expect(bodies.length).toBeGreaterThan(20);
    expect(log.length).toBeGreaterThan(bodies.length);
    const told = (lines: readonly string[]) => lines.filter((line) => /canary|hunter2/.test(line));
    expect(told(log)).toEqual([]);
    expect(told(shown)).toEqual([]);
    // What is sent back to its sender names no more than the place.
    expect(told(answers.map((answer) => answer.replaceAll(`"request_id":"${CANARY}"`, '')))).toEqual([]);
  });

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
});
