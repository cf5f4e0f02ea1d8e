/** Where messages of the process name the turn and the session they belong to (protocol sections 7.7, 8.4 and 9). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';

/** Of ACP's `_meta`. */
export const REQUEST_ID = 'ai-coding/request-id';

/** The empty text names nothing. */
export function nameOr(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** At top level, or in `_meta` (ACP). */
export function requestIdOf(params: JsonObject): string | undefined {
  return nameOr(params.requestId) ?? requestIdIn(params._meta);
}

/**
 * The request a `session/update` belongs to: in `params._meta`, in `update._meta`, in the data of a notification, or
 * nowhere, as standard agents have it.
 */
export function updateRequestId({ _meta: meta, update }: JsonObject): string | undefined {
  const outer = requestIdIn(meta);
  if (outer !== undefined || !isJsonObject(update)) return outer;
  return requestIdIn(update._meta) ?? (isJsonObject(update.data) ? nameOr(update.data.requestId) : undefined);
}

/** The session a `session/update` belongs to: in the params, else in the update or the data of a notification. */
export function updateSessionId({ sessionId, update }: JsonObject): string | undefined {
  const outer = nameOr(sessionId);
  if (outer !== undefined || !isJsonObject(update)) return outer;
  return nameOr(update.sessionId) ?? (isJsonObject(update.data) ? nameOr(update.data.sessionId) : undefined);
}

function requestIdIn(meta: JsonValue | undefined): string | undefined {
  return isJsonObject(meta) ? nameOr(meta[REQUEST_ID]) : undefined;
}
