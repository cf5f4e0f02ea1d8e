/**
 * What a standard ACP agent tells of itself in the result of `initialize`: `agentInfo`, `agentCapabilities`, `authMethods`.
 * Lingma's own processes answer with `capabilities` and `serverInfo` and have no such profile.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { stringOf } from '../protocol/turn-end.js';
import { withoutSecrets } from '../transport/redact.js';

export interface AgentProfile {
  /** As people know it: `Qoder CLI CN`. */
  readonly title: string;
  /** As programs know it: `qoder-cli-cn`. */
  readonly name: string;
  readonly version: string;
  readonly takesImages: boolean;
  readonly canClose: boolean;
  readonly canDelete: boolean;
  /** How it takes a system prompt with `session/new`; absent: not at all. */
  readonly systemPrompt?: 'override' | 'append';
  /** Ways to sign in, in its own words. Empty: it names none. */
  readonly signInWays: readonly string[];
}

/** `undefined`: no standard agent, or `initialize` was not answered yet. */
export function readAgentProfile(initialized: JsonObject | undefined): AgentProfile | undefined {
  if (initialized === undefined) return undefined;
  const { agentInfo, agentCapabilities, authMethods } = initialized;
  if (!isJsonObject(agentInfo) && !isJsonObject(agentCapabilities)) return undefined;
  const info = isJsonObject(agentInfo) ? agentInfo : {};
  const capabilities = isJsonObject(agentCapabilities) ? agentCapabilities : {};
  const ofPrompt = isJsonObject(capabilities.promptCapabilities) ? capabilities.promptCapabilities : {};
  const ofSession = isJsonObject(capabilities.sessionCapabilities) ? capabilities.sessionCapabilities : {};
  const systemPrompt = systemPromptMode(ofSession.systemPrompt);
  const name = stringOf(info.name) ?? '';
  return {
    title: shown(stringOf(info.title)) || shown(name) || 'The agent',
    name,
    version: stringOf(info.version) ?? '',
    takesImages: ofPrompt.image === true,
    canClose: isOffered(ofSession.close),
    canDelete: isOffered(ofSession.delete),
    ...(systemPrompt !== undefined && { systemPrompt }),
    signInWays: Array.isArray(authMethods) ? authMethods.filter(isJsonObject).map(signInWay).filter(Boolean) : [],
  };
}

/** A capability is an object, also an empty one; older agents say `true`. */
function isOffered(capability: JsonValue | undefined): boolean {
  return isJsonObject(capability) || capability === true;
}

function systemPromptMode(capability: JsonValue | undefined): AgentProfile['systemPrompt'] {
  if (!isOffered(capability)) return undefined;
  const modes = isJsonObject(capability) ? capability.mode : undefined;
  const offersOverride = isJsonObject(modes) ? isOffered(modes.override) : modes === 'override';
  return offersOverride ? 'override' : 'append';
}

function signInWay(method: JsonObject): string {
  const name = shown(stringOf(method.name) ?? stringOf(method.id));
  const description = shown(stringOf(method.description));
  if (description === '' || description === name) return name;
  // What says what to do needs no heading.
  return /^(run|use|sign|log|open|set|start)\b/i.test(description) || name === ''
    ? description
    : `${name}: ${description}`;
}

const MAX_SHOWN = 200;
/** A place on this machine is nothing for clients. */
const PATHS = /(?:~|\b[A-Za-z]:)?[\\/](?:[\w.@-]+[\\/])+[\w.@-]*/g;

/** The agent's words as clients may see them: one line, no secrets, no paths. */
function shown(text: string | undefined): string {
  const line = (text ?? '').replace(/\s+/g, ' ').trim();
  return withoutSecrets(line).replace(PATHS, '…').slice(0, MAX_SHOWN);
}
