/** What discovery asks of the machine. The real one is `node-discovery-file-system.ts`. */
export interface DiscoveryFileSystem {
  /** Text of a regular file of at most 64 KiB; `undefined` when there is none. Rejects when it cannot be read. */
  readFile(path: string): Promise<string | undefined>;
  /** Names under `\\.\pipe\`, without that prefix; empty elsewhere than on Windows. */
  listPipes(): Promise<readonly string[]>;
  /** `undefined` when there is no socket. */
  statSocket(path: string): Promise<{ readonly mtimeMs: number } | undefined>;
  /** True also for processes of other users. */
  isPidAlive(pid: number): boolean;
  /** Whether something accepts connections at this port of 127.0.0.1. */
  isPortOpen(port: number): Promise<boolean>;
  /** Whether something accepts connections at this unix socket: the file outlives a crash. */
  isSocketOpen(path: string): Promise<boolean>;
}
