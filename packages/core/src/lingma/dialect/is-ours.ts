/** Which turn an event of the LSP world belongs to. */
import type { JsonObject } from '../../util/index.js';

/** What a turn is known by; `sessionId` is `''` until the process has named one. */
export interface TurnIds {
  readonly requestId: string;
  readonly sessionId: string;
}

/**
 * By request id, which tells other conversations and late events apart; by session where it carries none; an event that
 * names neither concerns the one turn there is.
 */
export function isOurs(params: JsonObject, turn: TurnIds): boolean {
  const { requestId, sessionId } = params;
  if (typeof requestId === 'string' && requestId !== '') return requestId === turn.requestId;
  return typeof sessionId !== 'string' || sessionId === '' || sessionId === turn.sessionId;
}
