import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('generated documentation - is what the registry says', async () => {
  const outcome = await promisify(execFile)(process.execPath, ['packages/dev/docs-sync.mjs', '--check'], { cwd: root })
    .then(() => '')
    .catch((error: { stderr: string }) => error.stderr);
  expect(outcome).toBe('');
});
