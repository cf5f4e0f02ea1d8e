/**
 * Looks at the program before it is started. Much of this the system would say as well, but not all: what is no program
 * at all is handed to the shell by the C library, which then runs it as a script.
 */
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import type { GatewayError } from '../../../chat/index.js';
import { processError } from './process-fault.js';

/** What a program's first bytes say of the machine it is for. `other`: of this system, for another processor. */
export type ProgramFormat = 'native' | 'other' | 'script' | 'unknown';

/** Processors by ELF's `e_machine` that Node names; a 32-bit program may run beside a 64-bit one. */
const ELF_MACHINES: Readonly<Record<number, readonly string[]>> = {
  3: ['ia32', 'x64'],
  8: ['mips', 'mipsel'],
  20: ['ppc'],
  21: ['ppc64'],
  22: ['s390', 's390x'],
  40: ['arm', 'arm64'],
  62: ['x64'],
  183: ['arm64'],
  243: ['riscv64'],
  258: ['loong64'],
};

/** Mach-O, one processor or several, either byte order. */
const MACH_O = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0xbebafeca, 0xcafebabf]);

export function programFormat(head: Uint8Array, platform: NodeJS.Platform, arch: string): ProgramFormat {
  if (head[0] === 0x23 && head[1] === 0x21) return platform === 'win32' ? 'unknown' : 'script';
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const magic = head.length < 4 ? 0 : view.getUint32(0);
  if (platform === 'win32') return head[0] === 0x4d && head[1] === 0x5a ? 'native' : 'unknown';
  // Which processors a Mac can run is more than its own: it translates.
  if (platform === 'darwin') return MACH_O.has(magic) ? 'native' : 'unknown';
  if (magic !== 0x7f454c46 || head.length < 20) return 'unknown';
  const machine = view.getUint16(18, head[5] === 1);
  return ELF_MACHINES[machine]?.includes(arch) === true ? 'native' : 'other';
}

const HEAD_BYTES = 64;
const CHECK = 'Check the configured path of Lingma (LINGMA_BIN).';
const WRONG_FORMAT =
  'The configured Lingma (LINGMA_BIN) is no program for this system or processor. Install the one for this machine.';

/**
 * The format of the program at `path`. A program for another processor passes: an emulator may be installed.
 *
 * @throws GatewayError `not_ready`, with a permanent {@link ProcessFault} as its cause
 */
export async function checkBinary(
  path: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): Promise<ProgramFormat> {
  const refuse = (message: string, cause?: unknown): GatewayError =>
    processError(message, `${path}: ${cause instanceof Error ? cause.message : message}`, { permanent: true, cause });
  if (!(platform === 'win32' ? win32 : posix).isAbsolute(path)) {
    throw refuse(`The configured path of Lingma (LINGMA_BIN) is not absolute. Write it from the root.`);
  }
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (error) {
    if (isDenied(error)) throw refuse(`The configured Lingma (LINGMA_BIN) may not be looked at. ${CHECK}`, error);
    throw refuse(`The configured Lingma (LINGMA_BIN) does not exist. ${CHECK}`, error);
  }
  if (!found.isFile()) throw refuse(`The configured Lingma (LINGMA_BIN) is not a file. ${CHECK}`);
  try {
    if (platform !== 'win32') await access(path, constants.X_OK);
  } catch (error) {
    throw refuse('The configured Lingma (LINGMA_BIN) is not executable. Allow it with chmod +x.', error);
  }
  const format = programFormat(await readHead(path), platform, arch);
  if (format === 'unknown') throw wrongFormat(path);
  return format;
}

/** The program is none for this machine. */
export function wrongFormat(path: string, output: readonly string[] = []): GatewayError {
  return processError(WRONG_FORMAT, `${path}: Exec format error`, { permanent: true, output });
}

/** What `spawn` failed with, after {@link checkBinary} had nothing against it. */
export function spawnError(path: string, error: unknown): GatewayError {
  const detail = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  const permanent = { permanent: true, cause: error };
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOEXEC':
    case 'EFTYPE':
      return wrongFormat(path);
    case 'ENOENT':
      return processError(
        'The configured Lingma (LINGMA_BIN) cannot be loaded: the interpreter or C library it needs is not installed.',
        detail,
        permanent,
      );
    case 'EACCES':
    case 'EPERM':
      return processError('The configured Lingma (LINGMA_BIN) may not be started by this user.', detail, permanent);
    default:
      // Out of memory, processes or descriptors: that passes.
      return processError('Lingma could not be started.', detail, { cause: error });
  }
}

/** One that may be run but not read is left to the system. */
async function readHead(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return new Uint8Array([0x23, 0x21]);
  }
}

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}
