/** Agents are found and started by what is loaded with the first of them. */
import { lateModule } from '../../../chat/index.js';

export const agentParts = lateModule(() => import('./agent-parts.js'));
export type AgentParts = Awaited<ReturnType<typeof agentParts.load>>;
