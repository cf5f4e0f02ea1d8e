/**
 * How messages are told apart in a stream of bytes. Chosen with the transport and never guessed: a header sent to somebody
 * who reads lines spoils the message and the one after it.
 */
import { Buffer } from 'node:buffer';
import { type JsonObject, stringifyJson } from '../../util/index.js';
import type { FramingName } from '../transport/transport.js';
import { encodeFrame } from './encode-frame.js';
import { FrameDecoder } from './frame-decoder.js';
import { LineDecoder } from './line-decoder.js';

export interface MessageDecoder {
  /**
   * Takes the next bytes and calls `onBody` with each message they complete. Not to be called from within `onBody`.
   *
   * @throws GatewayError `upstream_protocol`: nothing after it can be trusted
   */
  push(bytes: Uint8Array, onBody: (body: string) => void): void;
  /** Drops what has been gathered; the stream is over. */
  clear(): void;
}

export interface Framing {
  encode(message: JsonObject): Uint8Array;
  /** `maxBytes`: what one message may have. */
  createDecoder(maxBytes: number): MessageDecoder;
}

export const FRAMINGS: Readonly<Record<FramingName, Framing>> = {
  'content-length': {
    encode: encodeFrame,
    createDecoder: (maxFrameBytes) => new FrameDecoder({ maxFrameBytes }),
  },
  ndjson: {
    // JSON holds no line ends of its own.
    encode: (message) => Buffer.from(`${stringifyJson(message)}\n`),
    createDecoder: (maxLineBytes) => new LineDecoder(maxLineBytes),
  },
};
