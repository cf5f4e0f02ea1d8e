/** A process that leaves calls unanswered, or lists no models, still answers questions. */

import { LingmaClient } from '@lingma-gateway/core';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { sim } from '../support/stack.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(acp: 'present' | 'absent'): Promise<{ simulator: Simulator; client: LingmaClient }> {
  const simulator = createSimulator({ acp, models: [] });
  await simulator.start();
  const client = new LingmaClient({ address: simulator.address.webSocketUrl });
  open.push({
    async close() {
      await client.close();
      await simulator.stop();
    },
  });
  return { simulator, client };
}

describe.each(['present', 'absent'] as const)('no model list, ACP %s', (acp) => {
  it('a key that the caller names - reaches the process', async () => {
    const { simulator, client } = await start(acp);
    const ask = { messages: [{ role: 'user' as const, text: sim({ text: 'fine' }) }] };
    const answer = await client.complete({ ...ask, model: 'dashscope_qmodel' });
    expect(answer.content).toEqual([{ type: 'text', text: 'fine' }]);
    expect(simulator.stats.prompts.at(-1)?.modelKey).toBe('dashscope_qmodel');
  });
});
