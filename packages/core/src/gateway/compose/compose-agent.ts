/** An agent that the settings ask for in the place of a Lingma, as an instance of the pool. */
import { resolve } from 'node:path';
import { type AgentPlan, secretVariables } from '../../config/index.js';
import type { LingmaClientOptions } from '../../lingma/index.js';
import type { InstanceSpec } from '../../pool/index.js';

/** A program of many megabytes is read first. */
export const AGENT_STARTUP_MS = 40_000;
/** Conversations that one process of an agent carries at a time, at the least. */
const SESSIONS_PER_PROCESS = 8;

/**
 * What is particular of it.
 *
 * @param client as for all instances of the pool
 */
export function agentSpec(
  plan: AgentPlan,
  client: LingmaClientOptions,
  env: Readonly<Record<string, string | undefined>> = {},
): Pick<InstanceSpec, 'maxInFlight' | 'client' | 'agent'> {
  const { title, command, args, package: npm, stateDir, cwd, home, credentials, framing, processes, signIn } = plan;
  const turnsPerConnection = Math.max(client.turnsPerConnection ?? 1, SESSIONS_PER_PROCESS);
  const { connectMs = 0, setupMs = 0 } = client.deadlines ?? {};
  return {
    maxInFlight: processes * turnsPerConnection,
    client: {
      ...{ maxConnections: processes, turnsPerConnection },
      ...(signIn !== undefined && { signIn }),
      deadlines: {
        ...client.deadlines,
        connectMs: Math.max(connectMs, AGENT_STARTUP_MS),
        // 0 is no limit.
        setupMs: setupMs > 0 ? Math.max(setupMs, AGENT_STARTUP_MS) : 0,
      },
    },
    agent: {
      ...{ name: title, command, args, stateDir: resolve(stateDir), home, credentials, framing, env },
      ...(npm !== undefined && { package: npm }),
      ...(cwd !== undefined && { cwd }),
      variables: {
        ...Object.fromEntries(Object.entries(plan.variables).map(([key, value]) => [key, value.reveal()])),
        ...(client.nativeTools !== 'run' && plan.askingVariables),
      },
      secretVariables: secretVariables(),
    },
  };
}
