/** Child processes, what they used by the kernel's account, and fair comparisons between them. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const children = [];

/** A script of this folder in a process of its own. Resolves when it is ready, with its address. */
export async function child(name, ...args) {
  const started = fork(fileURLToPath(new URL(`${name}-child.mjs`, import.meta.url)), args, {
    execArgv: ['--expose-gc'],
  });
  children.push(started);
  const [{ ready }] = await Promise.race([
    once(started, 'message'),
    once(started, 'exit').then(([code]) => Promise.reject(new Error(`${name} exited with ${code}`))),
  ]);
  const usage = async (collect = false) => {
    started.send({ ask: 'usage', collect });
    return (await once(started, 'message'))[0].usage;
  };
  return { base: ready.replace(/\/$/, ''), usage, stop: () => started.kill() };
}

export const stopAll = () => {
  for (const started of children) started.kill();
};

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** CPU microseconds that `work` costs `target`, over all its threads, divided by what `work` returns. */
export async function cpuPer(target, work) {
  const before = await target.usage();
  const count = await work();
  return ((await target.usage()).cpu - before.cpu) / count;
}

/** What a round costs that nothing has disturbed: for differences smaller than the noise of a machine. */
export const lowest = (values) => Math.min(...values);

/**
 * Medians (or another `summary`) of `rounds`, the targets in turns, so that a noisy moment hits all of them. `warmUp` rounds are
 * not counted.
 */
export async function compare(targets, rounds, measure, { warmUp = 1, summary = median } = {}) {
  const values = targets.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (const [index, target] of targets.entries()) {
      const value = await measure(target);
      if (round >= 0) values[index].push(value);
    }
  }
  return values.map(summary);
}

const CLOCK_TICKS = 100;

const ticksOf = (pid, first) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/\(.*\)/, 'x')
    .split(' ');
  return Number(fields[first]) + Number(fields[first + 1]);
};
/** Where `/proc/PID/stat` tells a process's own CPU, and that of its children that have ended. */
const OWN = 13;
const CHILDREN = 15;

/** Milliseconds of CPU that a command takes from its start to its end. */
export function cpuOfCommand(command, args) {
  const before = ticksOf('self', CHILDREN);
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
  return ((ticksOf('self', CHILDREN) - before) * 1000) / CLOCK_TICKS;
}

/** Starts a server by command line; milliseconds until `/healthz` answers, and CPU until then. */
export async function startOfServer(args, address) {
  const started = performance.now();
  const server = await startServer(args, address);
  const wall = performance.now() - started;
  const cpu = (ticksOf(server.pid, OWN) * 1000) / CLOCK_TICKS;
  server.kill();
  await once(server, 'exit');
  return { wall, cpu };
}

/** A server that is asked nothing: resident MB, `ms` after its start at the earliest. */
export async function restingServer(args, address) {
  const server = await startServer(args, address);
  const started = performance.now();
  return async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - (performance.now() - started))));
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1000;
  };
}

async function startServer(args, address) {
  const server = spawn(process.execPath, args, { stdio: 'ignore' });
  children.push(server);
  for (;;) {
    const answered = await fetch(`${address}/healthz`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (answered) return server;
    if (server.exitCode !== null) throw new Error(`the server exited with ${server.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
