/** Which connections lead to a standard ACP agent, and what is known of it there. */
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { readAgentProfile } from './agent-profile.js';
import { AgentSessions, type AgentSettings } from './agent-sessions.js';

const agents = new WeakMap<JsonRpcPeer, AgentSessions>();

/** Looks at what an initialized connection leads to. `undefined`: a Lingma. */
export function attachAgent(peer: JsonRpcPeer, settings: AgentSettings): AgentSessions | undefined {
  const told = readAgentProfile(peer.initialized);
  if (told === undefined) return undefined;
  const profile = settings.signIn === undefined ? told : { ...told, signInWays: [settings.signIn] };
  const agent = new AgentSessions(peer, profile, settings);
  agents.set(peer, agent);
  return agent;
}

/** The agent at the other end, where {@link attachAgent} has found one. */
export function agentOf(peer: JsonRpcPeer): AgentSessions | undefined {
  return agents.get(peer);
}
