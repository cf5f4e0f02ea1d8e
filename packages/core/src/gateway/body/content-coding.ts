/**
 * The codings of `Content-Encoding` (RFC 9110 section 8.4), undone in reverse order. Every one of them works on a body that
 * has arrived whole: a sender that pauses holds what it has sent, not what that unpacks to.
 */
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { GatewayError, lateModule } from '../../chat/index.js';

/** Node has a decoder of its own from version 22.15 on only; this one is loaded with the first such body. */
const zstd = lateModule(() => import('./unpack-zstd.js'));

type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

const CODINGS: Readonly<Record<string, Coding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

/** Sent with 415: what a client may use instead. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br, zstd';

/** Each one costs a pass over the body; nobody means more. */
const MAX_CODINGS = 5;
/** Larger pieces than zlib's own 16 KiB: a body of 32 MB takes 500 rounds through the thread pool instead of 2 000. */
const CHUNK_BYTES = 64 * 1024;

/**
 * In the order in which they were applied; `identity` is none.
 *
 * @param header several header lines joined by commas
 * @throws GatewayError `unsupported_media_type`
 */
export function parseContentCodings(header: string | null): readonly Coding[] {
  const codings: Coding[] = [];
  for (const token of (header ?? '').split(',')) {
    const name = token.trim().toLowerCase();
    if (name === '' || name === 'identity') continue;
    const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
    if (coding === undefined || codings.length === MAX_CODINGS) {
      throw new GatewayError(
        'unsupported_media_type',
        coding === undefined
          ? `The Content-Encoding of the body is not supported; use one of ${ACCEPTED_CODINGS}, or none`
          : `The body has more than ${MAX_CODINGS} content codings`,
        { param: 'content-encoding' },
      );
    }
    codings.push(coding);
  }
  return codings;
}

export interface UnpackOptions {
  /** For what comes out of each coding. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Awaited before work on so many bytes that can't be interrupted. */
  readonly turn: (bytes: number) => Promise<void>;
  /** Told of bytes before they are kept; what it throws ends the work. */
  readonly take: (bytes: number) => void;
  /** Told of bytes that are not needed any more. */
  readonly give: (bytes: number) => void;
}

/**
 * Undoes `codings`, the last first, and hands over what comes out as it comes out.
 *
 * @throws GatewayError `payload_too_large`, `invalid_request` for a damaged or cut body, the signal's reason
 */
export async function unpackBody(
  packed: readonly Uint8Array[],
  codings: readonly Coding[],
  options: UnpackOptions,
  emit: (chunk: Uint8Array) => void,
): Promise<void> {
  let input = packed;
  for (const [index, coding] of codings.toReversed().entries()) {
    const output: Uint8Array[] = [];
    const isLast = index === codings.length - 1;
    await unpack(input, coding, options, isLast ? emit : (chunk) => output.push(chunk));
    options.give(sizeOf(input));
    input = output;
  }
}

async function unpack(
  input: readonly Uint8Array[],
  coding: Coding,
  { maxBytes, signal, take, turn }: UnpackOptions,
  emit: (chunk: Uint8Array) => void,
): Promise<void> {
  let size = 0;
  const count = (chunk: Uint8Array): void => {
    if (signal.aborted) throw signal.reason;
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    take(chunk.byteLength);
    emit(chunk);
  };
  if (coding === 'zstd') {
    const { unpackZstd } = zstd.loaded ?? (await zstd.load());
    count(await unpackZstd(input, maxBytes, turn));
    return;
  }
  const transform = createTransform(coding, input);
  // The pipeline may tell of the stop that a refusal causes in place of the refusal.
  let refusal: unknown;
  try {
    await pipeline(Readable.from(input), transform, async (chunks: AsyncIterable<Uint8Array>) => {
      try {
        for await (const chunk of chunks) count(chunk);
      } catch (error) {
        if (GatewayError.isInstance(error)) refusal = error;
        throw error;
      }
    });
  } catch (error) {
    throw refusal ?? damaged(coding, error);
  }
  // Deflate and Brotli know where they end, and zlib passes over what follows.
  if (transform.bytesWritten !== sizeOf(input)) throw damaged(coding, new Error('bytes after the end'));
}

function createTransform(coding: Exclude<Coding, 'zstd'>, input: readonly Uint8Array[]): Transform & HasBytesWritten {
  const options = { chunkSize: CHUNK_BYTES };
  if (coding === 'gzip') return createGunzip(options);
  if (coding === 'br') return createBrotliDecompress(options);
  // The standard means zlib's form; some clients send the bare one.
  return isZlib(input) ? createInflate(options) : createInflateRaw(options);
}

interface HasBytesWritten {
  readonly bytesWritten: number;
}

/** The two bytes that zlib's form begins with. No encoder begins the bare form with such a pair. */
function isZlib(input: readonly Uint8Array[]): boolean {
  const [first = 0, second = 0] = input.flatMap((chunk) => [...chunk.subarray(0, 2)]);
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

const sizeOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);

export function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('payload_too_large', `The request body is larger than ${maxBytes} bytes`);
}

function damaged(coding: Coding, cause: unknown): GatewayError {
  return new GatewayError('invalid_request', `The request body is not whole ${coding} data`, { cause });
}
