/**
 * @lingma-gateway/llm-client as one file: made from its sources, not written by hand. Copy it and require it; it needs Node 18 and
 * nothing else. LLM_BASE_URL and LLM_API_KEY say where to and with which key.
 */
Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
// packages/llm-client/dist/errors.js
/** One class for all that can go wrong, told apart by its code. */
/** What every failed call rejects with, but for those that the caller's own signal ends. */
var LlmClientError = class extends Error {
  code;
  status;
  errorCode;
  retryAfterMs;
  requestId;
  constructor(code, message, { cause, ...details } = {}) {
    super(message, cause === void 0 ? void 0 : { cause });
    this.name = 'LlmClientError';
    this.code = code;
    Object.assign(this, details);
  }
};
/** Also of another copy of this client: the copied file beside the package, ESM beside CommonJS. */
function isLlmClientError(value) {
  return value instanceof Error && value.name === 'LlmClientError' && typeof Reflect.get(value, 'code') === 'string';
}
// packages/llm-client/dist/failure-text.js
/** What is told of a failure: the server's words, without the key. */
const ENOUGH = 200;
/** Shorter ones are hidden as words of their own alone. */
const SHORTEST_KEY = 4;
const SHORTEST_TEXT = 8;
/** The text of an answer that is no success: `error.message`, `error`, `message`, the body's beginning, or the status's own. */
function failureText(body, statusText) {
  const found = inJson(parse(body)) ?? body.trim();
  return found === '' ? statusText.trim() : found === body.trim() ? start(found) : found;
}
/** The server's code for it. */
function failureCode(body) {
  const { error } = asObject(parse(body));
  const { code, type } = asObject(error);
  const found = [code, type].find((value) => (typeof value === 'string' && value !== '') || typeof value === 'number');
  return found === void 0 ? void 0 : String(found);
}
function inJson(value) {
  const { error, message } = asObject(value);
  return [asObject(error).message, error, message].find((text) => typeof text === 'string' && text.trim() !== '');
}
const asObject = (value) => (typeof value === 'object' && value !== null ? value : {});
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}
/** Without half a character at its end. */
const start = (text) => text.slice(0, ENOUGH).replace(/[\uD800-\uDBFF]$/, '');
/** Servers repeat in their errors what they were sent. */
function withoutKey(text, key) {
  return hide(text, key, '***', SHORTEST_KEY);
}
/** For the log: one line, without what was asked. */
function toLine(modelName, text, asked) {
  let line = text;
  for (const part of textsOf(asked)) line = hide(line, part, '[message]', SHORTEST_TEXT);
  return `[LLM_Client] Error calling ${modelName}: ${line}`.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}
/** Also where it is quoted as JSON, or cut by the end of what was kept of a body. */
function hide(text, secret, mask, shortest) {
  let rest = text;
  const quoted = JSON.stringify(secret).slice(1, -1);
  for (const spelling of /* @__PURE__ */ new Set([secret, secret.trim(), quoted, inAscii(quoted)])) {
    if (spelling.length < shortest) {
      rest = hideWord(rest, spelling, mask);
      continue;
    }
    rest = rest.replaceAll(spelling, mask);
    for (let length = Math.min(spelling.length - 1, rest.length); length >= shortest; length -= 1)
      if (rest.endsWith(spelling.slice(0, length))) rest = `${rest.slice(0, -length)}${mask}`;
  }
  return rest;
}
/** As servers in Python write JSON. */
const inAscii = (text) =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** What is short may be part of ordinary words: by itself alone. */
function hideWord(text, word, mask) {
  if (word.length < 2) return text;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])`, 'g'), mask);
}
/** Every text in it but the roles and kinds, which stand in many an error. */
function* textsOf(value, member = '') {
  if (typeof value === 'string') {
    if (member !== 'role' && member !== 'type') yield value;
  } else if (Array.isArray(value)) for (const entry of value) yield* textsOf(entry);
  else for (const [name, entry] of Object.entries(asObject(value))) yield* textsOf(entry, name);
}
// packages/llm-client/dist/embedding.js
/** Vectors out of an answer of `/embeddings`, as numbers or as base64 of 32-bit floats. */
/** In the order of the inputs. @throws LlmClientError `LLM_CLIENT_RESPONSE` */
function vectorsOf(value) {
  const { data } = asObject(value);
  if (!Array.isArray(data)) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer holds no embeddings');
  const vectors = [];
  for (const [at, entry] of data.entries()) {
    const { index = at, embedding } = asObject(entry);
    const place = Number(index);
    if (!Number.isInteger(place) || place < 0 || place >= data.length || vectors[place] !== void 0)
      throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The embeddings are not numbered one after the other');
    vectors[place] = toNumbers(embedding);
  }
  return vectors;
}
function toNumbers(embedding) {
  if (Array.isArray(embedding)) return embedding;
  const bytes = typeof embedding === 'string' ? fromBase64(embedding) : void 0;
  if (bytes === void 0) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'An embedding is no list of numbers');
  const floats = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length >> 2 }, (_, at) => floats.getFloat32(at * 4, true));
}
function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return;
  }
}
// packages/llm-client/dist/send.js
/** One request and its answer's text or stream, with time-out, abort and retries; each failure as a {@link LlmClientError}. */
/** Bytes of one answer: more is no answer that anybody reads whole. */
const MAX_ANSWER = 67108864;
const MAX_FAILURE = 65536;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 3e4;
/** Sends it, and again where the client may and it helps. @throws LlmClientError, or the reason of the caller's signal */
async function send(call, client, use) {
  for (let tries = 0; ; tries += 1) {
    const answer = begin(call);
    try {
      const opened = await answer.untilEnded(answer.open(client.fetch ?? globalThis.fetch));
      return await answer.untilEnded(use(opened));
    } catch (cause) {
      answer.done();
      const error = answer.failure(cause);
      const waitMs = tries < (client.retries ?? 0) && !answer.hasBegun() ? waitBeforeRetry(error, tries) : void 0;
      if (waitMs === void 0) throw error;
      await pause(waitMs, call.signal);
    }
  }
}
function begin({ url, key, body, timeoutMs, signal }) {
  const controller = new AbortController();
  let timedOut = false;
  let begun = false;
  let timer;
  const onAbort = () => controller.abort(signal?.reason);
  const ended = new Promise((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  ended.catch(() => void 0);
  /** A `fetch` of the caller's may heed no signal. */
  const untilEnded = (work) => Promise.race([work, ended]);
  const rests = () => clearTimeout(timer);
  const waits = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, timeoutMs);
  };
  const done = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const failure = (error) => {
    if (signal?.aborted === true) return signal.reason;
    if (timedOut) return new LlmClientError('ETIMEDOUT', `timeout (${timeoutMs}ms)`);
    return error instanceof LlmClientError ? error : networkError(error, key);
  };
  const open = async (fetch) => {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    waits();
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body,
      signal: controller.signal,
      redirect: 'manual',
    });
    begun = response.ok;
    const hidden = (text) => withoutKey(text, key);
    if (begun)
      return {
        response,
        signal: controller.signal,
        waits,
        rests,
        done,
        failure,
        hidden,
      };
    throw httpError(response, await readText(response, MAX_FAILURE, true), key);
  };
  return {
    open,
    done,
    failure,
    untilEnded,
    hasBegun: () => begun,
  };
}
function httpError(response, body, key) {
  const { status, statusText, headers } = response;
  const told = withoutKey(body, key);
  const text = failureText(told, statusText);
  const errorCode = failureCode(told);
  const retryAfterMs = retryAfter(headers);
  const requestId = headers?.get('x-request-id') ?? void 0;
  return Object.assign(
    new LlmClientError('LLM_CLIENT_HTTP', `${status} ${text}`.trim(), {
      cause: text,
      status,
      ...(errorCode !== void 0 && { errorCode }),
      ...(retryAfterMs !== void 0 && { retryAfterMs }),
      ...(requestId !== void 0 && { requestId }),
    }),
    headers?.get('x-should-retry') === 'false' && { [NO_RETRY]: true },
  );
}
const NO_RETRY = Symbol('x-should-retry: false');
function networkError(error, key) {
  const cause = asObject(error).cause;
  const [first] = [asObject(cause).errors].flat();
  const code = [error, cause, first].map((one) => asObject(one).code).find((one) => typeof one === 'string');
  const message = [first, cause, error].map((one) => asObject(one).message).find((one) => !!one);
  const text = withoutKey(String(message ?? error), key);
  return new LlmClientError(typeof code === 'string' ? code : 'LLM_CLIENT_NETWORK', text, { cause: error });
}
/** Milliseconds; `undefined`: it would not help, or takes too long. */
function waitBeforeRetry(error, tries) {
  if (!(error instanceof LlmClientError) || NO_RETRY in error) return void 0;
  const { code, status = 0, retryAfterMs } = error;
  if (
    !(code === 'LLM_CLIENT_HTTP'
      ? status === 408 || status === 429 || status >= 500
      : !['LLM_CLIENT_CONFIG', 'LLM_CLIENT_RESPONSE', 'ETIMEDOUT'].includes(code))
  )
    return void 0;
  if (retryAfterMs !== void 0) return retryAfterMs <= LONGEST_WAIT_MS ? retryAfterMs : void 0;
  return Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}
function retryAfter(headers) {
  const inMs = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (inMs >= 0) return inMs;
  const text = headers?.get('retry-after')?.trim() ?? '';
  if (text === '') return void 0;
  const today = /* @__PURE__ */ new Date();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1e3 : Date.parse(text) - today.getTime();
  return Number.isNaN(ms) ? void 0 : Math.max(0, ms);
}
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
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
async function readText(response, limit = MAX_ANSWER, cut = false) {
  if (typeof response.body?.getReader !== 'function')
    return typeof response.text === 'function' ? response.text() : JSON.stringify(await response.json());
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
    reader.cancel().catch(() => void 0);
    if (cut) return text;
    throw new LlmClientError('LLM_CLIENT_RESPONSE', `The answer is longer than ${limit} bytes`);
  }
}
// packages/llm-client/dist/settings.js
/** Where to and with which key, and what a call says that makes no sense. */
const DEFAULT_TIMEOUT_MS = 6e4;
/** What a timer can hold, some 24 days. */
const MAX_TIMER_MS = 2147483647;
const configError = (message) => new LlmClientError('LLM_CLIENT_CONFIG', message);
/** @throws LlmClientError `LLM_CLIENT_CONFIG` that names the variable */
function fromEnvironment(name) {
  const value = variable(name);
  if (value === '') throw configError(`${name} is not set`);
  return value;
}
const variable = (name) => (typeof process === 'undefined' ? void 0 : process.env[name])?.trim() ?? '';
/** @throws LlmClientError `LLM_CLIENT_CONFIG` */
function keyOf({ apiKey }) {
  const key = apiKey?.trim() || fromEnvironment('LLM_API_KEY');
  if (!/^[\x20-\x7e]+$/.test(key)) throw configError('LLM_API_KEY holds characters that no header can carry');
  return key;
}
/** @throws LlmClientError `LLM_CLIENT_CONFIG` */
function modelOf(given, variableName) {
  if (given !== void 0 && given !== null && typeof given !== 'string') throw configError('The model name is no text');
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
function urlOf({ baseUrl }, endpoint) {
  const url = tryUrl(baseUrl?.trim() || fromEnvironment('LLM_BASE_URL'));
  if (url === void 0 || !/^https?:$/.test(url.protocol)) throw configError('LLM_BASE_URL is no http(s) address');
  if (url.username !== '' || url.password !== '')
    throw configError('LLM_BASE_URL holds a user name or a password; the key belongs into LLM_API_KEY');
  const path = url.pathname.replace(/\/+$/, '');
  const above = path.replace(/\/(chat\/completions|embeddings)$/, '');
  url.pathname = above !== path || path.endsWith('/v1') ? `${above}/${endpoint}` : `${path}/v1/${endpoint}`;
  url.hash = '';
  return url.href;
}
function tryUrl(text) {
  try {
    return new URL(text);
  } catch {
    return;
  }
}
/** @throws LlmClientError `LLM_CLIENT_CONFIG` */
function timeoutOf(options, client) {
  const timeoutMs = options.timeoutMs === void 0 ? client.timeoutMs : options.timeoutMs;
  if (timeoutMs === void 0) return DEFAULT_TIMEOUT_MS;
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) throw configError('timeoutMs is no positive number');
  return Math.min(timeoutMs, MAX_TIMER_MS);
}
/** @throws LlmClientError `LLM_CLIENT_CONFIG` for what has no JSON, as a cycle */
function bodyOf({ timeoutMs, signal, ...options }, own) {
  try {
    return JSON.stringify({
      ...options,
      ...own,
    });
  } catch (error) {
    throw configError(`The request has no JSON form: ${error instanceof Error ? error.message : String(error)}`);
  }
}
// packages/llm-client/dist/event-stream.js
/** The data of server-sent events, read as they come: any line ends, comments, cut anywhere. */
/** Characters of one event: no chunk of a model is that long. */
const MAX_EVENT = 8388608;
/** @throws LlmClientError `LLM_CLIENT_RESPONSE` for an event beyond 8 MiB */
async function* readEvents(body, { signal, waits, rests }) {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => void 0);
  signal.addEventListener('abort', cancel, { once: true });
  const decoder = new TextDecoder();
  let rest = '';
  let data = [];
  let length = 0;
  try {
    for (;;) {
      waits();
      const { done, value } = await reader.read();
      rests();
      if (signal.aborted) throw signal.reason;
      rest += done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      length += rest.length;
      for (const line of lines)
        if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
          length = 0;
        } else if (line.startsWith('data:')) {
          data.push(line.slice(line[5] === ' ' ? 6 : 5));
          length += line.length;
        }
      if (length > MAX_EVENT) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'An event of the stream is too long');
      length -= rest.length;
      if (done) return;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
// packages/llm-client/dist/text-stream.js
/** The chunks of a chat completion, as pieces of text and as the answer they make. */
/** @throws LlmClientError `LLM_CLIENT_RESPONSE` where the stream ends without an end, or tells of an error */
async function* readParts(answer) {
  const { body, headers } = answer.response;
  if (body === null || headers.get('content-type')?.includes('application/json') === true) {
    const text = await readText(answer.response);
    const value = parse(text);
    if (isError(value)) throw streamError(answer.hidden(text));
    yield toPart(wholeAsChunk(value));
    return;
  }
  let ended = false;
  for await (const data of readEvents(body, answer)) {
    if (data.trim() === '[DONE]') return;
    const chunk = parse(data);
    if (typeof chunk !== 'object' || chunk === null || !Array.isArray(chunk.choices ?? []))
      throw new LlmClientError(
        'LLM_CLIENT_RESPONSE',
        chunk === void 0 ? 'A chunk of the stream is no JSON' : 'A chunk of the stream is none of a chat completion',
      );
    if (isError(chunk)) throw streamError(answer.hidden(data));
    ended ||= chunk.choices?.some(({ finish_reason }) => !!finish_reason) === true;
    yield toPart(chunk);
  }
  if (!ended) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The stream was cut before its end');
}
const isError = (value) => (asObject(value).error ?? void 0) !== void 0;
function streamError(data) {
  const errorCode = failureCode(data);
  const text = failureText(data, '');
  return new LlmClientError('LLM_CLIENT_RESPONSE', text, {
    cause: text,
    ...(errorCode !== void 0 && { errorCode }),
  });
}
function toPart(raw) {
  const delta = raw.choices?.[0]?.delta;
  return {
    text: delta?.content ?? '',
    ...(delta?.tool_calls && { toolCalls: delta.tool_calls }),
    raw,
  };
}
function wholeAsChunk(value) {
  const { choices, ...rest } = asObject(value);
  if (!Array.isArray(choices)) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer is no chat completion');
  return {
    ...rest,
    choices: choices.map(({ message, ...choice }) => ({
      ...choice,
      delta: {
        ...message,
        ...(message?.tool_calls && {
          tool_calls: message.tool_calls.map((call, index) => ({
            ...call,
            index,
          })),
        }),
      },
    })),
  };
}
/** Nothing is asked before somebody iterates or wants the final answer. */
function toTextStream(open) {
  const collected = new CollectedAnswer();
  let parts;
  const whole = deferred();
  async function* collect() {
    try {
      for await (const part of open()) {
        collected.add(part.raw);
        yield part;
      }
      whole.resolve(collected.answer());
    } catch (error) {
      whole.reject(error);
      throw error;
    } finally {
      whole.reject(new LlmClientError('LLM_CLIENT_RESPONSE', 'The stream was left before its end'));
    }
  }
  return {
    [Symbol.asyncIterator]() {
      parts ??= collect();
      return parts;
    },
    async final() {
      if (parts === void 0) for await (const _part of this);
      return whole.promise;
    },
  };
}
function deferred() {
  let resolve = () => void 0;
  let reject = () => void 0;
  const promise = new Promise((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  promise.catch(() => void 0);
  return {
    promise,
    resolve,
    reject,
  };
}
var CollectedAnswer = class {
  #text = '';
  #finishReason;
  #usage;
  #calls = /* @__PURE__ */ new Map();
  #lastCall = -1;
  add({ choices, usage }) {
    if (usage) this.#usage = usage;
    const choice = choices?.[0];
    this.#text += choice?.delta?.content ?? '';
    this.#finishReason = choice?.finish_reason || this.#finishReason;
    for (const { index, id, function: called } of choice?.delta?.tool_calls ?? []) {
      const at = index ?? this.#indexOf(id);
      const call = this.#calls.get(at) ?? {
        id: '',
        name: '',
        arguments: '',
      };
      this.#lastCall = at;
      this.#calls.set(at, call);
      call.id ||= id ?? '';
      call.name += called?.name ?? '';
      call.arguments += called?.arguments ?? '';
    }
  }
  /** Some servers leave out the index: another id is another call. */
  #indexOf(id) {
    if (this.#lastCall === -1) return 0;
    return id && id !== this.#calls.get(this.#lastCall)?.id ? this.#calls.size : this.#lastCall;
  }
  answer() {
    const toolCalls = [...this.#calls]
      .sort(([one], [other]) => one - other)
      .map(([, { id, ...called }]) => ({
        id,
        type: 'function',
        function: called,
      }));
    return {
      text: this.#text,
      toolCalls,
      ...(this.#finishReason !== void 0 && { finishReason: this.#finishReason }),
      ...(this.#usage !== void 0 && { usage: this.#usage }),
    };
  }
};
// packages/llm-client/dist/client.js
/** The calls: each reads its settings anew, asks once, and tells a failure in one line. */
/**
 * A client with settings of its own; what it is not told it reads from the environment at each call.
 *
 * @throws LlmClientError `LLM_CLIENT_CONFIG` where an option makes no sense
 */
function createLlmClient(client = {}) {
  const { retries = 0 } = client;
  if (!Number.isInteger(retries) || retries < 0) throw configError('retries is no number of tries');
  timeoutOf({}, client);
  const prepare = (endpoint, options, own) => ({
    url: urlOf(client, endpoint),
    key: keyOf(client),
    timeoutMs: timeoutOf(options, client),
    signal: options.signal,
    body: bodyOf(options, own),
  });
  /** Whoever ended the call, or could not begin it, knows without a line. */
  const tell = (error, model, asked) => {
    if (!(error instanceof LlmClientError) || error.code === 'LLM_CLIENT_CONFIG') return;
    const text = error.code === 'LLM_CLIENT_HTTP' ? String(error.cause) : error.message;
    (client.logger ?? console).error(toLine(model, text, asked));
  };
  const ask = async (call, model, asked, read) => {
    try {
      return await send(call, client, async (answer) => {
        const value = parse(await readText(answer.response));
        answer.done();
        if (value === void 0) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer is no JSON');
        return read(value);
      });
    } catch (error) {
      tell(error, model, asked);
      throw error;
    }
  };
  return {
    async callSpecificModel(modelName, messages, options = {}) {
      checkMessages(messages);
      if (options?.stream === true) throw configError('callSpecificModel does not stream; streamSpecificModel does');
      const model = modelOf(modelName, 'LLM_MODEL_ID');
      const call = prepare('chat/completions', options ?? {}, {
        model,
        messages,
      });
      return ask(call, model, messages, (value) => value);
    },
    streamSpecificModel(modelName, messages, options = {}) {
      return toTextStream(async function* () {
        checkMessages(messages);
        const model = modelOf(modelName, 'LLM_MODEL_ID');
        const call = prepare('chat/completions', options ?? {}, {
          model,
          messages,
          stream: true,
        });
        try {
          const answer = await send(call, client, async (begun) => begun);
          try {
            yield* readParts(answer);
          } catch (error) {
            throw answer.failure(error);
          } finally {
            answer.done();
          }
        } catch (error) {
          tell(error, model, messages);
          throw error;
        }
      });
    },
    async embedWithModel(modelName, input, options = {}) {
      if (typeof input !== 'string' && !Array.isArray(input))
        throw configError('The input is neither a text nor a list');
      const model = modelOf(modelName, 'EMBEDDING_MODEL_ID');
      return ask(
        prepare('embeddings', options ?? {}, {
          model,
          input,
        }),
        model,
        input,
        vectorsOf,
      );
    },
  };
}
function checkMessages(messages) {
  if (!Array.isArray(messages)) throw configError('messages is no list');
}
// packages/llm-client/dist/index.js
/**
 * A small client for OpenAI-compatible servers: this gateway, One API, others. `LLM_BASE_URL` and `LLM_API_KEY` say where to and
 * with which key; they are read at each call.
 *
 * ```js
 * const { callSpecificModel, textOf } = require('./llm_client');
 * const answer = await callSpecificModel('qwen3.5-plus', [{ role: 'user', content: 'Hello' }], { temperature: 0.2 });
 * console.log(textOf(answer));
 * ```
 */
const shared = createLlmClient();
/**
 * One answer of one model, as the server sent it.
 *
 * @param modelName empty: `LLM_MODEL_ID`
 * @throws LlmClientError told by `code`; or the reason of `options.signal`
 */
function callSpecificModel(modelName, messages, options) {
  return shared.callSpecificModel(modelName, messages, options);
}
/**
 * The same in pieces. Nothing is asked before it is iterated or `final()` is called.
 *
 * @throws LlmClientError while iterating, as {@link callSpecificModel}; a cut stream is `LLM_CLIENT_RESPONSE`
 */
function streamSpecificModel(modelName, messages, options) {
  return shared.streamSpecificModel(modelName, messages, options);
}
/**
 * A vector for each text, in their order.
 *
 * @param modelName empty: `EMBEDDING_MODEL_ID`
 * @throws LlmClientError as {@link callSpecificModel}
 */
function embedWithModel(modelName, input, options) {
  return shared.embedWithModel(modelName, input, options);
}
/** The text of an answer; `''` where it has none. */
function textOf(response) {
  return response?.choices?.[0]?.message?.content ?? '';
}
exports.LlmClientError = LlmClientError;
exports.callSpecificModel = callSpecificModel;
exports.createLlmClient = createLlmClient;
exports.embedWithModel = embedWithModel;
exports.isLlmClientError = isLlmClientError;
exports.streamSpecificModel = streamSpecificModel;
exports.textOf = textOf;
