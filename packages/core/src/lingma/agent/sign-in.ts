/** An agent that nobody has signed in with: what its user is told to do about it. */
import { GatewayError } from '../../chat/index.js';
import type { AgentProfile } from './agent-profile.js';

/** More would be a manual. */
const MAX_WAYS = 3;

/** `login_required` with the agent's own ways to sign in: the gateway has none for it. */
export function signInRequired({ title, signInWays }: AgentProfile, cause?: unknown): GatewayError {
  const ways = signInWays.slice(0, MAX_WAYS).map((way) => way.replace(/[.。]+$/, ''));
  const how =
    ways.length === 0
      ? 'Sign in with its own tool in a terminal.'
      : ways.length === 1
        ? `${ways[0]}.`
        : `Ways to sign in: ${ways.join('; ')}.`;
  return new GatewayError('login_required', `${title} is not signed in. ${how} Then try again.`, { cause });
}

/** A failure at an agent, in words that fit one. */
export function explainAtAgent(error: GatewayError, profile: AgentProfile | undefined): GatewayError {
  return profile !== undefined && error.code === 'login_required'
    ? signInRequired(profile, error.cause ?? error)
    : error;
}
