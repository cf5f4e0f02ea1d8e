/**
 * Child processes of the scripts. A tool shares this process's fate in the ordinary way. What serves is told to stop
 * exactly once, however often the signal arrives here, and learns of this process's end even when that is a violent one.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const isWindows = process.platform === 'win32';

/** A terminal signals the whole group, and npm passes on what it got itself: one Ctrl-C comes two or three times. */
const ONE_PRESS_MS = 1000;
const PARENT_CHECK_MS = 250;

/**
 * Runs a tool to its end; resolves with its exit code. `notice` is said on stderr when it has not ended after a second.
 */
export function run(command, args, { notice, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', shell: isWindows, ...options });
    const slow = notice === undefined ? undefined : setTimeout(() => console.error(notice), 1000);
    // Ctrl-C reaches the tool by itself; this process waits for it, so that its last words come before the prompt.
    let interrupted = false;
    const onInterrupt = () => {
      interrupted = true;
    };
    const onTerminate = () => child.kill('SIGTERM');
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
    const stopWatching = whenOrphaned(onTerminate);
    const finish = (status) => {
      clearTimeout(slow);
      stopWatching();
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
      // What was to come after it is not wanted any more, even if the tool made nothing of the signal.
      resolve(interrupted && status === 0 ? 130 : status);
    };
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      finish(1);
    });
    child.once('exit', (code, signal) => finish(statusOf(code, signal)));
  });
}

/**
 * Runs something that serves until it is told to stop; ends this process with its exit code. It gets a group of its
 * own, out of reach of the terminal's signals, and a channel that closes with this process: it stops then, too.
 */
export function serve(nodeArgs, options = {}) {
  const child = spawn(process.execPath, nodeArgs, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: !isWindows,
    ...options,
  });
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (signal) => {
    if (performance.now() - toldAt < ONE_PRESS_MS) return;
    toldAt = performance.now();
    child.kill(signal);
  };
  // On Windows the console tells every process itself, and `kill` would end the child at once. A lost terminal ends this
  // process (unless started with nohup), and the channel tells the child.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => isWindows || tell(signal));
  whenOrphaned(() => tell('SIGTERM'));
  child.once('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(statusOf(code, signal)));
}

/** Calls back once when this process's parent is gone: npm passes on no signal that it cannot catch. */
function whenOrphaned(callback) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback();
  }, PARENT_CHECK_MS);
  watch.unref();
  return () => clearInterval(watch);
}

/** As a shell tells it: 128 and the signal's number. */
const statusOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 1);
