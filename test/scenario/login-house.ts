/** A gateway with simulated processes of its own that nobody is signed in to, and the operator's routes of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, composeGateway, type Logger } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { type BrowserTask, type BrowserWay, createLogin, type LoginOptions } from '@lingma-gateway/login';
import { vi } from 'vitest';

const LINGMA = fileURLToPath(new URL('../../packages/simulator/bin/Lingma', import.meta.url));
const ADMIN = 'admin-token-of-the-test';

/** What may be found nowhere. */
export const CANARY = { user: 'canary-user@example', password: 'canary-pass-word', token: 'canary-pat-token' };

/** Time that goes by faster: what is waited for is a process, which takes its own. */
export function hurriedClock(factor = 20): Clock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * factor,
    schedule(ms, callback) {
      const timer = setTimeout(callback, ms / factor);
      return () => clearTimeout(timer);
    },
  };
}

/** Signs in as a page would: by the callback, or not at all. */
export function fakeBrowser(fails: (task: BrowserTask) => Error | undefined = () => undefined) {
  const tasks: BrowserTask[] = [];
  const way: BrowserWay = {
    async signIn(task) {
      tasks.push(task);
      task.onState('filling');
      const failure = fails(task);
      if (failure !== undefined) throw failure;
      await fetch(callbackOf(task.url));
    },
  };
  return { way, tasks };
}

/** The address that a browser ends at. */
export function callbackOf(loginUrl: string, auth = 'opaque-auth', token = 'opaque-token'): string {
  const { searchParams } = new URL(loginUrl);
  const query = new URLSearchParams({ state: searchParams.get('nonce') ?? '', auth, token });
  return `http://127.0.0.1:${searchParams.get('port')}/auth/callback?${query}`;
}

export interface House {
  readonly workDir: string;
  readonly logged: string[];
  readonly gateway: ReturnType<typeof composeGateway>;
  call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: Answer; readonly text: string; readonly headers: Headers }>;
  status(name?: string): Promise<Answer>;
  whenState(state: string, name?: string): Promise<Answer>;
  ask(text?: string): Promise<Response>;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at member by member
export type Answer = any;

const houses: { close(): Promise<void> }[] = [];
const folders: string[] = [];

export async function cleanUp(): Promise<void> {
  for (const house of houses.splice(0)) await house.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'login-'));
  folders.push(made);
  return made;
}

export function openHouse(
  env: Readonly<Record<string, string>> = {},
  {
    simulator = '--logged-out',
    workDir = folder(),
    ...login
  }: LoginOptions & { simulator?: string; workDir?: string } = {},
): House {
  const all = { LINGMA_BIN: LINGMA, LINGMA_WORK_DIR: workDir, LINGMA_SOCKET_PORT: '0', ADMIN_TOKEN: ADMIN, ...env };
  const { config, origins } = loadConfig({ env: all });
  const logged: string[] = [];
  const logger = recorder(logged);
  const gateway = composeGateway(config, {
    ...{ logger, origins, env: { ...process.env, ...all, LINGMA_SIMULATOR_ARGS: simulator } },
    login: async () =>
      createLogin({ clock: hurriedClock(), logger, ...config.login, automatic: config.login.enabled, ...login }),
  });
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  const send = (method: string, path: string, body?: object): Promise<Response> =>
    gateway.fetch(
      new Request(`http://127.0.0.1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    );
  const house: House = {
    ...{ workDir, logged, gateway },
    async call(method, path, body) {
      const response = await send(method, path, body);
      const text = await response.text();
      return { status: response.status, body: JSON.parse(text), text, headers: response.headers };
    },
    async status(name = 'inst-0') {
      const { body } = await house.call('GET', '/internal/auto-login/status');
      return body.instances.find((one: Answer) => one.name === name);
    },
    async whenState(state, name = 'inst-0') {
      return vi.waitFor(
        async () => {
          const found = await house.status(name);
          if (found?.state !== state) throw new Error(`${name} is ${JSON.stringify(found)} and not ${state}`);
          return found;
        },
        { timeout: 20_000, interval: 25 },
      );
    },
    ask: (text = '@sim {"text":"hello"}') =>
      send('POST', '/v1/chat/completions', { model: 'auto', messages: [{ role: 'user', content: text }] }),
    metrics: async () => (await send('GET', '/metrics')).text(),
    close: () => gateway.close({ graceMs: 0 }),
  };
  houses.push(house);
  void gateway.start();
  return house;
}

function recorder(lines: string[], bound: object = {}): Logger {
  const log =
    (level: string) =>
    (message: string, fields: object = {}): void => {
      lines.push(
        JSON.stringify({ level, message, ...bound, ...fields }, (_, value) =>
          value instanceof Error ? told(value) : value,
        ),
      );
    };
  return {
    ...{ debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    child: (fields) => recorder(lines, { ...bound, ...fields }),
  };
}

const told = (error: Error): object => ({ ...error, message: error.message, stack: error.stack, cause: error.cause });
