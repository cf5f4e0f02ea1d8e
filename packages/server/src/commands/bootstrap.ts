/** `lingma-gateway bootstrap`: gets the Lingma that the gateway starts, and says where it is. */

import { resolve } from 'node:path';
import {
  Bootstrap,
  type BootstrapOptions,
  type BootstrapProgress,
  isPlatform,
  type LocatedBinary,
  PLATFORM_NAMES,
  type Platform,
} from '@lingma-gateway/bootstrap';
import { bootstrapOptions } from '../compose/program-source.js';
import { createLogger } from '../log/logger.js';
import { logWarnings } from '../serve/start-server.js';
import { type CommandLine, UsageError } from '../settings/command-line.js';
import { loadSettings } from '../settings/setting-flags.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

export const bootstrap: RunCommand = async ({ flags }, terminal) => {
  const { env, text } = terminal;
  const wishes = readWishes(flags, terminal);
  // What is only wrong for one that listens is no concern of this command.
  const loaded = loadSettings({ ...settingsOf(flags), host: '127.0.0.1', 'native-tools': 'refuse' }, terminal);
  const { server } = loaded.config;
  const isDefaultLevel = loaded.origins['server.logLevel']?.kind === 'default';
  const bar = flags.json === true ? undefined : await progressBar(terminal);
  const level = isDefaultLevel ? (bar === undefined ? 'info' : 'warn') : server.logLevel;
  const logger = createLogger(level, { format: server.logFormat, env });
  logWarnings(loaded, logger);
  const options: BootstrapOptions = {
    ...(await bootstrapOptions(loaded.config, { env, logger, mayFetch: true })),
    ...wishes,
    onProgress: (progress) => bar?.show(progress),
  };
  const stop = new AbortController();
  const ended = (signal: 'SIGINT' | 'SIGTERM') => () => stop.abort(signal);
  const listeners = { SIGINT: ended('SIGINT'), SIGTERM: ended('SIGTERM') };
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  // The timers of a wait between two tries keep no process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    // Whoever names a file or an address wants that one.
    const force = flags.force === true || flags.from !== undefined || options.force;
    const update = options.source !== 'none' && options.always;
    const located = await new Bootstrap(options).ensure(stop.signal, { force, update });
    bar?.end();
    report(located, flags.json === true, terminal);
  } catch (error) {
    bar?.end();
    if (!stop.signal.aborted) throw error;
    terminal.printError(`${text.bootstrap.stopped}\n`);
    process.exitCode = stop.signal.reason === 'SIGTERM' ? 143 : 130;
  } finally {
    clearInterval(alive);
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
  }
};

/** Flags of this command that are no settings by these names. */
const OWN_FLAGS = ['force', 'version', 'platform', 'from', 'json'];

const settingsOf = (flags: CommandLine['flags']): CommandLine['flags'] =>
  Object.fromEntries(Object.entries(flags).filter(([name]) => !OWN_FLAGS.includes(name)));

/** @throws UsageError */
function readWishes({ version, platform, from }: CommandLine['flags'], { text }: Terminal): Partial<BootstrapOptions> {
  if (typeof platform === 'string' && !isPlatform(platform)) {
    throw new UsageError(text.bootstrap.unknownPlatform(platform, PLATFORM_NAMES.join(', ')));
  }
  if (typeof version === 'string' && !/^\d[\w.+-]{0,63}$/.test(version)) {
    throw new UsageError(text.bootstrap.noVersion(version));
  }
  return {
    // It is for the data folder: what an IDE has is there already.
    ...(from !== undefined && { discover: false }),
    ...(typeof version === 'string' && { version }),
    ...(typeof platform === 'string' && { platform: platform as Platform, discover: false }),
    ...(typeof from === 'string' && sourceOf(from)),
  };
}

const sourceOf = (from: string): Partial<BootstrapOptions> =>
  /^https?:\/\//i.test(from) ? { source: 'vsix', vsixUrl: from } : { source: 'file', file: resolve(from) };

function report({ path, version, isOwn }: LocatedBinary, json: boolean, { text, print }: Terminal): void {
  if (json) print(`${JSON.stringify({ path, version: version ?? null, own: isOwn }, null, 2)}\n`);
  else print(`${text.bootstrap.ready(version ?? text.bootstrap.unknownVersion, path)}\n`);
}

interface Bar {
  show(progress: BootstrapProgress): void;
  end(): void;
}

/** For people who look; logs get lines. */
async function progressBar({ text, columns }: Terminal): Promise<Bar | undefined> {
  if (process.stderr.isTTY !== true) return undefined;
  const { SingleBar } = (await import('cli-progress')).default;
  const width = Math.max(10, Math.min(40, (columns ?? 80) - 45));
  let bar: InstanceType<typeof SingleBar> | undefined;
  let phase: BootstrapProgress['phase'];
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    end,
    show({ phase: next, bytes, total }) {
      if (next !== phase) end();
      phase = next;
      if (next === undefined || bytes === undefined) return;
      const megabytes = (count: number): number => Math.round(count / 1024 / 1024);
      if (bar === undefined) {
        const format = `${text.bootstrap.phases[next]} {bar} {percentage}% {value}/{total} MB`;
        bar = new SingleBar({
          format,
          barsize: width,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
        });
        bar.start(megabytes(total ?? 0), 0);
      }
      if (total !== undefined) bar.setTotal(Math.max(1, megabytes(total)));
      bar.update(megabytes(bytes));
    },
  };
}
