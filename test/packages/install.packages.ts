/**
 * The tarballs in empty projects, as npm installs them from them and from the registry, on every Node that is supported, and in
 * Jest. Where the registry can't be reached nothing can be said, and that is said.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInto, obtainNode } from './obtain-node.js';
import { copyConsumer, type PackedPackages, packPackages } from './packed-packages.js';

const run = promisify(execFile);

let packed: PackedPackages;
let dir: string;
let failure: string | undefined;
beforeAll(async () => {
  packed = await packPackages();
  dir = mkdtempSync(join(tmpdir(), 'lingma-install-'));
  writeFileSync(join(dir, 'package.json'), '{"private":true,"jest":{"testEnvironment":"node"}}\n');
  copyConsumer(dir);
  const tarballs = [...packed.packages.values()].map(({ tarball }) => tarball);
  await installInto(dir, [...tarballs, 'express@5', 'fastify@5', 'jest@30']).catch((error: Error) => {
    // What is wrong with the packages themselves is no want of a registry.
    if (!/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTCACHED/.test(error.message)) throw error;
    failure = error.message.split('\n')[0];
  });
});
afterAll(() => {
  packed?.remove();
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
});

describe.each(['20', '22', '24'])('Node %s', (major) => {
  it.for<readonly [kind: string, args: readonly string[]]>([
    ['an ES module', ['smoke.mjs']],
    ['CommonJS', ['smoke.cjs']],
    ['the command', ['node_modules/lingma-gateway/bin/lingma-gateway.js', 'chat', '--demo', 'Hello']],
    ['Jest 30', ['node_modules/jest/bin/jest.js', '--ci']],
  ])('%s - can use what npm installs', async ([, args], { skip }) => {
    const node = failure === undefined ? await obtainNode(major) : { reason: failure };
    if ('reason' in node) {
      console.warn(`SKIPPED: ${node.reason}`);
      return skip(node.reason);
    }
    const { stdout, stderr } = await run(node.path, [...args], { cwd: dir });
    const version = await run(node.path, ['--version']);
    expect(version.stdout).toMatch(new RegExp(`^v${major}\\.`));
    expect(stdout + stderr).toMatch(/ok|Hello|2 passed/);
    // Node warns of a module that it cannot place, or of what is experimental.
    expect(stderr).not.toMatch(/Warning/);
  });
});
