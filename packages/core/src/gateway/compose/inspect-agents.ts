/** Which agents could be started on this machine, for the operator. */
import { AGENT_NAMES, AGENT_PRESETS, type InstanceSettings, planInstances } from '../../config/index.js';
import { agentParts } from '../../lingma/index.js';

/** Where the program of an ACP agent is, and whether it is there. */
export interface AgentPlace {
  /** What `lingma.agent` calls it, or the program of the settings. */
  readonly name: string;
  /** The program; absent: it is not installed. */
  readonly program?: string;
  /** The npm package that brings it. */
  readonly package?: string;
}

/** The agent that the settings ask for. `undefined`: they ask for none. */
export async function inspectAgent(
  config: InstanceSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AgentPlace | undefined> {
  const plan = planInstances(config).find(({ kind }) => kind === 'agent')?.agent;
  return plan && placeOf(plan.title, plan.command, plan.package, env);
}

/** Those that are known by name and installed. Never rejects. */
export async function installedAgents(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly AgentPlace[]> {
  const places = await Promise.all(
    AGENT_NAMES.map((name) => placeOf(name, AGENT_PRESETS[name].command, AGENT_PRESETS[name].package, env)),
  );
  return places.filter(({ program }) => program !== undefined);
}

async function placeOf(
  name: string,
  command: string,
  npm: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AgentPlace> {
  const { findProgram } = agentParts.loaded ?? (await agentParts.load());
  const found = await findProgram({ command, env, ...(npm !== undefined && { package: npm }) });
  const program = found === undefined ? undefined : (found.args.at(-1) ?? found.bin);
  return { name, ...(program !== undefined && { program }), ...(npm !== undefined && { package: npm }) };
}
