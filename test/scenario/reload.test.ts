/**
 * Settings read anew under load: whatever changes, no answer is lost, none fails, and what makes no sense changes nothing. In a
 * short form, bounded by counts; `LINGMA_GATEWAY_CHAOS=long` has it last a minute under more load, with the gateway and each Lingma in
 * a process of its own as they are built.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@lingma-gateway/core';
import { ConfigError, type ConfigFile } from '@lingma-gateway/core/config';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { type RunningServer, startServer } from 'lingma-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, startServe, startSimulatorProcess, temporaryFolder } from './server-process.js';

const simulators: Simulator[] = [];
let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close({ graceMs: 0 });
  server = undefined;
  for (const simulator of simulators.splice(0)) await simulator.stop();
  await cleanUp();
});

async function startSimulator(): Promise<string> {
  const simulator = createSimulator();
  simulators.push(simulator);
  await simulator.start();
  return simulator.address.webSocketUrl;
}

/** A gateway whose settings are what `env` says at the time. */
async function startGateway(env: Record<string, string>, file?: ConfigFile): Promise<RunningServer> {
  const flags = { port: '0', demo: false };
  server = await startServer({ env, flags, logger: silentLogger, ...(file !== undefined && { file }) });
  return server;
}

/** Read anew whenever the settings are. */
const readAnew = (name: string): ConfigFile => ({
  name,
  get text() {
    return readFileSync(name, 'utf8');
  },
});

const KEY = 'sk-one-of-ours';
const ADMIN = { authorization: 'Bearer the-admin-token' };
const BODIES = {
  '/v1/chat/completions': (content: string) => ({ model: 'auto', messages: [{ role: 'user', content }] }),
  '/v1/responses': (input: string) => ({ model: 'auto', input, store: false }),
  '/v1/messages': (content: string) => ({ model: 'auto', max_tokens: 99, messages: [{ role: 'user', content }] }),
};
type Path = keyof typeof BODIES;
const PATHS = Object.keys(BODIES) as Path[];

const ask = (url: string, path: Path, prompt: string, stream: boolean, key = KEY): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ ...BODIES[path](prompt), stream }),
  });

/** How a stream ends that was not cut off. */
const ENDS: Readonly<Record<Path, RegExp>> = {
  '/v1/chat/completions': /"finish_reason":"stop"[\s\S]*data: \[DONE\]\s*$/,
  '/v1/responses': /event: response\.completed\n[^\n]+\s*$/,
  '/v1/messages': /"stop_reason":"end_turn"[\s\S]*event: message_stop\n[^\n]+\s*$/,
};

/** Undefined: as it should be. */
async function failureOf(response: Promise<Response>, expected: RegExp): Promise<string | undefined> {
  try {
    const { status } = await response;
    const body = await (await response).text();
    if (status !== 200) return `${status} ${body.slice(0, 200)}`;
    return expected.test(body) ? undefined : `cut off: ${body.slice(-200)}`;
  } catch (error) {
    return String((error as Error).cause ?? error);
  }
}

const WHOLE = '@sim {"text":"short"}';
const streamed = (chunks: number): string =>
  `@sim ${JSON.stringify({ text: 'word '.repeat(chunks), chunks, delayMs: 25 })}`;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

const isLong = process.env.LINGMA_GATEWAY_CHAOS === 'long';
const LOAD = isLong
  ? { reloads: 600, reloadMs: 100, streams: 50, streamChunks: 60, shortPerReload: 20 }
  : { reloads: 24, reloadMs: 25, streams: 12, streamChunks: 8, shortPerReload: 4 };

describe('settings read anew', () => {
  it('under parallel streams and short requests - nothing fails', { timeout: 300_000 }, async () => {
    const startOne = isLong ? startSimulatorProcess : startSimulator;
    const addresses = [await startOne(), await startOne(), await startOne()];
    const members = (which: readonly number[], firstWeight = 1) =>
      which.map((at, index) => ({ name: `lingma-${at}`, wsUrl: addresses[at], weight: index === 0 ? firstWeight : 1 }));
    const admission: Record<string, unknown> = { maxInFlight: 300 };
    const settings: Record<string, Record<string, unknown>> = {
      server: { logLevel: 'error' },
      auth: { clientKeys: [KEY], adminToken: 'the-admin-token' },
      lingma: { instances: members([0, 1]) },
      models: { aliases: {} },
      admission,
    };
    const file = join(temporaryFolder(), 'gateway.json');
    const write = (): void => writeFileSync(file, JSON.stringify(settings));
    write();
    const { url } = isLong ? await startServe(['--config', file]) : await startGateway({}, readAnew(file));
    const set = (section: string, values: object) => () => Object.assign(settings[section] ?? {}, values);
    const turns: readonly (() => void)[] = [
      set('auth', { clientKeys: [KEY, 'sk-another-of-ours'] }),
      set('lingma', { instances: members([0, 1, 2]) }),
      () =>
        [set('models', { aliases: { fast: 'org_auto' } }), set('admission', { maxInFlight: 200 })].map((each) =>
          each(),
        ),
      set('lingma', { instances: members([1, 2]) }),
      set('lingma', { instances: members([1, 2], 3) }),
      () => [set('auth', { clientKeys: [KEY] }), set('server', { logLevel: 'warn' })].map((each) => each()),
      set('lingma', { instances: members([0]) }),
      () => [set('lingma', { instances: members([0, 1]) }), set('models', { aliases: {} })].map((each) => each()),
      () => [set('admission', { maxInFlight: 300 }), set('server', { logLevel: 'error' })].map((each) => each()),
    ];

    const failures: string[] = [];
    const counts = { reloads: 0, changed: 0, refused: 0, streams: 0, short: 0 };
    let running = true;
    const stream = async (at: number): Promise<void> => {
      while (running) {
        const path = PATHS[at % PATHS.length] as Path;
        const failure = await failureOf(ask(url, path, streamed(LOAD.streamChunks), true), ENDS[path]);
        if (failure !== undefined) failures.push(`stream ${path}: ${failure}`);
        counts.streams++;
      }
    };
    const streams = Array.from({ length: LOAD.streams }, (_, at) => stream(at));
    const short: Promise<void>[] = [];
    const askShort = async (at: number): Promise<void> => {
      const path = PATHS[at % PATHS.length] as Path;
      const failure = await failureOf(ask(url, path, WHOLE, at % 2 === 0), at % 2 === 0 ? ENDS[path] : /short/);
      if (failure !== undefined) failures.push(`short ${path}: ${failure}`);
      counts.short++;
    };
    const reload = async (): Promise<void> => {
      const response = await fetch(`${url}/internal/reload`, { method: 'POST', headers: ADMIN });
      const body = (await response.json()) as { changed?: string[] };
      if (response.status === 400) counts.refused++;
      else if (response.status !== 200) failures.push(`reload ${response.status}`);
      if ((body.changed?.length ?? 0) > 0) counts.changed++;
      counts.reloads++;
    };
    const began = performance.now();
    for (let at = 0; at < LOAD.reloads; at++) {
      // By a timetable: what a reload takes is no pause between two.
      await pause(began + at * LOAD.reloadMs - performance.now());
      turns[at % turns.length]?.();
      // What makes no sense changes nothing, in the middle of all that.
      const broken = at % 7 === 3;
      if (broken) admission.maxQueued = 'many';
      write();
      await reload();
      delete admission.maxQueued;
      for (let each = 0; each < LOAD.shortPerReload; each++) short.push(askShort(at + each));
    }
    const seconds = (performance.now() - began) / 1000;
    running = false;
    await Promise.all([...streams, ...short]);
    // How fast it went is the machine's; that nothing failed is ours.
    if (isLong) {
      const rates = { reloadsPerSecond: counts.reloads / seconds, shortPerSecond: short.length / seconds };
      console.info(JSON.stringify({ ...counts, seconds, ...rates, failures: failures.length }));
    }
    expect(failures.slice(0, 5)).toEqual([]);
    expect(counts).toMatchObject({ reloads: LOAD.reloads, short: LOAD.reloads * LOAD.shortPerReload });
    expect(counts.streams).toBeGreaterThanOrEqual(LOAD.streams);
    expect(counts.refused).toBe(Array.from({ length: LOAD.reloads }).filter((_, at) => at % 7 === 3).length);
    expect(counts.changed).toBeGreaterThan(LOAD.reloads / 2);
  });

  it('problems - all of them are told, and the old keys go on', async () => {
    const env: Record<string, string> = {
      LINGMA_GATEWAY_INSTANCES: JSON.stringify([{ name: 'one', wsUrl: await startSimulator() }]),
      API_KEYS: KEY,
      ADMIN_TOKEN: 'the-admin-token',
    };
    const { url, reload } = await startGateway(env);
    Object.assign(env, { API_KEYS: 'sk-new-of-ours', LOG_LEVEL: 'loud', LINGMA_GATEWAY_MAX_QUEUED: '-1' });
    const response = await fetch(`${url}/internal/reload`, { method: 'POST', headers: ADMIN });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as {
      error: { message: string; details: { problems: { subject: string }[] } };
    };
    expect(error.details.problems.map(({ subject }) => subject)).toEqual(['server.logLevel', 'admission.maxQueued']);
    expect(error.message).not.toContain('sk-new');
    expect(() => reload()).toThrow(ConfigError);
    expect(await failureOf(ask(url, '/v1/messages', WHOLE, false), /short/)).toBeUndefined();
    expect((await ask(url, '/v1/messages', WHOLE, false, 'sk-new-of-ours')).status).toBe(401);
  });

  it('secrets in files - are read again, and shown to nobody', async () => {
    const file = join(temporaryFolder(), 'keys');
    writeFileSync(file, `${KEY}\n`);
    const env: Record<string, string> = {
      LINGMA_GATEWAY_INSTANCES: JSON.stringify([{ name: 'one', wsUrl: await startSimulator() }]),
      API_KEYS_FILE: file,
      ADMIN_TOKEN: 'the-admin-token',
      PORT: '9001',
    };
    const { url, reload } = await startGateway(env);
    writeFileSync(file, 'sk-new-of-ours\n');
    env.LINGMA_GATEWAY_IDLE_TIMEOUT_MS = '60000';
    expect(reload()).toEqual({ changed: ['auth.clientKeys'], needsRestart: ['lingma.idleTimeoutMs'] });
    expect((await ask(url, '/v1/messages', WHOLE, false)).status).toBe(401);
    expect((await ask(url, '/v1/messages', WHOLE, false, 'sk-new-of-ours')).status).toBe(200);
    const shown = await fetch(`${url}/internal/effective-config`, { headers: ADMIN });
    const text = await shown.text();
    expect(text).not.toMatch(/sk-new|the-admin-token/);
    expect(JSON.parse(text)).toMatchObject({
      config: {
        auth: { clientKeys: { value: '***', origin: { kind: 'environment' } }, keys: { value: null } },
        lingma: { idleTimeoutMs: { value: 120_000, origin: { kind: 'default', name: null } } },
      },
      warnings: expect.any(Array),
      version: expect.any(String),
    });
  });
});
