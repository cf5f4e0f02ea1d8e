/** What the end the process reports means for the turn at hand: the same words end one turn well and fail another. */
import { type FinishReason, GatewayError } from '../../chat/index.js';
import type { TurnEnd } from './turn-end.js';

/** What happened in the turn before its end. */
export interface TurnHistory {
  /** The content filter struck. */
  readonly filtered: boolean;
  /** A tool or a permission was refused, after which agents may call the turn cancelled. */
  readonly refused: boolean;
}

export type JudgedEnd =
  | { readonly error: GatewayError }
  /** `fullAnswer`: for a turn of which nothing came so far; `''` where there is none, or none to be shown. */
  | { readonly reason: FinishReason; readonly raw: string | undefined; readonly fullAnswer: string };

export function judgeEnd(end: TurnEnd, { filtered, refused }: TurnHistory): JudgedEnd {
  switch (end.type) {
    case 'error':
      // After the filter an error is only how this process ends a filtered answer (protocol section 7.15).
      return filtered ? { reason: 'content-filter', raw: undefined, fullAnswer: '' } : { error: end.error };
    case 'cancelled':
      if (!refused) return { error: new GatewayError('upstream_error', 'Lingma cancelled the turn') };
      return { reason: filtered ? 'content-filter' : 'stop', raw: 'cancelled', fullAnswer: '' };
    case 'finish':
      return filtered
        ? { reason: 'content-filter', raw: end.raw, fullAnswer: '' }
        : { reason: end.reason, raw: end.raw, fullAnswer: end.fullAnswer ?? '' };
  }
}
