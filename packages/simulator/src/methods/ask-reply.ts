import { baseResult, RPC_CODE } from '../connection/rpc.js';
import type { Failure } from '../turn/failure.js';
import type { Call } from './call.js';

/** The reply to a `chat/ask` that was sent as a request; when it comes is an open question, so it is a switch. */
export interface AskReply {
  readonly onEvent: () => void;
  readonly onEnd: () => void;
  /** Fails the request instead. False for a notification or after the reply. */
  readonly fail: (failure: Failure) => boolean;
}

export function createAskReply(
  { client, id }: Call,
  requestId: string,
  when: 'at-once' | 'first-event' | 'end' | 'never',
): AskReply {
  let open = id !== undefined;
  const reply = (): void => {
    if (!open || id === undefined) return;
    open = false;
    // The process says `success`, the plug-in's class reads `isSuccess`.
    client.reply(id, { ...baseResult(requestId), isSuccess: true, status: '' });
  };
  if (when === 'at-once') reply();
  return {
    // After the event that is being sent, not before it.
    onEvent: () => {
      if (when === 'first-event' && open) queueMicrotask(reply);
    },
    onEnd: () => {
      if (when === 'end') reply();
    },
    fail(failure) {
      if (!open || id === undefined) return false;
      open = false;
      client.fail(id, failure.code ?? RPC_CODE.internal, failure.message, failure.data);
      return true;
    },
  };
}
