#!/usr/bin/env node
/** The `lingma-gateway` command's entry: what can be told at once is told before anything else is loaded. */
import { readFileSync, statSync } from 'node:fs';

const words = process.argv.slice(2);
const end = words.indexOf('--');
const options = end === -1 ? words : words.slice(0, end);

/** Output may go to a pipe whose reader has had enough. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** There `--version` says which Lingma. */
const isBootstrap = options.includes('bootstrap');
if ((options.includes('--version') && !isBootstrap) || options.includes('-v') || options.includes('-V')) {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  process.stdout.write(`${manifest.version}\n`);
} else {
  const { main } = (await import(newerBundle() ?? './main.js')) as typeof import('./main.js');
  await main(words);
}

/** The same code in a few files, which start in half the time; `undefined` where none was made since the last build. */
function newerBundle(): string | undefined {
  const bundle = new URL('../bundle/main.js', import.meta.url);
  const made = timeOf(bundle);
  if (made === 0) return undefined;
  const builds = ['bootstrap', 'core', 'host-tools', 'login', 'node', 'server', 'simulator'].map((name) =>
    timeOf(new URL(`../../${name}/dist/.tsbuildinfo`, import.meta.url)),
  );
  return made >= Math.max(...builds) ? bundle.href : undefined;
}

/** 0: not there, as builds are not where this was installed from a registry. */
function timeOf(file: URL): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
