/** Calls in every form in which models write them, through the official packages, in all protocols and both dialects. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { askWithTools, type Clients, createClients, PROTOCOLS, SPECS, TOOL_FORMATS } from '../support/call-tools.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

const CONTENT = 'line 1\n\tif (a < b && c) { say("你好 🎉"); } // `x` \\ $y\n<b>bold</b>\n';
const INPUTS = [
  ['get_weather', { city: 'Köln "am Rhein"', days: 3, detailed: true, tags: ['a', 'b'], at: { lat: 50.9, note: 'x' } }],
  ['write_file', { path: 'src/a.ts', content: CONTENT }],
  ['get_time', {}],
] as const;
const ALL = INPUTS.map(([name, input]) => ({ name, input }));

describe.each(['lsp-chat', 'acp'] as const)('%s', (dialect) => {
  let stack: SimulatedStack;
  let clients: Clients;
  beforeAll(async () => {
    stack = await startSimulated({}, { client: { dialect } });
    clients = createClients(await stack.listen());
  });
  afterAll(() => stack.close());
  afterEach(async () => {
    await vi.waitFor(() => expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 }));
    await vi.waitFor(() => expect(stack.simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
    expect(stack.simulator.stats.protocolErrors).toBe(0);
  });

  describe.each(PROTOCOLS)('%s', (protocol) => {
    describe.each(TOOL_FORMATS)('%s', (toolFormat) => {
      it.each([true, false])('one call behind text, streamed: %s', async (stream) => {
        for (const call of ALL) {
          const directive = { text: 'Let me see.', tools: [call], toolFormat, chunks: 7 };
          const answer = await askWithTools(clients, protocol, { prompt: sim(directive), tools: SPECS, stream });
          expect(answer.calls).toMatchObject([
            { name: call.name, input: call.input, id: expect.stringMatching(/^(call_|toolu_)/) },
          ]);
          expect(answer.finish).toBe('calls');
          expect(answer.text.trim()).toBe('Let me see.');
        }
      });

      it.each([true, false])('several calls and nothing else, streamed: %s', async (stream) => {
        for (const chunks of [1, 40]) {
          const prompt = sim({ tools: ALL, toolFormat, chunks });
          const answer = await askWithTools(clients, protocol, { prompt, tools: SPECS, stream });
          expect(answer.calls.map(({ name, input }) => [name, input])).toEqual(INPUTS);
          expect(new Set(answer.calls.map(({ id }) => id)).size).toBe(3);
          expect(answer.finish).toBe('calls');
          expect(answer.text.trim()).toBe('');
        }
      });
    });

    it('no call - is text', async () => {
      const answer = await askWithTools(clients, protocol, {
        prompt: sim({ text: 'No need.' }),
        tools: SPECS,
        stream: true,
      });
      expect(answer).toEqual({ text: 'No need.', calls: [], finish: 'stop' });
    });
  });
});
