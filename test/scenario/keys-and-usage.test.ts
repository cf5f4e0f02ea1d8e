/** Keys made while a gateway runs, what they may do, what they used, and the folder that all of it moves in. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@lingma-gateway/core';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { type RunningServer, startServer } from 'lingma-gateway';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from './server-process.js';

const CLI = fileURLToPath(new URL('../../packages/server/dist/cli.js', import.meta.url));
const ADMIN = { authorization: 'Bearer the-admin-token' };

let simulator: Simulator;
let folder: string;
const servers: RunningServer[] = [];

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.start();
  folder = join(temporaryFolder(), 'data');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close({ graceMs: 0 });
  await simulator.stop();
});

async function serve(dataDir = folder): Promise<RunningServer> {
  const env = {
    LINGMA_GATEWAY_WS_URL: simulator.address.webSocketUrl,
    LINGMA_GATEWAY_DATA_DIR: dataDir,
    ADMIN_TOKEN: 'the-admin-token',
  };
  const server = await startServer({ env, flags: { port: '0', demo: false }, logger: silentLogger });
  servers.push(server);
  return server;
}

const stop = async (server: RunningServer): Promise<void> => {
  servers.splice(servers.indexOf(server), 1);
  await server.close({ graceMs: 0 });
};

async function admin(server: RunningServer, method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: ADMIN,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const issue = async (server: RunningServer, request: object): Promise<string> => {
  const { status, body } = await admin(server, 'POST', '/internal/keys', request);
  expect(status).toBe(201);
  return body.key;
};

async function ask(server: RunningServer, key: string, path = '/v1/chat/completions', body: object = {}) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'auto', max_tokens: 99, messages: [{ role: 'user', content: 'hello' }], ...body }),
  });
  return { status: response.status, retry: response.headers.get('x-should-retry'), body: await response.json() };
}

const cliIn = (cwd: string, ...words: string[]): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile(process.execPath, [CLI, ...words], { cwd }, (error, out, err) =>
      error === null ? resolve(out) : reject(new Error(err)),
    ),
  );
const cli = (...words: string[]): Promise<string> => cliIn(process.cwd(), ...words, '--data-dir', folder);

describe('keys made at run time', () => {
  it('from the first one on, whoever has none is refused', async () => {
    const server = await serve();
    expect((await ask(server, 'sk-none')).status).toBe(200);
    const key = await issue(server, { name: 'alice' });
    expect((await ask(server, key)).status).toBe(200);
    expect((await ask(server, 'sk-none')).status).toBe(401);
  });

  it('rotated twice at once - all three are valid; each key is told with the same members', async () => {
    const server = await serve();
    const first = await issue(server, { name: 'alice' });
    const second = (await admin(server, 'POST', '/internal/keys/alice/rotate')).body.key;
    const third = (await admin(server, 'POST', '/internal/keys/alice/rotate')).body.key;
    for (const key of [first, second, third]) expect((await ask(server, key)).status).toBe(200);
    const { data } = (await admin(server, 'GET', '/internal/keys')).body;
    expect(data[0]).toMatchObject({
      models: null,
      endpoints: null,
      limits: null,
      subnets: null,
      pin: false,
      note: null,
    });
    expect(JSON.stringify(data)).not.toMatch(/sha256|former"/);
  });

  it('the command line makes, disables, rotates and removes them under a running gateway', async () => {
    const server = await serve();
    const key = (await cli('keys', 'add', 'alice', '--quota', '1000')).split('\n')[0] as string;
    const comesTo = (which: string, status: number) =>
      vi.waitFor(async () => expect((await ask(server, which)).status).toBe(status), 10_000);
    await comesTo('sk-none', 401);
    expect((await ask(server, key)).status).toBe(200);
    await cli('keys', 'disable', 'alice');
    await comesTo(key, 401);
    await cli('keys', 'enable', 'alice');
    await comesTo(key, 200);
    const next = JSON.parse(await cli('keys', 'rotate', 'alice', '--json')).key;
    await comesTo(next, 200);
    expect((await ask(server, key)).status).toBe(200);
    expect(await cli('keys')).toContain('alice');
    await cli('keys', 'remove', 'alice');
    await cli('keys', 'add', 'bob');
    await comesTo(next, 401);
  });

  it.each<[string, object, string, object, number]>([
    ['model', { models: ['qwen*'] }, '/v1/chat/completions', { model: 'kmodel' }, 403],
    ['endpoint', { endpoints: ['embeddings'] }, '/v1/messages', {}, 403],
    ['endpoint', { endpoints: ['chat'] }, '/v1/messages', {}, 200],
    ['address', { subnets: ['10.0.0.0/8'] }, '/v1/chat/completions', {}, 403],
    ['address', { subnets: ['::ffff:127.0.0.0/104'] }, '/v1/chat/completions', {}, 200],
    ['address', { subnets: ['127.0.0.0/8', '::1'] }, '/v1/chat/completions', {}, 200],
    ['time', { expires_at: '2020-01-01T00:00:00Z' }, '/v1/messages', {}, 401],
    ['status', { note: 'x' }, '/v1/messages', {}, 200],
  ])('rule of %s %j - %s %j: %i', async (_, rules, path, body, status) => {
    const server = await serve();
    const key = await issue(server, { name: 'alice', ...rules });
    expect((await ask(server, key, path, body)).status).toBe(status);
  });

  it('a quota - used up is 429 for good, in each protocol; a change opens it again', async () => {
    const server = await serve();
    const key = await issue(server, { name: 'alice', quota: { tokens: 5 } });
    expect((await ask(server, key)).status).toBe(200);
    const refused = await ask(server, key);
    expect(refused).toMatchObject({ status: 429, retry: 'false', body: { error: { code: 'insufficient_quota' } } });
    expect((await ask(server, key, '/v1/messages')).status).toBe(429);
    expect((await admin(server, 'GET', '/internal/keys')).body.data[0]).toMatchObject({ status: 'exhausted' });
    await admin(server, 'PATCH', '/internal/keys/alice', { quota: { tokens: 1_000_000 } });
    expect((await ask(server, key)).status).toBe(200);
  });

  it('many at once - overrun a quota by no more than one answer each', async () => {
    const server = await serve();
    const key = await issue(server, { name: 'alice', quota: { tokens: 600 } });
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(server, key)));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    const { used } = (await admin(server, 'GET', '/internal/keys')).body.data[0].quota;
    const largest = Math.max(...answers.map(({ body }) => body.usage?.total_tokens ?? 0));
    expect(used).toBeLessThan(600 + 30 * largest);
  });

  it.each([
    [{ name: 'a', quata: 1 }, 'quata'],
    [{ name: 'admin' }, 'name'],
    [[], ''],
  ])('a request that makes no sense - %j: 400 that names it', async (body, param) => {
    const { status, body: answer } = await admin(await serve(), 'POST', '/internal/keys', body);
    expect([status, answer.error.param ?? '']).toEqual([400, param]);
  });
});

describe('the command line without a gateway', () => {
  it('keys init - makes what .env lacks, once, for this user alone', async () => {
    const cwd = temporaryFolder();
    const path = join(cwd, '.env');
    writeFileSync(path, '# mine\r\nexport API_KEYS="" # to be filled\r\nHOST_PORT=3000', { mode: 0o644 });
    await cliIn(cwd, 'keys', 'init');
    const made = readFileSync(path, 'utf8');
    expect(made).toMatch(/^# mine\r?\nAPI_KEYS=sk-[\w-]{43}\nHOST_PORT=3000\nADMIN_TOKEN=[\w-]{43}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await cliIn(cwd, 'keys', 'init');
    expect(readFileSync(path, 'utf8')).toBe(made);
  });

  it('a look makes nothing; the first key makes the folder', async () => {
    await cli('keys', 'list');
    await cli('usage');
    expect(existsSync(folder)).toBe(false);
    await cli('keys', 'add', 'alice');
    expect(readdirSync(folder).sort()).toEqual(['keys.json', 'version']);
    await cli('keys', 'disable', 'alice');
    expect(JSON.parse(await cli('keys', 'list', '--json'))).toMatchObject([{ name: 'alice', status: 'disabled' }]);
    for (const flags of [
      ['--period', 'day'],
      ['--quota', 'many'],
      ['--quota', '0'],
    ]) {
      await expect(cli('keys', 'add', 'bob', ...flags)).rejects.toThrow('quota.tokens');
    }
  });

  it('a folder of a later gateway - is left alone', async () => {
    await cli('keys', 'add', 'alice');
    writeFileSync(join(folder, 'version'), '2\n');
    for (const words of [['keys', 'list'], ['keys', 'add', 'bob'], ['usage']]) {
      await expect(cli(...words)).rejects.toThrow('later version');
    }
  });
});

describe('usage', () => {
  it('rows without content, sums for operators, a key’s own for itself', async () => {
    const server = await serve();
    const [alice, bob] = [await issue(server, { name: 'alice' }), await issue(server, { name: 'bob' })];
    const { usage } = (await ask(server, alice)).body;
    await ask(server, bob, '/v1/messages');
    const { body } = await admin(server, 'GET', '/internal/usage?group=key');
    expect(body.data).toMatchObject([
      { key: 'alice', requests: 1, prompt_tokens: usage.prompt_tokens, completion_tokens: usage.completion_tokens },
      { key: 'bob', requests: 1 },
    ]);
    const own = await fetch(`${server.url}/v1/usage`, { headers: { authorization: `Bearer ${bob}` } });
    expect((await own.json()).total.requests).toBe(1);
    const csv = await fetch(`${server.url}/internal/usage?format=csv&group=model`, { headers: ADMIN });
    expect(await csv.text()).toMatch(/^model,requests,.*\r\nauto,2,/);
    expect((await admin(server, 'GET', '/internal/usage?group=week')).status).toBe(400);
    expect((await admin(server, 'GET', '/internal/usage?format=xml')).status).toBe(400);
    await stop(server);
    const [file] = readdirSync(join(folder, 'usage')).filter((name) => name.endsWith('.jsonl'));
    const text = readFileSync(join(folder, 'usage', file as string), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(text).not.toMatch(/hello|127\.0\.0\.1/);
    expect(await cli('usage', '--group', 'key', '--format', 'csv')).toContain('alice,1,0,');
  });

  it('the folder - moves by copying, also while it is in use; two gateways do not share it', async () => {
    const server = await serve();
    const key = await issue(server, { name: 'alice', quota: { tokens: 1_000_000 } });
    await ask(server, key);
    await vi.waitFor(() => expect(readdirSync(join(folder, 'usage')).join()).toContain('.jsonl'), 10_000);
    await expect(serve()).rejects.toThrow('Another gateway');
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    const moved = await serve(copy);
    expect((await ask(moved, key)).status).toBe(200);
    const { body } = await admin(moved, 'GET', '/internal/usage?group=key');
    expect(body.data).toMatchObject([{ key: 'alice', requests: 2 }]);
  });
});
