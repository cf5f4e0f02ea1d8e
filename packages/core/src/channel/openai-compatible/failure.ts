/**
 * What an upstream's refusal means: for the caller, who gets its class and its words without our key in them, and for the
 * router. Servers of this kind spell their errors in many ways; One API's, OpenAI's and those of plain proxies are read.
 */
import type { ErrorCode } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson, redactText } from '../../util/index.js';
import { type FailureKind, UpstreamFailure } from '../router/upstream.js';

export interface Refusal {
  readonly status: number;
  readonly statusText?: string;
  /** As much as was read of it. */
  readonly body: string;
  readonly header: (name: string) => string | undefined;
  /** Never shown. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch, for dates in `retry-after`. */
  readonly now: number;
}

/** Characters of a message that are handed on. */
const MAX_MESSAGE = 2_000;
/** Of its code and type. */
const MAX_WORDS = 200;
/** Of a body that is no JSON. */
const MAX_PLAIN = 200;

const KEY_CODES =
  /invalid_api_key|incorrect_api_key|account_deactivated|authentication_error|permission_error|invalid_authentication/i;
const KEY_WORDS =
  /(?:api[ _-]?key|access[ _-]?token|credential|令牌|密钥).{0,60}(?:invalid|incorrect|expired|revoked|disabled|deactivated|not valid|wrong|无效|过期|失效|禁用)|(?:invalid|incorrect|expired|revoked|disabled|wrong|无效|过期)[^.]{0,40}(?:api[ _-]?key|access[ _-]?token|credential|令牌|密钥)|account[^.]{0,40}(?:deactivated|suspended|disabled)/i;
const QUOTA_WORDS =
  /insufficient[_ ](?:user[_ ])?(?:quota|balance|credit|funds)|exceeded your current quota|(?:credit|account)? ?balance (?:is )?(?:too low|insufficient|not enough|exhausted)|(?:out of|not enough|no) credits?|billing[_ ]hard[_ ]limit|quota[^.]{0,30}(?:exhausted|used up|not enough)|arrearage|余额不足|额度(?:已)?(?:不足|用尽|用完)|欠费/i;
const FILTER_WORDS = /content_filter|content_policy|data_inspection_failed|responsible_?ai_?policy/i;
/** What a message quotes is what was asked, and whoever asks must not be able to take a key out. */
const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`|“[^”]*”|「[^」]*」/g;
/** Statuses whose message is of the account or the key, and not of the request. */
const ACCOUNT_STATUSES: readonly number[] = [401, 402, 403, 429];
const MODEL_WORDS = /model_not_found|(?:model|模型)/i;
const CONTEXT_WORDS = /context_length_exceeded|maximum context length|context window|prompt is too long|上下文长度/i;

/** What an error says of itself, in whatever form. */
interface ErrorText {
  readonly message: string;
  /** Code and type, for looking words up in. */
  readonly words: string;
}

/** A response that is no 2xx. */
export function refusalFailure(refusal: Refusal): UpstreamFailure {
  // Before anything is cut: half a key is one, too.
  const said = readError(hideSecrets(refusal.body, refusal.secrets), refusal.statusText ?? '');
  return failureOf(refusal.status, said, refusal);
}

/** An `error` that came with 200, whole or in the midst of a stream. */
export function inBandFailure(error: JsonValue, secrets: readonly string[], now: number): UpstreamFailure {
  const said = errorText({ error });
  const told = isJsonObject(error) ? Number(error.code ?? error.status ?? Number.NaN) : Number.NaN;
  const status = told >= 400 && told < 600 ? told : statusOfWords(said.words);
  return failureOf(status, said, { header: () => undefined, secrets, now });
}

function statusOfWords(words: string): number {
  if (/rate_limit|too_many/i.test(words)) return 429;
  if (KEY_CODES.test(words)) return 401;
  if (/invalid_request|context_length|content_filter/i.test(words)) return 400;
  return 500;
}

function failureOf(
  status: number,
  said: ErrorText,
  { header, secrets, now }: Pick<Refusal, 'header' | 'secrets' | 'now'>,
): UpstreamFailure {
  const message = hideSecrets(said.message, secrets).slice(0, MAX_MESSAGE);
  const words = hideSecrets(said.words, secrets).slice(0, MAX_WORDS);
  const { kind, code } = judge(status, words, message);
  const retryAfterMs = kind === 'limited' || status === 503 ? readRetryAfter(header, now) : undefined;
  const shown = redactText(message);
  return new UpstreamFailure(kind, code, kind === 'key' && code === 'upstream_error' ? withoutKeys(shown) : shown, {
    upstreamStatus: status,
    cause: new Error(`HTTP ${status} ${redactText(words)}`),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function judge(
  status: number,
  words: string,
  message: string,
): { readonly kind: FailureKind; readonly code: ErrorCode } {
  const text = `${words} ${message.replace(QUOTED, ' ')}`;
  if (FILTER_WORDS.test(words)) return { kind: 'request', code: 'invalid_request' };
  // Whatever status it comes with, nothing will come of this account before somebody pays.
  if (
    status < 500 &&
    (status === 402 || QUOTA_WORDS.test(ACCOUNT_STATUSES.includes(status) ? `${words} ${message}` : text))
  )
    return { kind: 'key', code: 'quota_exceeded' };
  if (status === 401) return { kind: 'key', code: 'upstream_error' };
  if (status === 403) {
    const isKey = KEY_CODES.test(text) || KEY_WORDS.test(text);
    return isKey ? { kind: 'key', code: 'upstream_error' } : { kind: 'failed', code: 'permission_denied' };
  }
  if (status === 404) {
    return MODEL_WORDS.test(`${words} ${message}`)
      ? { kind: 'model', code: 'model_not_found' }
      : { kind: 'request', code: 'not_found' };
  }
  if (status === 408) return { kind: 'failed', code: 'request_timeout' };
  if (status === 425) return { kind: 'failed', code: 'upstream_overloaded' };
  if (status === 413) return { kind: 'request', code: 'payload_too_large' };
  if (status === 415) return { kind: 'request', code: 'unsupported_media_type' };
  if (status === 429) return { kind: 'limited', code: 'rate_limited' };
  if (status >= 400 && status < 500) {
    return {
      kind: 'request',
      code: CONTEXT_WORDS.test(`${words} ${message}`) ? 'context_length_exceeded' : 'invalid_request',
    };
  }
  if (KEY_CODES.test(words)) return { kind: 'key', code: 'upstream_error' };
  if (status === 503 || status === 529) return { kind: 'failed', code: 'upstream_overloaded' };
  return { kind: 'failed', code: status === 504 || status === 524 ? 'upstream_timeout' : 'upstream_error' };
}

/** `error.message`, `error` as a text, `message`, the beginning of the body, the words of the status. */
export function readError(body: string, statusText: string): ErrorText {
  let value: JsonValue | undefined;
  try {
    value = parseJson(body);
  } catch {
    // A proxy's page, or a body that was cut.
  }
  if (isJsonObject(value)) {
    const said = errorText(value);
    if (said.message !== '') return said;
  }
  const plain = body
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_PLAIN);
  return { message: plain || statusText || 'The upstream gave no reason', words: '' };
}

function errorText(body: JsonObject): ErrorText {
  const { error } = body;
  const inner = isJsonObject(error) ? error : body;
  const texts = [
    isJsonObject(error) ? error.message : error,
    body.message,
    body.detail,
    body.error_msg,
    body.errorMsg,
  ].filter((text): text is string => typeof text === 'string' && text.trim() !== '');
  const words = [inner.code, inner.type]
    .filter((word) => typeof word === 'string' || typeof word === 'number')
    .join(' ');
  return { message: texts[0] ?? words, words };
}

/** What the upstream says of our key is nothing to the caller's. */
const withoutKeys = (message: string): string => `The upstream refused the gateway: ${message}`.slice(0, MAX_MESSAGE);

export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  redactText(hideSecrets(text, secrets));

function hideSecrets(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) if (secret !== '') shown = shown.replaceAll(secret, '***');
  return shown;
}

/** Seconds or a date; `retry-after-ms` goes first. */
export function readRetryAfter(header: Refusal['header'], now: number): number | undefined {
  const exact = Number(header('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const text = header('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Whether a 400 says that it does not know this member. */
export const refusesField = (failure: UpstreamFailure, field: string): boolean =>
  failure.code === 'invalid_request' && failure.message.toLowerCase().includes(field.toLowerCase());

/** Codes of a socket or a TLS handshake that failed before anything was answered. */
export function networkFailure(cause: unknown): UpstreamFailure {
  const code = codeOf(cause);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new UpstreamFailure('failed', 'upstream_timeout', 'The upstream could not be reached in time', { cause });
  }
  return new UpstreamFailure('failed', 'upstream_error', 'The connection to the upstream failed', { cause });
}

function codeOf(cause: unknown): string {
  const { code, cause: inner } = (cause ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' ? code : inner === undefined || inner === null ? '' : codeOf(inner);
}
