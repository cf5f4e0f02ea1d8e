/**
 * A server that speaks OpenAI's protocol, scripted by the same directives as the process: chat, older completions, embeddings,
 * models. Faults strike by key, or all keys; what was asked is kept and counted.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../json-object.js';
import { type AnswerScript, pieces, scriptOf } from './answer-script.js';
import { CREATED, chatChunks, usageOf, wholeChat } from './chat-answer.js';
import { embeddingAnswer } from './embedding-answer.js';
import { type PlayedTurn, RunningTurn } from './played-turn.js';
import { responseEvents, wholeResponse } from './responses-answer.js';
import { type Answer, streamAnswer, type UpstreamCall, wait } from './stream-answer.js';
import { refusalOf, type UpstreamFault } from './upstream-faults.js';

/** What a simulated upstream lets in, and lists. */
export interface OpenAiUpstreamOptions {
  /** Keys that are let in. Default: all. */
  readonly keys?: readonly string[];
  /** What `/models` lists. */
  readonly models?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}

/** A server that speaks OpenAI's protocol, and tells what it was asked. */
export interface OpenAiUpstream {
  /** Ends with `/v1`. */
  readonly url: string;
  /** The last {@link MAX_CALLS}, oldest first. */
  readonly calls: readonly UpstreamCall[];
  /** Requests by key. */
  readonly counts: ReadonlyMap<string, number>;
  /** For a key, or for all (`*`). `undefined` takes it back. */
  setFault(fault: UpstreamFault | undefined, key?: string): void;
  /** Chats are no longer answered by directives: each is handed to `play`. `undefined` takes it back. */
  setPlayer(play: ((turn: PlayedTurn) => void) | undefined): void;
  stop(): Promise<void>;
}

const MAX_CALLS = 5_000;
const MAX_BODY = 64 * 1024 * 1024;

/** Listens on this machine until it is stopped. */
export async function createOpenAiUpstream(options: OpenAiUpstreamOptions = {}): Promise<OpenAiUpstream> {
  const upstream = new Upstream(options);
  await upstream.listen(options.port ?? 0);
  return upstream;
}

interface Struck {
  readonly fault: UpstreamFault;
  seen: number;
}

class Upstream implements OpenAiUpstream {
  readonly calls: UpstreamCall[] = [];
  readonly counts = new Map<string, number>();
  readonly #options: OpenAiUpstreamOptions;
  readonly #faults = new Map<string, Struck>();
  readonly #server: Server;
  #player: ((turn: PlayedTurn) => void) | undefined;
  #turns = 0;

  constructor(options: OpenAiUpstreamOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  setFault(fault: UpstreamFault | undefined, key = '*'): void {
    if (fault === undefined) this.#faults.delete(key);
    else this.#faults.set(key, { fault, seen: 0 });
  }

  setPlayer(play: ((turn: PlayedTurn) => void) | undefined): void {
    this.#player = play;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    const key = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const body = parse(text);
    const headers = request.headers as Record<string, string>;
    const call: UpstreamCall = { path, key, headers, text, body, answer: '', aborted: false };
    this.calls.push(call);
    if (this.calls.length > MAX_CALLS) this.calls.shift();
    response.on('close', () => {
      call.aborted = !response.writableFinished;
    });
    const send = (status: number, type: string, answer: string, more: Record<string, string> = {}): void => {
      call.answer += answer;
      response.writeHead(status, { 'content-type': type, ...more }).end(answer);
    };
    const fault = this.#strike(key);
    if (fault.slowHeadersMs !== undefined) await wait(fault.slowHeadersMs);
    if (this.#options.keys?.includes(key) === false) {
      const message = `Incorrect API key provided: ${key}. You can find your API key at https://example.com.`;
      const error = { message, type: 'invalid_request_error', param: null, code: 'invalid_api_key' };
      send(401, 'application/json', JSON.stringify({ error }));
      return;
    }
    const refused = fault.refusesMember;
    if (refused !== undefined && body[refused] !== undefined) {
      const error = { message: `Unrecognized request argument supplied: ${refused}`, type: 'invalid_request_error' };
      send(400, 'application/json', JSON.stringify({ error }));
      return;
    }
    if ((fault.status ?? 0) > 0) {
      const { type, body: answer } = refusalOf(fault);
      const more = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      send(fault.status as number, type, answer, more as Record<string, string>);
      return;
    }
    await this.#serve(path, body, call, fault, response, send);
  }

  async #serve(
    path: string,
    body: JsonObject,
    call: UpstreamCall,
    fault: UpstreamFault,
    response: ServerResponse,
    send: (status: number, type: string, answer: string) => void,
  ): Promise<void> {
    const model = typeof body.model === 'string' ? body.model : 'sim-model';
    if (path.endsWith('/models')) {
      const { models = ['sim-model'] } = this.#options;
      const data = models.map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'sim' }));
      send(200, 'application/json', JSON.stringify({ object: 'list', data }));
      return;
    }
    if (path.endsWith('/embeddings')) {
      send(200, 'application/json', embeddingAnswer(body, model));
      return;
    }
    if (this.#player !== undefined && path.endsWith('/chat/completions')) {
      this.#turns += 1;
      this.#player(new RunningTurn(`chatcmpl-sim-${this.#turns}`, call, response));
      return;
    }
    const script = scriptOf(body);
    const error = script.directive?.error;
    if (error !== undefined && error.afterChunks === 0) {
      send(error.status, ...jsonRefusal(error.message));
      return;
    }
    this.#turns += 1;
    const id = `chatcmpl-sim-${this.#turns}`;
    const answer = answerOf(path, script, { id, model, body, tellsUsage: fault.noUsage !== true });
    if (answer === undefined) {
      send(404, 'application/json', JSON.stringify({ error: { message: `Invalid URL (POST ${path})` } }));
      return;
    }
    await wait(script.firstDelayMs);
    if (body.stream !== true) {
      send(200, 'application/json', JSON.stringify(answer.whole));
      return;
    }
    await streamAnswer(answer, script, fault, call, response);
  }

  #strike(key: string): UpstreamFault {
    const struck = this.#faults.get(key) ?? this.#faults.get('*');
    if (struck === undefined) return {};
    struck.seen += 1;
    const { times, every } = struck.fault;
    const isOver = times !== undefined && struck.seen > times;
    const isSpared = every !== undefined && struck.seen % every !== 0;
    return isOver || isSpared ? {} : struck.fault;
  }
}

function answerOf(
  path: string,
  script: AnswerScript,
  options: { readonly id: string; readonly model: string; readonly body: JsonObject; readonly tellsUsage: boolean },
): Answer | undefined {
  const done = 'data: [DONE]\n\n';
  if (path.endsWith('/chat/completions')) {
    const frames = chatChunks(script, options).map((json) => `data: ${json}\n\n`);
    return { whole: wholeChat(script, options), frames, done };
  }
  if (path.endsWith('/responses')) {
    return { whole: wholeResponse(script, options), frames: responseEvents(script, options), done: '' };
  }
  if (!path.endsWith('/completions')) return undefined;
  const { id, model } = options;
  const completion = (text: string, finish: string | null): JsonObject => ({
    ...{ id, object: 'text_completion', created: CREATED, model },
    choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
  });
  const frames = [...pieces(script.text, script.chunks), ''].map((text, at, all) =>
    JSON.stringify(completion(text, at === all.length - 1 ? script.finish : null)),
  );
  const whole = { ...completion(script.text, script.finish), ...(options.tellsUsage && { usage: usageOf(script) }) };
  return { whole, frames: frames.map((json) => `data: ${json}\n\n`), done };
}

function jsonRefusal(message = 'The upstream has a fault'): [type: string, answer: string] {
  return ['application/json', JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } })];
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
