/** Agents on their standard streams, as real processes: a gateway that starts one, what it may do, and how it ends. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentProcess, type ComposedGateway, composeGateway, LingmaClient, Supervisor } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PATHS, PROTOCOLS, type Protocol, requestBody } from '../support/ask.js';
import { impatientClock } from '../support/impatient-clock.js';
import { readAnswer } from '../support/read-answer.js';

const SCRIPT = fileURLToPath(new URL('../support/scripted-agent.mjs', import.meta.url));
const PATIENT = { timeout: 20_000, interval: 20 };
const never = new AbortController().signal;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lingma-agent-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Recorded {
  readonly pid?: number;
  readonly helper?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: string;
  readonly inputEnded?: boolean;
  readonly permission?: { readonly outcome: { readonly outcome: string; readonly optionId?: string } };
  readonly received?: { readonly method?: string; readonly params?: Record<string, unknown> };
  /** The process that noted what it received. */
  readonly by?: number;
}

/** What the agent has noted of itself. */
function recordIn(root: string): { readonly file: string; read(): Recorded[]; methods(): (string | undefined)[] } {
  const file = join(root, 'record.jsonl');
  const read = (): Recorded[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
      : [];
  return {
    file,
    read,
    methods: () => read().flatMap(({ received }) => (received === undefined ? [] : [received.method])),
  };
}

const MODES = (...ids: string[]) => ({
  currentModeId: ids[0],
  availableModes: ids.map((id) => ({ id, name: id, description: '' })),
});

function compose(script: object, env: Readonly<Record<string, string>> = {}, reloaded: typeof env = env) {
  const root = folder();
  const record = recordIn(root);
  const load = (more: typeof env) =>
    loadConfig({
      env: {
        LINGMA_GATEWAY_COMMAND: process.execPath,
        LINGMA_GATEWAY_ARGS: JSON.stringify([SCRIPT, JSON.stringify({ record: record.file, ...script })]),
        LINGMA_GATEWAY_DATA_DIR: join(root, 'data'),
        ...more,
      },
    });
  const { config, origins } = load(env);
  const userHome = join(root, 'user');
  mkdirSync(userHome);
  const gateway = composeGateway(config, {
    env: { PATH: process.env.PATH, HOME: userHome, LINGMA_PASSWORD: 'canary', OTHER_API_KEY: 'canary' },
    origins,
    settingsSource: { load: () => load(reloaded) },
  });
  cleanups.push(() => gateway.close({ graceMs: 0 }));
  return { gateway, record, root, state: join(root, 'data', 'agents', 'node') };
}

async function ask(gateway: ComposedGateway, protocol: Protocol, prompt: string, stream = false, more: object = {}) {
  const response = await gateway.fetch(
    new Request(`http://127.0.0.1${PATHS[protocol]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...requestBody(protocol, { prompt, stream }), ...more }),
    }),
  );
  return response;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('an agent behind the gateway', () => {
  it.each(PROTOCOLS.flatMap((protocol) => [false, true].map((stream) => [protocol, stream] as const)))(
    '%s, stream %s - answers, in an empty folder, with a home of its own and no secret of ours',
    async (protocol, stream) => {
      const { gateway, record, state, root } = compose({ noise: 'Welcome! // not JSON', modes: MODES('default') });
      const answer = await readAnswer(protocol, await ask(gateway, protocol, 'Hi', stream));
      expect(answer.text).toBe('Hello from the agent.');
      const [start] = record.read();
      expect(start?.env).toMatchObject({ HOME: join(state, 'home') });
      expect(JSON.stringify(start?.env)).not.toContain('canary');
      expect(start?.cwd?.startsWith(join(root, 'data'))).toBe(true);
      expect(readdirSync(start?.cwd ?? '')).toEqual([]);
      const prompt = record.read().find(({ received }) => received?.method === 'session/prompt')?.received?.params;
      expect(Object.keys(prompt ?? {}).sort()).toEqual(['prompt', 'sessionId']);
      await gateway.close({ graceMs: 0 });
      expect(isAlive(start?.pid ?? 0)).toBe(false);
      expect(existsSync(start?.cwd ?? '')).toBe(false);
      expect(record.methods()).toEqual(expect.arrayContaining(['session/close', 'session/delete']));
      expect(record.methods()).not.toEqual(expect.arrayContaining(['auth/status', 'chat/deleteSessionById']));
    },
  );

  it.each(PROTOCOLS)('%s - nobody signed in: told with the agent’s own way to sign in', async (protocol) => {
    const authMethods = [{ id: 'x', name: 'Use scripted login', description: 'Run `scripted login` in a terminal.' }];
    const { gateway } = compose({ loggedOut: true, authMethods });
    for (const stream of [false, true]) {
      const response = await ask(gateway, protocol, 'Hi', stream);
      const body = await response.text();
      expect(response.status, body).toBe(503);
      expect(body).toContain('Scripted Agent is not signed in. Run `scripted login` in a terminal. Then try again.');
    }
  });

  it('variables that are meant for it reach it', async () => {
    const { gateway, record } = compose({}, { LINGMA_GATEWAY_AGENT_ENV: '{"AGENT_API_KEY":"for it"}' });
    await readAnswer('chat', await ask(gateway, 'chat', 'Hi'));
    expect(record.read()[0]?.env).toMatchObject({ AGENT_API_KEY: 'for it' });
  });

  it('the models that it offers are the gateway’s, with their size', async () => {
    const models = {
      currentModelId: 'm-2',
      availableModels: [
        { modelId: 'm-1', name: 'One', _meta: { contextLimit: 50_000 } },
        { modelId: 'm-2', name: 'Two' },
      ],
    };
    const { gateway, record } = compose({ models, contextSize: 123_000 });
    await readAnswer('chat', await ask(gateway, 'chat', 'Hi', false, { model: 'm-2' }));
    await readAnswer('chat', await ask(gateway, 'chat', 'Hi', false, { model: 'One' }));
    expect(
      record.read().flatMap(({ received: r }) => (r?.method === 'session/set_model' ? [r.params?.modelId] : [])),
    ).toEqual(['m-1']);
    const listed = await (await gateway.fetch(new Request('http://127.0.0.1/v1/models'))).json();
    const sizes = Object.fromEntries(
      listed.data.map(({ id, context_length: size }: Record<string, unknown>) => [id, size]),
    );
    expect(sizes).toMatchObject({ 'm-1': 50_000, 'm-2': 123_000 });
  });

  it('a failure that it tells as its answer is a failure', async () => {
    const { gateway } = compose({ told: '[Error] 429 Too Many Requests: rate limit exceeded' });
    const response = await ask(gateway, 'chat', 'TOLD');
    expect(response.status).toBe(429);
  });

  it('a client that leaves ends the turn, and the next one is answered', async () => {
    const { gateway, record } = compose({});
    const leaving = new AbortController();
    const response = await ask(gateway, 'chat', 'SLOW', true);
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();
    await reader?.cancel();
    await vi.waitFor(() => expect(record.methods()).toContain('session/cancel'), PATIENT);
    expect((await readAnswer('chat', await ask(gateway, 'chat', 'Hi'))).text).toBe('Hello from the agent.');
    expect(record.read().filter(({ pid }) => pid !== undefined)).toHaveLength(1);
  });

  it('several conversations at a time share a process', async () => {
    const { gateway, record } = compose({});
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => readAnswer('chat', await ask(gateway, 'chat', 'Hi'))),
    );
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => 'Hello from the agent.'));
    expect(record.read().filter(({ pid }) => pid !== undefined)).toHaveLength(1);
    const sessions = new Set(
      record.read().flatMap(({ received: r }) => (r?.method === 'session/prompt' ? [r.params?.sessionId] : [])),
    );
    expect(sessions.size).toBe(6);
  });
});

describe('agents in the pool', () => {
  const pidsIn = (record: ReturnType<typeof recordIn>): number[] => record.read().flatMap(({ pid }) => pid ?? []);
  const instances = ({ pool }: ComposedGateway) =>
    pool.status().instances.map(({ name, state, managed, isAgent }) => ({ name, state, managed, isAgent }));
  const ready = (name: string) => ({ name, state: 'ready', managed: true, isAgent: true });

  it('two instances - a folder and a process each, started and ended with the gateway', async () => {
    const { gateway, record, root } = compose({}, { LINGMA_INSTANCE_COUNT: '2' });
    await gateway.pool.start();
    await vi.waitFor(() => expect(instances(gateway)).toEqual([ready('inst-0'), ready('inst-1')]), PATIENT);
    expect(readdirSync(join(root, 'data', 'agents')).sort()).toEqual(['node', 'node-1']);
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => (await readAnswer('chat', await ask(gateway, 'chat', 'Hi'))).text),
    );
    expect(new Set(answers)).toEqual(new Set(['Hello from the agent.']));
    const served = record.read().flatMap(({ received: r, by }) => (r?.method === 'session/prompt' ? [by] : []));
    expect(new Set(served).size).toBe(2);
    await gateway.close({ graceMs: 0 });
    expect(pidsIn(record).filter(isAlive)).toEqual([]);
  });

  it('kill() - ends one that would not end when asked', async () => {
    const { gateway, record, state } = compose({ stubborn: true });
    await gateway.connect();
    expect(pidsIn(record).filter(isAlive)).toHaveLength(1);
    gateway.kill();
    await vi.waitFor(() => expect(pidsIn(record).filter(isAlive)).toEqual([]), PATIENT);
    expect(readdirSync(state)).toEqual(['home']);
  });

  it('restart() - another process, in the same place', async () => {
    const { gateway, record } = compose({});
    await gateway.connect();
    await gateway.pool.restart('inst-0');
    const [first = 0, second = 0, ...more] = pidsIn(record);
    expect([isAlive(first), isAlive(second), more]).toEqual([false, true, []]);
    expect((await readAnswer('chat', await ask(gateway, 'chat', 'Hi'))).text).toBe('Hello from the agent.');
  });

  it.each([
    ['one more', '1', '2', ['inst-0', 'inst-1']],
    ['one less', '2', '1', ['inst-0']],
  ])('settings read anew - %s, and those that stay keep their process', async (_, before, after, names) => {
    const counted = (count: string) => ({ LINGMA_INSTANCE_COUNT: count });
    const { gateway, record, root } = compose({}, counted(before), counted(after));
    await gateway.pool.start();
    const agents = join(root, 'data', 'agents');
    await vi.waitFor(() => expect(pidsIn(record)).toHaveLength(Number(before)), PATIENT);
    const notes = () => readdirSync(join(agents, 'node')).filter((name) => name.startsWith('gateway-'));
    const note = () => readFileSync(join(agents, 'node', notes()[0] ?? ''), 'utf8');
    await vi.waitFor(() => expect(instances(gateway)[0]).toEqual(ready('inst-0')), PATIENT);
    const kept = note();
    expect(gateway.reload()).toEqual({ changed: ['lingma.instanceCount'], needsRestart: [] });
    await vi.waitFor(() => expect(instances(gateway)).toEqual(names.map(ready)), PATIENT);
    await vi.waitFor(() => expect(pidsIn(record).filter(isAlive)).toHaveLength(names.length), PATIENT);
    expect(note()).toBe(kept);
  });

  it('somebody signs in meanwhile - the gateway is ready before and after, and the next request is answered', async () => {
    const loginFile = join(folder(), 'login');
    const { gateway } = compose({ loggedOut: true, loginFile });
    const readiness = async () => (await gateway.fetch(new Request('http://127.0.0.1/readyz'))).status;
    expect((await ask(gateway, 'chat', 'Hi')).status).toBe(503);
    expect(gateway.pool.status().instances[0]).toMatchObject({ state: 'ready', loggedIn: false, isAgent: true });
    expect(await readiness()).toBe(200);
    writeFileSync(loginFile, '');
    expect((await readAnswer('chat', await ask(gateway, 'chat', 'Hi'))).text).toBe('Hello from the agent.');
    expect(gateway.pool.status().instances[0]).toMatchObject({ loggedIn: true });
  });
});

describe('what an agent may do', () => {
  const ranIn = (record: ReturnType<typeof recordIn>): boolean =>
    existsSync(join(record.read()[0]?.cwd ?? '', 'ran.txt'));
  const modeOption = (currentValue: string, ...ids: string[]) => ({
    configOptions: [
      {
        id: 'm',
        category: 'mode',
        type: 'select',
        currentValue,
        options: ids.map((value) => ({ value, name: value })),
      },
    ],
  });

  it.each<[string, object]>([
    ['its first mode acts unasked', { modes: MODES('auto', 'default', 'yolo') }],
    ['a mode that reads alone', { modes: MODES('agent', 'read-only') }],
    ['a mode that plans alone', modeOption('build', 'build', 'plan')],
    ['a mode among the options', modeOption('yolo', 'yolo', 'ask')],
    ['no modes', {}],
  ])('a command is asked for and refused - %s', async (_, offered) => {
    const { gateway, record } = compose({ acting: ['auto', 'yolo', 'agent', 'build'], ...offered });
    const { text } = await readAnswer('chat', await ask(gateway, 'chat', 'SHELL'));
    expect(text).toBe('I may not.');
    expect(ranIn(record)).toBe(false);
    const [{ permission } = {}] = record.read().filter((entry) => 'permission' in entry);
    expect(permission).toEqual({ outcome: { outcome: 'selected', optionId: 'n' } });
    const methods = record.methods();
    const chosen = methods.findIndex(
      (method) => method === 'session/set_mode' || method === 'session/set_config_option',
    );
    expect(chosen).toBeLessThan(methods.indexOf('session/prompt'));
  });

  it('a request without a way to say no is cancelled', async () => {
    const { gateway, record } = compose({ modes: MODES('default'), noReject: true });
    await readAnswer('chat', await ask(gateway, 'chat', 'SHELL'));
    expect(ranIn(record)).toBe(false);
    const [{ permission } = {}] = record.read().filter((entry) => 'permission' in entry);
    expect(permission).toEqual({ outcome: { outcome: 'cancelled' } });
  });

  it.each<[string, object]>([
    ['all of them act', { modes: MODES('auto', 'yolo') }],
    ['the one that asks is not taken', { modes: MODES('auto', 'default'), refuseMode: true }],
    [
      'one says that it acts',
      {
        modes: {
          ...MODES('default'),
          availableModes: [{ id: 'default', name: 'Default', description: 'Runs everything without asking' }],
        },
      },
    ],
  ])('an agent without a mode that asks is not used - %s', async (_, offered) => {
    const { gateway, record } = compose({ acting: ['auto', 'yolo', 'default'], ...offered });
    const response = await ask(gateway, 'chat', 'SHELL');
    const body = await response.text();
    expect(response.status, body).toBe(503);
    expect(body).toContain('nativeTools');
    expect(record.methods()).not.toContain('session/prompt');
    expect(ranIn(record)).toBe(false);
  });

  it('one that leaves the mode that asks is stopped before it acts', async () => {
    const { gateway, record } = compose({ modes: MODES('default', 'yolo') });
    const response = await ask(gateway, 'chat', 'SWITCH');
    expect(response.status).toBe(502);
    await vi.waitFor(() => expect(record.methods()).toContain('session/cancel'), PATIENT);
    expect(existsSync(join(record.read()[0]?.cwd ?? '', 'switched.txt'))).toBe(false);
  });
});

describe('what an agent tells beside its answers', () => {
  const ADMIN = { headers: { authorization: 'Bearer the-admin-token' } };
  const look = async (gateway: ComposedGateway, path: string): Promise<unknown> =>
    (await gateway.fetch(new Request(`http://127.0.0.1${path}`, ADMIN))).json();
  const REMARKS = [
    { sessionUpdate: 'session_info_update', title: 'Counting, with sk-abcdefgh12345678' },
    { sessionUpdate: 'plan', entries: [{ content: 'Count', priority: 'high', status: 'completed' }] },
  ];

  it('title, plan, context and cost - are in both lists of instances, and in no answer', async () => {
    const { gateway } = compose(
      { contextSize: 77_000, costPerTurn: 0.25, remarks: REMARKS },
      { ADMIN_TOKEN: 'the-admin-token' },
    );
    const body = await (await ask(gateway, 'chat', 'Hi')).text();
    expect(body).not.toContain('Count');
    expect(await gateway.connect()).toMatchObject({ isAgent: true, remarks: { contextTokens: 77_000 } });
    const agent = {
      title: 'Counting, with sk-***',
      context_tokens: 77_000,
      cost: { amount: 0.25, currency: 'USD' },
      plan: [{ text: 'Count', status: 'completed' }],
      retries: 0,
      silent: null,
    };
    expect(await look(gateway, '/internal/instances')).toMatchObject({ instances: [{ agent }] });
    expect(await look(gateway, '/internal/stats')).toMatchObject({ pool: { instances: [{ agent }] } });
  });

  it.each([false, true])(
    'cost, stream %s - each answer has its own share of what the session has cost',
    async (stream) => {
      const { gateway, record } = compose({ costPerTurn: 0.25 });
      const first = [{ role: 'user', content: 'Hi' }];
      const second = [
        ...first,
        { role: 'assistant', content: 'Hello from the agent.' },
        { role: 'user', content: 'And?' },
      ];
      for (const messages of [first, second]) {
        const more = { messages, ...(stream && { stream_options: { include_usage: true } }) };
        expect(await (await ask(gateway, 'chat', '', stream, more)).text()).toContain('"cost":0.25');
      }
      expect(record.methods().filter((method) => method === 'session/new')).toHaveLength(1);
      expect(await (await ask(gateway, 'responses', 'Hi', stream)).text()).toContain('"cost":0.25');
      expect(await (await ask(gateway, 'messages', 'Hi', stream)).text()).not.toContain('"cost"');
    },
  );
});

describe('AgentProcess', () => {
  function agentOf(script: object, stateDir = folder(), isHopeless: (record: Recorded[]) => boolean = () => false) {
    const record = recordIn(stateDir);
    const agent = new AgentProcess({
      ...{ name: 'scripted', command: process.execPath, stateDir, env: { PATH: process.env.PATH } },
      args: [SCRIPT, JSON.stringify({ record: record.file, ...script })],
      clock: impatientClock(() => isHopeless(record.read())),
    });
    const client = new LingmaClient({ connector: agent.connector, cwd: agent.cwd, turnsPerConnection: 4 });
    cleanups.push(
      () => agent.stop(),
      () => client.close(),
    );
    const pids = (): number[] => record.read().flatMap(({ pid }) => pid ?? []);
    return { agent, client, record, pids, stateDir };
  }

  it('two processes - a conversation goes on in whichever is free, and its session ends where it was opened', async () => {
    const stateDir = folder();
    const record = recordIn(stateDir);
    const agent = new AgentProcess({
      ...{ name: 'scripted', command: process.execPath, stateDir, env: { PATH: process.env.PATH } },
      args: [SCRIPT, JSON.stringify({ record: record.file })],
    });
    const client = new LingmaClient({ connector: agent.connector, cwd: agent.cwd, maxConnections: 2 });
    cleanups.push(() => agent.stop());
    const text = 'Hello from the agent.';
    const turn = async (session?: { id: string; knownCount: number }) => {
      const messages = [
        { role: 'user', text: 'Hi' },
        { role: 'assistant', text },
        { role: 'user', text: 'And now?' },
      ] as const;
      const stream = client.streamTurn({ messages, keepSession: true, ...(session !== undefined && { session }) });
      let answer = '';
      for await (const event of stream) if (event.type === 'text-delta') answer += event.delta;
      expect(answer).toBe(text);
      return (await stream.outcome())?.sessionId ?? '';
    };
    const opened = await Promise.all([turn(), turn()]);
    expect(new Set(opened.map((id) => id.split('-')[1])).size).toBe(2);
    const goneOn: string[] = [];
    for (const id of opened) goneOn.push(await turn({ id, knownCount: 2 }));
    for (const id of new Set(goneOn)) client.discardSession(id);
    await client.close();
    const received = record.read().flatMap(({ received: r, by }) => (r === undefined ? [] : [{ ...r, by }]));
    const ended = received.filter(({ method }) => method === 'session/delete');
    expect(ended.map(({ params }) => params?.sessionId)).toEqual(expect.arrayContaining([...opened, ...goneOn]));
    for (const { by, params } of received) {
      if (typeof params?.sessionId === 'string') expect(params.sessionId).toContain(`session-${by}-`);
    }
  }, 30_000);

  it('two processes - a conversation goes on in the one that has its session, if that has a place', async () => {
    const stateDir = folder();
    const record = recordIn(stateDir);
    const agent = new AgentProcess({
      ...{ name: 'scripted', command: process.execPath, stateDir, env: { PATH: process.env.PATH } },
      args: [SCRIPT, JSON.stringify({ record: record.file })],
    });
    const client = new LingmaClient({ connector: agent.connector, cwd: agent.cwd, maxConnections: 2 });
    cleanups.push(
      () => agent.stop(),
      () => client.close(),
    );
    const messages = [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hello from the agent.' },
      { role: 'user', text: 'And now?' },
    ] as const;
    const turn = async (id?: string) => {
      const stream = client.streamTurn({ messages, keepSession: true, ...(id && { session: { id, knownCount: 2 } }) });
      for await (const _ of stream);
      return stream.outcome();
    };
    const [one, other] = await Promise.all([turn(), turn()]);
    const ids = [one?.sessionId ?? '', other?.sessionId ?? ''];
    // In both orders: neither is the one that was used last each time.
    for (const id of [...ids, ...ids.toReversed(), ...ids]) {
      expect(await turn(id)).toMatchObject({ sessionId: id, continued: true });
    }
    const both = await Promise.all(ids.map((id) => turn(id)));
    expect(both.map((outcome) => outcome?.sessionId)).toEqual(ids);
    // Its process has no place left: it is told anew in the other.
    const [held, moved] = await Promise.all([turn(ids[0]), turn(ids[0])]);
    expect([held?.sessionId, moved?.continued]).toEqual([ids[0], false]);
  }, 30_000);

  it('stop() - ends one that ignores the end of its input and SIGTERM, and what it has started', async () => {
    const { agent, client, record, pids } = agentOf({ stubborn: true, helper: true }, folder(), (noted) =>
      noted.some(({ signal }) => signal === 'SIGTERM'),
    );
    await client.connect();
    const [helper = 0] = record.read().flatMap((entry) => entry.helper ?? []);
    expect(isAlive(helper)).toBe(true);
    await agent.stop();
    expect(pids().filter(isAlive)).toEqual([]);
    expect(isAlive(helper)).toBe(false);
    expect(record.read()).toEqual(expect.arrayContaining([{ inputEnded: true }, { signal: 'SIGTERM' }]));
  }, 30_000);

  it('kill() - at once', async () => {
    const { agent, client, pids } = agentOf({ stubborn: true });
    await client.connect();
    agent.kill();
    await vi.waitFor(() => expect(pids().filter(isAlive)).toEqual([]), PATIENT);
    expect(existsSync(agent.cwd)).toBe(false);
  });

  it('one that ends over a turn is started anew for the next', async () => {
    const { client, pids } = agentOf({});
    await client.connect();
    await expect(client.complete({ messages: [{ role: 'user', text: 'CRASH' }] })).rejects.toMatchObject({
      code: expect.stringMatching(/upstream_error|not_ready/),
    });
    await vi.waitFor(
      async () => {
        const { content } = await client.complete({ messages: [{ role: 'user', text: 'Hi' }] });
        expect(content).toContainEqual(expect.objectContaining({ text: 'Hello from the agent.' }));
      },
      { timeout: 20_000, interval: 300 },
    );
    expect(pids().length).toBeGreaterThan(1);
  }, 30_000);

  it('one that ends as it starts - told with its last words for the log, and not started again at once', async () => {
    const { agent, client, pids } = agentOf({ exitAtStart: 3, stderr: 'cannot find the library' });
    const error = await client.connect().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'not_ready', message: expect.stringContaining('The agent ended') });
    expect(String((error as Error).cause)).toContain('cannot find the library');
    expect(agent.status().lastOutput).toEqual(['cannot find the library']);
    expect(pids()).toHaveLength(1);
  });

  it('a program that is not there - told once and for all', async () => {
    const agent = new AgentProcess({ name: 'x', command: 'no-such-agent-program', stateDir: folder(), env: {} });
    await expect(agent.start(never)).rejects.toMatchObject({ code: 'not_ready', shouldRetry: false });
  });

  it('an agent that outlived its gateway is ended by the next one', async () => {
    const stateDir = folder();
    const first = agentOf({ stubborn: true }, stateDir);
    await first.client.connect();
    const [left = 0] = first.pids();
    // What a gateway leaves that was killed: its note, under a number that no process has.
    const note = readFileSync(join(stateDir, `gateway-${process.pid}.json`), 'utf8');
    writeFileSync(join(stateDir, 'gateway-4194303999.json'), note);
    const second = agentOf({}, stateDir, () => isAlive(left));
    await second.client.connect();
    expect(isAlive(left)).toBe(false);
    expect(second.pids().filter(isAlive)).toHaveLength(1);
    expect(readdirSync(stateDir)).not.toContain('gateway-4194303999.json');
  }, 30_000);

  it('a login of the user’s own tool is shared, also one that is made later; nothing else of their home is', async () => {
    const root = folder();
    const user = join(root, 'user');
    mkdirSync(join(user, '.tool'), { recursive: true });
    writeFileSync(join(user, '.tool', 'settings.json'), '{"allow":"all"}');
    const stateDir = join(root, 'state');
    const record = recordIn(root);
    const agent = new AgentProcess({
      ...{ name: 'scripted', command: process.execPath, stateDir, credentials: ['.tool/login.json'] },
      args: [SCRIPT, JSON.stringify({ record: record.file })],
      env: { PATH: process.env.PATH, HOME: user },
    });
    const client = new LingmaClient({ connector: agent.connector, cwd: agent.cwd });
    cleanups.push(
      () => agent.stop(),
      () => client.close(),
    );
    await client.connect();
    writeFileSync(join(user, '.tool', 'login.json'), 'later');
    const home = record.read()[0]?.env?.HOME ?? '';
    expect(readFileSync(join(home, '.tool', 'login.json'), 'utf8')).toBe('later');
    expect(existsSync(join(home, '.tool', 'settings.json'))).toBe(false);
  });

  it('a supervisor keeps it as it does a Lingma', async () => {
    const { agent, client, pids } = agentOf({});
    const supervisor = new Supervisor({ client, process: agent });
    cleanups.push(() => supervisor.close());
    await supervisor.ready(never);
    const [first = 0] = pids();
    process.kill(first, 'SIGKILL');
    await vi.waitFor(
      () => expect([supervisor.state, isAlive(first), pids().filter(isAlive).length]).toEqual(['ready', false, 1]),
      PATIENT,
    );
    await supervisor.close();
    expect(pids().filter(isAlive)).toEqual([]);
  }, 30_000);
});
