/** Where to and with which key, and what a call says that makes no sense. */
import { LlmClientError } from './errors.js';
import type { CallOptions, LlmClientOptions } from './types.js';

export type Endpoint = 'chat/completions' | 'embeddings';

const DEFAULT_TIMEOUT_MS = 60_000;
/** What a timer can hold, some 24 days. */
const MAX_TIMER_MS = 2_147_483_647;

export const configError = (message: string): LlmClientError => new LlmClientError('LLM_CLIENT_CONFIG', message);

/** @throws LlmClientError `LLM_CLIENT_CONFIG` that names the variable */
function fromEnvironment(name: string): string {
  const value = variable(name);
  if (value === '') throw configError(`${name} is not set`);
  return value;
}

const variable = (name: string): string =>
  (typeof process === 'undefined' ? undefined : process.env[name])?.trim() ?? '';

/** @throws LlmClientError `LLM_CLIENT_CONFIG` */
export function keyOf({ apiKey }: LlmClientOptions): string {
  const key = apiKey?.trim() || fromEnvironment('LLM_API_KEY');
  if (!/^[\x20-\x7e]+$/.test(key)) throw configError('LLM_API_KEY holds characters that no header can carry');
  return key;
}

/** @throws LlmClientError `LLM_CLIENT_CONFIG` */
export function modelOf(given: unknown, variableName: 'LLM_MODEL_ID' | 'EMBEDDING_MODEL_ID'): string {
  if (given !== undefined && given !== null && typeof given !== 'string')
    throw configError('The model name is no text');
  const model = given?.trim() || variable(variableName);
  if (model === '') throw configError(`No model name was given, and ${variableName} is not set`);
  return model;
}

/**
 * `http://host`, `http://host/`, `http://host/v1` and `http://host/v1/` all lead to the same; the whole address of an endpoint stays
 * as it is, also where there is no `/v1` in it.
 *
 * @throws LlmClientError `LLM_CLIENT_CONFIG`
 */
export function urlOf({ baseUrl }: LlmClientOptions, endpoint: Endpoint): string {
  const base = baseUrl?.trim() || fromEnvironment('LLM_BASE_URL');
  const url = tryUrl(base);
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw configError('LLM_BASE_URL is no http(s) address');
  if (url.username !== '' || url.password !== '') {
    throw configError('LLM_BASE_URL holds a user name or a password; the key belongs into LLM_API_KEY');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const above = path.replace(/\/(chat\/completions|embeddings)$/, '');
  url.pathname = above !== path || path.endsWith('/v1') ? `${above}/${endpoint}` : `${path}/v1/${endpoint}`;
  url.hash = '';
  return url.href;
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** @throws LlmClientError `LLM_CLIENT_CONFIG` */
export function timeoutOf(options: CallOptions, client: LlmClientOptions): number {
  const timeoutMs: unknown = options.timeoutMs === undefined ? client.timeoutMs : options.timeoutMs;
  if (timeoutMs === undefined) return DEFAULT_TIMEOUT_MS;
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) throw configError('timeoutMs is no positive number');
  return Math.min(timeoutMs, MAX_TIMER_MS);
}

/** @throws LlmClientError `LLM_CLIENT_CONFIG` for what has no JSON, as a cycle */
export function bodyOf({ timeoutMs, signal, ...options }: CallOptions, own: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify({ ...options, ...own });
  } catch (error) {
    throw configError(`The request has no JSON form: ${error instanceof Error ? error.message : String(error)}`);
  }
}
