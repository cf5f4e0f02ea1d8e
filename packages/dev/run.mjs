#!/usr/bin/env node
/**
 * The root scripts. Plain JavaScript without dependencies, because it runs before anything is installed: it installs
 * and builds what is out of date, then hands over. Progress goes to stderr, so a script's own output stays clean.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [script, ...rest] = process.argv.slice(2);
const args = rest[0] === '--' ? rest.slice(1) : rest;
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

const run = (command, commandArgs, options = {}) => {
  const result = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? (result.signal ? 130 : 1);
};
const must = (command, commandArgs, options) => {
  const status = run(command, commandArgs, options);
  if (status !== 0) process.exit(status);
};
/** Output goes to stderr: what a script prints on stdout may be piped. */
const toStderr = { stdio: ['inherit', 2, 2] };

/** Installs when the lockfile or a manifest changed since the last install here. */
function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Lingma Gateway needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const hash = createHash('sha256');
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'test/package.json'];
  for (const folder of ['packages', 'examples']) {
    for (const name of readdirSync(join(root, folder)).sort()) manifests.push(`${folder}/${name}/package.json`);
  }
  for (const manifest of manifests) {
    if (existsSync(join(root, manifest))) hash.update(manifest).update(readFileSync(join(root, manifest)));
  }
  const stamp = hash.update(process.version).digest('hex');
  const stampFile = join(root, 'node_modules', '.lingma-gateway-install');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.error(`Installing dependencies with ${packageManager} ...`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  must(
    npm,
    [
      'exec',
      '--yes',
      `--package=${packageManager}`,
      '--',
      'pnpm',
      'install',
      '--frozen-lockfile',
      '--reporter=append-only',
      '--config.update-notifier=false',
    ],
    {
      ...toStderr,
      // npm's own settings, handed down as environment, would be taken for pnpm's.
      env: Object.fromEntries(
        Object.entries(process.env).filter(
          ([name]) => !/^npm_config_(?!registry|cache|proxy|https_proxy|userconfig)/i.test(name),
        ),
      ),
    },
  );
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Everything with a tsconfig of its own; `tsc -b` skips what is up to date. */
const buildable = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'tsconfig.json')))
  .map((name) => `packages/${name}`);
const build = () => must(bin('tsc'), ['-b', ...buildable], toStderr);
const types = () => must(bin('tsc'), ['-p', 'test/tsconfig.json']);
const lint = () => must(bin('biome'), ['check', '--error-on-warnings', '.']);
const vitest = (...vitestArgs) => must(bin('vitest'), ['run', ...vitestArgs]);

/** Runs beside this process, not inside a call that blocks: signals must reach what serves. */
const node = (...nodeArgs) => {
  const child = spawn(process.execPath, nodeArgs, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm runs scripts through a shell that passes no signal on: when it is gone, so is whoever wanted this.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
  watch.unref();
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 143)));
};
const cli = 'packages/server/dist/cli.js';

const scripts = {
  start: () => node(cli, 'serve', ...args),
  test: () => {
    types();
    lint();
    vitest(...args);
  },
  'test:clients': () => vitest('--config', 'test/clients/vitest.config.ts', ...args),
  build: () => undefined,
  check: () => {
    lint();
    types();
    vitest('packages', 'test/architecture', 'test/docs', ...args);
  },
  bench: () => node('--expose-gc', 'packages/dev/bench/main.mjs', ...args),
  sim: () => node(cli, 'serve', '--demo', ...args),
  'docs:sync': () => node('packages/dev/docs-sync.mjs', ...args),
};

const chosen = scripts[script];
if (chosen === undefined) {
  console.error(`Unknown script ${script}. There are: ${Object.keys(scripts).join(', ')}`);
  process.exit(2);
}
install();
build();
chosen();
