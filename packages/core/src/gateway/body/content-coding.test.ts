import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { zstdFrame } from '../testing/zstd-frame.js';
import { parseContentCodings, unpackBody } from './content-coding.js';

const TEXT = JSON.stringify({ content: 'Why is the sky blue? 天空为什么是蓝色的？'.repeat(50) });
const never = new AbortController().signal;
const DAMAGED = { code: 'invalid_request', status: 400 };

const ENCODERS = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  'deflate, without its zlib frame': deflateRawSync,
  br: brotliCompressSync,
  zstd: (data: string | Uint8Array) => zstdFrame([Buffer.from(data)]),
} as const;
type Form = keyof typeof ENCODERS;
const FORMS = Object.keys(ENCODERS) as Form[];
const nameOf = (form: Form): string => form.replace(/,.*/, '');
const encode = (forms: readonly Form[], text = TEXT): Uint8Array =>
  forms.reduce<Uint8Array>((data, form) => ENCODERS[form](data), Buffer.from(text));

function options(more: { maxBytes?: number; signal?: AbortSignal; take?: (bytes: number) => void } = {}) {
  return {
    maxBytes: 100_000,
    signal: never,
    take: () => undefined,
    give: () => undefined,
    turn: async () => undefined,
    ...more,
  };
}
async function unpack(forms: readonly Form[], data: Uint8Array, more?: Parameters<typeof options>[0]) {
  const codings = parseContentCodings(forms.map(nameOf).join(', '));
  const chunks: Uint8Array[] = [];
  await unpackBody([data], codings, options(more), (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks).toString();
}

describe('parseContentCodings()', () => {
  it.each([
    [null, []],
    ['', []],
    ['identity', []],
    ['GZip', ['gzip']],
    ['x-gzip', ['gzip']],
    [' br ,, Identity,\tZSTD', ['br', 'zstd']],
    ['deflate, gzip, br', ['deflate', 'gzip', 'br']],
  ])('%j - is %j', (header, codings) => {
    expect(parseContentCodings(header)).toEqual(codings);
  });

  it('several header lines - are one list', () => {
    const headers = new Headers();
    for (const value of ['gzip', 'identity', 'br']) headers.append('content-encoding', value);
    expect(parseContentCodings(headers.get('content-encoding'))).toEqual(['gzip', 'br']);
  });

  it.each(['compress', 'gzip, x-unknown', 'aes128gcm', 'toString', '__proto__', 'gzip;q=1', '*', 'gzip br'])(
    '%j - is a 415',
    (header) => {
      expect(() => parseContentCodings(header)).toThrow(
        expect.objectContaining({ code: 'unsupported_media_type', status: 415 }),
      );
    },
  );

  it('more codings than anybody means - are a 415', () => {
    expect(parseContentCodings(Array(5).fill('gzip').join())).toHaveLength(5);
    expect(() => parseContentCodings(Array(6).fill('gzip').join())).toThrow(expect.objectContaining({ status: 415 }));
  });
});

describe('unpackBody()', () => {
  it.each(FORMS)('%s - unpacks', async (form) => {
    expect(await unpack([form], encode([form]))).toBe(TEXT);
  });

  it('any two in a row - unpack', async () => {
    for (const first of FORMS) {
      for (const second of FORMS) {
        expect(await unpack([first, second], encode([first, second])), `${first} + ${second}`).toBe(TEXT);
      }
    }
  });

  it.each(FORMS)('%s cut off or followed by something - is refused', async (form) => {
    const whole = encode([form]);
    for (const end of [1, Math.floor(whole.length / 2), whole.length - 1]) {
      await expect(unpack([form], whole.subarray(0, end)), `${end}`).rejects.toMatchObject(DAMAGED);
    }
    await expect(unpack([form], Buffer.concat([whole, Buffer.from('rest')]))).rejects.toMatchObject(DAMAGED);
  });

  it('a body that is not packed as it says - is refused', async () => {
    for (const form of FORMS) await expect(unpack([form], Buffer.from(TEXT)), form).rejects.toMatchObject(DAMAGED);
    await expect(unpack(['br'], encode(['gzip']))).rejects.toMatchObject(DAMAGED);
  });

  it.each(FORMS)('%s beyond the limit - is a 413, however often it is packed', async (form) => {
    const bomb = encode([form], ' '.repeat(100_001));
    const failure = { code: 'payload_too_large', status: 413 };
    await expect(unpack([form], bomb)).rejects.toMatchObject(failure);
    await expect(unpack([form, 'gzip'], gzipSync(bomb))).rejects.toMatchObject(failure);
    expect(await unpack([form], encode([form], ' '.repeat(100_000)))).toHaveLength(100_000);
  });

  it('a bomb - is stopped at the limit, not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const taken: number[] = [];
    await expect(unpack(['gzip'], bomb, { take: (bytes) => taken.push(bytes) })).rejects.toMatchObject({ status: 413 });
    expect(taken.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(100_000);
  });

  it('bytes - are counted before they are kept, and given back when the next layer has them', async () => {
    const packed = encode(['gzip', 'br']);
    let held = packed.length;
    const give = vi.fn((bytes: number) => {
      held -= bytes;
    });
    const take = (bytes: number): void => {
      held += bytes;
    };
    await unpackBody([packed], ['gzip', 'br'], { ...options(), take, give }, () => undefined);
    expect(give.mock.calls[0]).toEqual([packed.length]);
    expect(held).toBe(Buffer.byteLength(TEXT));
  });

  it.each(FORMS)('%s, nothing more can be held - the refusal comes through', async (form) => {
    const full = new GatewayError('rate_limited', 'full');
    const take = (): void => {
      throw full;
    };
    await expect(unpack([form], encode([form]), { take })).rejects.toBe(full);
  });

  it.each(FORMS)('%s, the client is gone - ends with the reason of the signal', async (form) => {
    const gone = new GatewayError('client_closed', 'gone');
    await expect(unpack([form], encode([form]), { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
  });
});
