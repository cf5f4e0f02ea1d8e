/** SIGHUP: settings are read anew. It also says that the terminal is gone, which for a program in the foreground is its end. */
import { closeSync, openSync } from 'node:fs';

export interface HangupOptions {
  /** May throw: it has told why. */
  readonly reload: () => void;
  readonly stop: (reason: string) => void;
  /** For tests. Default: this process. */
  readonly host?: HangupHost;
}

/** The part of `process` that is used. */
export interface HangupHost {
  readonly platform: string;
  on(event: 'SIGHUP', listener: () => void): unknown;
  hasTerminal(): boolean;
}

/** Not on Windows, where it is sent when the console is closed, and the process ends whatever is done. */
export function reloadOnHangup({ reload, stop, host = thisProcess }: HangupOptions): void {
  if (host.platform === 'win32') return;
  const hadTerminal = host.hasTerminal();
  host.on('SIGHUP', () => {
    if (hadTerminal && !host.hasTerminal()) {
      stop('the terminal is gone');
      return;
    }
    try {
      reload();
    } catch {
      // Nothing has changed, and the log says why.
    }
  });
}

const thisProcess: HangupHost = {
  platform: process.platform,
  on: (event, listener) => process.on(event, listener),
  hasTerminal() {
    try {
      closeSync(openSync('/dev/tty', 'r'));
      return true;
    } catch {
      return false;
    }
  },
};
