/**
 * Zstandard (RFC 8878), which Node has from version 22.15 on only. The decoder is the reference implementation compiled to
 * WebAssembly, used in its one-shot form: it writes straight into the output, so no window is held, however large a one
 * the sender declares. Its memory is shared by all requests and grows to the largest body and its packed form together.
 */
import { ZSTDDecoder } from 'zstddec';
import { GatewayError, loadModule } from '../../chat/index.js';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a5;
const MAX_BLOCK_BYTES = 128 * 1024;
/** Each block may bring tables that cost more to build than it unpacks to; encoders make one of 128 KiB. */
const MAX_BLOCKS = 16_384;
/** The decoder's memory is addressed with 32 bits and holds input and output. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Compiles the decoder on the first call (some 10 ms). @throws GatewayError `not_ready` */
const loadZstd = loadModule(async () => {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder;
});

/**
 * All frames of a body, one after the other.
 *
 * @param maxBytes what may come out
 * @param turn awaited before the decoder runs, which it does without a pause: some 2 ms a megabyte
 * @throws GatewayError `payload_too_large`, `invalid_request`
 */
export async function unpackZstd(
  input: readonly Uint8Array[],
  maxBytes: number,
  turn: (bytes: number) => Promise<void>,
): Promise<Uint8Array> {
  const packed = input.length === 1 ? (input[0] as Uint8Array) : Buffer.concat(input);
  const limit = Math.min(maxBytes, MAX_BYTES);
  const { bytes, exact } = measureFrames(packed);
  if ((exact && bytes > limit) || packed.byteLength > MAX_BYTES) throw tooLarge(maxBytes);
  if (bytes === 0) return new Uint8Array(0);
  const decoder = await loadZstd();
  await turn(Math.min(bytes, limit));
  const unpacked = decoder.decode(packed, Math.min(bytes, limit));
  // Every failure of the decoder comes back as no bytes.
  if (unpacked.byteLength > 0) return unpacked;
  throw bytes > limit ? tooLarge(maxBytes) : damaged('the decoder refuses it');
}

interface Measure {
  /** What the frames unpack to: at most, or `exact`ly when each of them says so. */
  readonly bytes: number;
  readonly exact: boolean;
}

/** Walks over the headers of frames and blocks, without unpacking any. @throws GatewayError `invalid_request` */
function measureFrames(packed: Uint8Array): Measure {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  let bytes = 0;
  let exact = true;
  let blocks = 0;
  const advance = (count: number): number => {
    const from = at;
    at += count;
    if (at > packed.byteLength) throw damaged(`cut off after ${packed.byteLength} bytes`);
    return from;
  };
  const count = (): void => {
    if (++blocks > MAX_BLOCKS) throw new GatewayError('invalid_request', 'The zstd data has too many blocks');
  };
  while (at < packed.byteLength) {
    count();
    const magic = view.getUint32(advance(4), true);
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      advance(view.getUint32(advance(4), true));
      continue;
    }
    if (magic !== FRAME_MAGIC) throw damaged(`no frame at byte ${at - 4}`);
    const descriptor = view.getUint8(advance(1));
    const single = (descriptor & 0x20) !== 0;
    if (!single) advance(1);
    advance([0, 1, 2, 4][descriptor & 3] as number);
    const declared = readContentSize(view, descriptor >> 6, single, advance);
    let most = 0;
    for (let last = false; !last; ) {
      count();
      const start = advance(3);
      const header = view.getUint16(start, true) | (view.getUint8(start + 2) << 16);
      last = (header & 1) === 1;
      const type = (header >> 1) & 3;
      const size = header >> 3;
      if (type === 3 || size > MAX_BLOCK_BYTES) throw damaged(`no block at byte ${start}`);
      // Raw, one byte repeated, compressed.
      advance(type === 1 ? 1 : size);
      most += type === 2 ? MAX_BLOCK_BYTES : size;
    }
    if ((descriptor & 4) !== 0) advance(4);
    bytes += declared ?? most;
    exact &&= declared !== undefined;
  }
  return { bytes, exact };
}

function readContentSize(
  view: DataView,
  flag: number,
  single: boolean,
  advance: (count: number) => number,
): number | undefined {
  switch (flag) {
    case 0:
      return single ? view.getUint8(advance(1)) : undefined;
    case 1:
      return view.getUint16(advance(2), true) + 256;
    case 2:
      return view.getUint32(advance(4), true);
    default:
      return Number(view.getBigUint64(advance(8), true));
  }
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('payload_too_large', `The request body is larger than ${maxBytes} bytes`);
}

function damaged(what: string): GatewayError {
  return new GatewayError('invalid_request', 'The request body is not whole zstd data', { cause: new Error(what) });
}
