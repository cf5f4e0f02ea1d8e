/** An agent that the settings ask for in the place of a Lingma, as an instance of the pool. */
import { resolve } from 'node:path';
import { type AgentPlan, type GatewayConfig, secretVariables } from '../config/index.js';
import type { InstanceSpec } from '../pool/index.js';

/** A program of many megabytes is read first. */
export const AGENT_STARTUP_MS = 40_000;
/** Conversations that one process of an agent carries at a time, at the least. */
const SESSIONS_PER_PROCESS = 8;

/** What is particular of it; the rest is as for any other instance. */
export function agentSpec(
  plan: AgentPlan,
  { lingma }: GatewayConfig,
  env: Readonly<Record<string, string | undefined>> = {},
): Pick<InstanceSpec, 'maxInFlight' | 'client' | 'agent'> {
  const { title, command, args, package: npm, stateDir, cwd, home, credentials, framing, processes, signIn } = plan;
  const turnsPerConnection = Math.max(lingma.turnsPerConnection, SESSIONS_PER_PROCESS);
  return {
    maxInFlight: processes * turnsPerConnection,
    client: {
      ...{ maxConnections: processes, turnsPerConnection },
      ...(signIn !== undefined && { signIn }),
      deadlines: {
        connectMs: Math.max(lingma.startupTimeoutMs, AGENT_STARTUP_MS),
        setupMs: lingma.rpcTimeoutMs > 0 ? Math.max(lingma.rpcTimeoutMs, AGENT_STARTUP_MS) : 0,
        firstEventMs: lingma.firstEventTimeoutMs,
        idleMs: lingma.idleTimeoutMs,
        totalMs: lingma.totalTimeoutMs,
      },
    },
    agent: {
      ...{ name: title, command, args, stateDir: resolve(stateDir), home, credentials, framing, env },
      ...(npm !== undefined && { package: npm }),
      ...(cwd !== undefined && { cwd }),
      variables: {
        ...Object.fromEntries(Object.entries(plan.variables).map(([key, value]) => [key, value.reveal()])),
        ...(lingma.nativeTools !== 'run' && plan.askingVariables),
      },
      secretVariables: secretVariables(),
    },
  };
}
