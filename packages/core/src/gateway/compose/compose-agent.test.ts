import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, planInstances } from '../../config/index.js';
import type { LingmaClientOptions } from '../../lingma/index.js';
import { agentSpec } from './compose-agent.js';

function specOf(env: Readonly<Record<string, string>>, client: LingmaClientOptions = {}) {
  const { config } = loadConfig({ env: { LINGMA_GATEWAY_AGENT: 'opencode', ...env } });
  const [plan] = planInstances(config);
  if (plan?.agent === undefined) throw new TypeError('no agent');
  return agentSpec(plan.agent, client, { PATH: '/bin' });
}

describe('agentSpec()', () => {
  it.each<[string, string, LingmaClientOptions, object]>([
    ['a turn a connection', '1', { turnsPerConnection: 1 }, { maxConnections: 1, turnsPerConnection: 8 }],
    ['more of them', '3', { turnsPerConnection: 20 }, { maxConnections: 3, turnsPerConnection: 20 }],
  ])('its processes and their conversations - %s', (_, processes, client, expected) => {
    const spec = specOf({ LINGMA_GATEWAY_AGENT_PROCESSES: processes }, client);
    expect(spec.client).toMatchObject(expected);
    expect(spec.maxInFlight).toBe(Object.values(expected).reduce((product, factor) => product * factor, 1));
  });

  it.each([
    ['short', { connectMs: 15_000, setupMs: 10_000, idleMs: 7 }, { connectMs: 40_000, setupMs: 40_000, idleMs: 7 }],
    ['long', { connectMs: 90_000, setupMs: 50_000 }, { connectMs: 90_000, setupMs: 50_000 }],
    ['no limit of the set-up', { connectMs: 1, setupMs: 0 }, { connectMs: 40_000, setupMs: 0 }],
  ])('its deadlines - %s', (_, deadlines, expected) => {
    expect(specOf({}, { deadlines }).client?.deadlines).toEqual(expected);
  });

  it('what it is given - its variables, and those that make it ask unless it may act', () => {
    const env = { LINGMA_GATEWAY_AGENT_ENV: '{"MY_API_KEY":"for it"}', LINGMA_GATEWAY_DATA_DIR: 'state' };
    const { agent, client } = specOf(env);
    expect(agent).toMatchObject({
      ...{ name: 'opencode', command: 'opencode', args: ['acp'], package: 'opencode-ai', env: { PATH: '/bin' } },
      ...{ stateDir: resolve('state/agents/opencode'), variables: { MY_API_KEY: 'for it' } },
    });
    expect(agent?.variables).toHaveProperty('OPENCODE_PERMISSION');
    expect(client?.signIn).toContain('opencode auth login');
    expect(specOf(env, { nativeTools: 'run' }).agent?.variables).toEqual({ MY_API_KEY: 'for it' });
  });
});
