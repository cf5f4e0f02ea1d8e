/** What the encoders of all streams share: how the finish reason is told, how a stream ends, and that nothing follows. */
import { type ChatEvent, GatewayError, settleFinish } from '../../chat/index.js';
import type { StreamEncoder } from '../protocol.js';
import { hasLineEnds, withoutLineEnds } from './sse.js';

/** A protocol's own part of a {@link StreamEncoder}. */
export interface FrameEncoder {
  readonly keepAlive: string;
  /** Stands behind the frames of `response-end`: `[DONE]`, or nothing. */
  readonly trailer: string;
  /** The frames of one event, whose finish reason is settled. */
  encode(event: ChatEvent): string;
  /** The error frame, behind whatever has to be closed first. Never called twice, nor behind the {@link trailer}. */
  encodeFailure(error: GatewayError): string;
}

/** A stream encoder of a protocol's frames: finish reasons are settled, and nothing follows the end. */
export function createFrameStream(frames: FrameEncoder): StreamEncoder {
  const settle = settleFinish();
  let state: 'running' | 'ended' | 'spent' = 'running';
  /** What all frames repeat of the request stands in the first, too: then of a delta's frame its text alone can hold any. */
  let isPlain = false;
  const fail = (error: GatewayError): string => {
    if (state === 'spent') return '';
    state = 'spent';
    return withoutLineEnds(frames.encodeFailure(error));
  };
  return {
    keepAlive: frames.keepAlive,
    push(event) {
      if (state === 'spent') return '';
      if (event.type === 'response-end') state = 'ended';
      const encoded = frames.encode(settle(event));
      if (event.type === 'response-start') isPlain = encoded !== '' && !hasLineEnds(encoded);
      else if (isPlain && event.type === 'text-delta' && !hasLineEnds(event.delta)) return encoded;
      return withoutLineEnds(encoded);
    },
    end() {
      if (state === 'spent') return '';
      if (state === 'running') {
        return fail(new GatewayError('upstream_protocol', 'The upstream ended the turn without a proper end'));
      }
      state = 'spent';
      return frames.trailer;
    },
    fail,
  };
}
