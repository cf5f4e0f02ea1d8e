/** What a caller demands of calls, and what becomes of calls that are cut, refused, hidden or broken off. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it, vi } from 'vitest';
import { PATHS } from '../support/ask.js';
import { askWithTools, PROTOCOLS, type Protocol, SPECS, toolsOf } from '../support/call-tools.js';
import { useHouse } from '../support/idle.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

const CALL = { name: 'get_weather', input: { city: 'Rome' } };
const OTHER = { name: 'get_time', input: {} };
const REFUSAL = "I'm sorry, but I don't have access to any tools.";

/** `auto`, `required`, `none` or one tool, as the protocol spells it. */
function choice(protocol: Protocol, wanted: 'auto' | 'required' | 'none' | { readonly name: string }): object {
  const one = typeof wanted === 'object' ? wanted.name : undefined;
  switch (protocol) {
    case 'chat':
      return { tool_choice: one === undefined ? wanted : { type: 'function', function: { name: one } } };
    case 'responses':
      return { tool_choice: one === undefined ? wanted : { type: 'function', name: one } };
    case 'messages':
      return {
        tool_choice: one === undefined ? { type: wanted === 'required' ? 'any' : wanted } : { type: 'tool', name: one },
      };
  }
}

const notParallel = (protocol: Protocol): object =>
  protocol === 'messages'
    ? { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }
    : { parallel_tool_calls: false };

const limit = (protocol: Protocol, tokens: number): object =>
  ({ chat: { max_tokens: tokens }, responses: { max_output_tokens: tokens }, messages: { max_tokens: tokens } })[
    protocol
  ];

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  const house = useHouse({}, { client: { dialect } });

  describe.each(PROTOCOLS)('%s', (protocol) => {
    const ask = (directive: object, stream: boolean, body: object = {}) =>
      askWithTools(house.clients, protocol, { prompt: sim(directive), tools: SPECS, stream, body });
    const turns = (): number => house.stack.simulator.stats.turnsStarted;

    it.each([true, false])('one tool demanded and called - nothing but that call, streamed: %s', async (stream) => {
      const answer = await ask({ tools: [CALL] }, stream, choice(protocol, { name: 'get_weather' }));
      expect(answer).toMatchObject({ text: '', calls: [CALL], finish: 'calls' });
    });

    it.each([true, false])('one tool demanded, a bare object written - is its input, streamed: %s', async (stream) => {
      const answer = await ask({ text: '{"city": "Rome"}' }, stream, choice(protocol, { name: 'get_weather' }));
      expect(answer).toMatchObject({ calls: [CALL], finish: 'calls' });
    });

    it.each([
      ['one tool', { name: 'get_weather' }],
      ['any', 'required'],
    ] as const)('%s demanded, prose twice - an error, never success', async (_name, wanted) => {
      for (const stream of [true, false]) {
        const before = turns();
        const failing = ask({ text: 'I would rather talk.' }, stream, choice(protocol, wanted));
        await expect(failing).rejects.toSatisfy(
          (error) => (error instanceof OpenAI.APIError || error instanceof Anthropic.APIError) && error.status === 502,
        );
        expect(turns()).toBe(before + 2);
      }
    });

    it.each([true, false])(
      'demanded, first prose - one more try, of which alone is told, streamed: %s',
      async (stream) => {
        const before = turns();
        // As a text, since a call that stands in the prose would be taken for the one demanded.
        const block = `\`\`\`json action\n${JSON.stringify({ tool: CALL.name, parameters: CALL.input })}\n\`\`\``;
        const first = `I would rather talk. ${sim({ text: block })}`;
        const answer = await ask({ text: first }, stream, choice(protocol, 'required'));
        expect(answer).toMatchObject({ text: '', calls: [CALL], finish: 'calls' });
        expect(turns()).toBe(before + 2);
      },
    );

    it.each([true, false])(
      'not demanded, but the model denies having tools - its call is added, streamed: %s',
      async (stream) => {
        const text = `${REFUSAL} ${sim({ text: 'Oh.', tools: [CALL] })}`;
        const answer = await ask({ text }, stream);
        expect(answer).toMatchObject({ text, calls: [CALL], finish: 'calls' });
      },
    );

    it('it denies twice - its first answer stands', async () => {
      const before = turns();
      for (const stream of [true, false])
        expect(await ask({ text: REFUSAL }, stream)).toEqual({ text: REFUSAL, calls: [], finish: 'stop' });
      expect(turns()).toBe(before + 4);
    });

    it('none - what looks like a call is text, and nothing is told of tools', async () => {
      const answer = await ask({ tools: [CALL] }, true, choice(protocol, 'none'));
      expect(answer).toMatchObject({ calls: [], finish: 'stop' });
      expect(answer.text).toContain('get_weather');
      expect(house.stack.simulator.stats.prompts.at(-1)?.text).not.toContain('The weather of a city.');
    });

    it.each([true, false])(
      'not in parallel - the first call alone, and Lingma is stopped, streamed: %s',
      async (stream) => {
        const answer = await ask({ tools: [CALL, OTHER], chunks: 30 }, stream, notParallel(protocol));
        expect(answer).toMatchObject({ calls: [CALL], finish: 'calls' });
      },
    );

    it.each([true, false])('a call cut by the limit - never runnable, streamed: %s', async (stream) => {
      const big = { name: 'write_file', input: { path: 'a.txt', content: 'word '.repeat(400) } };
      const answer = await ask({ text: 'Writing.', tools: [big], chunks: 50 }, stream, limit(protocol, 120));
      expect(answer.finish).toBe('length');
      for (const { input } of answer.calls) expect(input).not.toEqual(big.input);
      const byModel = await ask({ text: 'x', tools: [CALL], finish: 'length', chunks: 3 }, stream);
      expect(byModel.finish).toBe('length');
    });

    it('thoughts and calls - both arrive', async () => {
      const answer = await ask(
        { reasoning: 'Which city? ```json action', text: 'Hm.', tools: [CALL], chunks: 9 },
        true,
      );
      expect(answer).toMatchObject({ calls: [CALL], finish: 'calls' });
      expect(answer.text.trim()).toBe('Hm.');
    });

    it('calls of tools that nobody offered - stay hidden or text', async () => {
      const native = await ask(
        { text: 'Done.', tools: [{ name: 'list_dir', input: { path: '/' } }], toolFormat: 'native' },
        true,
      );
      expect(native).toMatchObject({ calls: [], finish: 'stop' });
      expect(native.text.trim()).toBe('Done.');
      const mixed = await ask({ tools: [{ name: 'list_dir', input: {} }, CALL], toolFormat: 'native' }, true);
      expect(mixed).toMatchObject({ calls: [CALL], finish: 'calls' });
      const written = await ask({ tools: [{ name: 'list_dir', input: { path: '/' } }] }, true);
      expect(written).toMatchObject({ calls: [], finish: 'stop' });
      expect(written.text).toContain('list_dir');
    });

    it('an error behind a call that is half there - is an error', async () => {
      const directive = { tools: [CALL], chunks: 10, error: { status: 500, message: 'boom', afterChunks: 5 } };
      await expect(ask(directive, false)).rejects.toMatchObject({ status: 502 });
      // The accumulator of Responses hands out what failed.
      if (protocol === 'responses') expect(await ask(directive, true)).toMatchObject({ calls: [], finish: 'failed' });
      else await expect(ask(directive, true)).rejects.toBeInstanceOf(Error);
    });

    it.each(['the first', 'the second'])(
      'a client that leaves while %s try is held - stops it, and no other begins',
      async (which) => {
        const { stats } = house.stack.simulator;
        const [started, stopped] = [stats.turnsStarted, stats.stops.length];
        const slow = { text: 'word ', repeat: 2000, chunks: 2000, delayMs: 5 };
        const content = sim(which === 'the first' ? slow : { text: `No. ${sim(slow)}` });
        const client = new AbortController();
        const body = {
          model: 'auto',
          max_tokens: 9999,
          tools: toolsOf(protocol, SPECS),
          ...choice(protocol, 'required'),
        };
        const asking = fetch(house.base + PATHS[protocol], {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            ...body,
            ...(protocol === 'responses' ? { input: content } : { messages: [{ role: 'user', content }] }),
          }),
          signal: client.signal,
        });
        const tries = which === 'the first' ? 1 : 2;
        await vi.waitFor(() => expect(stats.turnsStarted).toBe(started + tries));
        client.abort();
        await expect(asking).rejects.toBeDefined();
        await vi.waitFor(() => expect(stats.stops.length).toBe(stopped + 1));
        expect(stats.turnsStarted).toBe(started + tries);
      },
    );

    it('a client that leaves in the middle of a call - frees the slot and stops Lingma', async () => {
      const stops = house.stack.simulator.stats.stops.length;
      const client = new AbortController();
      const big = { name: 'write_file', input: { path: 'a', content: 'word '.repeat(5000) } };
      const directive = { text: 'Now:', tools: [big], chunks: 2000, delayMs: 5 };
      const body = { model: 'auto', stream: true, max_tokens: 9999, tools: toolsOf(protocol, SPECS) };
      const content = sim(directive);
      const response = await fetch(house.base + PATHS[protocol], {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...body,
          ...(protocol === 'responses' ? { input: content } : { messages: [{ role: 'user', content }] }),
        }),
        signal: client.signal,
      });
      const reader = response.body?.getReader();
      await reader?.read();
      client.abort();
      await expect(reader?.read()).rejects.toBeDefined();
      await vi.waitFor(() => expect(house.stack.simulator.stats.stops.length).toBe(stops + 1));
    });
  });
});

describe.each(PROTOCOLS)('TOOL_ALLOWLIST, %s', (protocol) => {
  const house = useHouse({}, { channel: { tools: { allowlist: ['get_time'] } } });
  const ask = (directive: object, body: object = {}) =>
    askWithTools(house.clients, protocol, { prompt: sim(directive), tools: SPECS, stream: true, body });

  it('others are not told and not read', async () => {
    expect(await ask({ tools: [OTHER] })).toMatchObject({ calls: [OTHER], finish: 'calls' });
    expect(house.stack.simulator.stats.prompts.at(-1)?.text).not.toContain('The weather of a city.');
    expect(await ask({ tools: [CALL] })).toMatchObject({ calls: [], finish: 'stop' });
    expect(await ask({ text: 'x', tools: [CALL], toolFormat: 'native' })).toMatchObject({ calls: [], finish: 'stop' });
  });

  it('one of them demanded - 400', async () => {
    await expect(ask({ tools: [CALL] }, choice(protocol, { name: 'get_weather' }))).rejects.toMatchObject({
      status: 400,
    });
    await expect(ask({}, choice(protocol, { name: 'no_such_tool' }))).rejects.toMatchObject({ status: 400 });
  });

  it('its warning is in the header', async () => {
    const content = sim({ text: 'x' });
    const response = await fetch(house.base + PATHS[protocol], {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: 'auto', max_tokens: 100, tools: toolsOf(protocol, SPECS) },
        ...(protocol === 'responses' ? { input: content } : { messages: [{ role: 'user', content }] }),
      }),
    });
    expect(response.headers.get('x-lingma-warnings')).toContain('tool-emulation: tools');
    await response.text();
  });
});

describe.each([
  ['lsp-chat', true],
  ['lsp-chat', false],
  ['acp', true],
] as const)('%s, forwarding: %s', (dialect, forward) => {
  const house = useHouse({}, { client: { dialect }, channel: { tools: { forward } } });

  it('tools go to Lingma itself where it takes them, in agent mode, beside the contract', async () => {
    for (const protocol of PROTOCOLS) {
      const body = choice(protocol, { name: 'get_weather' });
      await askWithTools(house.clients, protocol, { prompt: sim({ tools: [CALL] }), tools: SPECS, stream: true, body });
      const prompt = house.stack.simulator.stats.prompts.at(-1);
      expect(prompt?.text).toContain('### get_weather');
      const isForwarded = dialect === 'lsp-chat' && forward;
      expect(prompt?.toolConfig).toEqual(isForwarded ? SPECS.map(({ name }) => name) : []);
      if (dialect === 'lsp-chat') expect(prompt?.mode).toBe(isForwarded ? 'agent' : 'chat');
      await askWithTools(house.clients, protocol, { prompt: sim({ text: 'x' }), tools: [], stream: true });
      expect(house.stack.simulator.stats.prompts.at(-1)).toMatchObject({ toolConfig: [] });
    }
  });
});

describe('a process that calls the tools of tool_config natively', () => {
  const house = useHouse({ toolConfig: 'native' }, { client: { dialect: 'lsp-chat' } });

  it('once each, whole or streamed', async () => {
    for (const protocol of PROTOCOLS) {
      for (const stream of [true, false]) {
        const answer = await askWithTools(house.clients, protocol, {
          prompt: sim({ tools: [CALL, OTHER] }),
          tools: SPECS,
          stream,
        });
        expect(answer).toMatchObject({ calls: [CALL, OTHER], finish: 'calls' });
        expect(new Set(answer.calls.map(({ id }) => id)).size).toBe(2);
      }
    }
  });
});
