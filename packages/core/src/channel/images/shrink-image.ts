/**
 * Makes a picture small enough to send. Models scale down to about this edge anyway, so nothing they would see is lost.
 * sharp is loaded on the first large picture; where its binary is missing, the size limit alone decides.
 */

/** Pixels of the longer edge. */
export const MAX_EDGE = 2048;

export interface EncodedImage {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The picture with its longer edge at most {@link MAX_EDGE}; `undefined` when it can't be scaled here. */
export async function shrinkImage(bytes: Uint8Array, mediaType: string): Promise<EncodedImage | undefined> {
  const sharp = await import('sharp').then(
    (module) => module.default,
    () => undefined,
  );
  if (sharp === undefined) return undefined;
  try {
    const scaled = sharp(bytes, { limitInputPixels: 100_000_000, failOn: 'error' })
      .rotate()
      .resize({ width: MAX_EDGE, height: MAX_EDGE, fit: 'inside', withoutEnlargement: true });
    const keepsAlpha = mediaType !== 'image/jpeg' && mediaType !== 'image/bmp';
    const encoded = keepsAlpha ? scaled.webp({ quality: 85 }) : scaled.jpeg({ quality: 85 });
    return { bytes: await encoded.toBuffer(), mediaType: keepsAlpha ? 'image/webp' : 'image/jpeg' };
  } catch {
    return undefined;
  }
}
