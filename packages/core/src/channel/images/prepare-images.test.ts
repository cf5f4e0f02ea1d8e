import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CallContext, MediaPart } from '../../chat/index.js';
import { silentLogger } from '../../util/index.js';
import { prepareImages } from './prepare-images.js';

const context: CallContext = { requestId: 'test', signal: new AbortController().signal, logger: silentLogger };
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const base64 = (data: string, mediaType = 'image/jpeg'): MediaPart => ({
  type: 'image',
  source: { kind: 'base64', mediaType, data },
});
const url = (address: string): MediaPart => ({ type: 'image', source: { kind: 'url', url: address } });

describe('prepareImages', () => {
  it('small picture - goes out as it came, under its true type', async () => {
    const { images, warnings } = await prepareImages([base64(png)], {}, context);
    expect(images).toEqual([{ mediaType: 'image/png', data: png }]);
    expect(warnings).toEqual([]);
  });

  it('a data URL - read in place, nothing is fetched', async () => {
    for (const address of [`data:image/png;base64,${png}`, `DATA:image/jpeg;name=a;base64,${png}`]) {
      const { images, warnings } = await prepareImages([url(address)], { allowRemote: false }, context);
      expect(images).toEqual([{ mediaType: 'image/png', data: png }]);
      expect(warnings).toEqual([]);
    }
    const large = url(`data:image/png;base64,${'A'.repeat(1000)}`);
    expect((await prepareImages([large], { maxBytes: 10 }, context)).warnings[0]?.message).toContain('too large');
  });

  it('large picture - is scaled down', async () => {
    const { default: sharp } = await import('sharp');
    const noise = randomBytes(3000 * 2500 * 3);
    const large = await sharp(noise, { raw: { width: 3000, height: 2500, channels: 3 } })
      .png()
      .toBuffer();
    expect(large.length).toBeGreaterThan(3_000_000);
    const { images } = await prepareImages([base64(large.toString('base64'))], {}, context);
    const scaled = await sharp(Buffer.from(images[0]?.data ?? '', 'base64')).metadata();
    expect(Math.max(scaled.width, scaled.height)).toBe(2048);
  });

  it('a picture of few bytes and many pixels - is scaled down too, and refused where it would take too much memory', async () => {
    const { default: sharp } = await import('sharp');
    const plain = async (width: number, height: number) => {
      const picture = sharp({ create: { width, height, channels: 3, background: 'red' }, limitInputPixels: false });
      return base64((await picture.png({ compressionLevel: 1 }).toBuffer()).toString('base64'));
    };
    const { images } = await prepareImages([await plain(4000, 1000)], {}, context);
    const scaled = await sharp(Buffer.from(images[0]?.data ?? '', 'base64')).metadata();
    expect([scaled.width, scaled.height]).toEqual([2048, 512]);
    const bomb = await plain(12_000, 9000);
    expect((await prepareImages([bomb], {}, context)).warnings[0]?.message).toContain('12000 x 9000 pixels');
  });

  it.each([
    ['text', base64(Buffer.from('hello').toString('base64'))],
    ['nothing', base64('')],
    ['a local file', url('file:///etc/hostname')],
    ['a path', url('/etc/hostname')],
    ['a loopback address', url('http://127.0.0.1:1/a.png')],
  ])('%s - a warning, or an error if the operator wants', async (_name, part) => {
    const { images, warnings } = await prepareImages([part, base64(png)], {}, context);
    expect(images).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    await expect(prepareImages([part], { onFailure: 'error' }, context)).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('remote switched off - said so', async () => {
    const { warnings } = await prepareImages([url('https://example.com/a.png')], { allowRemote: false }, context);
    expect(warnings[0]?.message).toContain('not allowed');
  });
});
