import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator } from './simulator.js';
import type { Simulator, SimulatorOptions } from './options.js';
import { ask, RawClient, type RawClientOptions, sim } from './testing/raw-client.js';

let simulator: Simulator | undefined;

async function connected(options: SimulatorOptions = {}, client: RawClientOptions = {}): Promise<RawClient> {
  simulator = createSimulator(options);
  await simulator.start();
  const raw = await RawClient.webSocket(simulator.address.webSocketUrl, client);
  await raw.initialize();
  return raw;
}

afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

describe('chat/ask', () => {
  it('answers in the captured order: steps, title, deltas, finish', async () => {
    const client = await connected();
    const turn = await ask(client, sim({ text: 'pong', chunks: 2 }));
    expect(turn.deltas).toEqual(['po', 'ng']);
    expect(turn.finish).toMatchObject({ reason: 'success', statusCode: 200, fullAnswer: 'pong' });
    expect(client.methods()).toEqual([
      'chat/process_step_callback',
      'chat/process_step_callback',
      'session/title/update',
      'chat/answer',
      'chat/answer',
      'chat/finish',
    ]);
    expect(client.messages.filter((m) => m.method !== undefined).every((m) => typeof m.id === 'number')).toBe(true);
  });

  it('names itself and repeats the last line without a directive', async () => {
    const client = await connected();
    const turn = await ask(client, 'First line\nWhat is 2 + 2?\n');
    expect(turn.text).toContain('simulator');
    expect(turn.text).toContain('What is 2 + 2?');
  });
});
