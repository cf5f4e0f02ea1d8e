/** `login`, `logout` and `session` as people run them: through a gateway that runs, and with an instance of their own. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { callbackOf } from './login-house.js';
import { cleanUp, runCli, startCli, startServe, temporaryFolder } from './server-process.js';

afterEach(cleanUp);

const LINGMA = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));
const settings = (simulator: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ LINGMA_BIN: LINGMA, LINGMA_WORK_DIR: temporaryFolder(), LINGMA_SOCKET_PORT: '0' },
  ...{ LINGMA_SIMULATOR_ARGS: simulator, ADMIN_TOKEN: 'admin-token', LANG: 'en_US.UTF-8', ...more },
});

describe('through a gateway that runs', () => {
  it('signed in by a pasted address, exported, signed out, imported', { timeout: 90_000 }, async () => {
    const env = settings('--logged-out');
    const { url } = await startServe([], { env });
    const { port } = new URL(url);
    const at = ['--port', port];
    const login = startCli(['login', '--paste', ...at], { env, keepStdin: true });
    const told = await login.until(/https:\/\/\S+\n/);
    const address = /https:\/\/\S+/.exec(told)?.[0] as string;
    login.child.stdin?.write('http://127.0.0.1:1/auth/callback?state=x\n');
    login.child.stdin?.write(`${callbackOf(address)}\n`);
    expect(await login.exit).toBe(0);
    expect(login.stdout()).toContain('inst-0 is signed in.');
    expect(login.stderr()).toContain('its port is not that of this Lingma');
    expect(login.stderr()).toContain('inst-0: verifying');
    expect((await runCli(['login', ...at], { env })).stdout).toContain('Somebody is signed in already');

    const file = join(temporaryFolder(), 'login.b64');
    const exported = await runCli(['session', 'export', '--out', file, ...at], { env });
    expect([exported.code, exported.stdout]).toEqual([0, expect.stringContaining(file)]);
    expect(readFileSync(file, 'utf8')).toMatch(/^H4sI[\w+/]+={0,2}\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await runCli(['session', 'export', '--out', '-', ...at], { env })).stdout).toMatch(/^H4sI/);

    expect((await runCli(['logout', ...at], { env })).stdout).toContain('inst-0 is signed out.');
    expect(await runCli(['session', 'export', '--out', file, ...at], { env })).toMatchObject({ code: 1 });
    const imported = await runCli(['session', 'import', '--in', file, ...at], { env });
    expect([imported.code, imported.stdout]).toEqual([0, 'inst-0 has the login now.\n']);
  });
});

describe('with an instance of their own', () => {
  it('login - by the token of the settings; the next command finds it signed in', { timeout: 60_000 }, async () => {
    const env = settings('--logged-out --personal-token u:canary-token', {
      LINGMA_GATEWAY_PERSONAL_TOKEN: 'canary-token',
      LINGMA_GATEWAY_USER_ID: 'u',
    });
    const at = ['--port', '1'];
    const login = await runCli(['login', ...at], { env });
    expect(login).toMatchObject({ code: 0, stdout: 'inst-0 is signed in.\n' });
    expect(login.stderr).not.toContain('canary');
    const exported = await runCli(['session', 'export', '--out', '-', ...at], { env });
    expect(exported.stdout).toMatch(/^H4sI/);
  });

  it.each([
    [['login'], 'no_login_way|nothing that it could be signed in with'],
    [['session', 'export', '--out', '-'], 'Nobody is signed in'],
  ])('%j - says what is missing', async (words, message) => {
    const { code, stderr } = await runCli([...words, '--port', '1'], { env: settings('--logged-out') });
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it.each([
    [['session'], 'session export, or session import'],
    [['session', 'export'], '--out FILE'],
    [['session', 'import'], '--in FILE'],
    [['login', '--paste', '--headed'], 'two ways'],
  ])('%j - exit code 2, and how it is meant', async (words, message) => {
    const { code, stderr } = await runCli(words, { env: settings('--logged-out') });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
