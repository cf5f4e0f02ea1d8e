/** Zstandard frames put together by hand: what no encoder would write, but a stranger may send. */

export interface FrameOptions {
  /** Exponent of the declared window, from 10 on. Default 17: 128 KiB. */
  readonly windowLog?: number;
  /** Declared size of the content. Default: none is. */
  readonly contentSize?: number;
  /** 2: compressed. */
  readonly lastType?: 0 | 1 | 2 | 3;
}

/** A frame of raw blocks (bytes) and of blocks of one byte repeated (`[byte, times]`). */
export function zstdFrame(
  blocks: readonly (Uint8Array | readonly [byte: number, times: number])[],
  options: FrameOptions = {},
): Buffer {
  const { windowLog = 17, contentSize } = options;
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, contentSize === undefined ? 0 : 0xc0, (windowLog - 10) << 3]);
  const size = Buffer.alloc(contentSize === undefined ? 0 : 8);
  if (contentSize !== undefined) size.writeBigUInt64LE(BigInt(contentSize));
  const parts = blocks.map((block, index) => {
    const last = index === blocks.length - 1;
    const repeated = !(block instanceof Uint8Array);
    const length = repeated ? block[1] : block.byteLength;
    const type = last ? (options.lastType ?? (repeated ? 1 : 0)) : repeated ? 1 : 0;
    const header = Buffer.alloc(3);
    header.writeUIntLE((length << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
    return Buffer.concat([header, repeated ? Buffer.from([block[0]]) : block]);
  });
  return Buffer.concat([head, size, ...parts]);
}
