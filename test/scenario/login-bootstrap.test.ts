/** From nothing but an account to the first token: Lingma from a store, signed in by a browser, asked by a client. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLoginSite, createVsixStore, makeVsix } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask, PROTOCOLS } from '../support/ask.js';
import { sim } from '../support/stack.js';
import { cleanUp, startServe, temporaryFolder } from './server-process.js';

const CHROMIUM = [process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);
if (CHROMIUM === undefined)
  console.warn('SKIPPED: no Chromium on this machine, nobody gets from an account to a token');

const NAME = 'canary-account';
const PASSWORD = 'canary-Pa55-word!';
const KEY = 'a-key-of-a-client';
/** On a machine that has nothing else to do. */
const LIMIT_MS = 20_000;
/** How much slower one may be that has. */
const UNDER_LOAD = 6;

afterEach(cleanUp);

describe.skipIf(CHROMIUM === undefined)('an empty folder and an account', { timeout: LIMIT_MS * UNDER_LOAD }, () => {
  it('serve - fetches Lingma, signs in, and answers in all protocols; the next start needs neither', async () => {
    const store = await createVsixStore({ vsix: makeVsix() });
    onTestFinished(() => store.close());
    const site = createLoginSite({ users: [{ name: NAME, password: PASSWORD, behaviour: 'consent' }] });
    await site.start();
    onTestFinished(() => site.stop());
    const dataDir = temporaryFolder();
    const env = {
      ...{ LINGMA_USERNAME: NAME, LINGMA_PASSWORD: PASSWORD, API_KEYS: KEY, ADMIN_TOKEN: 'for-the-operator' },
      // Where the store and the sign-in page of this test are, and what this machine needs for its browser.
      LINGMA_GATEWAY_DATA_DIR: dataDir,
      LINGMA_SOCKET_PORT: '0',
      LINGMA_GATEWAY_BOOTSTRAP_MARKETPLACE_URL: store.url,
      LINGMA_VSIX_URL: store.vsixUrl,
      LINGMA_SIMULATOR_ARGS: `--logged-out --login-page ${site.loginUrl}`,
      LINGMA_GATEWAY_LOGIN_ALLOW_LOOPBACK: 'true',
      LINGMA_GATEWAY_LOGIN_BROWSER_PATH: CHROMIUM ?? '',
      LINGMA_GATEWAY_LOGIN_NO_SANDBOX: String(process.getuid?.() === 0),
      LINGMA_GATEWAY_LOG_LEVEL: 'debug',
    };
    const question = {
      prompt: sim({ text: 'the first token' }),
      stream: true,
      headers: { authorization: `Bearer ${KEY}` },
    };
    const answer = { status: 200, text: 'the first token', ended: true };
    const from = performance.now();
    const first = await startServe([], { env });
    await vi.waitFor(async () => expect(await ask(first.url, 'chat', question)).toMatchObject(answer), {
      timeout: LIMIT_MS * (UNDER_LOAD - 2),
      interval: 250,
    });
    const ms = performance.now() - from;
    console.info(`from nothing to the first token: ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(LIMIT_MS * (UNDER_LOAD - 2));
    for (const protocol of PROTOCOLS) expect(await ask(first.url, protocol, question)).toMatchObject(answer);
    expect(site.attempts(NAME)).toBe(1);
    expect(new Set(readdirSync(join(dataDir, 'bin')))).toContain('Lingma');
    for (const secret of [NAME, PASSWORD, KEY]) expect(first.cli.stdout() + first.cli.stderr()).not.toContain(secret);
    first.cli.child.kill('SIGTERM');
    expect(await first.cli.exit).toBe(0);

    const asked = [store.requests.length, site.requests.length];
    const again = await startServe([], { env });
    await vi.waitFor(async () => expect(await ask(again.url, 'chat', question)).toMatchObject(answer), {
      timeout: LIMIT_MS * 2,
      interval: 250,
    });
    expect([store.requests.length, site.requests.length]).toEqual(asked);
  });
});
