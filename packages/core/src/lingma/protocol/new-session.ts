/** `session/new` of ACP (protocol section 8.1): what is asked and what comes back. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { stringOf } from './turn-end.js';

export function buildNewSession(cwd: string, now: number): JsonObject {
  return { cwd, mcpServers: [], _meta: {}, timestamp: now };
}

/** `session/new` result: `sessionId`, or `id` in variants. */
export function sessionIdOf(result: JsonValue): string | undefined {
  if (!isJsonObject(result)) return undefined;
  const id = stringOf(result.sessionId) ?? stringOf(result.id);
  return id === '' ? undefined : id;
}
