#!/usr/bin/env node
/** The `lingma-gateway` command's entry: what can be told at once is told before anything else is loaded. */
import { readFileSync } from 'node:fs';

const words = process.argv.slice(2);
const end = words.indexOf('--');
const options = end === -1 ? words : words.slice(0, end);

/** Output may go to a pipe whose reader has had enough. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

if (options.includes('--version') || options.includes('-v') || options.includes('-V')) {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  process.stdout.write(`${manifest.version}\n`);
} else {
  const { main } = await import('./main.js');
  await main(words);
}
