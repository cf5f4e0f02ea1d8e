/** The end of `serve`: a signal, or the end of whoever started it. */

export interface StopOptions {
  /** Lets running requests finish. */
  readonly close: () => Promise<void>;
  /** Ends what must not outlive this process, at once: called when it ends, in whatever way. Must not throw. */
  readonly kill?: () => void;
  readonly log: (message: string) => void;
  /** For `npm_command`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For tests. Default: this process. */
  readonly host?: SignalHost;
}

/** The part of `process` that is used. */
export interface SignalHost {
  on(event: 'SIGINT' | 'SIGTERM' | 'disconnect' | 'exit', listener: () => void): unknown;
  exit(code: number): void;
  /** Milliseconds that only ever grow. */
  now(): number;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Under npm one Ctrl-C comes twice: from the terminal, and from npm, which passes on what it got. */
const ONE_PRESS_MS = 1000;

/** The first signal lets requests finish, the second ends them. `stop` is what the first one does, for another reason. */
export function stopOnSignals({ close, kill, log, env, host = thisProcess }: StopOptions): {
  readonly stop: (reason: string) => void;
} {
  if (kill !== undefined) host.on('exit', kill);
  const onePressMs = env.npm_command === undefined ? 0 : ONE_PRESS_MS;
  let stoppingSince: number | undefined;
  const stop = (): void => {
    stoppingSince = host.now();
    void close().then(() => host.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    host.on(signal, () => {
      if (stoppingSince === undefined) {
        log(`${signal}: requests may finish, a second signal ends them`);
        stop();
      } else if (host.now() - stoppingSince >= onePressMs) host.exit(EXIT_CODES[signal]);
    });
  }
  const stopFor = (reason: string): void => {
    if (stoppingSince !== undefined) return;
    log(`${reason}: requests may finish`);
    stop();
  };
  // Whoever started this process with a channel to it is gone: killed, or it would have sent a signal.
  host.on('disconnect', () => stopFor('the process that started this one is gone'));
  return { stop: stopFor };
}

const thisProcess: SignalHost = {
  on: (event, listener) => process.on(event as 'SIGINT', listener),
  exit: (code) => process.exit(code),
  now: () => performance.now(),
};
