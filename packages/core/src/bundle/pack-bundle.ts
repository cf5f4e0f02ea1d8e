/** The files of a login as one text, and as the bytes that are behind it. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { BUNDLE_FILES, BUNDLE_LIMITS, BundleError, type BundleFiles, REQUIRED_FILES } from './bundle-files.js';
import { loadTar } from './load-tar.js';

const BLOCK = 512;
const gzipAsync = promisify(gzip);

/**
 * Bytes of tar+gzip, a plain ustar archive.
 *
 * @throws BundleError where the files are none that a bundle may hold
 */
export async function packBundle(files: BundleFiles): Promise<Uint8Array> {
  if (REQUIRED_FILES.some((name) => (files.get(name)?.byteLength ?? 0) === 0)) throw new BundleError('missing_file');
  const { Header } = await loadTar();
  const blocks: Buffer[] = [];
  let total = 0;
  for (const path of BUNDLE_FILES) {
    const bytes = files.get(path);
    if (bytes === undefined) continue;
    if (bytes.byteLength > BUNDLE_LIMITS.file) throw new BundleError('file_too_large');
    total += bytes.byteLength;
    const block = Buffer.alloc(BLOCK);
    new Header({ path, mode: 0o600, uid: 0, gid: 0, size: bytes.byteLength, mtime: new Date(0), type: 'File' }).encode(
      block,
    );
    blocks.push(block, Buffer.from(bytes), Buffer.alloc(padding(bytes.byteLength)));
  }
  if (total > BUNDLE_LIMITS.unpacked) throw new BundleError('unpacked_too_large');
  blocks.push(Buffer.alloc(2 * BLOCK));
  const packed = await gzipAsync(Buffer.concat(blocks), { level: 9 });
  if (packed.byteLength > BUNDLE_LIMITS.packed) throw new BundleError('packed_too_large');
  return packed;
}

/** Bytes up to the next whole block. */
export const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

export const bundleToText = (packed: Uint8Array): string => Buffer.from(packed).toString('base64');
