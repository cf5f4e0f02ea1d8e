/**
 * What `npm test -- …` runs. Without a file: everything. With files: those tests alone, without types and lint, so that
 * the answer comes while one still remembers the question. A source file stands for the tests that import it.
 */
import { existsSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** Flags of the runner whose value is a word of its own. */
const WITH_VALUE = new Set(
  '-t --testNamePattern --reporter --outputFile --maxWorkers --bail --shard --retry --testTimeout'.split(' '),
);

/** `cwd`: where the command was typed, which is what its paths are relative to. */
export function planTests({ args, root, cwd }) {
  const flags = [];
  const files = [];
  for (const [index, arg] of args.entries()) {
    const isFlag = arg.startsWith('-') || WITH_VALUE.has(args[index - 1]);
    (isFlag ? flags : files).push(arg);
  }
  if (files.length === 0) {
    const byName = flags.some((flag) => /^(-t|--testNamePattern)\b/.test(flag));
    return { whole: !byName, runs: [['run', ...flags]] };
  }

  const filters = [];
  const sources = [];
  const clients = [];
  for (const file of files) {
    const path = fromRoot(file, root, cwd);
    if (/\.clients\.ts$/.test(path)) clients.push(path);
    else if (!/\.test\.ts$/.test(path) && isFile(resolve(root, path))) sources.push(path);
    else filters.push(path);
  }
  const runs = [];
  if (filters.length > 0) runs.push(['run', ...filters, ...flags]);
  if (sources.length > 0) runs.push(['related', '--run', ...sources, ...flags]);
  if (clients.length > 0) runs.push(['run', '--config', 'test/clients/vitest.config.ts', ...clients, ...flags]);
  return { whole: false, runs };
}

/** A path that exists where it was typed, or from the root; anything else is part of a name, for vitest to look for. */
function fromRoot(file, root, cwd) {
  const [path] = file.split(/:\d+$/);
  for (const folder of [cwd, root]) {
    const target = resolve(folder, path);
    const inside = relative(root, target);
    if (existsSync(target) && !inside.startsWith('..') && !isAbsolute(inside)) {
      return inside.split(sep).join('/') + file.slice(path.length);
    }
  }
  return file;
}

const isFile = (path) => existsSync(path) && statSync(path).isFile();
