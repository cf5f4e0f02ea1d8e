/**
 * Real agents of the Agent Client Protocol behind the gateway, with a scripted model behind them. Opt-in, since they are
 * large: `npm run test:agents`. What they are asked may differ from version to version; what must come of it does not.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ComposedGateway, composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClient } from '../clients/install-client.js';
import { PATHS, PROTOCOLS, type Protocol, requestBody } from '../support/ask.js';
import { readAnswer } from '../support/read-answer.js';
import { type FakeModel, startFakeModel } from './fake-model.js';
import { REAL_AGENTS } from './real-agents.js';

const INSTALL_MS = 600_000;
const only = process.env.AGENTS?.split(',');

const post = (gateway: ComposedGateway, protocol: Protocol, prompt: string, more: object = {}, signal?: AbortSignal) =>
  gateway.fetch(
    new Request(`http://127.0.0.1${PATHS[protocol]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...requestBody(protocol, { prompt }), ...more }),
      ...(signal !== undefined && { signal }),
    }),
  );

interface Started {
  readonly gateway: ComposedGateway;
  readonly root: string;
}

function start(agent: string, path: string, variables: Readonly<Record<string, string>>, root: string): Started {
  const { config } = loadConfig({
    env: {
      LINGMA_GATEWAY_AGENT: agent,
      LINGMA_GATEWAY_DATA_DIR: join(root, 'data'),
      LINGMA_GATEWAY_AGENT_ENV: JSON.stringify(variables),
    },
  });
  // As a user has it who has installed it: on the path.
  const env = { PATH: `${dirname(path)}:${process.env.PATH}`, HOME: join(root, 'user') };
  return { gateway: composeGateway(config, { env }), root };
}

describe.each(REAL_AGENTS.filter(({ name }) => only === undefined || only.includes(name)))('$name', (agent) => {
  let model: FakeModel;
  let started: Started;

  beforeAll(async () => {
    const path = await installClient(agent.package, agent.version, agent.executable);
    model = await startFakeModel();
    // Not in the folder of temporary files: codex wants no home there.
    const root = mkdtempSync(join(process.env.AGENTS_HOME ?? tmpdir(), `lingma-${agent.name}-`));
    const variables = agent.configure(join(root, 'data', 'agents', agent.name, 'home'), model.url);
    started = start(agent.name, path, variables, root);
  }, INSTALL_MS);
  afterAll(async () => {
    await started.gateway.close({ graceMs: 0 });
    await model.close();
    rmSync(started.root, { recursive: true, force: true });
  }, 60_000);

  it.each(PROTOCOLS)('%s - a plain question', { timeout: 120_000 }, async (protocol) => {
    const answer = await readAnswer(protocol, await post(started.gateway, protocol, 'Hi'));
    expect(answer.text).toBe('Hello from the model.');
  });

  it('what it tells beside its answers is in the status', { timeout: 120_000 }, async () => {
    await (await post(started.gateway, 'chat', 'Hi')).text();
    const [instance] = started.gateway.pool.status().instances;
    expect(instance).toMatchObject({ isAgent: true, remarks: agent.remarks ?? {} });
  });

  it('a thought is told apart from the answer', { timeout: 120_000 }, async () => {
    const response = await post(started.gateway, 'chat', 'MODEL-THOUGHT');
    const { choices } = (await response.json()) as { choices: { message: Record<string, string> }[] };
    expect(choices[0]?.message.content).toBe('After thinking: forty-two.');
    expect(choices[0]?.message.reasoning_content?.replace(/[*\s]+/g, ' ').trim()).toBe('First I weigh it.');
  });

  it('the caller’s tool is called and its result goes back', { timeout: 120_000 }, async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = [{ type: 'function', function: { name: 'get_weather', description: 'Weather', parameters } }];
    const question = { role: 'user', content: 'MODEL-TOOL What is the weather?' };
    const first = await post(started.gateway, 'chat', '', { messages: [question], tools });
    const { choices } = (await first.json()) as { choices: { message: Record<string, never> }[] };
    const message = choices[0]?.message as unknown as {
      tool_calls: { id: string; function: Record<string, string> }[];
    };
    expect(message.tool_calls?.[0]?.function).toEqual({ name: 'get_weather', arguments: '{"city":"Hangzhou"}' });
    const result = { role: 'tool', tool_call_id: message.tool_calls[0]?.id, content: 'sunny in Hangzhou' };
    const second = await post(started.gateway, 'chat', '', { messages: [question, message, result], tools });
    expect((await readAnswer('chat', second)).text).toBe('It is sunny.');
  });

  it('a command that its model asks for is not run', { timeout: 120_000 }, async () => {
    const response = await post(started.gateway, 'chat', 'MODEL-SHELL');
    expect(response.status, await response.text()).toBe(200);
    expect(model.asked.some((text) => text.includes('MODEL-SHELL'))).toBe(true);
    const files = readdirSync(started.root, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('ran-by-agent.txt'))).toEqual([]);
    expect(existsSync('ran-by-agent.txt')).toBe(false);
  });

  it('a client that leaves ends the turn; the next one is answered', { timeout: 120_000 }, async () => {
    const response = await post(started.gateway, 'chat', 'MODEL-SLOW', { stream: true });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect((await readAnswer('chat', await post(started.gateway, 'chat', 'Hi'))).text).toBe('Hello from the model.');
  });

  it('the model’s limit of output', { timeout: 180_000 }, async () => {
    const response = await post(started.gateway, 'chat', 'MODEL-LENGTH');
    const { choices } = (await response.json()) as {
      choices: { message: { content: string }; finish_reason: string }[];
    };
    expect(choices[0]?.message.content).toContain('cut off');
    expect(choices[0]?.finish_reason).toBe(agent.tellsLength === true ? 'length' : 'stop');
  });

  it.runIf(agent.tells429)('a model that refuses for its rate', { timeout: 120_000 }, async () => {
    const response = await post(started.gateway, 'chat', 'MODEL-429');
    expect(response.status, await response.text()).toBe(429);
  });

  it.runIf(agent.tells429 !== true)(
    'a model that refuses for its rate, over and over - the client may leave',
    {
      timeout: 120_000,
    },
    async () => {
      const leaving = new AbortController();
      const asking = post(started.gateway, 'chat', 'MODEL-429', {}, leaving.signal);
      setTimeout(() => leaving.abort(), 5000);
      const response = await asking;
      // Some give up by then; no one calls it an answer.
      expect(response.status, await response.text()).toBeGreaterThanOrEqual(400);
      expect((await readAnswer('chat', await post(started.gateway, 'chat', 'Hi'))).text).toBe('Hello from the model.');
    },
  );
});

describe.runIf(only === undefined || only.includes('qoderclicn'))('qoderclicn', () => {
  it('nobody signed in - all protocols say what to do', { timeout: INSTALL_MS }, async () => {
    const path = await installClient('@qodercn-ai/qoderclicn', '1.1.52', 'qoderclicn');
    const root = mkdtempSync(join(tmpdir(), 'lingma-qoder-'));
    const { gateway } = start('qoderclicn', path, {}, root);
    try {
      for (const protocol of PROTOCOLS) {
        const response = await post(gateway, protocol, 'Hi');
        const body = await response.text();
        expect(response.status, body).toBe(503);
        expect(body).toContain('is not signed in. Run `qoderclicn login` in a terminal. Then try again.');
      }
    } finally {
      await gateway.close({ graceMs: 0 });
      rmSync(root, { recursive: true, force: true });
    }
  });
});
