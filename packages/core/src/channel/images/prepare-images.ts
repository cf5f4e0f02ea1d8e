/**
 * A request's pictures as bytes that either dialect can send. What fails becomes a warning (the prompt keeps its
 * `[image]` mark) or a 400, as the operator prefers.
 */
import { fileURLToPath } from 'node:url';
import { type CallContext, type ChatWarning, GatewayError, leftOutWarning, type MediaPart } from '../../chat/index.js';
import type { PreparedImage } from '../../lingma/index.js';
import { DEFAULT_LIMITS, parseDataUrl } from '../../util/index.js';
import { fetchRemoteImage } from './fetch-remote-image.js';
import type { ImageOptions, PreparedImages } from './image-options.js';
import { readImageFile } from './read-image-file.js';
import { scalingHint, shrinkImage } from './shrink-image.js';
import { sniffImageType } from './sniff-image.js';

/** What is taken in before scaling, as a multiple of what may go out. */
const INPUT_FACTOR = 4;
/** A larger picture is encoded anew. */
const SMALL_BYTES = 3_000_000;

/** @throws GatewayError `invalid_request` with `onFailure: 'error'`, or the signal's reason */
export async function prepareImages(
  parts: readonly MediaPart[],
  options: ImageOptions,
  context: CallContext,
): Promise<PreparedImages> {
  const limit = options.maxImages ?? 20;
  const warnings: ChatWarning[] = [];
  const failed = (error: unknown): undefined => {
    if (context.signal.aborted) throw context.signal.reason;
    const reason = GatewayError.isInstance(error) ? error.message : 'The image could not be read';
    if (options.onFailure === 'error') throw new GatewayError('invalid_request', reason, { cause: error });
    context.logger.warn('image left out', { reason, ...(GatewayError.isInstance(error) ? {} : { cause: error }) });
    warnings.push(leftOutWarning('image', reason));
    return undefined;
  };
  if (parts.length > limit) failed(new GatewayError('invalid_request', `More than ${limit} images in one turn`));
  // All at once, so that the time limit of one is that of all.
  const images = await Promise.all(
    parts.slice(-limit).map((part) => prepareImage(part, options, context.signal).catch(failed)),
  );
  return { images: images.filter((image) => image !== undefined), warnings };
}

async function prepareImage(part: MediaPart, options: ImageOptions, signal: AbortSignal): Promise<PreparedImage> {
  const maxBytes = options.maxBytes ?? DEFAULT_LIMITS.imageMaxBytes;
  const bytes = await readBytes(part, options, maxBytes * INPUT_FACTOR, signal);
  const mediaType = sniffImageType(bytes);
  if (mediaType === undefined) throw new GatewayError('invalid_request', 'Image: not a PNG, JPEG, GIF, WebP or BMP');
  const sent = await shrinkImage({ bytes, mediaType }, Math.min(SMALL_BYTES, maxBytes));
  if (sent.bytes.length > maxBytes) {
    throw new GatewayError(
      'invalid_request',
      `Image: ${sent.bytes.length} bytes; at most ${maxBytes} can be sent${scalingHint()}`,
    );
  }
  return { mediaType: sent.mediaType, data: Buffer.from(sent.bytes).toString('base64') };
}

async function readBytes(
  part: MediaPart,
  options: ImageOptions,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (part.source.kind === 'base64') return decode(part.source.data, maxBytes);
  const { url } = part.source;
  const inline = parseDataUrl(url);
  if (inline !== undefined) return decode(inline.data, maxBytes);
  const path = localPath(url);
  if (path !== undefined) {
    if (options.allowLocalFiles !== true) {
      throw new GatewayError('invalid_request', 'Image: local files are not allowed by this gateway');
    }
    return readImageFile(path, maxBytes, signal);
  }
  if (options.allowRemote === false) {
    throw new GatewayError('invalid_request', 'Image: remote URLs are not allowed by this gateway');
  }
  return fetchRemoteImage(url, {
    maxBytes,
    timeoutMs: options.timeoutMs ?? DEFAULT_LIMITS.imageFetchTimeoutMs,
    signal,
    ...options.remote,
  });
}

function decode(data: string, maxBytes: number): Uint8Array {
  if (data.length > maxBytes * 1.4) throw new GatewayError('invalid_request', 'Image: too large');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length === 0) throw new GatewayError('invalid_request', 'Image: not valid base64');
  return bytes;
}

function localPath(url: string): string | undefined {
  if (/^file:/i.test(url)) {
    try {
      return fileURLToPath(url);
    } catch (error) {
      throw new GatewayError('invalid_request', 'Image: not a file URL of this machine', { cause: error });
    }
  }
  return /^(\/|[a-z]:[\\/])/i.test(url) ? url : undefined;
}
