/** Whether a login has really happened: that a page says so is not enough. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, GatewayError, type JsonValue, type LoginTask, monotonicNow, sleep } from '@lingma-gateway/core';
import { LoginFailure } from '../login-failure.js';

const POLL_MS = 1000;
/** For so long the file must not have changed. */
const STEADY_MS = 3000;
const STEADY_POLL_MS = 500;
const MODELS_MS = 30_000;

/** How it is found out whether somebody is signed in. */
export interface VerifyOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Size and time of `cache/user`; `undefined`: it is not there, or empty. Default: by the file system. */
  readonly stampOf?: (workDir: string) => Promise<string | undefined>;
}

/**
 * Resolves when the process says that somebody is signed in, has written that down, and lists models.
 *
 * @throws LoginFailure `not_verified`; the signal's reason
 */
export async function verifyLogin(
  { client, process }: Pick<LoginTask, 'client' | 'process'>,
  { clock, signal, stampOf = stampOfUser }: VerifyOptions,
): Promise<void> {
  await whenLoggedIn(client, clock, signal);
  const { workDir } = process();
  if (workDir !== undefined) await whenSteady(() => stampOf(workDir), clock, signal);
  const until = monotonicNow(clock) + MODELS_MS;
  while (!(await listsModels(client, signal))) {
    if (monotonicNow(clock) + POLL_MS > until) {
      throw new LoginFailure('not_verified', 'Somebody is signed in, but Lingma lists no models');
    }
    await sleep(POLL_MS, signal, clock);
  }
  // What was said at the beginning need not hold any more.
  if ((await client.checkLogin({ signal })) === false) {
    throw new LoginFailure('not_verified', 'Lingma was signed out again at once');
  }
}

/** By asking, or as soon as the process says so. */
export async function whenLoggedIn(client: LoginTask['client'], clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (await lenient(client.checkLogin({ signal }), signal)) return;
    let heard: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const unlisten = client.on('login', (loggedIn) => loggedIn && heard());
    try {
      await Promise.race([told, sleep(POLL_MS, signal, clock)]);
    } finally {
      unlisten();
    }
  }
}

async function whenSteady(look: () => Promise<string | undefined>, clock: Clock, signal: AbortSignal): Promise<void> {
  let seen: string | undefined;
  let since = monotonicNow(clock);
  for (;;) {
    const stamp = await look();
    if (stamp === undefined || stamp !== seen) {
      seen = stamp;
      since = monotonicNow(clock);
    } else if (monotonicNow(clock) - since >= STEADY_MS) return;
    await sleep(STEADY_POLL_MS, signal, clock);
  }
}

async function stampOfUser(workDir: string): Promise<string | undefined> {
  const found = await stat(join(workDir, 'cache', 'user')).catch(() => undefined);
  return found === undefined || found.size === 0 ? undefined : `${found.mtimeMs}:${found.size}:${found.ino}`;
}

async function listsModels(client: LoginTask['client'], signal: AbortSignal): Promise<boolean> {
  const answer = await lenient(client.queryModels({ signal }), signal);
  return answer !== undefined && hasEntries(answer, 0);
}

/** Lists by scene, a list, or a list within: whatever is not empty. */
function hasEntries(value: JsonValue | undefined, depth: number): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== 'object' || value === null || depth > 2) return false;
  return Object.values(value).some((member) => hasEntries(member, depth + 1));
}

/** Connections come and go while a process takes over a login. */
async function lenient<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    signal.throwIfAborted();
    if (GatewayError.isInstance(error) && error.code !== 'shutting_down') return undefined;
    throw error;
  }
}
