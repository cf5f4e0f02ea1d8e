/** The process itself: what ends it, and what others can read of it. Built command, real process. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cleanUp, startServe, temporaryFolder } from './server-process.js';

afterEach(cleanUp);

describe('serve - the process', () => {
  it('an exception and a rejection that nobody caught - are told, and it serves on', async () => {
    const fault = join(temporaryFolder(), 'fault.mjs');
    writeFileSync(
      fault,
      `process.on('SIGUSR2', () => {
        setImmediate(() => { throw new RangeError('nobody caught this one'); });
        Promise.reject(new Error('nor this one'));
      });`,
    );
    const { cli, url } = await startServe(['--demo'], { env: { NODE_OPTIONS: `--import=${pathToFileURL(fault)}` } });
    cli.child.kill('SIGUSR2');
    await vi.waitFor(() => {
      expect(cli.stderr()).toContain('nobody caught this one');
      expect(cli.stderr()).toContain('nor this one');
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] }),
    });
    expect(answer.status).toBe(200);
  });

  it.skipIf(process.platform === 'win32')('SIGHUP - keys of a file are read again', async () => {
    const keys = join(temporaryFolder(), 'keys');
    writeFileSync(keys, 'sk-one-of-ours');
    const { cli, url } = await startServe(['--demo'], { env: { LINGMA_GATEWAY_API_KEYS_FILE: keys } });
    const status = async (key: string): Promise<number> =>
      (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status('sk-one-of-ours'), await status('sk-two-of-ours')]).toEqual([200, 401]);
    writeFileSync(keys, 'sk-two-of-ours');
    cli.child.kill('SIGHUP');
    await expect.poll(() => status('sk-two-of-ours')).toBe(200);
    expect(await status('sk-one-of-ours')).toBe(401);
    await expect.poll(() => cli.stderr()).toContain('settings read anew');
  });

  it('readers of its output that are gone - it serves on', async () => {
    const { cli, url } = await startServe(['--demo', '--log-level', 'debug']);
    cli.child.stdout?.destroy();
    cli.child.stderr?.destroy();
    for (let count = 0; count < 20; count++) expect((await fetch(`${url}/v1/none`)).status).toBe(404);
  });

  it.runIf(process.platform === 'linux')('keys it was started with - no other process finds them', async () => {
    const { cli, url } = await startServe(['--demo', '--api-keys', 'sk-flag'], {
      env: { LINGMA_GATEWAY_API_KEYS: 'sk-new,sk-newer', LAST: 'last' },
    });
    const environment = readFileSync(`/proc/${cli.child.pid}/environ`, 'latin1');
    expect(environment).not.toContain('sk-');
    expect(environment).toContain('LAST=last');
    expect(readFileSync(`/proc/${cli.child.pid}/cmdline`, 'latin1')).not.toContain('sk-');
    const listed = await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer sk-flag' } });
    expect(listed.status).toBe(200);
  });
});
