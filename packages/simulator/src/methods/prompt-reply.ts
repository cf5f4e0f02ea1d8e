import { baseResult, RPC_CODE } from '../connection/rpc.js';
import type { Failure } from '../turn/failure.js';
import type { Call } from './call.js';

/** The reply to a `session/prompt` (protocol section 8.3): before or after the stream, in one of four forms. */
export interface PromptReply {
  readonly onEnd: (outcome: { readonly stopReason: string } | Failure) => void;
  /** Fails the request instead. False for a notification or after the reply. */
  readonly fail: (failure: Failure) => boolean;
}

export function createPromptReply(
  { client, id, lingma }: Call,
  requestId: string,
  when: 'before' | 'after' | 'never',
): PromptReply {
  let open = id !== undefined;
  const reply = (outcome: { readonly stopReason: string } | Failure): void => {
    if (!open || id === undefined) return;
    open = false;
    client.reply(id, resultOf(outcome));
  };
  const resultOf = (outcome: { readonly stopReason: string } | Failure): unknown => {
    const stop = 'stopReason' in outcome ? { stopReason: outcome.stopReason } : {};
    switch (lingma.switches.promptResult) {
      case 'null':
        return null;
      case 'empty':
        return {};
      case 'stop-reason':
        return stop;
      case 'base':
        return 'stopReason' in outcome
          ? { ...baseResult(requestId), ...stop }
          : { requestId, success: false, errorCode: String(outcome.status), errorMessage: outcome.message };
    }
  };
  if (when === 'before') reply({ stopReason: 'end_turn' });
  return {
    onEnd: (outcome) => {
      if (when === 'after') reply(outcome);
    },
    fail(failure) {
      if (!open || id === undefined) return false;
      open = false;
      client.fail(id, failure.code ?? RPC_CODE.internal, failure.message, failure.data);
      return true;
    },
  };
}
