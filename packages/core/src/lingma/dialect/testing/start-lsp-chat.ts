/** An LSP chat turn on a fake process, under way. */
import type { JsonObject } from '../../../util/index.js';
import type { DialectTurn, RunningTurn } from '../../turn/turn-contract.js';
import { createLspChatDialect } from '../lsp-chat/lsp-chat-dialect.js';
import { aContext, aTurn, FakeClock, FakePeer } from './fake-peer.js';

/** `chat/finish` of a turn that went well. */
export const FINISH = { reason: 'success', statusCode: 200, fullAnswer: '', extra: null };

export interface StartedLspChat {
  readonly peer: FakePeer;
  readonly clock: FakeClock;
  readonly requestId: string;
  readonly run: RunningTurn;
  send(method: string, params?: JsonObject, id?: number): ReturnType<FakePeer['emit']>;
}

export function startLspChat(
  options: { turn?: Partial<DialectTurn>; peer?: FakePeer; signal?: AbortSignal } = {},
): StartedLspChat {
  const peer = options.peer ?? new FakePeer();
  const clock = new FakeClock();
  const run = createLspChatDialect({ clock }).runTurn(peer, aTurn(options.turn), aContext(options.signal));
  const requestId = (peer.calls.find(({ method }) => method === 'chat/ask')?.params.requestId ?? '') as string;
  const send = (method: string, params: JsonObject = {}, id?: number): ReturnType<FakePeer['emit']> =>
    peer.emit(method, { requestId, sessionId: 'session-1', ...params }, id);
  return { peer, clock, requestId, run, send };
}
