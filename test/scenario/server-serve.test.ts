import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, runCli, startCli, startServe, temporaryFolder } from './server-process.js';

const bash = (line: string, env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)('bash', ['-c', line], { env: { ...process.env, ...env } });

const simulators: Simulator[] = [];
async function startSimulator(options: Parameters<typeof createSimulator>[0] = {}): Promise<Simulator> {
  const simulator = createSimulator(options);
  simulators.push(simulator);
  await simulator.start();
  return simulator;
}

afterEach(async () => {
  await cleanUp();
  for (const simulator of simulators.splice(0)) await simulator.stop();
});

const ask = (url: string, content: string, extra: object = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }], ...extra }),
  });

const curlLines = (announcement: string): string[] => announcement.match(/^curl .*$/gm) ?? [];

describe('serve - what it prints', () => {
  it('the Lingma, base URL, models, curl lines, Claude Code and Codex, in this order', async () => {
    const simulator = await startSimulator({ profile: 'vscode-ext' });
    const { announcement, url } = await startServe(['--ws-url', simulator.address.webSocketUrl]);
    const parts = [
      `Lingma      found at ${simulator.address.webSocketUrl} (lingma 2.11.1, lsp-chat, logged in)\n`,
      `Base URL    ${url}/v1`,
      'Models      ',
      `curl ${url}/v1/chat/completions `,
      `curl ${url}/v1/messages `,
      `ANTHROPIC_BASE_URL="${url}" ANTHROPIC_AUTH_TOKEN="any" ANTHROPIC_API_KEY="" claude\n`,
      `base_url = "${url}/v1"`,
      'wire_api = "responses"\n',
    ];
    const places = parts.map((part) => announcement.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((left, right) => left - right));
    const listed = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    for (const { id } of listed.data) expect(announcement).toContain(id);
  });

  it('curl lines that answer when run by a shell', async () => {
    const simulator = await startSimulator();
    const { announcement } = await startServe([`--ws-url=${simulator.address.webSocketUrl}`]);
    const [openai, anthropic] = curlLines(announcement);
    const first = JSON.parse((await bash(`${openai} -sS --fail-with-body`)).stdout);
    expect(first.choices[0].message.content).toContain('simulator');
    const second = JSON.parse((await bash(`${anthropic} -sS --fail-with-body`)).stdout);
    expect(second.content[0].text).toContain('simulator');
  });

  it('with keys - lines that carry the variable, and the key nowhere', async () => {
    const simulator = await startSimulator();
    const { announcement, url, cli } = await startServe(['--ws-url', simulator.address.webSocketUrl], {
      env: { LINGMA_GATEWAY_API_KEYS: 'sk-first-secret,sk-second-secret' },
    });
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    for (const line of curlLines(announcement)) {
      const { stdout } = await bash(`${line} -sS --fail-with-body`, { LINGMA_GATEWAY_KEY: 'sk-second-secret' });
      expect(stdout).toContain('simulator');
    }
    expect(announcement).toContain('ANTHROPIC_AUTH_TOKEN="$LINGMA_GATEWAY_KEY" ANTHROPIC_API_KEY="" claude');
    expect(announcement).toContain('env_key = "LINGMA_GATEWAY_KEY"');
    expect(cli.stdout() + cli.stderr()).not.toContain('-secret');
  });

  it('without any Lingma - that answers are simulated, and then simulated answers', async () => {
    const { announcement, url } = await startServe([], { cwd: temporaryFolder() });
    expect(announcement).toMatch(/^Lingma {6}none found: started the bundled simulator at ws:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(announcement).toContain('ANSWERS ARE SIMULATED');
    expect(await (await ask(url, 'hello')).text()).toContain('simulator');
  });

  it('log lines - JSON in a pipe, for people when asked', async () => {
    const simulator = await startSimulator();
    const address = ['--ws-url', simulator.address.webSocketUrl];
    const lines = (text: string): string[] => text.trim().split('\n');
    const plain = await startServe(address);
    expect(lines(plain.cli.stderr()).map((line) => JSON.parse(line).level)).toContain('info');
    const pretty = await startServe([...address, '--log-format', 'pretty']);
    for (const line of lines(pretty.cli.stderr())) expect(line).toMatch(/^\d\d:\d\d:\d\d (info|warn) /);
    expect(pretty.cli.stderr()).not.toContain('\u001b');
  });

  it('a logged-out Lingma - says so, and starts', async () => {
    const simulator = await startSimulator({ loggedOut: true });
    const { announcement, url } = await startServe(['--ws-url', simulator.address.webSocketUrl]);
    expect(announcement).toContain('NOT LOGGED IN');
    expect((await ask(url, 'hello')).status).toBe(503);
  });

  it('without a command, flags first - serves too', async () => {
    const simulator = await startSimulator();
    const cli = startCli(['--port', '0', '--ws-url', simulator.address.webSocketUrl]);
    await cli.until(/wire_api/);
    const swapped = startCli(['--port=0', '--ws-url', simulator.address.webSocketUrl, 'serve']);
    await swapped.until(/wire_api/);
  });
});

describe('serve - an absent Lingma', () => {
  it('an address that is dead - starts without a demo, answers 503, recovers when Lingma appears', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));

    const { announcement, url } = await startServe(['--ws-url', `ws://127.0.0.1:${port}/`]);
    expect(announcement).toMatch(/^Lingma {6}not there yet: /);
    expect(announcement).not.toContain('SIMULATED');
    expect(announcement).toContain('looked for again on each request');
    const refused = await ask(url, 'hello');
    expect(refused.status).toBe(503);
    expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('not_ready');

    const simulator = await startSimulator({ port });
    expect(simulator.address.webSocketPort).toBe(port);
    const answered = await ask(url, '@sim {"text":"back again"}');
    expect(answered.status).toBe(200);
    expect(await answered.text()).toContain('back again');
  });

  it('--no-demo without an address - starts anyway', async () => {
    const { announcement } = await startServe(['--no-demo']);
    expect(announcement).toMatch(/^Lingma {6}not there yet: /);
    const fromEnvironment = await startServe([], { env: { LINGMA_GATEWAY_DEMO: 'false' } });
    expect(fromEnvironment.announcement).not.toContain('SIMULATED');
  });

  it.each([
    ['LINGMA_BIN', '/nowhere/Lingma'],
    ['LINGMA_ACCOUNTS', 'someone:secret'],
  ])('%s set and no process - never the answer of a simulator', async (name, value) => {
    const { announcement, url, cli } = await startServe([], { env: { [name]: value } });
    expect(announcement).toMatch(/^Lingma {6}not there yet: /);
    expect(announcement).not.toContain('SIMULATED');
    const refused = await ask(url, 'hello');
    expect(refused.status).toBe(503);
    const { error } = (await refused.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('not_ready');
    expect(error.message).toMatch(/Lingma/);
    expect(cli.stdout() + cli.stderr()).not.toContain('secret');
  });

  it('--demo - the simulator although an address is given', async () => {
    const { announcement } = await startServe(['--demo', '--ws-url', 'ws://127.0.0.1:1/']);
    expect(announcement).toContain('ANSWERS ARE SIMULATED. For real ones start without --demo.');
  });

  it('found by its work folder', async () => {
    const workDir = temporaryFolder();
    const simulator = await startSimulator({ workDir });
    const { announcement } = await startServe(['--work-dir', workDir, '--transport', 'websocket']);
    expect(announcement).toContain(`found at ws://127.0.0.1:${simulator.address.webSocketPort}/`);
  });
});

describe('serve - refusals', () => {
  it('a port in use', async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as AddressInfo;
    const { code, stderr } = await runCli(['serve', '--port', String(port), '--no-demo']);
    await new Promise((resolve) => busy.close(resolve));
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(stderr).toContain('--port 0');
  });

  it('older names of settings are taken and told', async () => {
    const simulator = await startSimulator();
    const { cli } = await startServe([], {
      env: { LINGMA_PROXY_WS_URL: simulator.address.webSocketUrl, DEDICATED_DOMAIN_URL: 'https://lingma.example.com' },
    });
    expect(cli.stderr()).toContain('LINGMA_PROXY_WS_URL is an older name, use LINGMA_GATEWAY_WS_URL');
    expect(cli.stderr()).toContain('DEDICATED_DOMAIN_URL is an older name, use LINGMA_GATEWAY_DEDICATED_DOMAIN_URL');
  });

  it('a Lingma to start and the address of one that runs', async () => {
    const { code, stderr } = await runCli(['serve', '--ws-url', 'ws://127.0.0.1:1/'], {
      env: { LINGMA_BIN: '/nowhere/Lingma' },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/lingma\.bin \(environment LINGMA_BIN\): .*lingma\.wsUrl/);
  });
});

describe.skipIf(process.platform === 'win32')('serve - stopping', () => {
  const SLOW = '@sim {"text":"one two three four five six seven eight","chunks":8,"delayMs":120}';

  async function beginStream(args: readonly string[] = [], prompt = SLOW) {
    const simulator = await startSimulator();
    const served = await startServe(['--ws-url', simulator.address.webSocketUrl, ...args]);
    const response = await ask(served.url, prompt, { stream: true });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    const first = await reader.read();
    const rest = async (): Promise<string> => {
      let text = decoder.decode(first.value, { stream: true });
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        text += decoder.decode(next.value, { stream: true });
      }
      return text;
    };
    return { ...served, simulator, rest };
  }

  it('SIGTERM - running streams finish, others are told that it ends, the process ends with 0', async () => {
    const { cli, url, rest } = await beginStream();
    cli.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { interval: 10 }).toBe(503);
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: false, reasons: ['draining'] });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const refused = await ask(url, 'hello');
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('connection')]).toEqual([
      503,
      '5',
      'close',
    ]);
    const text = await rest();
    expect(text.replaceAll(/.*?"content":"(.*?)".*?\n|.*\n/g, '$1')).toContain(
      'one two three four five six seven eight',
    );
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await cli.exit).toBe(0);
    await expect(ask(url, 'hello')).rejects.toThrow();
  });

  it('the grace is over - the stream ends with an error frame, not as if it were complete', async () => {
    const { cli, rest } = await beginStream(
      ['--shutdown-grace-ms', '200'],
      '@sim {"text":"x","repeat":200,"chunks":200,"delayMs":200}',
    );
    cli.child.kill('SIGINT');
    const text = await rest();
    expect(text).toContain('shutting_down');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(await cli.exit).toBe(0);
  });

  it('a second signal - ends at once', async () => {
    const { cli, rest } = await beginStream(
      ['--drain-timeout', '60'],
      '@sim {"text":"x","repeat":200,"chunks":200,"delayMs":200}',
    );
    cli.child.kill('SIGTERM');
    await expect.poll(() => cli.stderr()).toContain('a second signal ends them');
    cli.child.kill('SIGTERM');
    expect(await cli.exit).toBe(143);
    await rest().catch(() => undefined);
  });

  it('idle, with kept-alive connections - ends promptly', async () => {
    const { cli, url } = await startServe(['--demo', '--drain-timeout', '60']);
    await (await ask(url, 'hello')).text();
    cli.child.kill('SIGTERM');
    expect(await cli.exit).toBe(0);
  });
});
