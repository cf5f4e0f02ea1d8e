import { posix, win32 } from 'node:path';

/** What the local address of a process depends on. */
export interface IpcPathFacts {
  readonly platform: NodeJS.Platform;
  readonly workDir: string;
  readonly tempDir: string;
  /** `lingma` or `qodercn`. */
  readonly product: string;
  /** Six hex digits, new at every start. */
  readonly suffix: string;
}

/** Unix socket paths are limited to 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Address of the byte stream (protocol sections 2.2 and 2.3): a named pipe `\\.\pipe\lingma-<6 hex>` on Windows, elsewhere
 * `<workDir>/lingma.sock`, or a socket in the temp dir when that would be too long.
 */
export function ipcPath(facts: IpcPathFacts): string {
  if (facts.platform === 'win32') return `\\\\.\\pipe\\${facts.product}-${facts.suffix}`;
  const inWorkDir = posix.join(facts.workDir, `${facts.product}.sock`);
  if (Buffer.byteLength(inWorkDir) <= MAX_SOCKET_PATH_BYTES) return inWorkDir;
  return posix.join(facts.tempDir, `${facts.product}-${facts.suffix}.sock`);
}

/** True for an address that is a named pipe and thus no file. */
export function isNamedPipe(path: string): boolean {
  return /^\\\\[.?]\\pipe\\/i.test(path);
}

/** A member of the work dir, with the separators of the platform. */
export function inWorkDir(platform: NodeJS.Platform, workDir: string, ...names: string[]): string {
  return (platform === 'win32' ? win32 : posix).join(workDir, ...names);
}
