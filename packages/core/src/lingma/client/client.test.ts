import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../../../simulator/src/index.js';
import { type ChatEvent, checkGrammar, collectResult, type GatewayError, withStages } from '../../chat/index.js';
import { LingmaClient, type LingmaClientOptions } from './client.js';
import type { LingmaTurn } from './lingma-turn.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = createSimulator(options);
  await simulator.start();
  cleanups.push(() => simulator.stop());
  return simulator;
}

function connectTo(simulator: Simulator, options: LingmaClientOptions = {}): LingmaClient {
  const client = new LingmaClient({ address: simulator.address.webSocketUrl, detectMs: 10_000, ...options });
  cleanups.push(() => client.close());
  return client;
}

async function both(simulator: SimulatorOptions = {}, client: LingmaClientOptions = {}) {
  const process = await simulate(simulator);
  return { simulator: process, client: connectTo(process, client) };
}

const user = (text: string): LingmaTurn => ({ messages: [{ role: 'user', text }] });
const sim = (directive: object): LingmaTurn => user(`Hello @sim ${JSON.stringify(directive)}`);

/** A turn's answer through the grammar check, `think|text`, or the code it failed with. */
async function answer(client: LingmaClient, turn: LingmaTurn): Promise<string> {
  try {
    const { content } = await collectResult(withStages(client.streamTurn(turn), [checkGrammar()]));
    const join = (type: 'text' | 'reasoning') =>
      content.map((block) => (block.type === type ? block.text : '')).join('');
    return `${join('reasoning')}|${join('text')}`;
  } catch (error) {
    return (error as GatewayError).code;
  }
}

async function eventually(check: () => void, ms = 5000): Promise<void> {
  for (const end = Date.now() + ms; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
    try {
      return check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

const DIALECTS = [
  ['acp', { acp: 'present' }],
  ['lsp-chat', { acp: 'absent' }],
] as const;

describe.each(DIALECTS)('LingmaClient in %s', (dialect, profile) => {
  /** Every open question of the protocol document, one at a time. */
  const variants: readonly SimulatorOptions[] = [
    {},
    { frames: 'split' },
    { frames: 'merge', headerCase: 'lower', extraHeaders: true },
    { messageType: 'binary' },
    { eventsAsRequests: false },
    { eventsAsRequests: true, awaitEventReplies: true },
    { broadcast: true },
    { extensionRegister: 'request', taskSync: true },
    { askReply: 'first-event' },
    { askReply: 'end' },
    { askReply: 'never' },
    { sessionIds: 'echo' },
    { stepEnd: 'after' },
    { stepEnd: 'none', titleUpdate: false },
    { emptyDeltas: true },
    { fullAnswer: 'empty' },
    { thinking: 'cumulative' },
    { thinking: 'fence', acpThinking: 'fence' },
    { thinking: 'tag', acpThinking: 'tag' },
    { acpThinking: 'chunk', thoughtContent: 'reasoning' },
    { promptReply: 'before' },
    { promptReply: 'never' },
    ...(['base', 'empty', 'null'] as const).flatMap((promptResult) =>
      (['before', 'after'] as const).map((promptReply) => ({ promptResult, promptReply })),
    ),
    { requestIdPlace: 'update' },
    { requestIdPlace: 'none' },
    { acpContent: 'array' },
    { acpLspEvents: false, availableCommands: false },
    { modelUpdates: true, userEcho: true },
    { sessionModel: 'none' },
    { echoProtocolVersion: true },
    { contextUsage: 'always' },
    { contextUsage: 'never' },
    { modelsShape: 'array' },
    { modelsShape: 'models' },
    { modelsEmptyCalls: 1 },
    { serverName: 'qodercn', serverVersion: '1.26.0' },
    { profile: 'lingma-2.11' },
    { profile: 'vscode-ext' },
    { profile: 'lingma-ide-0.7' },
    { profile: 'qodercn-1.26', wsPath: '/', machineToken: false },
  ];
  it.each(variants)('streamTurn() - %o', async (variant) => {
    const { client, simulator } = await both({ ...variant, ...profile });
    const turn = sim({ text: 'Grüße 你好 👋 and more text', reasoning: 'I think, so.', chunks: 7, firstDelayMs: 5 });
    expect(await answer(client, turn)).toBe('I think, so.|Grüße 你好 👋 and more text');
    expect(client.status()).toMatchObject({ state: 'ready', dialect, loggedIn: true });
    await client.close();
    expect(simulator.stats.sessionsOpen).toBe(0);
    // Asking for ACP where there is none is the only thing held against us.
    expect(simulator.stats.protocolErrorDetails.filter((detail) => !detail.includes('session/new'))).toEqual([]);
    expect(simulator.stats.unansweredRequests).toBe(0);
  });

  const failures: readonly (readonly [string, SimulatorOptions, object, string])[] = [
    ['error before text', {}, { error: { status: 500, message: 'boom' } }, 'upstream_error'],
    ['error as event', { errorForm: 'chat-error' }, { error: { status: 500, message: 'boom' } }, 'upstream_error'],
    ['error as reply', { errorForm: 'rpc-error' }, { error: { status: 500, message: 'boom' } }, 'upstream_error'],
    [
      'error after text',
      {},
      { text: 'abcdef', error: { status: 500, message: 'boom', afterChunks: 2 } },
      'upstream_error',
    ],
    ['quota', { quotaExceeded: true }, {}, 'quota_exceeded'],
    ['quota as event', { quotaExceeded: true, quota: 'chat-error' }, {}, 'quota_exceeded'],
    ['model timeout', { modelTimeout: 'finish' }, {}, 'upstream_timeout'],
    ['dropped in mid-answer', {}, { text: 'abcdef', dropAfterChunks: 2 }, 'upstream_error'],
    ['dropped in mid-frame', { cut: 'mid-frame' }, { text: 'abcdef', dropAfterChunks: 2 }, 'upstream_error'],
    ['cancelled', {}, { text: 'abc', finish: 'cancelled' }, 'upstream_error'],
    ['nothing', {}, { text: '' }, 'upstream_error'],
  ];
  it.each(failures)('streamTurn() - fails well: %s', async (_name, options, directive, code) => {
    const { client } = await both({ ...options, ...profile });
    expect(await answer(client, sim(directive))).toBe(code);
    if (options.quotaExceeded !== true && options.modelTimeout === undefined) {
      expect(await answer(client, sim({ text: 'next' }))).toBe('|next');
    }
  });

  it.each(['finish', 'rpc-error', 'silence'] as const)('streamTurn() - logged out (%s)', async (notLoggedIn) => {
    const { client, simulator } = await both({ ...profile, loggedOut: true, notLoggedIn });
    await client.connect();
    expect(client.status().loggedIn).toBe(false);
    expect(await answer(client, user('hi'))).toBe('login_required');
    await expect(client.listModels()).rejects.toMatchObject({ code: 'login_required' });
    simulator.setLoggedIn(true);
    expect(await answer(client, sim({ text: 'in' }))).toBe('|in');
    expect((await client.listModels()).length).toBeGreaterThan(0);
    // Logged out while nobody looks: the failure tells.
    simulator.setSwitches({ notLoggedIn: 'finish' });
    simulator.setLoggedIn(false);
    expect(await answer(client, user('hi'))).toBe('login_required');
  });

  it('streamTurn() - silence ends with the deadline and stops the process', async () => {
    const { client, simulator } = await both(profile, { deadlines: { firstEventMs: 150 } });
    expect(await answer(client, sim({ silence: true }))).toBe('upstream_timeout');
    await eventually(() => expect(simulator.stats.stops).toHaveLength(1));
    expect(await answer(client, sim({ text: 'next' }))).toBe('|next');
  });

  it.each(['length', 'content_filter'] as const)('streamTurn() - finish %s', async (finish) => {
    const { client } = await both(profile);
    const result = await client.complete(sim({ text: 'abc', finish })).catch((error) => error);
    expect(result.finishReason).toBe(finish === 'length' ? 'length' : 'content-filter');
  });

  it('streamTurn() - tells the size of the context as the process does, shared out by a guess', async () => {
    const { client } = await both(profile);
    const { usage } = await client.complete(sim({ text: 'Hello there', usage: { input: 1000, output: 2 } }));
    expect(usage.origin).toBe('estimated');
    expect(Math.abs(usage.inputTokens - 1000)).toBeLessThan(5);
  });

  it('streamTurn() - starts nothing before the first read', async () => {
    const { client, simulator } = await both(profile);
    const stream = client.streamTurn(user('hi'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(simulator.stats.connectionsTotal).toBe(0);
    await stream.close();
    expect(await stream.read()).toBeUndefined();
    expect(simulator.stats.connectionsTotal).toBe(0);
  });

  it.each(['finish', 'nothing', 'late'] as const)('close() of the stream - stops the turn (%s)', async (stop) => {
    const { client, simulator } = await both({ ...profile, stop });
    const stream = client.streamTurn(sim({ text: 'abcdefgh', repeat: 50, chunks: 400, delayMs: 5 }));
    await stream.read();
    const before = Date.now();
    await stream.close();
    expect(Date.now() - before).toBeLessThan(500);
    await eventually(() => {
      expect(simulator.stats.stops).toHaveLength(1);
      expect(simulator.stats.sessionsOpen).toBe(0);
      expect(client.status().connections.busy).toBe(0);
    });
    expect(simulator.stats.connectionsTotal).toBe(1);
    expect(await answer(client, sim({ text: 'next' }))).toBe('|next');
  });

  it('abort - at any moment leaves nothing behind', async () => {
    const { client, simulator } = await both(profile);
    await client.connect();
    const codes = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const controller = new AbortController();
        const turn = sim({ text: 'abcdefgh', repeat: 20, chunks: 100, delayMs: 2 });
        const reading = collectResult(client.streamTurn(turn, { signal: controller.signal }));
        setTimeout(() => controller.abort(), index * 4);
        return reading.then(
          () => 'finished',
          (error: GatewayError) => error.code,
        );
      }),
    );
    expect(codes.filter((code) => code !== 'client_closed' && code !== 'finished')).toEqual([]);
    await eventually(() => {
      expect(client.status().connections).toMatchObject({ busy: 0, waiting: 0 });
      expect(simulator.stats.turnsActive).toBe(0);
      expect(simulator.stats.sessionsOpen).toBe(0);
    });
    expect(simulator.stats.stops.length).toBe(
      codes.filter((code) => code === 'client_closed').length - unasked(simulator, codes),
    );
  });

  /** Turns aborted before their question went out need no stop. */
  function unasked(simulator: Simulator, codes: readonly string[]): number {
    return codes.length - simulator.stats.turnsStarted;
  }

  it('parallel - turns do not wait for one another', async () => {
    const { client, simulator } = await both(profile);
    const turns = Array.from({ length: 60 }, (_, index) =>
      answer(client, sim({ text: `answer ${index}`, chunks: 5, delayMs: 20 })),
    );
    const before = Date.now();
    expect(await Promise.all(turns)).toEqual(turns.map((_, index) => `|answer ${index}`));
    expect(Date.now() - before).toBeLessThan(60 * 100 * 0.5);
    // On a busy machine the first are done before the last have begun.
    expect(simulator.stats.connectionsTotal).toBeGreaterThan(30);
  });

  it('streamTurn() - tells the session and whether it can be gone on in', async () => {
    const { client } = await both(profile);
    const good = client.streamTurn({ ...sim({ text: 'fine' }), keepSession: true });
    const told = good.outcome();
    await collectResult(good);
    const sessionId = expect.stringMatching(/./);
    expect(await told).toEqual({ sessionId, reusable: true, text: 'fine', continued: false });
    const deleted = client.streamTurn(sim({ text: 'fine' }));
    await collectResult(deleted);
    expect(await deleted.outcome()).toEqual({ sessionId, reusable: false, text: 'fine', continued: false });
    const left = client.streamTurn(sim({ text: 'never read', chunks: 2, delayMs: 60_000 }));
    await left.read();
    await left.close();
    expect(await left.outcome()).toMatchObject({ reusable: false });
    const never = client.streamTurn(sim({ text: 'x' }));
    await never.close();
    expect(await never.outcome()).toBeUndefined();
  });

  it('parallel - turns share a connection where they may, and each gets its own answer', async () => {
    const { client, simulator } = await both(profile, { turnsPerConnection: 16 });
    const turns = Array.from({ length: 60 }, (_, index) =>
      answer(client, sim({ text: `answer ${index}`, chunks: 5, delayMs: 5 })),
    );
    expect(await Promise.all(turns)).toEqual(turns.map((_, index) => `|answer ${index}`));
    expect(simulator.stats.connectionsTotal).toBeLessThanOrEqual(4);
  });

  it('parallel - one who does not read holds up nobody on a shared connection', async () => {
    const { client, simulator } = await both(profile, { turnsPerConnection: 4 });
    const slow = client.streamTurn(sim({ text: 'lorem ipsum '.repeat(100), repeat: 3000, chunks: 600 }));
    await slow.read();
    expect(await answer(client, sim({ text: 'meanwhile', chunks: 3 }))).toBe('|meanwhile');
    await slow.close();
    expect(simulator.stats.connectionsTotal).toBe(1);
  });

  it('parallel - beyond the limit turns wait in order', async () => {
    const { client, simulator } = await both(profile, { maxConnections: 2 });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        await answer(client, sim({ text: 'x', delayMs: 5 }));
        order.push(index);
      }),
    );
    expect(simulator.stats.connectionsTotal).toBe(2);
    expect(order.slice(4)).toEqual(expect.arrayContaining([4, 5]));
  });

  it('parallel - a process that takes few clients is shared', async () => {
    const { client, simulator } = await both({ ...profile, maxClients: 2 });
    const turns = Array.from({ length: 8 }, (_, index) => answer(client, sim({ text: `answer ${index}`, delayMs: 5 })));
    expect(await Promise.all(turns)).toEqual(turns.map((_, index) => `|answer ${index}`));
    expect(simulator.stats.connectionsOpen).toBeLessThanOrEqual(2);
  });

  it('restart - the next turn connects anew', async () => {
    const { client, simulator } = await both(profile);
    const states: string[] = [];
    client.on('state', (state) => states.push(state));
    expect(await answer(client, sim({ text: 'one' }))).toBe('|one');
    simulator.dropConnections();
    // Until the client sees it, the connection may still carry a turn.
    await vi.waitFor(() => expect(states.at(-1)).toBe('stopped'));
    expect(await answer(client, sim({ text: 'two' }))).toBe('|two');
    await client.close();
    expect(states).toEqual(['starting', 'ready', 'stopped', 'reconnecting', 'ready', 'closed']);
  });

  it('restart - a turn that lost its connection before any answer is repeated once', async () => {
    const { client, simulator } = await both(profile);
    const directive = { text: 'abc', dropAfterChunks: 0, times: 1, id: 'once' };
    expect(await answer(client, sim(directive))).toBe('|abc');
    expect(simulator.stats.turnsStarted).toBe(2);
    expect(await answer(client, sim({ text: 'abc', dropAfterChunks: 0 }))).toBe('upstream_error');
    expect(simulator.stats.turnsStarted).toBe(4);
  });

  it('reuse - sends only what is new to the session that knows the rest', async () => {
    const { client, simulator } = await both(profile, { sessionMode: 'reuse' });
    const messages = [{ role: 'user' as const, text: 'My name is Ann. @sim {"text":"Hi Ann"}' }];
    expect(await answer(client, { messages })).toBe('|Hi Ann');
    const more = [
      ...messages,
      { role: 'assistant' as const, text: 'Hi Ann\n' },
      { role: 'user' as const, text: 'And now?' },
    ];
    await answer(client, { messages: more });
    await answer(client, { messages: [{ role: 'user', text: 'Something else' }] });
    const { prompts } = simulator.stats;
    expect(prompts.map(({ text }) => text)).toEqual([messages[0]?.text, 'And now?', 'Something else']);
    expect(new Set(prompts.map(({ sessionId }) => sessionId).slice(dialect === 'acp' ? 0 : 1)).size).toBe(1);
    expect(simulator.stats.sessionsOpen).toBe(1);
    await client.close();
    expect(simulator.stats.sessionsOpen).toBe(0);
  });

  it('reuse - a busy session is not waited for', async () => {
    const { client, simulator } = await both(profile, { sessionMode: 'reuse' });
    const slow = answer(client, sim({ text: 'slow', delayMs: 50 }));
    await eventually(() => expect(simulator.stats.turnsActive).toBe(1));
    expect(await answer(client, sim({ text: 'quick' }))).toBe('|quick');
    expect(await slow).toBe('|slow');
    await eventually(() => expect(simulator.stats.sessionsOpen).toBe(1));
  });

  it('reuse - a session that ended badly is dropped', async () => {
    const { client, simulator } = await both(profile, { sessionMode: 'reuse' });
    await answer(client, sim({ text: 'one' }));
    await answer(client, sim({ error: { status: 500, message: 'x' } }));
    await eventually(() => expect(simulator.stats.sessionsOpen).toBe(0));
    expect(await answer(client, sim({ text: 'three' }))).toBe('|three');
  });

  it('models - names of any kind are understood, unknown ones fall back', async () => {
    const { client, simulator } = await both(profile);
    const models = await client.listModels();
    const other = models.find(({ isDefault }) => !isDefault);
    await client.complete({ ...user('a'), model: other?.displayName.toUpperCase() ?? '' });
    const fallback = await client.complete({ ...user('b'), model: 'claude-sonnet-4' });
    await client.complete({ ...user('c'), model: 'lingma-agent' });
    expect(simulator.stats.prompts.map(({ modelKey, mode }) => [modelKey, mode])).toEqual([
      [other?.upstreamId, 'chat'],
      [models.find(({ isDefault }) => isDefault)?.upstreamId, 'chat'],
      [models.find(({ isDefault }) => isDefault)?.upstreamId, 'agent'],
    ]);
    expect(fallback.warnings).toMatchObject([{ type: 'model-fallback' }]);
    const choice = { upstreamId: other?.upstreamId as string, isFallback: false };
    const chosen = await client.complete({ ...user('d'), model: 'claude-sonnet-4', chooseModel: () => choice });
    expect(simulator.stats.prompts.at(-1)?.modelKey).toBe(other?.upstreamId);
    expect(chosen.warnings).toEqual([]);
  });

  it('models - are asked for again when the process says so', async () => {
    const { client, simulator } = await both(profile);
    await client.listModels();
    await client.listModels();
    expect(simulator.stats.calls['config/queryModels']).toBe(1);
    simulator.push('config/refreshModels');
    await eventually(async () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.listModels();
    expect(simulator.stats.calls['config/queryModels']).toBe(2);
  });

  it('images - reach a model that sees, others get [image]', async () => {
    const { client, simulator } = await both(profile);
    const models = await client.listModels();
    const images = [{ mediaType: 'image/png', data: 'iVBORw0KGgo=' }];
    const seeing = models.find(({ supportsImages }) => supportsImages);
    const blind = models.find(({ supportsImages }) => !supportsImages);
    await client.complete({ ...user('look'), images, model: seeing?.upstreamId ?? '' });
    expect(simulator.stats.prompts.at(-1)?.images).toBe(1);
    const source = { kind: 'base64' as const, ...images[0] } as const;
    const result = await client.complete({
      messages: [
        {
          role: 'user',
          text: 'look',
          images: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: source.data as string } }],
        },
      ],
      model: blind?.upstreamId ?? '',
    });
    expect(simulator.stats.prompts.at(-1)).toMatchObject({ images: 0, text: 'look\n[image]' });
    expect(result.warnings).toMatchObject([{ type: 'unsupported-content' }]);
  });

  it('native tools - are refused and hidden, those of the caller are its calls', async () => {
    const { client } = await both(profile);
    const directive = {
      text: 'Let me see.',
      tools: [{ name: 'read_file', input: { path: 'a' } }],
      toolFormat: 'native',
    };
    expect(await answer(client, sim(directive))).toMatch(/^\|Let me see\./);
    const { content, finishReason } = await client.complete({
      ...sim(directive),
      tools: [{ kind: 'function', name: 'read_file', inputSchema: {} }],
    });
    expect(finishReason).toBe('tool-calls');
    expect(content.filter(({ type }) => type === 'tool-call')).toMatchObject([
      { toolName: 'read_file', input: '{"path":"a"}', executedBy: 'client' },
    ]);
  });

  it('close() - ends running turns, deletes their sessions, leaves the process', async () => {
    const { client, simulator } = await both(profile);
    const reading = answer(client, sim({ text: 'abcdefgh', repeat: 50, chunks: 400, delayMs: 5 }));
    await eventually(() => expect(simulator.stats.turnsActive).toBe(1));
    await client.close();
    expect(await reading).toBe('shutting_down');
    expect(simulator.stats.sessionsOpen).toBe(0);
    expect(client.status().state).toBe('closed');
    await eventually(() => expect(simulator.stats.connectionsOpen).toBe(0));
    expect(await answer(client, user('hi'))).toBe('shutting_down');
  });
});

describe('LingmaClient', () => {
  it('dialect - silence of session/new means lsp-chat, a late session is deleted', async () => {
    const { client } = await both({ acp: 'silent' }, { detectMs: 250 });
    expect(await answer(client, sim({ text: 'a' }))).toBe('|a');
    expect(client.status().dialect).toBe('lsp-chat');
  });

  it('dialect - may be given', async () => {
    const { client, simulator } = await both({ acp: 'present' }, { dialect: 'lsp-chat' });
    expect(await answer(client, sim({ text: 'a' }))).toBe('|a');
    expect(simulator.stats.calls['session/new']).toBeUndefined();
  });

  it('chatFinish never - the record of the session ends the turn', async () => {
    const { client } = await both({ acp: 'absent', chatFinish: 'never' }, { deadlines: { idleMs: 200 } });
    expect(await answer(client, sim({ text: 'abc' }))).toBe('|abc');
  });

  it('process - absent is not_ready, and looked for again with the next turn', async () => {
    const gone = await simulate();
    const { webSocketPort } = gone.address;
    const client = connectTo(gone);
    await gone.stop();
    expect(await answer(client, user('hi'))).toBe('not_ready');
    expect(client.status().state).toBe('failed');
    await simulate({ port: webSocketPort });
    expect(await answer(client, sim({ text: 'back' }))).toBe('|back');
  });

  it('process - restarted on another port is found by its discovery file', async () => {
    const simulator = await simulate();
    const { workDir } = simulator.address;
    const client = connectTo(simulator, {});
    void client;
    const finder = new LingmaClient({ discovery: { homedir: '/nonexistent', explicit: { workDir } } });
    cleanups.push(() => finder.close());
    expect(await answer(finder, sim({ text: 'one' }))).toBe('|one');
    const before = finder.status().address;
    await simulator.kill();
    const again = await simulate({ workDir });
    expect(await answer(finder, sim({ text: 'two' }))).toBe('|two');
    expect(finder.status().address).not.toBe(before);
    expect(again.stats.turnsStarted).toBe(1);
  });

  it.each(['lingma-2.11', 'vscode-ext', 'lingma-ide-0.7', 'qodercn-1.26'] as const)(
    'profile - %s, as discovered',
    async (profile) => {
      const simulator = await simulate({ profile });
      for (const transport of ['websocket', 'pipe'] as const) {
        const client = new LingmaClient({
          discovery: { homedir: '/nonexistent', transport, explicit: { workDir: simulator.address.workDir } },
        });
        cleanups.push(() => client.close());
        expect(await answer(client, sim({ text: 'found', reasoning: 'hm' }))).toMatch(/^(hm)?\|found$/);
        expect(client.status().address).toMatch(transport === 'pipe' ? /sock|pipe/ : /^ws:/);
      }
      expect(simulator.stats.connectionsRefused).toBe(0);
    },
  );

  it('listener - that throws does no harm', async () => {
    const { client } = await both();
    client.on('state', () => {
      throw new Error('mine');
    });
    expect(await answer(client, sim({ text: 'a' }))).toBe('|a');
  });

  it('response-start - tells the size of the prompt', async () => {
    const { client } = await both();
    const events: ChatEvent[] = [];
    for await (const event of client.streamTurn(user('one two three'))) events.push(event);
    expect(events[0]).toMatchObject({ type: 'response-start', model: 'org_auto', warnings: [] });
    expect((events[0] as { inputTokens: number }).inputTokens).toBeGreaterThan(2);
  });
});
