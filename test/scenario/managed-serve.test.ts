/** `serve` with processes of its own: the built command, the simulator under the real program's name, real signals. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, PROTOCOLS, send } from '../support/ask.js';
import { sim } from '../support/stack.js';
import { cleanUp, startCli, startServe, temporaryFolder } from './server-process.js';

const LINGMA = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));
const folders: string[] = [];
afterEach(async () => {
  await cleanUp();
  // What a killed gateway has left, whatever the test came to.
  for (const folder of folders.splice(0)) for (const pid of processesOf(folder)) kill(pid);
});

/** Settings of a gateway that starts its Lingmas below a folder of its own. */
function ownProcesses(more: Readonly<Record<string, string>> = {}) {
  const workDir = temporaryFolder();
  folders.push(workDir);
  return { workDir, env: { LINGMA_BIN: LINGMA, LINGMA_WORK_DIR: workDir, LINGMA_SOCKET_PORT: '0', ...more } };
}

/** Lingmas that run in this folder or below it, by their command lines. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      if (!runs(pid)) return false;
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes('--workDir') && words.some((word) => word.startsWith(folder));
      } catch {
        return false;
      }
    });
}

/** One that has ended but that nobody has looked after does not run. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone.
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** As soon as it listens, which is before it has anything to announce. */
async function startListening(env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const cli = startCli(['serve', '--port', String(port)], { env });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/healthz`)).status).toBe(200));
  return { cli, url };
}

/** Streams that go on, each with its first words there. */
async function runningStreams(url: string, count: number) {
  const prompt = sim({ text: 'a long answer '.repeat(20), chunks: 200, delayMs: 100 });
  return Promise.all(
    Array.from({ length: count }, async () => {
      const response = await send(url, 'chat', { prompt, stream: true });
      expect(response.status).toBe(200);
      const reader = response.body?.getReader();
      await reader?.read();
      const toEnd = async (): Promise<void> => {
        while ((await reader?.read())?.done === false);
      };
      return { toEnd };
    }),
  );
}

describe.runIf(process.platform === 'linux')('serve with processes of its own', () => {
  it('requests while it starts - wait and are answered, in all protocols; health is told meanwhile', async () => {
    const { env } = ownProcesses({ LINGMA_SIMULATOR_ARGS: '--slow-start 2000' });
    const { cli, url } = await startListening(env);
    const health = (await (await fetch(`${url}/healthz`)).json()) as { lingma: { state: string } };
    expect(JSON.stringify(health)).not.toContain('"state":"ready"');
    const answers = await Promise.all(
      PROTOCOLS.flatMap((protocol) =>
        [false, true].map((stream) => ask(url, protocol, { prompt: sim({ text: 'worth the wait' }), stream })),
      ),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, text: 'worth the wait', ended: true });
    }
    expect(await cli.until(/Base URL/)).toMatch(/Lingma +found at ws:/);
  });

  it('a start that takes longer than its limit - 503 with a time to come back, in each form', async () => {
    const { env } = ownProcesses({ LINGMA_SIMULATOR_ARGS: '--slow-start 600000', LINGMA_STARTUP_TIMEOUT: '2' });
    const { url } = await startListening(env);
    const answers = await Promise.all(PROTOCOLS.map((protocol) => ask(url, protocol, { prompt: 'hi' })));
    expect(answers.map(({ status }) => status)).toEqual([503, 529, 503]);
    for (const { headers, text } of answers) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(text).toBe('');
    }
  });

  it('a program that is not there - refused in all protocols, never answered by the simulator', async () => {
    const { env } = ownProcesses({ LINGMA_BIN: '/nowhere/Lingma' });
    const { url, announcement } = await startServe([], { env });
    expect(announcement).not.toContain('SIMULATED');
    for (const protocol of PROTOCOLS) {
      for (const stream of [false, true]) {
        const answer = await ask(url, protocol, { prompt: sim({ text: 'simulated' }), stream });
        expect(answer).toMatchObject({ status: protocol === 'messages' ? 529 : 503, text: '' });
        expect(answer.raw).not.toContain('/nowhere');
      }
    }
  });

  it('accounts - an instance each, announced one by one; no password reaches a process', async () => {
    const { env, workDir } = ownProcesses({ LINGMA_ACCOUNTS: 'one:canary-1,two:canary-2' });
    const { announcement, url } = await startServe([], { env });
    expect(announcement).toContain('2 of 2 instances ready\n');
    expect(announcement).toMatch(/ inst-0 +ws:.*\n +inst-1 +ws:/);
    const pids = processesOf(workDir);
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain('canary');
    expect(existsSync(join(workDir, 'pool', 'inst-1', '.info.json'))).toBe(true);
    expect((await ask(url, 'chat', { prompt: 'hi' })).status).toBe(200);
  });

  it('kill -9 under load, then another start - the same processes answer: none is left over, none is there twice', async () => {
    const { env, workDir } = ownProcesses({ LINGMA_INSTANCE_COUNT: '2' });
    const first = await startServe([], { env });
    const pids = processesOf(workDir).sort();
    expect(pids).toHaveLength(2);
    const streams = await runningStreams(first.url, 10);
    first.cli.child.kill('SIGKILL');
    await first.cli.exit;
    for (const stream of streams) await expect(stream.toEnd()).rejects.toThrow();
    expect(processesOf(workDir).sort()).toEqual(pids);
    const second = await startServe([], { env });
    expect(processesOf(workDir).sort()).toEqual(pids);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(second.url, 'messages', { prompt: sim({ text: 'as before' }) })),
    );
    expect(answers.map(({ text }) => text)).toEqual(Array(10).fill('as before'));
    second.cli.child.kill('SIGTERM');
    expect(await second.cli.exit).toBe(0);
    expect(processesOf(workDir)).toEqual([]);
    for (const name of ['inst-0', 'inst-1']) {
      expect(existsSync(join(workDir, 'pool', name, '.lingma-gateway.json'))).toBe(false);
    }
  });

  it.each(['acp', 'lsp-chat'])(
    'the time to drain is over, %s - each protocol’s own end, streamed and whole, and no process is left',
    async (dialect) => {
      const { env, workDir } = ownProcesses({ LINGMA_GATEWAY_DIALECT: dialect });
      const { cli, url } = await startServe(['--drain-timeout', '1'], { env });
      const prompt = sim({ text: 'x', repeat: 2000, chunks: 2000, delayMs: 50 });
      const begun = PROTOCOLS.map((protocol) => send(url, protocol, { prompt, stream: true }));
      const whole = PROTOCOLS.map((protocol) => send(url, protocol, { prompt }));
      for (const each of begun) expect((await each).status).toBe(200);
      await vi.waitFor(async () => expect((await (await fetch(`${url}/healthz`)).json()).inFlight).toBe(6));
      cli.child.kill('SIGTERM');
      const streams = await Promise.all(begun.map(async (each) => (await each).text()));
      const [chat = '', messages = '', responses = ''] = streams;
      expect(chat).toMatch(/\ndata: \{"error":\{[^\n]*"code":"shutting_down"[^\n]*\n\n$/);
      expect(messages).toMatch(/\nevent: error\ndata: \{"type":"error","error":\{"type":"overloaded_error"[^\n]*\n\n$/);
      expect(responses).toMatch(/\nevent: response\.failed\ndata: [^\n]*shutting down[^\n]*\n\n$/);
      for (const text of streams)
        expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed|"finish_reason":"/);
      expect(await Promise.all(whole.map(async (each) => (await each).status))).toEqual([503, 529, 503]);
      expect(await cli.exit).toBe(0);
      expect(processesOf(workDir)).toEqual([]);
    },
  );

  it('a second signal - ends its processes at once, though they are deaf to the first', async () => {
    const { env, workDir } = ownProcesses({
      LINGMA_INSTANCE_COUNT: '2',
      LINGMA_SIMULATOR_ARGS: '--ignore-term --helper',
    });
    const { cli, url } = await startServe(['--log-level', 'debug'], { env });
    const helpers = [...cli.stderr().matchAll(/helper process (\d+)/g)].map(([, pid]) => Number(pid));
    expect([processesOf(workDir).length, helpers.filter(runs).length]).toEqual([2, 2]);
    await runningStreams(url, 2);
    cli.child.kill('SIGTERM');
    await vi.waitFor(() => expect(cli.stderr()).toContain('SIGTERM'));
    // Streams run on, and with them what they run on.
    expect(processesOf(workDir)).toHaveLength(2);
    cli.child.kill('SIGTERM');
    expect(await cli.exit).toBe(143);
    await vi.waitFor(() => expect([...processesOf(workDir), ...helpers.filter(runs)]).toEqual([]));
  });

  it('two processes of one account - rest together when its quota is used up, a third of another goes on', async () => {
    const { env, workDir } = ownProcesses({ LINGMA_ACCOUNTS: 'one:secret,two:secret', LINGMA_INSTANCE_COUNT: '3' });
    const settings = loadConfig({ env: { ...env, LINGMA_GATEWAY_SESSION_MODE: 'fresh' } });
    const gateway = composeGateway(settings.config, { env: { PATH: process.env.PATH }, origins: settings.origins });
    try {
      await gateway.connect();
      expect(processesOf(workDir)).toHaveLength(3);
      const resting = (): boolean[] =>
        gateway.pool.status().instances.map(({ cooldownUntil }) => cooldownUntil !== undefined);
      const lease = await gateway.pool.acquire({ instance: 'inst-2' });
      const used = lease.complete({
        messages: [{ role: 'user', text: sim({ error: { status: 429, message: 'insufficient quota' } }) }],
      });
      await expect(used).rejects.toMatchObject({ code: 'quota_exceeded' });
      lease.release();
      expect(resting()).toEqual([true, false, true]);
    } finally {
      await gateway.close({ graceMs: 0 });
    }
  });
});
