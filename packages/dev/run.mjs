#!/usr/bin/env node
/**
 * The root scripts. Plain JavaScript without dependencies, because it runs before anything is installed: it installs
 * and builds what is out of date, then hands over. Progress goes to stderr, so a script's own output stays clean.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, serve } from './child.mjs';
import { planTests } from './plan-tests.mjs';
import { writeEntryStubs } from './publish/entry-stubs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [script, ...rest] = process.argv.slice(2);
const args = rest[0] === '--' ? rest.slice(1) : rest;
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/** Ends the script with the tool's exit code unless that is 0. */
const must = async (command, commandArgs, options = {}) => {
  const status = await run(command, commandArgs, { cwd: root, ...options });
  if (status !== 0) process.exit(status);
};
/** Output goes to stderr: what a script prints on stdout may be piped. */
const toStderr = { stdio: ['inherit', 2, 2] };

/** Installs when the lockfile or a manifest changed since the last install here. */
async function install() {
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
  // Without its checksum, which npm does not know; npm checks what it fetches itself.
  const [packageManager] = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('+');
  console.error(`Installing dependencies with ${packageManager} ...`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await must(
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
      // What another pnpm installed is replaced without a question, which nobody could answer in a pipe.
      '--config.confirm-modules-purge=false',
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

/** Scripts that need no CommonJS: who wants an answer soon does not wait for it. */
const SERVING = new Set(['start', 'sim', 'bench', 'soak']);

/** Everything with a tsconfig of its own; `tsc -b` skips what is up to date. */
const buildable = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'tsconfig.json')))
  .map((name) => `packages/${name}`);
const build = async () => {
  writeEntryStubs();
  await must(bin('tsc'), ['-b', ...buildable], { ...toStderr, notice: 'Building ...' });
  // Only makes the command start sooner: where there is no bundler for this machine it runs without.
  await run(process.execPath, ['packages/dev/bundle.mjs'], { cwd: root, ...toStderr, shell: false });
  if (SERVING.has(script)) return;
  await run(process.execPath, ['packages/dev/publish/commonjs.mjs'], { cwd: root, ...toStderr, shell: false });
};
const types = () => must(bin('tsc'), ['-p', 'test/tsconfig.json']);
const lint = () => must(bin('biome'), ['check', '--error-on-warnings', '.']);
const vitest = (...vitestArgs) => must(bin('vitest'), vitestArgs);
const step = async (title, work) => {
  console.error(`${title} ...`);
  await work();
};
const cli = 'packages/server/dist/cli.js';

const scripts = {
  /** `npm start -- doctor` and the like: what serves has a process group of its own, and could not ask the terminal. */
  start: () =>
    args[0] === undefined || args[0] === 'serve' || args[0].startsWith('-')
      ? serve([cli, 'serve', ...args.filter((word, index) => index > 0 || word !== 'serve')], { cwd: root })
      : must(process.execPath, [cli, ...args], { shell: false }),
  test: async () => {
    const plan = planTests({ args, root, cwd: process.env.INIT_CWD ?? root });
    if (plan.whole) {
      await step('Checking types', types);
      await step('Checking format and style', lint);
    }
    for (const vitestArgs of plan.runs) await vitest(...vitestArgs);
  },
  'test:clients': () => vitest('run', '--config', 'test/clients/vitest.config.ts', ...args),
  'test:agents': () => vitest('run', '--config', 'test/agents/vitest.config.ts', ...args),
  'test:packages': () => vitest('run', '--config', 'test/packages/vitest.config.ts', ...args),
  build: () => undefined,
  check: async () => {
    await step('Checking format and style', lint);
    await step('Checking types', types);
    await vitest('run', 'packages', 'test/architecture', 'test/docs', ...args);
  },
  bench: () => serve(['--expose-gc', 'packages/dev/bench/main.mjs', ...args], { cwd: root }),
  /** The long form; `npm test` has the short one. */
  chaos: () => {
    process.env.LINGMA_GATEWAY_CHAOS = 'long';
    return vitest('run', 'test/chaos', 'test/scenario/reload.test.ts', '--testTimeout=300000', ...args);
  },
  soak: () => serve(['packages/dev/soak/main.mjs', ...args], { cwd: root }),
  sim: () => serve([cli, 'serve', '--demo', ...args], { cwd: root }),
  pack: () => must(process.execPath, ['packages/dev/publish/pack.mjs', ...args], { shell: false }),
  'docs:sync': async () => {
    await must(process.execPath, ['packages/dev/publish/sync-manifests.mjs'], { shell: false });
    await must(process.execPath, ['packages/dev/docs-sync.mjs', ...args], { shell: false });
  },
  /** Pictures of docs/login.md; wants a Chromium. */
  'docs:screenshots': () => must(process.execPath, ['packages/dev/login-screenshots.mjs'], { shell: false }),
};

const chosen = scripts[script];
if (chosen === undefined) {
  console.error(`Unknown script ${script}. There are: ${Object.keys(scripts).join(', ')}`);
  process.exit(2);
}
await install();
await build();
await chosen();
