/**
 * The translators in tests of three runners: Jest 30, Vitest and `node:test`. What is tested is an app's own reader of streams; the
 * translators make the streams, so that nobody writes server-sent events by hand. Runs all three and checks that each has run
 * every case.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as chat from '@lingma-gateway/core/chat';
import * as wire from '@lingma-gateway/core/wire';
import { casesOf } from './cases.cjs';

const cwd = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
/** What a package calls its command. */
const commandOf = (name) => {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
};

async function run(name, args, pattern) {
  // Of a runner around this one nothing is to be seen.
  const { NODE_TEST_CONTEXT: _, VITEST: __, NODE_OPTIONS: ___, NODE_ENV: ____, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    cwd,
    env: { ...env, CI: '1', NO_COLOR: '1' },
  });
  const passed = Number(pattern.exec(stdout + stderr)?.[1]);
  console.log(`${name}: ${passed} passed`);
  return passed;
}

const cases = casesOf(wire, chat).length;
const jest = (file) => [
  '--experimental-vm-modules',
  '--no-warnings',
  commandOf('jest'),
  ...['--ci', '--runInBand', '--config', 'jest.config.cjs', file],
];
assert.equal(
  await run('node:test', ['--test', '--test-reporter=tap', 'node-test/read-stream.test.mjs'], /^# pass (\d+)/m),
  cases,
);
assert.equal(await run('Vitest', [commandOf('vitest'), 'run', '--root', cwd], /Tests\s+(\d+) passed/), cases);
assert.equal(await run('Jest, ES modules', jest('imported'), /Tests:\s+(\d+) passed/), cases);
// Jest's own loader takes CommonJS alone: the build of it counts here, where the package has one.
const { exports } = require('@lingma-gateway/core/package.json');
if ('require' in exports['./wire']) {
  assert.equal(await run('Jest, CommonJS', jest('required').slice(2), /Tests:\s+(\d+) passed/), cases);
}
