/** A process on strings: tests say what it answers and what it sends. For tests alone. */
import { GatewayError } from '../../../chat/index.js';
import { type Clock, type JsonObject, type JsonValue, silentLogger } from '../../../util/index.js';
import { HandlerTable } from '../../jsonrpc/handler-table.js';
import { type CallOptions, type IncomingHandler, JsonRpcError, type JsonRpcPeer } from '../../jsonrpc/peer.js';
import type { DialectTurn } from '../../turn/turn-contract.js';

type Responder = (params: JsonObject) => JsonValue | Error | Promise<JsonValue>;

/** A reply that never comes. */
export const NEVER = new Promise<never>(() => undefined);

export class FakePeer implements JsonRpcPeer {
  serverInfo = { name: 'lingma', version: '2.11.1' };
  closed = false;
  paused = false;
  readonly calls: { readonly method: string; readonly params: JsonObject }[] = [];
  readonly notifications: { readonly method: string; readonly params: JsonObject }[] = [];
  readonly #responders = new Map<string, Responder>();
  readonly #handlers = new HandlerTable();
  readonly #closers = new Set<(error: Error) => void>();

  /** What `method` is answered with; an `Error` rejects. Methods without an answer get `{}`. */
  answer(method: string, responder: Responder | JsonValue | Error): this {
    this.#responders.set(method, typeof responder === 'function' ? responder : () => responder);
    return this;
  }

  async call(method: string, params: JsonObject, options: CallOptions = {}): Promise<JsonValue> {
    if (this.closed) throw new GatewayError('not_ready', 'closed');
    if (options.signal?.aborted === true) throw options.signal.reason;
    this.calls.push({ method, params });
    const { signal, onLateResult } = options;
    const reply = Promise.resolve(this.#responders.get(method)?.(params) ?? {}).then((value) => {
      if (value instanceof Error) throw value;
      return value;
    });
    return new Promise((resolve, reject) => {
      let done = false;
      const onAbort = (): void => {
        done = true;
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#closers.add(reject);
      reply.then((value) => (done ? onLateResult?.(value) : resolve(value)), reject);
    });
  }

  notify(method: string, params: JsonObject): void {
    this.notifications.push({ method, params });
  }

  on(method: string, handler: IncomingHandler): () => void {
    return this.#handlers.on(method, handler);
  }

  onOther(handler: IncomingHandler): () => void {
    return this.#handlers.onOther(handler);
  }

  onClose(listener: (error: Error) => void): () => void {
    if (this.closed) listener(new Error('closed'));
    this.#closers.add(listener);
    return () => this.#closers.delete(listener);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** A message from the process; returns what a handler answers. */
  emit(method: string, params: JsonObject, id?: number): JsonValue | Promise<JsonValue> | undefined {
    let result: JsonValue | Promise<JsonValue> | undefined;
    for (const { handle } of this.#handlers.byMethod.get(method) ?? this.#handlers.others) {
      const value = handle({ method, params, ...(id !== undefined && { id }) });
      result ??= value;
    }
    return result;
  }

  die(): void {
    this.closed = true;
    for (const close of this.#closers) close(new GatewayError('not_ready', 'The connection to Lingma was lost'));
  }

  /** Params of the last call of `method`. */
  last(method: string): JsonObject {
    const call = this.calls.findLast((candidate) => candidate.method === method);
    if (call === undefined) throw new Error(`${method} was not called`);
    return call.params;
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }
}

export function rpcError(message: string, code = -32603, data?: JsonValue): JsonRpcError {
  return new JsonRpcError('method', code, message, data);
}

/** Time that passes when told to. */
export class FakeClock implements Clock {
  #now = 1_760_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` pass; promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
    await settled();
  }

  /** Timers that still run. */
  get pending(): number {
    return this.#timers.size;
  }
}

/** All promises that can settle have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function aTurn(overrides: Partial<DialectTurn> = {}): DialectTurn {
  return {
    sessionId: '',
    modelKey: 'org_auto',
    mode: 'chat',
    prompt: 'Hi',
    images: [],
    cwd: '/home/me/project',
    currentFilePath: '',
    shellType: 'bash',
    deadlines: { firstEventMs: 120_000, idleMs: 60_000, totalMs: 300_000 },
    tokens: { input: () => 7, count: (text) => text.length },
    ...overrides,
  };
}

export function aContext(signal: AbortSignal = new AbortController().signal) {
  return { requestId: 'request', signal, logger: silentLogger };
}
