/** `deploy/compose/deploy.sh` against a docker, a tailscale and an ip of ours: no container is started here. */
import { execFile, execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const SOURCE = fileURLToPath(new URL('../../deploy/compose/', import.meta.url));
const has = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
};
const hasShell = process.platform !== 'win32' && has('sh');
if (!hasShell) console.warn('SKIPPED: there is no sh on this machine, deploy.sh is not tried');
const hasShellcheck = hasShell && has('shellcheck');
if (!hasShellcheck) console.warn('SKIPPED: there is no shellcheck on this machine');

let ready: Server;
let folder: string;
let calls: string;

beforeAll(async () => {
  ready = createServer((request, response) => response.writeHead(request.url === '/readyz' ? 200 : 404).end());
  await new Promise<void>((resolve) => ready.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => ready.close(resolve)));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lingma deploy '));
  calls = join(folder, 'calls');
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'compose'));
  for (const name of ['deploy.sh', '.env.example', 'compose.yml']) {
    await copyFile(join(SOURCE, name), join(folder, 'compose', name));
  }
  await program('docker', `echo "docker $* BIND_IP=$BIND_IP HOST_PORT=\${HOST_PORT-}" >>"$CALLS"`);
  await program('tailscale', 'exit 1');
  await program('ip', 'echo "1: lo    inet 127.0.0.1/8 scope host"; echo "2: eth0    inet 192.168.7.5/24 brd"');
});
afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, body: string): Promise<void> {
  const path = join(folder, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

interface Run {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly dotEnv?: string;
  readonly script?: string;
  /** Default: what the script itself names. */
  readonly shell?: string;
}

async function deploy({ args = [], env = {}, dotEnv, script = join(folder, 'compose/deploy.sh'), shell }: Run = {}) {
  if (dotEnv !== undefined) await writeFile(join(folder, 'compose/.env'), dotEnv);
  const result = await new Promise<{ code: number; out: string; err: string }>((resolve) =>
    execFile(
      shell ?? script,
      shell === undefined ? [...args] : [script, ...args],
      {
        cwd: tmpdir(),
        env: {
          PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
          CALLS: calls,
          HOST_PORT: String((ready.address() as AddressInfo).port),
          DEPLOY_WAIT_SEC: '0',
          ...env,
        },
      },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    ),
  );
  const asked = await readFile(calls, 'utf8').then(
    (text) => text.split('\n').filter((line) => line !== '' && !line.includes('compose version')),
    () => [],
  );
  return { ...result, asked };
}

describe.skipIf(!hasShell)('deploy.sh', () => {
  it('first run - makes .env with secrets, starts it, waits, says where it is', async () => {
    const { code, out, asked } = await deploy({ env: { BIND_IP: '127.0.0.1' } });
    const { port } = ready.address() as AddressInfo;
    expect(code).toBe(0);
    expect(asked).toEqual([`docker compose up -d BIND_IP=127.0.0.1 HOST_PORT=${port}`]);
    const dotEnv = await readFile(join(folder, 'compose/.env'), 'utf8');
    const key = /^API_KEYS=(sk-[0-9a-f]{64})$/m.exec(dotEnv)?.[1];
    const token = /^ADMIN_TOKEN=([0-9a-f]{64})$/m.exec(dotEnv)?.[1];
    expect((await stat(join(folder, 'compose/.env'))).mode & 0o777).toBe(0o600);
    expect(key !== undefined && token !== undefined && out.includes(key) && out.includes(token)).toBe(true);
    expect(out).toContain(`http://127.0.0.1:${port}/v1`);
    expect(out).toContain(`http://127.0.0.1:${port}/internal/`);

    const again = await deploy({ env: { BIND_IP: '127.0.0.1' } });
    expect(again.code).toBe(0);
    expect(await readFile(join(folder, 'compose/.env'), 'utf8')).toBe(dotEnv);
    expect(again.out).not.toContain(token);
  });

  it.each<[string, Run, string]>([
    ['nothing set', { dotEnv: '' }, '192.168.7.5'],
    ['empty', { dotEnv: 'BIND_IP=\n' }, 'placeholder'],
    ['xxx', { dotEnv: 'TAILSCALE_IP=xxx.xxx.xxx.xxx\n' }, 'TAILSCALE_IP is still a placeholder'],
    ['your-…', { dotEnv: 'BIND_IP="your-tailscale-ip"\r\n' }, 'placeholder'],
    ['no address', { dotEnv: 'BIND_IP=gateway.local\n' }, 'no IP address'],
    ['256', { dotEnv: 'BIND_IP=10.0.0.256\n' }, 'no IP address'],
    ['three numbers', { dotEnv: 'BIND_IP=10.0.1\n' }, 'no IP address'],
    ['an order in it', { dotEnv: 'BIND_IP=$(touch pwned)\n' }, 'no IP address'],
    ['all addresses', { dotEnv: 'BIND_IP=0.0.0.0\n' }, '--public'],
    ['all addresses, IPv6', { dotEnv: 'BIND_IP=::\n' }, '--public'],
    ['all addresses, IPv6 at length', { args: ['--force'], dotEnv: 'BIND_IP=0::0\n' }, 'everybody'],
    ['two gaps', { args: ['--force'], dotEnv: 'BIND_IP=fd00::1::2\n' }, 'no IP address'],
    ['nine groups', { args: ['--force'], dotEnv: 'BIND_IP=fd00:2:3:4:5:6:7:8:9\n' }, 'no IP address'],
    ['public', { dotEnv: 'BIND_IP=8.8.8.8\n' }, '--public'],
    ['just beyond 172.16/12', { dotEnv: 'BIND_IP=172.32.0.1\n' }, '--public'],
    ['just beyond 100.64/10', { dotEnv: 'BIND_IP=100.128.0.1\n' }, '--public'],
    ['of another machine', { dotEnv: 'BIND_IP=192.168.7.6\n' }, '192.168.7.5'],
    ['of another machine, IPv6', { dotEnv: 'BIND_IP=fd00::9\n' }, '--force'],
    ['a port that is none', { dotEnv: 'BIND_IP=127.0.0.1\n', env: { HOST_PORT: '70000' } }, 'HOST_PORT'],
    ['a port beyond numbers', { dotEnv: 'BIND_IP=127.0.0.1\n', env: { HOST_PORT: '9'.repeat(30) } }, 'HOST_PORT'],
    ['an unknown argument', { args: ['--publik'] }, '--publik'],
  ])('refused with 2 - %s', async (_, run, sentence) => {
    const { code, err, asked } = await deploy(run);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(sentence);
  });

  it.each<[string, Run, string]>([
    ['of an interface', { dotEnv: 'BIND_IP=192.168.7.5 # the office\n' }, '192.168.7.5'],
    ['by its other name', { dotEnv: "export TAILSCALE_IP='192.168.7.5'\n" }, '192.168.7.5'],
    ['blanks around it', { dotEnv: '# BIND_IP=8.8.8.8\n  BIND_IP = "192.168.7.5"  \r\n' }, '192.168.7.5'],
    ['with a colon', { dotEnv: 'BIND_IP: 192.168.7.5\n' }, '192.168.7.5'],
    ['behind a byte order mark', { dotEnv: '\uFEFFBIND_IP=192.168.7.5' }, '192.168.7.5'],
    ['the last of two', { dotEnv: 'BIND_IP=8.8.8.8\nBIND_IP=192.168.7.5\n' }, '192.168.7.5'],
    ['a longer name', { dotEnv: 'BIND_IP=192.168.7.5\nBIND_IPS=8.8.8.8\n' }, '192.168.7.5'],
    ['the environment wins', { dotEnv: 'BIND_IP=8.8.8.8\n', env: { BIND_IP: '127.0.0.1' } }, '127.0.0.1'],
    ['public, on purpose', { args: ['--public', '--force'], dotEnv: 'BIND_IP=8.8.8.8\n' }, '8.8.8.8'],
    ['all, on purpose', { args: ['--public'], dotEnv: 'BIND_IP=0.0.0.0\n' }, '0.0.0.0'],
    ['not here yet', { args: ['--force'], dotEnv: 'BIND_IP=100.101.102.103\n' }, '100.101.102.103'],
    ['IPv6 in brackets', { args: ['--force'], dotEnv: 'BIND_IP=fd00::9\n' }, '[fd00::9]'],
  ])('started - %s', async (_, { args = [], ...run }, address) => {
    const { code, out } = await deploy({ ...run, args: [...args, '--dry-run'] });
    expect(code).toBe(0);
    expect(out).toContain(`BIND_IP=${address} `);
  });

  it('nothing set, but Tailscale is here - its address, told', async () => {
    await program('tailscale', 'echo 100.64.1.2');
    const { code, out } = await deploy({ args: ['--dry-run', '--force'], dotEnv: '' });
    expect([code, /100\.64\.1\.2/.test(out)]).toEqual([0, true]);
  });

  it('only docker-compose is here - it is used', async () => {
    await program('docker', 'exit 1');
    await program('docker-compose', `echo "docker-compose $*" >>"$CALLS"`);
    const { code, asked } = await deploy({ dotEnv: 'BIND_IP=127.0.0.1\n' });
    expect([code, asked]).toEqual([0, ['docker-compose up -d']]);
  });

  it('not ready in time - the end of its log, and 1', async () => {
    await program('docker', `case "$2" in logs) echo "docker $*" >>"$CALLS"; echo a last line;; esac`);
    const { code, err, asked } = await deploy({ dotEnv: 'BIND_IP=127.0.0.1\n', env: { HOST_PORT: '1' } });
    expect([code, asked]).toEqual([1, ['docker compose logs --tail 30']]);
    expect(err).toContain('a last line');
  });

  it('each look takes long - the time is told by the clock', async () => {
    await program('sleep', 'exit 0');
    await program('curl', 'echo look >>"$CALLS"; exit 22');
    await program('date', 'echo tick >>"$CALLS.ticks"; echo $(($(wc -l <"$CALLS.ticks") * 50))');
    const { code, asked } = await deploy({ dotEnv: 'BIND_IP=127.0.0.1\n', env: { DEPLOY_WAIT_SEC: '120' } });
    expect([code, asked.filter((line) => line === 'look')]).toEqual([1, ['look', 'look', 'look']]);
  });

  it('Compose fails - the end of its log, and 1', async () => {
    await program('docker', `case "$2" in up) exit 3;; logs) echo a last line;; esac`);
    const { code, err } = await deploy({ dotEnv: 'BIND_IP=127.0.0.1\n' });
    expect([code, err.includes('a last line')]).toEqual([1, true]);
  });

  it.each([
    ['--down', 'docker compose down'],
    ['--logs', 'docker compose logs --follow --tail 100'],
  ])('%s', async (argument, command) => {
    const { code, asked } = await deploy({ args: [argument] });
    expect(code).toBe(0);
    expect(asked[0]).toContain(command);
  });

  it('--dry-run - nothing is made and nothing is started', async () => {
    const { code, asked } = await deploy({ args: ['--dry-run'], env: { BIND_IP: '127.0.0.1' } });
    expect([code, asked]).toEqual([0, []]);
    await expect(stat(join(folder, 'compose/.env'))).rejects.toThrow();
  });

  it('called by a symbolic link from elsewhere - works in its own folder', async () => {
    await symlink('compose/deploy.sh', join(folder, 'up'));
    const { code } = await deploy({ script: join(folder, 'up'), env: { BIND_IP: '127.0.0.1' } });
    expect(code).toBe(0);
    await stat(join(folder, 'compose/.env'));
  });

  it('in a folder that is a symbolic link - works in the real one, which names the project', async () => {
    await symlink('compose', join(folder, 'linked'));
    await program('docker', `pwd >>"$CALLS"`);
    const { asked } = await deploy({ script: join(folder, 'linked/deploy.sh'), env: { BIND_IP: '127.0.0.1' } });
    expect(asked.at(-1)).toMatch(/\/compose$/);
  });

  it.each(['sh', 'dash', 'bash'].filter(has))('run by %s', async (shell) => {
    const run = { shell, dotEnv: 'BIND_IP=fd00::9\n' };
    expect((await deploy({ ...run, args: ['--force', '--dry-run'] })).out).toContain('BIND_IP=[fd00::9] ');
    expect((await deploy({ ...run, dotEnv: 'BIND_IP=127.0.0.1\n' })).code).toBe(0);
  });

  it('the folders of data and secrets - for this user alone', async () => {
    await deploy({ env: { BIND_IP: '127.0.0.1' } });
    for (const name of ['data', 'secrets']) {
      expect((await stat(join(folder, 'compose', name))).mode & 0o777).toBe(0o700);
    }
  });

  it.skipIf(!hasShellcheck)('shellcheck finds nothing', () => {
    execFileSync('shellcheck', [join(SOURCE, 'deploy.sh')]);
  });
});

it('compose.yml - the port is bound where BIND_IP says, the data is a folder beside it', async () => {
  const { services } = parse(await readFile(join(SOURCE, 'compose.yml'), 'utf8'));
  expect(services.gateway).toMatchObject({
    ports: [expect.stringMatching(/^\$\{BIND_IP:\?[^}]+\}:\$\{HOST_PORT:-3000\}:8317$/)],
    volumes: expect.arrayContaining(['./data:/app/data']),
    restart: 'unless-stopped',
    environment: { TZ: expect.any(String), LINGMA_GATEWAY_DATA_DIR: '/app/data' },
  });
});
