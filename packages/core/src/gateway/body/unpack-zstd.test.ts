import { describe, expect, it } from 'vitest';
import { zstdFrame } from '../testing/zstd-frame.js';
import { unpackZstd } from './unpack-zstd.js';

const TEXT = JSON.stringify({
  model: '灵码',
  messages: [{ role: 'user', content: 'The quick brown fox jumps over the lazy dog. '.repeat(40) }],
});
/** {@link TEXT} as the reference encoder writes it. */
const ENCODED = {
  'with a checksum':
    'KLUv/QRoTQMAksYXHqCrA///+bGquGzbtjXNfrm3///XnYhT/cItUv8bEBmRXQOFEbWuAuoukc6dWPuJUqMVJyopnoY6ByNBuovw90huJPk48Lkt/X0hz2PDe69SdG88cG3rOK37O1yE47EBACW28FdRH9ScoQ==',
  'without checksum and size':
    'KLUv/QBYbQMAksYYIqApHf//WSEA5oiz9q2RLdua3Lttn8QmEv5PgAloPIkqVgPRIHIBDTJ1PJTVO6/uC2wm2HNoAwttDHSEIhbDo+idgJVf+2u4OLF7Plb+QmdIoJxvlMwzJ5YgU0SarLzOIDMUAQAltvBXUQ==',
  'of a window of 128 MiB':
    'KLUv/QSITQMAksYXHqCrA///+bGquGzbtjXNfrm3///XnYhT/cItUv8bEBmRXQOFEbWuAuoukc6dWPuJUqMVJyopnoY6ByNBuovw90huJPk48Lkt/X0hz2PDe69SdG88cG3rOK37O1yE47EBACW28FdRH9ScoQ==',
};
const CHECKED = Buffer.from(ENCODED['with a checksum'], 'base64');
const MAX = 1_000_000;
const atOnce = async (): Promise<void> => undefined;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const unpack = async (input: Uint8Array, maxBytes = MAX): Promise<string> =>
  Buffer.from(await unpackZstd([input], maxBytes, atOnce)).toString();
const DAMAGED = { code: 'invalid_request', status: 400 };
const TOO_LARGE = { code: 'payload_too_large', status: 413 };

describe('unpackZstd()', () => {
  it.each(Object.entries(ENCODED))('data %s - unpacks', async (_, encoded) => {
    expect(await unpack(Buffer.from(encoded, 'base64'))).toBe(TEXT);
  });

  it('data in pieces of one byte - unpacks', async () => {
    const pieces = Array.from(CHECKED, (byte) => Uint8Array.of(byte));
    expect(Buffer.from(await unpackZstd(pieces, MAX, atOnce)).toString()).toBe(TEXT);
  });

  it('several frames, with one to skip between them - are one body', async () => {
    const skip = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frames = [zstdFrame([bytes('ab'), [0x63, 3]]), skip, zstdFrame([bytes('d')], { contentSize: 1 })];
    expect(await unpack(Buffer.concat(frames))).toBe('abcccd');
  });

  it('data cut off anywhere - is refused', async () => {
    for (let end = 1; end < CHECKED.length; end++) {
      await expect(unpack(CHECKED.subarray(0, end)), `${end}`).rejects.toMatchObject(DAMAGED);
    }
  });

  it('one bit turned anywhere - never comes out as other text', async () => {
    for (let at = 0; at < CHECKED.length; at++) {
      const broken = Buffer.from(CHECKED);
      broken[at] = (broken[at] as number) ^ 0x10;
      // The window's size is the one thing that may be wrong without a harm.
      await unpack(broken).then(
        (text) => expect(text, `${at}`).toBe(TEXT),
        (error: unknown) => expect(error, `${at}`).toMatchObject({ status: expect.toBeOneOf([400, 413]) }),
      );
    }
  });

  it.each([
    ['something else', Buffer.from('{"model":"m"}')],
    ['bytes after the end', Buffer.concat([CHECKED, Buffer.from('more')])],
    ['a kind of block that is none', zstdFrame([bytes('a')], { lastType: 3 })],
    ['a block longer than the format has', zstdFrame([[0x20, 2_000_000]])],
    ['less content than it declared', zstdFrame([bytes('a')], { contentSize: 2 })],
    ['a compressed block of nonsense', zstdFrame([bytes('nonsense')], { lastType: 2 })],
  ])('%s - is refused', async (_, input) => {
    await expect(unpack(input)).rejects.toMatchObject(DAMAGED);
  });

  it('more blocks than any encoder makes - are refused before one is unpacked', async () => {
    await expect(unpack(zstdFrame(Array.from({ length: 16_385 }, () => [0x20, 1] as const)))).rejects.toMatchObject(
      DAMAGED,
    );
  });

  it('the limit - lets the last byte in and no more', async () => {
    const blocks = [[0x20, 100_000] as const, [0x20, 100_000] as const];
    expect(await unpack(zstdFrame(blocks), 200_000)).toHaveLength(200_000);
    await expect(unpack(zstdFrame(blocks), 199_999)).rejects.toMatchObject(TOO_LARGE);
    await expect(unpack(zstdFrame(blocks, { contentSize: 200_000 }), 199_999)).rejects.toMatchObject(TOO_LARGE);
  });

  it('a bomb - is refused and takes no memory beyond the limit', async () => {
    const bomb = zstdFrame(Array.from({ length: 16_000 }, () => [0x20, 131_072] as const));
    const declared = zstdFrame([[0x20, 1]], { contentSize: 2 ** 40 });
    const window = zstdFrame([bytes('{}')], { windowLog: 41 });
    const before = process.memoryUsage().rss;
    await expect(unpack(bomb)).rejects.toMatchObject(TOO_LARGE);
    await expect(unpack(declared)).rejects.toMatchObject(TOO_LARGE);
    await unpack(window).catch((error: unknown) => expect(error).toMatchObject(DAMAGED));
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('a failure - leaves the decoder fit for the next body', async () => {
    await expect(unpack(zstdFrame([bytes('x')], { lastType: 2 }))).rejects.toMatchObject(DAMAGED);
    expect(await unpack(CHECKED)).toBe(TEXT);
  });
});
