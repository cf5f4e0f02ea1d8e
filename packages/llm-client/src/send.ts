/** One request and its answer's text or stream, with time-out, abort and retries; each failure as a {@link LlmClientError}. */
import { LlmClientError } from './errors.js';
import { asObject, failureCode, failureText, withoutKey } from './failure-text.js';
import type { LlmClientOptions } from './types.js';

export interface Call {
  readonly url: string;
  readonly key: string;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** An answer that has begun; its time runs until `done`. */
export interface Answer {
  readonly response: Response;
  /** Aborts when the caller, or the time, ends the call. */
  readonly signal: AbortSignal;
  /** Begins the time-out anew: something is waited for. */
  waits(): void;
  /** Nothing is waited for: the reader takes its time. */
  rests(): void;
  /** What the server says, without the key. */
  hidden(text: string): string;
  /** Lets go of the timer and of the caller's signal. */
  done(): void;
  /** What a failure means: the caller's own reason, a time-out, the network. */
  failure(error: unknown): unknown;
}

/** Bytes of one answer: more is no answer that anybody reads whole. */
const MAX_ANSWER = 64 * 1024 * 1024;
const MAX_FAILURE = 64 * 1024;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Sends it, and again where the client may and it helps. @throws LlmClientError, or the reason of the caller's signal */
export async function send<Result>(
  call: Call,
  client: LlmClientOptions,
  use: (answer: Answer) => Promise<Result>,
): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    const answer = begin(call);
    try {
      const opened = await answer.untilEnded(answer.open(client.fetch ?? globalThis.fetch));
      return await answer.untilEnded(use(opened));
    } catch (cause) {
      answer.done();
      const error = answer.failure(cause);
      const mayRetry = tries < (client.retries ?? 0) && !answer.hasBegun();
      const waitMs = mayRetry ? waitBeforeRetry(error, tries) : undefined;
      if (waitMs === undefined) throw error;
      await pause(waitMs, call.signal);
    }
  }
}

function begin({ url, key, body, timeoutMs, signal }: Call) {
  const controller = new AbortController();
  let timedOut = false;
  let begun = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => controller.abort(signal?.reason);
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  ended.catch(() => undefined);
  /** A `fetch` of the caller's may heed no signal. */
  const untilEnded = <Value>(work: Promise<Value>): Promise<Value> => Promise.race([work, ended]);
  const rests = (): void => clearTimeout(timer);
  const waits = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, timeoutMs);
  };
  const done = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const failure = (error: unknown): unknown => {
    if (signal?.aborted === true) return signal.reason;
    if (timedOut) return new LlmClientError('ETIMEDOUT', `timeout (${timeoutMs}ms)`);
    return error instanceof LlmClientError ? error : networkError(error, key);
  };
  const open = async (fetch: typeof globalThis.fetch): Promise<Answer> => {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    waits();
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal: controller.signal,
      // A redirect would turn the request into another one, or take the key elsewhere.
      redirect: 'manual',
    });
    begun = response.ok;
    const hidden = (text: string): string => withoutKey(text, key);
    if (begun) return { response, signal: controller.signal, waits, rests, done, failure, hidden };
    throw httpError(response, await readText(response, MAX_FAILURE, true), key);
  };
  return { open, done, failure, untilEnded, hasBegun: () => begun };
}

function httpError(response: Response, body: string, key: string): LlmClientError {
  const { status, statusText, headers } = response;
  const told = withoutKey(body, key);
  const text = failureText(told, statusText);
  const errorCode = failureCode(told);
  const retryAfterMs = retryAfter(headers);
  const requestId = headers?.get('x-request-id') ?? undefined;
  return Object.assign(
    new LlmClientError('LLM_CLIENT_HTTP', `${status} ${text}`.trim(), {
      cause: text,
      status,
      ...(errorCode !== undefined && { errorCode }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(requestId !== undefined && { requestId }),
    }),
    headers?.get('x-should-retry') === 'false' && { [NO_RETRY]: true },
  );
}

const NO_RETRY = Symbol('x-should-retry: false');

function networkError(error: unknown, key: string): LlmClientError {
  // `fetch` says no more than "fetch failed"; why stands below it, of several addresses below that.
  const cause = asObject(error).cause;
  const [first] = [asObject(cause).errors].flat();
  const code = [error, cause, first].map((one) => asObject(one).code).find((one) => typeof one === 'string');
  const message = [first, cause, error].map((one) => asObject(one).message).find((one) => !!one);
  const text = withoutKey(String(message ?? error), key);
  return new LlmClientError(typeof code === 'string' ? code : 'LLM_CLIENT_NETWORK', text, { cause: error });
}

/** Milliseconds; `undefined`: it would not help, or takes too long. */
function waitBeforeRetry(error: unknown, tries: number): number | undefined {
  if (!(error instanceof LlmClientError) || NO_RETRY in error) return undefined;
  const { code, status = 0, retryAfterMs } = error;
  const helps =
    code === 'LLM_CLIENT_HTTP'
      ? status === 408 || status === 429 || status >= 500
      : !['LLM_CLIENT_CONFIG', 'LLM_CLIENT_RESPONSE', 'ETIMEDOUT'].includes(code);
  if (!helps) return undefined;
  if (retryAfterMs !== undefined) return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs : undefined;
  return Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}

function retryAfter(headers: Headers | undefined): number | undefined {
  const inMs = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (inMs >= 0) return inMs;
  const text = headers?.get('retry-after')?.trim() ?? '';
  if (text === '') return undefined;
  // A moment that the server names by the calendar.
  const today = new Date();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - today.getTime();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** `cut`: what is beyond the limit is left; else it is an error. */
export async function readText(response: Response, limit = MAX_ANSWER, cut = false): Promise<string> {
  // A stand-in for `fetch` may have no body to read.
  if (typeof response.body?.getReader !== 'function') {
    return typeof response.text === 'function' ? response.text() : JSON.stringify(await response.json());
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (bytes <= limit) continue;
    void reader.cancel().catch(() => undefined);
    if (cut) return text;
    throw new LlmClientError('LLM_CLIENT_RESPONSE', `The answer is longer than ${limit} bytes`);
  }
}
