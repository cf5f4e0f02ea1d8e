/** What nobody uses: files, exports, dependencies; and what is used without being named in a manifest. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const knip = fileURLToPath(new URL('../node_modules/knip/bin/knip.js', import.meta.url));
const ARGS = ['--no-progress', '--no-config-hints', '--config', 'packages/dev/publish/knip.config.js'];

it('the repository - holds nothing unused and needs nothing unnamed', async () => {
  const { stdout } = await run(process.execPath, [knip, ...ARGS], { cwd: root }).catch(
    (error: { readonly stdout: string; readonly stderr: string }) => ({ stdout: error.stdout + error.stderr }),
  );
  expect(stdout.trim()).toBe('');
});
