/** Completions, compaction and model names down to Lingma, in both dialects. */
import { afterEach, describe, expect, it } from 'vitest';
import { ask, PROTOCOLS } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
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

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

interface Compacted {
  readonly output: readonly { readonly type: string }[];
}

describe.each([
  ['acp', {}],
  ['lsp-chat', { acp: 'absent' }],
] as const)('%s', (_dialect, switches) => {
  it('completions - each prompt is a turn of its own, with its own limit', async () => {
    const { base, simulator } = await start(switches);
    const prompt = [sim({ text: 'one two three four' }), sim({ text: 'five' })];
    const response = await post(`${base}/v1/completions`, { model: 'kmodel', prompt, stop: ' three' });
    expect(await response.json()).toMatchObject({
      model: 'kmodel',
      choices: [
        { text: 'one two', finish_reason: 'stop' },
        { text: 'five', finish_reason: 'stop' },
      ],
    });
    expect(simulator.stats.prompts.map(({ modelKey }) => modelKey)).toEqual(['kmodel', 'kmodel']);
  });

  it('completions with a suffix - both parts reach Lingma', async () => {
    const { base, simulator } = await start(switches);
    const body = { prompt: 'function add(', suffix: ') { return a + b; }', stream: true };
    expect(await (await post(`${base}/v1/completions`, body)).text()).toContain('data: [DONE]');
    const { text } = simulator.stats.prompts.at(-1) ?? {};
    expect(text).toContain('function add(');
    expect(text).toContain(') { return a + b; }');
  });

  it('compaction - Lingma is shown the conversation, then the summary in its place', async () => {
    const { base, simulator } = await start(switches);
    const input = [
      { role: 'user', content: `The secret word is heron. ${sim({ text: 'The secret word of this talk: heron.' })}` },
      { role: 'assistant', content: 'Understood, I keep it in mind.' },
    ];
    const compacted = (await (
      await post(`${base}/v1/responses/compact`, { model: 'kmodel', input })
    ).json()) as Compacted;
    const asked = simulator.stats.prompts.at(-1)?.text ?? '';
    expect(asked).toContain('I keep it in mind');
    expect(asked).toContain('summary of this whole conversation');
    const item = compacted.output.at(-1);
    expect(item?.type).toBe('compaction');
    const next = { role: 'user', content: sim({ text: 'ok' }) };
    const answer = await ask(base, 'responses', { prompt: '', body: { input: [item, next] } });
    expect(answer.text).toBe('ok');
    const shown = simulator.stats.prompts.at(-1)?.text ?? '';
    expect(shown).toContain('The secret word of this talk: heron.');
    expect(shown).not.toContain('I keep it in mind');
  });

  it('model names - what is listed, and what clients have built in, brings no word to the log', async () => {
    const told: string[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: string) => void told.push(message),
      error: (message: string) => void told.push(message),
      child: () => logger,
    };
    const { base, simulator } = await start(switches, { gateway: { logger, listAliases: true } });
    const { data } = (await (await fetch(`${base}/v1/models`)).json()) as { data: { id: string }[] };
    const foreign = [
      'claude-sonnet-4-20250514',
      'gpt-5.6',
      'anthropic/claude-opus-4-8',
      'o3',
      'auto',
      'claude-opus-5-5[1m]',
    ];
    for (const model of [...data.map(({ id }) => id), ...foreign]) {
      const answer = await ask(base, 'chat', { prompt: sim({ text: 'ok' }), model });
      expect([model, answer.text]).toEqual([model, 'ok']);
    }
    expect(told).toEqual([]);
    for (const protocol of PROTOCOLS) {
      for (const model of ['lingma/kmodel', 'default_llm/Kimi-K2.6', 'kmodel:latest', 'openai/kmodel@2026-01-01']) {
        await ask(base, protocol, { prompt: sim({ text: 'ok' }), model });
        expect([model, simulator.stats.prompts.at(-1)?.modelKey]).toEqual([model, 'kmodel']);
      }
    }
    expect(told).toEqual([]);
    await ask(base, 'chat', { prompt: sim({ text: 'ok' }), model: 'qwen99' });
    expect(told).toEqual(['request warnings']);
  });
});
