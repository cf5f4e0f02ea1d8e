/**
 * Makes a picture small enough to send. Models scale down to about this edge anyway, so nothing they would see is lost.
 * sharp, an optional peer of this package, is loaded with the first picture; where it is missing, the size limit alone decides.
 */
import { createRequire } from 'node:module';
import type sharpModule from 'sharp';
import type { Metadata } from 'sharp';
import { GatewayError } from '../../chat/index.js';

const requireModule = createRequire(import.meta.url);

/** Pixels of the longer edge. */
export const MAX_EDGE = 2048;
/** A larger picture is not decoded: it would take more memory than it is worth (4 bytes a pixel). */
const MAX_PIXELS = 100_000_000;

export interface EncodedImage {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/**
 * The picture with its longer edge at most {@link MAX_EDGE}; as it came when that holds already and it has at most
 * `maxBytes`, or when it can't be scaled here. `load` is for tests.
 *
 * @throws GatewayError `invalid_request` for one of too many pixels
 */
export async function shrinkImage(
  image: EncodedImage,
  maxBytes: number,
  load: (name: string) => unknown = requireModule,
): Promise<EncodedImage> {
  const sharp = loadSharp(load);
  if (sharp === undefined) return image;
  const size = await sharp(image.bytes, { limitInputPixels: false })
    .metadata()
    .catch((): Partial<Metadata> => ({}));
  const { width = 0, height = 0 } = size;
  if (width * height > MAX_PIXELS) {
    throw new GatewayError('invalid_request', `Image: ${width} x ${height} pixels; at most ${MAX_PIXELS} in all`);
  }
  if (Math.max(width, height) <= MAX_EDGE && image.bytes.length <= maxBytes && image.mediaType !== 'image/bmp') {
    return image;
  }
  try {
    const scaled = sharp(image.bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).rotate().resize({
      width: MAX_EDGE,
      height: MAX_EDGE,
      fit: 'inside',
      withoutEnlargement: true,
    });
    const keepsAlpha = image.mediaType !== 'image/jpeg' && image.mediaType !== 'image/bmp';
    const encoded = keepsAlpha ? scaled.webp({ quality: 85 }) : scaled.jpeg({ quality: 85 });
    return { bytes: await encoded.toBuffer(), mediaType: keepsAlpha ? 'image/webp' : 'image/jpeg' };
  } catch {
    return image;
  }
}

/** What to say of a picture that is too large: there may be a remedy. */
export const scalingHint = (load: (name: string) => unknown = requireModule): string =>
  loadSharp(load) === undefined
    ? ' (larger ones are scaled down where the package sharp is installed: npm i sharp)'
    : '';

/**
 * Tried again with each picture where it failed. `require`, since Node keeps a module that could not be imported once
 * (no descriptors left, say) as one that never can.
 */
function loadSharp(load: (name: string) => unknown): typeof sharpModule | undefined {
  try {
    return load('sharp') as typeof sharpModule;
  } catch {
    return undefined;
  }
}
