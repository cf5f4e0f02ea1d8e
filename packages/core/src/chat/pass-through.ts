/**
 * Requests that are handed on as they were sent, to upstreams that speak the caller's protocol: what nobody here knows goes
 * through, both ways.
 */
import type { ChatEvent } from './event.js';
import type { ChatEventFlow } from './event-flow.js';

/** What an upstream can be asked for, by OpenAI's routes. */
export type Endpoint = 'chat' | 'responses' | 'completions' | 'embeddings' | 'moderations' | 'images' | 'audio';

/** A request as its client has sent it, for an upstream of the same protocol. */
export interface RawRequest {
  readonly endpoint: Endpoint;
  /** Below `/v1`: `chat/completions`. */
  readonly path: string;
  /** As it was asked for. */
  readonly model: string;
  readonly stream: boolean;
  /** The JSON of the body, byte by byte. */
  readonly text: string;
  /** Whether the caller asked for the usage of a stream. */
  readonly includeUsage: boolean;
  /** The one channel that may answer, by the caller's wish. */
  readonly pinned?: string;
}

/** A piece of an answer as it came, and what it says to whoever observes. */
export interface RawPiece {
  readonly type: 'raw';
  readonly text: string;
  readonly events: readonly ChatEvent[];
}

/** The last one, behind which nothing follows. */
export type RawEnd = Omit<RawPiece, 'type'> & { readonly type: 'response-end' };

/** Where pieces go; see `ChatEventSink`. */
export interface RawSink {
  events(batch: readonly (RawPiece | RawEnd)[]): void;
  end(error?: unknown): void;
}

/** An upstream's answer, piece by piece as it was sent. */
export interface RawStream {
  /** Once. */
  pipe(sink: RawSink): ChatEventFlow;
  /** Stops what still runs. Idempotent; never rejects. */
  close(): Promise<void>;
}
