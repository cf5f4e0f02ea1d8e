/** A VSIX as large as the real one, written to a file piece by piece: for tests of how much memory unpacking takes. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { innerMembers, noise, ownPlatform } from './vsix.js';
import { centralHeader, type EntryFacts, endRecords, localHeader } from './zip-writer.js';

/** Where a large extension is written, and how large. */
export interface BigVsixOptions {
  readonly path: string;
  /** Bytes that it unpacks to, over two files. */
  readonly bytes: number;
  readonly version?: string;
}

const BLOCK = 1024 * 1024;
const FILES = 2;
const PLAIN_FILE = 0o100644;

/** As the vendor's: a ZIP within a ZIP. A third of its bytes does not get smaller, as it is with programs. */
export async function writeBigVsix({ path, bytes, version = '2.11.1' }: BigVsixOptions): Promise<void> {
  const inner = `${path}.inner`;
  try {
    await writeZipFile(inner, async (zip) => {
      for (const { name, content = '' } of innerMembers(version, 'nested', { platforms: [ownPlatform()] })) {
        await zip.addSmall(name, Buffer.from(content));
      }
      for (let index = 0; index < FILES; index++) {
        await zip.addBig(`${version}/${ownPlatform()}/part-${index}.bin`, Math.ceil(bytes / FILES / BLOCK));
      }
    });
    await writeZipFile(path, async (zip) => {
      await zip.addSmall('extension/package.json', Buffer.from(JSON.stringify({ version: '2.6.10' })));
      await zip.addFile(`extension/dist/bin/lingma-${version}.zip`, inner);
    });
  } finally {
    await rm(inner, { force: true });
  }
}

async function writeZipFile(path: string, fill: (zip: ZipFile) => Promise<void>): Promise<void> {
  const file = await open(path, 'w');
  try {
    const zip = new ZipFile(file);
    await fill(zip);
    await zip.end();
  } finally {
    await file.close();
  }
}

class ZipFile {
  #offset = 0;
  readonly #central: Buffer[] = [];

  constructor(private readonly file: FileHandle) {}

  addSmall(name: string, content: Buffer): Promise<void> {
    const size = content.length;
    const facts = {
      name,
      method: 0,
      flags: 0x800,
      crc: crc32(content),
      packedSize: size,
      size,
      mode: PLAIN_FILE,
    } as const;
    return this.#add(facts, [content]);
  }

  /** One block is packed once and repeated: each time a stream of its own. */
  async addBig(name: string, blocks: number): Promise<void> {
    const plain = Buffer.alloc(BLOCK);
    noise(Math.floor(BLOCK / 3)).copy(plain);
    const packed = deflateRawSync(plain, { finishFlush: constants.Z_FULL_FLUSH });
    const last = Buffer.from([0x03, 0x00]);
    let crc = 0;
    for (let block = 0; block < blocks; block++) crc = crc32(plain, crc);
    const packedSize = packed.length * blocks + last.length;
    const facts = { name, method: 8, flags: 0x800, crc, packedSize, size: BLOCK * blocks, mode: PLAIN_FILE } as const;
    await this.#add(
      facts,
      (function* () {
        for (let block = 0; block < blocks; block++) yield packed;
        yield last;
      })(),
    );
  }

  async addFile(name: string, path: string): Promise<void> {
    const { size } = await stat(path);
    let crc = 0;
    for await (const piece of createReadStream(path)) crc = crc32(piece as Buffer, crc);
    const facts = { name, method: 0, flags: 0x800, crc, packedSize: size, size, mode: PLAIN_FILE } as const;
    await this.#add(facts, createReadStream(path) as AsyncIterable<Buffer>);
  }

  async end(): Promise<void> {
    const directory = Buffer.concat(this.#central);
    const start = this.#offset;
    await this.#write(directory);
    await this.#write(endRecords(this.#central.length, directory.length, start));
  }

  async #add(facts: EntryFacts, pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> {
    this.#central.push(centralHeader(facts, this.#offset));
    await this.#write(localHeader(facts));
    for await (const piece of pieces) await this.#write(piece);
  }

  async #write(piece: Buffer): Promise<void> {
    await this.file.write(piece);
    this.#offset += piece.length;
  }
}
