/** What the pipeline of all protocols works with. */
import type { Channel, Endpoint } from '../../chat/index.js';
import type { JsonValue } from '../../util/index.js';
import type { WireProtocol } from '../../wire/index.js';
import type { Admission } from '../admission.js';
import type { ReadBody } from '../body/known/read-in-parts.js';
import type { RequestContext } from '../request-context.js';

/** How long a stream may be silent towards its reader. */
export interface StreamingOptions {
  /** Milliseconds of silence after which a stream gets a keep-alive. */
  readonly keepAliveMs: number;
  /** Milliseconds a stream waits for its first event before 200 goes out without it. */
  readonly commitAfterMs: number;
}

export interface ChatPipeline {
  readonly channel: Channel;
  readonly admission: Admission;
  readonly streaming: StreamingOptions;
  readonly maxBodyBytes: number;
}

/** Reads the body of a request for an answer. */
export type ReadChat = (
  context: RequestContext,
  protocol: Pick<WireProtocol, 'name' | 'history'>,
) => Promise<{ readonly body: JsonValue; readonly read: ReadBody | undefined }>;

/** A request that has been read. */
export interface ChatCall {
  readonly body: unknown;
  /** How it was read, where that may have left out what is known of it. */
  readonly read?: ReadBody | undefined;
  readonly protocol: WireProtocol;
  /** What answers, where it is not the pipeline's. */
  readonly channel?: Channel;
  /** What it may be handed on as, where the channel can do that. */
  readonly endpoint?: Endpoint;
  /** Awaited before the last bytes of the answer go out. Never rejects. */
  readonly beforeEnd?: () => Promise<void>;
}
