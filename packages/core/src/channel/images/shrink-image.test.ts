import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { scalingHint, shrinkImage } from './shrink-image.js';

describe('shrinkImage()', () => {
  it('a library that could not be loaded once - is tried again with the next picture', async () => {
    const { default: sharp } = await import('sharp');
    const picture = sharp({ create: { width: 2100, height: 10, channels: 3, background: 'red' } });
    const image = { mediaType: 'image/png', bytes: await picture.png().toBuffer() };
    const load = createRequire(import.meta.url);
    let failures = 1;
    const sometimes = (name: string): unknown => {
      if (failures-- > 0) throw Object.assign(new Error('no descriptors left'), { code: 'EMFILE' });
      return load(name);
    };
    expect(await shrinkImage(image, 1e6, sometimes)).toBe(image);
    const shrunk = await shrinkImage(image, 1e6, sometimes);
    expect((await sharp(shrunk.bytes).metadata()).width).toBe(2048);
  });

  it('sharp is not installed - the hint for a picture that is too large says what to install; else there is none', () => {
    const missing = (name: string): unknown => {
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
    };
    expect(scalingHint(missing)).toContain('npm i sharp');
    expect(scalingHint()).toBe('');
  });
});
