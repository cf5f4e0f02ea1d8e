/** Signing in and out for the commands: through a gateway that runs on this machine, else with instances of their own. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, GatewayError, isLoginRunning, type LoginWay } from '@lingma-gateway/core';
import type { LoadedConfig } from '@lingma-gateway/core/config';
import { compose } from '../compose/compose.js';
import { createLogger } from '../log/logger.js';
import { findRunningGateway } from '../serve/running-gateway.js';
import { logWarnings } from '../serve/start-server.js';
import type { CommandLine } from '../settings/command-line.js';
import type { Terminal } from '../terminal/terminal.js';
import { loadClientSettings } from './lingma-session.js';

/** As the operator's routes have it. */
export interface LoginStatus {
  readonly name: string;
  readonly state: string;
  readonly logged_in: boolean;
  readonly last_error: { readonly code: string; readonly message: string } | null;
  readonly organisations?: readonly { readonly id: string; readonly name: string }[];
}

export interface StartedLogin {
  readonly instance?: string;
  readonly id?: string | null;
  readonly state: string;
  readonly login_url?: string;
}

export interface SessionBundle {
  readonly instance: string;
  readonly bundle_b64: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Operator {
  status(): Promise<readonly LoginStatus[]>;
  start(options: { instance?: string; way: LoginWay; headed?: boolean; force?: boolean }): Promise<StartedLogin>;
  callback(id: string, url: string): Promise<LoginStatus>;
  logout(instance: string): Promise<void>;
  exportSession(instance: string | undefined): Promise<SessionBundle>;
  importSession(instance: string | undefined, bundle: string): Promise<{ readonly instance: string }>;
}

const STATUS_MS = 1000;

/** Both ways lead to the same routes: what they answer is the same whoever asks. */
export async function withOperator<T>(
  flags: CommandLine['flags'],
  terminal: Terminal,
  use: (operator: Operator) => Promise<T>,
): Promise<T> {
  const loaded = loadClientSettings(flags, terminal);
  const { env, language, text, errorStyle } = terminal;
  const { server, auth } = loaded.config;
  const key = operatorKey(loaded.config, env);
  const running = await findRunningGateway(server, key);
  if (running !== undefined) {
    terminal.printError(`${errorStyle.dim(text.login.throughGateway(running.url))}\n`);
    return use(operatorOver((path, init) => fetch(`${running.url}${path}`, init), key));
  }
  const isDefaultLevel = loaded.origins['server.logLevel']?.kind === 'default';
  const logger = createLogger(isDefaultLevel ? 'error' : server.logLevel, { format: server.logFormat, env });
  logWarnings(loaded, logger);
  const own = `own-${crypto.randomUUID()}`;
  const { Secret } = await import('@lingma-gateway/core');
  const composition = await compose({
    // Its routes are asked within this process alone: with a token that nobody else has.
    loaded: { ...loaded, config: { ...loaded.config, auth: { ...auth, adminToken: new Secret(own) } } },
    ...{ logger, env, language, demoWhenAbsent: false },
  });
  try {
    const finding = await composition.finding;
    if (!finding.found) throw finding.error;
    const { fetch: ask } = composition.gateway;
    return await use(operatorOver((path, init) => ask(new Request(`http://127.0.0.1${path}`, init)), own));
  } finally {
    await composition.close({ graceMs: 0 });
  }
}

/** What opens the operator's routes of a gateway with these settings. */
export function operatorKey(
  { auth }: LoadedConfig['config'],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = auth.keys.find(({ key, disabled }) => key !== undefined && disabled !== true);
  return env.LINGMA_GATEWAY_KEY ?? (auth.adminToken ?? auth.clientKeys[0] ?? named?.key)?.reveal();
}

/** Asks a gateway's routes as an operator. @throws GatewayError with what the route says */
export function routeCaller(ask: (path: string, init: RequestInit) => Promise<Response>, key: string | undefined) {
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  return async <T>(method: string, path: string, query: object = {}, body?: object): Promise<T> => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const search =
      given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await ask(`${path}${search}`, init);
    const answer = (await response.json()) as { error?: { message?: string; code?: string | null } };
    if (response.ok) return answer as T;
    const { message = `HTTP ${response.status}`, code } = answer.error ?? {};
    throw new GatewayError((code ?? 'upstream_error') as ErrorCode, message);
  };
}

function operatorOver(ask: (path: string, init: RequestInit) => Promise<Response>, key: string | undefined): Operator {
  const call = routeCaller(ask, key);
  return {
    status: async () =>
      (await call<{ instances: readonly LoginStatus[] }>('GET', '/internal/auto-login/status')).instances,
    start: (options) => call('POST', '/internal/auto-login/start', options),
    callback: (id, url) => call('POST', '/internal/auto-login/callback', {}, { id, callback_url: url }),
    logout: (instance) => call('POST', '/internal/auto-login/logout', { instance }, { confirm: true }),
    exportSession: (instance) => call('POST', '/internal/session/export', { instance }),
    importSession: (instance, bundle) => call('POST', '/internal/session/import', { instance }, { bundle_b64: bundle }),
  };
}

/** Resolves with what became of it. `onState`: at each change. */
export async function whenOver(
  operator: Operator,
  instance: string,
  onState: (state: string) => void,
): Promise<LoginStatus> {
  let seen = '';
  for (;;) {
    const status = (await operator.status()).find(({ name }) => name === instance);
    if (status === undefined) throw new GatewayError('instance_not_found', `There is no instance "${instance}"`);
    if (status.state !== seen) onState(status.state);
    seen = status.state;
    if (!isLoginRunning(status.state)) return status;
    await delay(STATUS_MS);
  }
}
