/**
 * A request as the gateway reads it. A runtime that has one of its own hands it over as it is, and pays for a URL, a
 * signal or a stream only where one is asked for; see {@link LIGHT_HANDLER}.
 */

/** What whoever took the connection knows of it. */
export interface RequestInfo {
  readonly remoteAddress?: string | undefined;
  /** The address that was connected to. A loopback one has the Host header checked; see `GatewayOptions.allowedHosts`. */
  readonly localAddress?: string | undefined;
  /** The path the gateway is mounted under, such as `/api/lingma`: taken off where a request's path begins with it. */
  readonly basePath?: string | undefined;
}

export interface RequestHeaders {
  /** Several lines of one name joined by `, `. */
  get(name: string): string | null;
  has(name: string): boolean;
}

export interface GatewayRequest {
  readonly method: string;
  /** As {@link url} has it. */
  readonly pathname: string;
  /** Made when it is asked for. */
  readonly url: URL;
  /** What was taken off {@link url} in front, where the gateway is mounted below a path of an app. */
  readonly basePath?: string;
  readonly headers: RequestHeaders;
  /** All of them, in an object of the caller's own. */
  webHeaders(): Headers;
  /** The client went away before its response was complete. */
  readonly aborted: boolean;
  /** Tells of {@link aborted}, once; never at once. The returned function takes it back. */
  onAbort(callback: () => void): () => void;
  /** `null` where none is announced. Once. Throws where somebody else has read it. */
  openBody(): BodySource | null;
}

/** Where a body goes. Calls never overlap. */
export interface BodySink {
  /**
   * The chunk is the sink's to keep.
   *
   * @param isOwn nobody else looks at it any more: its memory may be given back before it is collected. Default no.
   */
  write(chunk: Uint8Array, isOwn?: boolean): void;
  /** Once, after the last chunk; with an error where the body ends before it is whole. */
  end(error?: unknown): void;
}

/** A body that is read as fast as it comes. */
export interface BodySource {
  /** Once. */
  pipe(sink: BodySink): void;
  /** No more is wanted, and nothing more comes. Does nothing after the end. */
  cancel(): void;
}
