/** A response as the gateway makes it: what a runtime needs to write one, without the Web's classes around it. */
import type { ChunkSource } from '../../util/readable-stream.js';

export interface GatewayResponse {
  readonly status: number;
  /** By name in small letters; several lines of one name are an app's cookies. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** A source is to be piped, or to be cancelled. */
  readonly body: string | Uint8Array | ChunkSource | null;
}
