/** `session/new` and `session/set_model` of ACP (protocol sections 8.1 and 8.2): what is asked and what comes back. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { stringOf } from './turn-end.js';

export function buildNewSession(cwd: string, now: number): JsonObject {
  return { cwd, mcpServers: [], _meta: {}, timestamp: now };
}

export function buildSetModel(sessionId: string, modelId: string, now: number): JsonObject {
  return { sessionId, modelId, timestamp: now, _meta: {} };
}

/** `session/new` result: `sessionId`, or `id` in variants. */
export function sessionIdOf(result: JsonValue): string | undefined {
  if (!isJsonObject(result)) return undefined;
  const id = stringOf(result.sessionId) ?? stringOf(result.id);
  return id === '' ? undefined : id;
}
