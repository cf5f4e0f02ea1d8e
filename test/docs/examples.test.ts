/** Every example runs as a user would run it and checks its own result. Needs the build that `npm test` makes first. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const folder = new URL('../../examples/', import.meta.url);

describe('examples', () => {
  it.each(readdirSync(folder))('%s - runs and finds its own result right', async (name) => {
    const { stdout, stderr } = await run(process.execPath, [fileURLToPath(new URL(`${name}/main.mjs`, folder))]);
    expect(stdout).not.toBe('');
    expect(stderr).toBe('');
  });
});
