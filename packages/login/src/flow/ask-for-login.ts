/** The part of a login that is spoken with the process: tokens handed over, addresses asked for. */
import { GatewayError, type JsonObject, type JsonValue, type LoginTask } from '@lingma-gateway/core';
import { LoginFailure } from '../login-failure.js';
import type { LoginAccount } from './login-account.js';

type Task = Pick<LoginTask<LoginAccount>, 'account' | 'client' | 'process'>;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the process wants it: which kind of service is signed in to. */
const dedicatedType = (endpoint: string | undefined): string => (endpoint === undefined ? '' : 'dedicated');

/**
 * Tells the process of an enterprise's own service, before anybody signs in to it. One that cannot be told is started anew
 * with it.
 *
 * @throws LoginFailure `endpoint_refused`
 */
export async function useEndpoint(task: Task, endpoint: string | undefined, signal: AbortSignal): Promise<void> {
  if (endpoint === undefined) return;
  const answer = await ask(task, 'config/updateEndpoint', { endpoint }, signal);
  if (answer === undefined) {
    const { restartWith } = task.process();
    if (restartWith === undefined)
      throw new LoginFailure('endpoint_refused', 'Lingma cannot be told of the dedicated domain');
    await restartWith(endpoint, signal);
    return;
  }
  if (failureOf(answer)) throw new LoginFailure('endpoint_refused', 'Lingma does not accept the dedicated domain');
}

/** @throws LoginFailure `token_refused`, `no_way` */
export async function handOverToken(task: Task, endpoint: string | undefined, signal: AbortSignal): Promise<void> {
  const { account } = task;
  const params =
    account?.personalToken !== undefined && account.userId !== undefined
      ? {
          loginType: 'personalToken',
          personalToken: account.personalToken.reveal(),
          userId: account.userId.reveal(),
        }
      : account?.accessKey !== undefined && account.secretKey !== undefined
        ? {
            loginType: 'aksks',
            accessKey: account.accessKey.reveal(),
            secretKey: account.secretKey.reveal(),
            orgId: account.orgId?.reveal() ?? '',
          }
        : undefined;
  if (params === undefined) throw new LoginFailure('no_way', 'The account has no token');
  let answer: JsonValue | undefined;
  try {
    answer = await ask(task, 'auth/login', { ...params, loginDedicatedType: dedicatedType(endpoint) }, signal);
  } catch (error) {
    // The process has looked at it: what it says may hold the token.
    if (GatewayError.isInstance(error) && !isUnreachable(error)) throw refused();
    throw error;
  }
  if (answer === undefined) throw new LoginFailure('token_refused', 'This Lingma does not take tokens');
  if (failureOf(answer)) throw refused();
}

const refused = (): LoginFailure => new LoginFailure('token_refused', 'Lingma refuses the token of the account');

/**
 * A new address to sign in at; each can be used once. What else comes with it (the verifier of the exchange) is dropped here.
 *
 * @throws LoginFailure `no_login_url`
 */
export async function askForUrl(task: Task, endpoint: string | undefined, signal: AbortSignal): Promise<string> {
  const loginDedicatedType = dedicatedType(endpoint);
  const first = await askLeniently(task, 'auth/login', { loginType: '', loginDedicatedType }, signal);
  const url = urlOf(first) ?? urlOf(await askLeniently(task, 'login/generateUrl', { loginDedicatedType }, signal));
  if (url !== undefined) return url;
  throw new LoginFailure('no_login_url', 'Lingma gives no address to sign in at');
}

function urlOf(answer: JsonValue | undefined): string | undefined {
  if (typeof answer === 'string') return answer.trim() || undefined;
  if (!isObject(answer)) return undefined;
  const told = [answer.url, answer.loginUrl, answer.login_url].map((url) =>
    typeof url === 'string' ? url.trim() : '',
  );
  return told.find((url) => url !== '') ?? urlOf(isObject(answer.data) ? answer.data : undefined);
}

/** What a code may be that means no failure. */
const FINE = /^(0|200|ok|success)?$/i;

/** `success: false`, or a code or words where there should be none. */
function failureOf(answer: JsonValue): boolean {
  if (!isObject(answer)) return answer === false;
  const { success, errorCode } = answer;
  if (typeof success === 'boolean') return !success;
  if (typeof success === 'string' && /^(true|false)$/i.test(success)) return success.toLowerCase() === 'false';
  if (typeof errorCode === 'string' || typeof errorCode === 'number') {
    if (!FINE.test(String(errorCode).trim())) return true;
    // Beside a code that is fine the words say so, too.
    if (errorCode !== '') return false;
  }
  return [answer.errorMessage, answer.errorMsg].some((words) => typeof words === 'string' && !FINE.test(words.trim()));
}

const UNREACHABLE: readonly string[] = ['not_ready', 'upstream_timeout', 'shutting_down'];
const isUnreachable = ({ code }: GatewayError): boolean => UNREACHABLE.includes(code);

/** Fails where the process is not there; that it refuses, or knows no such method and is silent, is no answer. */
async function askLeniently(
  task: Task,
  method: string,
  params: JsonObject,
  signal: AbortSignal,
): Promise<JsonValue | undefined> {
  try {
    return await ask(task, method, params, signal);
  } catch (error) {
    signal.throwIfAborted();
    const isSilent = GatewayError.isInstance(error) && error.code === 'upstream_timeout';
    if (GatewayError.isInstance(error) && (isSilent || !isUnreachable(error))) return undefined;
    throw error;
  }
}

const ask = (
  { client }: Task,
  method: string,
  params: JsonObject,
  signal: AbortSignal,
): Promise<JsonValue | undefined> => client.ask(method, params, { signal });
