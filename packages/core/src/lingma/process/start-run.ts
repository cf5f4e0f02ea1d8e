/** Two ways to a running process: the one that an earlier gateway has left in the work folder, or a new one. */
import { withTimeout } from '../connection/with-timeout.js';
import { takeOverLogin } from './login/take-over-login.js';
import type { ProcessOutput } from './output/process-output.js';
import { ownerState, readOwnership, removeOwnership } from './ownership.js';
import type { ProcessSettings } from './process-options.js';
import { ProcessRun } from './process-run.js';
import { findReachable, type ReadinessOptions, snapshotInfoFiles, whenReachable } from './readiness.js';
import { checkBinary } from './system/check-binary.js';
import { childEnv } from './system/child-env.js';
import { type PortPair, takeFreePorts } from './system/free-ports.js';
import { endGroup, endOrphans } from './system/process-group.js';
import { isDescendant, type ProcessTable } from './system/process-table.js';
import { type ExitInfo, spawnProcess } from './system/spawn-process.js';

export interface RunHost {
  readonly settings: ProcessSettings;
  readonly table: ProcessTable;
  openOutput(): Promise<ProcessOutput>;
  /** There is a process, which does not answer yet. */
  onRun(run: ProcessRun): void;
  /** It has ended by itself. Returns how to say so. */
  onExit(run: ProcessRun, exit: ExitInfo, isQuick: boolean): Error;
}

/** For a leftover to show that it still works. */
const ADOPTION_MS = 3000;

/**
 * What an earlier gateway has left, where it lives and works; one of ours that does not work is ended. What may be
 * somebody else's is left alone. `undefined`: there is none (any more).
 */
export async function adoptRun(host: RunHost, cancelled: AbortSignal): Promise<ProcessRun | undefined> {
  const { workDir, clock, logger } = host.settings;
  const left = await readOwnership(workDir);
  if (left === undefined) return undefined;
  const { pid, bin, socketPort, httpPort } = left;
  const state = await ownerState(left, workDir, host.table);
  if (state === 'ours') {
    const address = await reachLeftover(host, pid, cancelled);
    if (address !== undefined) {
      const ports = { socketPort, httpPort };
      const facts = { pid, adopted: true, bin, format: 'native', ports, output: await host.openOutput() } as const;
      const run = new ProcessRun(facts, { workDir, clock, table: host.table });
      host.onRun(run);
      run.address = address;
      run.watch(undefined, (exit, isQuick) => host.onExit(run, exit, isQuick));
      await run.note();
      logger.info('Lingma still runs since an earlier gateway: taken over', { pid });
      return run;
    }
    logger.warn('Lingma of an earlier gateway does not answer: ended', { pid });
    await endGroup({ pid, clock });
  } else if (state === 'foreign') logger.warn('Another process has the number of an earlier Lingma', { pid });
  else await endOrphans(pid, workDir);
  await removeOwnership(workDir);
  return undefined;
}

async function reachLeftover(host: RunHost, pid: number, cancelled: AbortSignal): ReturnType<typeof findReachable> {
  const limit = {
    ms: ADOPTION_MS,
    signal: cancelled,
    clock: host.settings.clock,
    onExpire: () => new Error('too late'),
  };
  try {
    return await withTimeout(limit, (signal) => findReachable(readiness(host, pid, signal)));
  } catch {
    cancelled.throwIfAborted();
    return undefined;
  }
}

/** @throws GatewayError `not_ready`, or the reason of `cancelled`; nothing is left running then */
export async function spawnRun(host: RunHost, bin: string, cancelled: AbortSignal): Promise<ProcessRun> {
  const { workDir, clock, logger, env, secretVariables, wishedPort, loginFrom } = host.settings;
  const format = await checkBinary(bin);
  if (loginFrom !== undefined) await takeOverLogin(loginFrom, workDir, logger);
  const before = await snapshotInfoFiles(workDir);
  const ports = await takeFreePorts(wishedPort);
  if (wishedPort !== undefined && wishedPort > 0 && ports.socketPort !== wishedPort) {
    logger.warn('The port meant for Lingma is taken: it gets another one', { wishedPort, port: ports.socketPort });
  }
  const output = await host.openOutput();
  cancelled.throwIfAborted();
  const child = spawnProcess({
    ...{ bin, args: argumentsOf(host.settings, ports), cwd: workDir, env: childEnv(env, secretVariables) },
    onOutput: (stream, text) => output.write(stream, text),
  });
  const { pid, started, exited } = child;
  if (pid === undefined) {
    await started;
    throw new Error('The system started nothing');
  }
  // Known from its first moment on: whoever is killed now must be able to take it along.
  const run = new ProcessRun(
    { pid, adopted: false, bin, format, ports, output },
    { workDir, clock, table: host.table },
  );
  host.onRun(run);
  run.watch(exited, (exit, isQuick) => host.onExit(run, exit, isQuick));
  try {
    await started;
    logger.info('Lingma started', { pid, port: ports.socketPort });
    await run.note();
    run.address = await whenReachable(readiness(host, pid, AbortSignal.any([cancelled, run.ended])), before);
    return run;
  } catch (error) {
    if (!run.ended.aborted) await run.end();
    throw error;
  }
}

function readiness({ settings, table }: RunHost, pid: number, signal: AbortSignal): ReadinessOptions {
  const { workDir, transport, clock, logger } = settings;
  return { workDir, transport, clock, logger, signal, isOurs: (other) => isDescendant(other, pid, table) };
}

function argumentsOf({ workDir, args, endpoint }: ProcessSettings, { socketPort, httpPort }: PortPair): string[] {
  const own = ['start', '--workDir', workDir, '--socketPort', String(socketPort), '--httpPort', String(httpPort)];
  return [...own, ...(endpoint === undefined ? [] : ['--endpoint', endpoint]), ...args];
}
