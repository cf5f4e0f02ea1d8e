/** Lingma's sessions, models and modes as requests use them, and what of a conversation reaches Lingma. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, PROTOCOLS, type Protocol, type Question, send } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import type { Answer } from '../support/read-answer.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

let stack: SimulatedStack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

async function start(...args: Parameters<typeof startSimulated>): Promise<SimulatedStack & { base: string }> {
  stack = await startSimulated(...args);
  return { ...stack, base: await stack.listen() };
}

const DIALECTS = [
  ['acp', {}],
  ['lsp-chat', { acp: 'absent' }],
] as const;

type Message = readonly [role: 'system' | 'developer' | 'user' | 'assistant', content: unknown];

/** A conversation in the words of each protocol. */
function conversation(protocol: Protocol, messages: readonly Message[], body: object = {}): Question {
  const list = messages.map(([role, content]) => ({ role, content }));
  return { prompt: '', body: { ...(protocol === 'responses' ? { input: list } : { messages: list }), ...body } };
}

/** The trial session of the first request, by which ACP is found out, is not one of ours. */
const TRIALS = { acp: 1, 'lsp-chat': 0 };

describe.each(DIALECTS)('%s', (dialect, switches) => {
  it('fresh - a session for each request, each deleted', async () => {
    const { base, simulator } = await start(switches, { client: { sessionMode: 'fresh' } });
    for (const protocol of PROTOCOLS) {
      for (const stream of [true, false]) {
        for (const directive of [
          { text: 'ok' },
          { error: { status: 500, message: 'boom', afterChunks: 1 }, text: 'a b' },
        ]) {
          await ask(base, protocol, { prompt: sim(directive), stream });
        }
      }
    }
    const { stats } = simulator;
    await vi.waitFor(() => expect(stats.sessionsOpen).toBe(0));
    expect(stats.sessionsCreated).toBe(12 + TRIALS[dialect]);
    expect(stats.sessionsDeleted).toBe(stats.sessionsCreated);
    expect(new Set(stats.prompts.map(({ sessionId }) => sessionId)).size).toBe(12);
  });

  it('reuse - one session a model, and only what is new is sent', async () => {
    const { base, simulator } = await start(switches, { client: { sessionMode: 'reuse' } });
    const { stats } = simulator;
    const said: Message[] = [['system', 'Be brief.']];
    for (const turn of [1, 2, 3]) {
      said.push(['user', `question ${turn} ${sim({ text: `answer ${turn} 好` })}`]);
      const answer = await ask(base, 'chat', conversation('chat', said));
      expect(answer.text).toBe(`answer ${turn} 好`);
      said.push(['assistant', answer.text]);
    }
    const [first, second, third] = stats.prompts;
    expect(new Set(stats.prompts.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(first?.text).toContain('Be brief.');
    expect(second?.text).toMatch(/^question 2 /);
    expect(third?.text).toMatch(/^question 3 /);

    // Another conversation: everything is said again, and once.
    const other: Message[] = [
      ['user', 'another'],
      ['assistant', 'one'],
      ['user', sim({ text: 'fine' })],
    ];
    await ask(base, 'chat', conversation('chat', other));
    expect(stats.prompts.at(-1)?.text).toContain('another');
    expect(stats.prompts.at(-1)?.text).not.toContain('question');

    await ask(base, 'messages', { prompt: sim({ text: 'x' }), model: 'kmodel' });
    expect(stats.prompts.at(-1)?.sessionId).not.toBe(first?.sessionId);
    const created = stats.sessionsCreated;
    await ask(base, 'messages', { prompt: sim({ text: 'y' }), model: 'Kimi-K2.6' });
    expect(stats.sessionsCreated).toBe(created);
  });

  it('reuse - a session whose turn went wrong is dropped', async () => {
    const { base, simulator } = await start(switches, { client: { sessionMode: 'reuse' } });
    const { stats } = simulator;
    await ask(base, 'chat', { prompt: sim({ text: 'fine' }) });
    const sessionOf = (): string | undefined => stats.prompts.at(-1)?.sessionId;
    const first = sessionOf();
    const failing = { text: 'a b', error: { status: 500, message: 'boom', afterChunks: 1 } };
    await ask(base, 'chat', { prompt: sim(failing), stream: true });
    expect(sessionOf()).toBe(first);
    await ask(base, 'chat', { prompt: sim({ text: 'fine' }) });
    const second = sessionOf();
    expect(second).not.toBe(first);

    const leave = new AbortController();
    const endless = sim({ text: 'word ', repeat: 10_000, chunks: 10_000, delayMs: 5 });
    const response = await send(base, 'chat', { prompt: endless, stream: true, signal: leave.signal });
    await response.body?.getReader().read();
    leave.abort();
    await vi.waitFor(() => expect(stats.turnsActive).toBe(0));
    await ask(base, 'chat', { prompt: sim({ text: 'fine' }) });
    expect(sessionOf()).not.toBe(second);
    await vi.waitFor(() => expect(stats.sessionsOpen).toBe(1));
  });

  it('reuse - requests at the same time do not share a session', async () => {
    const { base, simulator } = await start(switches, { client: { sessionMode: 'reuse' } });
    const answers = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        ask(base, 'chat', { prompt: sim({ text: `answer ${number}`, delayMs: 30 }), stream: true }),
      ),
    );
    expect(answers.map(({ text }) => text)).toEqual([1, 2, 3, 4].map((number) => `answer ${number}`));
    await vi.waitFor(() => expect(simulator.stats.sessionsOpen).toBe(1));
  });

  it('the sticky sessions go when the client closes', async () => {
    const running = await start(switches, { client: { sessionMode: 'reuse' } });
    await ask(running.base, 'chat', { prompt: sim({ text: 'x' }) });
    await ask(running.base, 'chat', { prompt: sim({ text: 'x' }), model: 'kmodel' });
    await running.client.close();
    expect(running.simulator.stats.sessionsOpen).toBe(0);
  });

  it.each([
    ['kmodel', 'kmodel'],
    ['KMODEL', 'kmodel'],
    ['Kimi-K2.6', 'kmodel'],
    ['kimi-k2.6', 'kmodel'],
    ['gpt-5', 'org_auto'],
    ['claude-opus-5', 'org_auto'],
    ['', 'org_auto'],
  ])('the model name %j - answered by %s, echoed as it was asked for', async (asked, key) => {
    const { base, simulator } = await start(switches);
    for (const protocol of ['chat', 'messages'] as const) {
      for (const stream of [true, false]) {
        const answer = await ask(base, protocol, { prompt: sim({ text: 'ok' }), model: asked, stream });
        expect(answer).toMatchObject({ text: 'ok', model: asked === '' ? 'org_auto' : asked });
        expect(simulator.stats.prompts.at(-1)).toMatchObject({ modelKey: key, mode: expectedMode(dialect, 'chat') });
      }
    }
  });

  it.each(['agent', 'lingma-agent', 'Lingma-Agent'])('the model name %s - selects agent mode', async (model) => {
    const { base, simulator } = await start(switches);
    const answer = await ask(base, 'chat', { prompt: sim({ text: 'ok' }), model });
    expect(answer).toMatchObject({ text: 'ok', model });
    expect(simulator.stats.prompts.at(-1)).toMatchObject({
      modelKey: 'org_auto',
      mode: expectedMode(dialect, 'agent'),
    });
  });

  it.each(PROTOCOLS)('%s - every text of a conversation reaches Lingma once, in order', async (protocol) => {
    const { base } = await start(switches);
    const messages: Message[] = [
      ['system', 'alpha-system'],
      ['user', [{ type: protocol === 'responses' ? 'input_text' : 'text', text: 'bravo-user' }]],
      ['developer', 'charlie-developer'],
      ['assistant', 'delta-assistant'],
      ['system', [{ type: protocol === 'responses' ? 'input_text' : 'text', text: 'echo-system' }]],
      ['user', `foxtrot-user ${sim({ echo: 'transcript' })}`],
    ];
    const top =
      protocol === 'messages'
        ? { system: [{ type: 'text', text: 'golf-top' }] }
        : protocol === 'responses'
          ? { instructions: 'golf-top' }
          : {};
    const { text }: Answer = await ask(base, protocol, conversation(protocol, messages, top));
    const words = ['alpha-system', 'bravo-user', 'charlie-developer', 'delta-assistant', 'echo-system', 'foxtrot-user'];
    const all = protocol === 'chat' ? words : ['golf-top', ...words];
    for (const word of all) expect(text.split(word)).toHaveLength(2);
    const places = all.map((word) => text.indexOf(word));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

/** Each dialect has words of its own for the modes. */
function expectedMode(dialect: 'acp' | 'lsp-chat', mode: 'chat' | 'agent'): unknown {
  return dialect === 'acp' ? mode : expect.stringMatching(mode === 'agent' ? /agent/i : /^(?!.*agent)/i);
}

describe('tokens and models over HTTP', () => {
  const count = async (base: string, body: object): Promise<number> => {
    const response = await fetch(`${base}/v1/messages/count_tokens`, { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return ((await response.json()) as { input_tokens: number }).input_tokens;
  };

  it('count_tokens - system, tools, pictures and framing all count', async () => {
    const { base, simulator } = await start();
    const messages = [{ role: 'user', content: '数一数 these words, please 👍' }];
    const bare = await count(base, { model: 'm', messages });
    expect(bare).toBeGreaterThan(5);
    expect(bare).toBeLessThan(50);
    expect(await count(base, { model: 'm', messages, system: 'Words of the system. '.repeat(10) })).toBeGreaterThan(
      bare + 30,
    );
    const tools = [{ name: 'run', description: 'Runs a command in a shell', input_schema: { type: 'object' } }];
    expect(await count(base, { model: 'm', messages, tools })).toBeGreaterThan(bare + 5);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
    const picture = [{ role: 'user', content: [image, { type: 'text', text: 'x' }] }];
    expect(await count(base, { model: 'm', messages: picture })).toBeGreaterThan(100);
    const twice = [...messages, { role: 'assistant', content: 'ok' }, ...messages];
    expect(await count(base, { model: 'm', messages: twice })).toBeGreaterThan(2 * bare - 10);
    expect(simulator.stats.connectionsTotal).toBe(0);
    const refused = await fetch(`${base}/v1/messages/count_tokens`, { method: 'POST', body: '{"messages":[]}' });
    expect(refused.status).toBe(400);
  });

  it('/v1/models - in the shape of who asks, fresh after a change', async () => {
    const { base, simulator } = await start();
    const list = async (headers = {}, query = ''): Promise<{ data: { id: string }[] } & Record<string, unknown>> =>
      (await (await fetch(`${base}/v1/models${query}`, { headers })).json()) as never;
    const openai = await list();
    expect(openai).toMatchObject({ object: 'list' });
    expect(openai.data[0]).toEqual({
      id: 'org_auto',
      object: 'model',
      created: expect.any(Number),
      owned_by: 'lingma',
      name: 'Auto',
      context_length: expect.any(Number),
    });
    const anthropic = await list({ 'anthropic-version': '2023-06-01' }, '?limit=2');
    expect(anthropic).toMatchObject({ has_more: true, first_id: 'org_auto', last_id: anthropic.data[1]?.id });
    expect(anthropic.data).toHaveLength(2);
    expect(anthropic.data[0]).toMatchObject({ type: 'model', id: 'org_auto', display_name: 'Auto' });

    const one = await fetch(`${base}/v1/models/kmodel`);
    expect(await one.json()).toMatchObject({ id: 'kmodel', object: 'model' });
    expect((await fetch(`${base}/v1/models/Kimi-K2.6`)).status).toBe(200);
    const missing = await fetch(`${base}/v1/models/nope`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);

    simulator.setModels([{ key: 'brand_new', displayName: 'Brand New', isDefault: true }]);
    await vi.waitFor(async () => expect((await list()).data[0]?.id).toBe('brand_new'));
    const answer = await ask(base, 'chat', { prompt: sim({ text: 'ok' }), model: 'kmodel' });
    expect(answer).toMatchObject({ text: 'ok', model: 'kmodel' });
    expect(simulator.stats.prompts.at(-1)?.modelKey).toBe('brand_new');
  });
});
