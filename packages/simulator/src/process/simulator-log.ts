import { createWriteStream, type WriteStream } from 'node:fs';

/** The process's log: `logs/lingma.log`, and whoever wants to listen. */
export interface SimulatorLog {
  write(line: string): void;
  close(): Promise<void>;
}

/** Clients can put words into a line. */
const MAX_LINE_CHARS = 4000;

/** Lines go to the file with a time stamp and to `listener` without one. */
export function openLog(path: string, listener: ((line: string) => void) | undefined): SimulatorLog {
  const file: WriteStream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  // A work dir that vanishes under a running process must not take it down.
  file.on('error', () => undefined);
  return {
    write(text) {
      const line = text.slice(0, MAX_LINE_CHARS);
      listener?.(line);
      file.write(`${new Date().toISOString()} INFO ${line}\n`);
    },
    close: () => new Promise((resolve) => (file.destroyed ? resolve() : file.end(() => resolve()))),
  };
}
