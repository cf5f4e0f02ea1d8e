/**
 * JSON-RPC 2.0 over one transport, both directions: correlates our calls, hands each message of the process to the
 * handlers of its method, and answers its requests at once. Knows no method beyond `initialize`.
 * Over 250 lines: calls, answers and the end of the stream change the same state.
 */
import { GatewayError } from '../../chat/index.js';
import {
  type Clock,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Logger,
  silentLogger,
  systemClock,
  UnorderedSet,
} from '../../util/index.js';
import { withoutSecrets } from '../transport/redact.js';
import type { Transport } from '../transport/transport.js';
import { INTERNAL_ERROR, METHOD_NOT_FOUND } from './error-codes.js';
import { FRAMINGS, type MessageDecoder } from './framing.js';
import { HandlerTable } from './handler-table.js';
import { type ParsedMessage, parseMessage } from './message.js';
import type { CallOptions, IncomingHandler, IncomingMessage, JsonRpcAnswer, JsonRpcId, JsonRpcPeer } from './peer.js';
import { PendingRequests } from './pending-requests.js';

export interface JsonRpcConnectionOptions {
  readonly logger?: Logger;
  /** Time limit of calls that bring none. Default 30 000. */
  readonly callTimeoutMs?: number;
  /** Bytes one incoming message may have. Default 64 MiB. */
  readonly maxFrameBytes?: number;
  readonly clock?: Clock;
  /** The answer to a request that no handler took; `now` is the clock's. Default: error -32601. */
  readonly defaultAnswer?: (message: IncomingMessage, now: number) => JsonRpcAnswer;
}

export interface JsonRpcConnection extends JsonRpcPeer {
  /** Calls `initialize` and keeps `serverInfo`; a process that tells none is fine. Throws as {@link JsonRpcPeer.call}. */
  initialize(params: JsonObject, options?: CallOptions): Promise<void>;
  /** Rejects all that is pending with `error` (default: `not_ready`) and closes the transport. Idempotent. */
  close(error?: Error): void;
}

export const DEFAULT_MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Takes the transport over: it must not have been listened to, and nobody else sends on it. */
export function createJsonRpcConnection(
  transport: Transport,
  options: JsonRpcConnectionOptions = {},
): JsonRpcConnection {
  return new Connection(transport, options);
}

class Connection implements JsonRpcConnection {
  readonly #transport: Transport;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #callTimeoutMs: number;
  readonly #encode: (message: JsonObject) => Uint8Array;
  readonly #decoder: MessageDecoder;
  readonly #readsLines: boolean;
  readonly #pending: PendingRequests;
  readonly #defaultAnswer: (message: IncomingMessage, now: number) => JsonRpcAnswer;
  readonly #handlers = new HandlerTable();
  readonly #closeListeners = new UnorderedSet<(error: Error) => void>();
  #serverInfo = { name: '', version: '' };
  #initialized: JsonObject = {};
  #nextId = 1;
  #closeError: Error | undefined;

  constructor(transport: Transport, options: JsonRpcConnectionOptions) {
    this.#transport = transport;
    this.#logger = options.logger ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.#callTimeoutMs = options.callTimeoutMs ?? 30_000;
    this.#defaultAnswer = options.defaultAnswer ?? methodNotFound;
    const framing = FRAMINGS[transport.framing ?? 'content-length'];
    this.#encode = framing.encode;
    this.#readsLines = transport.framing === 'ndjson';
    this.#decoder = framing.createDecoder(options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES);
    this.#pending = new PendingRequests(this.#clock, this.#logger);
    transport.listen({
      onBytes: (bytes) => this.#onBytes(bytes),
      onClose: (cause) => this.#end(connectionLost(cause)),
    });
  }

  get serverInfo(): { readonly name: string; readonly version: string } {
    return this.#serverInfo;
  }

  get initialized(): JsonObject {
    return this.#initialized;
  }

  get closed(): boolean {
    return this.#closeError !== undefined;
  }

  async initialize(params: JsonObject, options?: CallOptions): Promise<void> {
    const result = await this.call('initialize', params, options);
    const reply = isJsonObject(result) ? result : {};
    const { serverInfo, agentInfo } = reply;
    const info = isJsonObject(serverInfo) ? serverInfo : isJsonObject(agentInfo) ? agentInfo : {};
    this.#serverInfo = { name: toText(info.name), version: toText(info.version) };
    this.#initialized = reply;
  }

  /** Not `async`: each turn makes several calls, and the pending one's promise is all that is needed. */
  call(method: string, params: JsonObject, options: CallOptions = {}): Promise<JsonValue> {
    if (this.#closeError !== undefined) return Promise.reject(this.#closeError);
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason);
    const id = this.#nextId++;
    try {
      const frame = this.#encode({ jsonrpc: '2.0', id, method, params });
      const response = this.#pending.add(id, method, options.timeoutMs ?? this.#callTimeoutMs, options);
      this.#send(frame);
      return response;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  notify(method: string, params: JsonObject): void {
    if (this.closed) return;
    this.#send(this.#encode({ jsonrpc: '2.0', method, params }));
  }

  on(method: string, handler: IncomingHandler): () => void {
    return this.#handlers.on(method, handler);
  }

  onOther(handler: IncomingHandler): () => void {
    return this.#handlers.onOther(handler);
  }

  onClose(listener: (error: Error) => void): () => void {
    if (this.#closeError !== undefined) {
      listener(this.#closeError);
      return () => undefined;
    }
    const own = (error: Error): void => listener(error);
    this.#closeListeners.add(own);
    return () => this.#closeListeners.delete(own);
  }

  pause(): void {
    if (!this.closed) this.#transport.pause();
  }

  resume(): void {
    if (!this.closed) this.#transport.resume();
  }

  close(error: Error = new GatewayError('not_ready', 'The connection to Lingma was closed')): void {
    this.#end(error);
  }

  #send(frame: Uint8Array): void {
    try {
      this.#transport.send(frame);
    } catch (cause) {
      this.#end(connectionLost(cause));
    }
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.closed) return;
    try {
      this.#decoder.push(bytes, (body) => {
        if (this.closed) return;
        const parsed = parseMessage(body);
        if (this.#readsLines && parsed.kind === 'malformed' && isRemark(body)) this.#remark(body);
        else this.#dispatch(parsed);
      });
    } catch (error) {
      this.#end(error instanceof Error ? error : new GatewayError('internal', 'Internal error', { cause: error }));
    }
  }

  /** What an agent prints beside its messages: a banner, a warning of its runtime, a comment. */
  #remark(line: string): void {
    this.#logger.debug('Line that is no message', { text: withoutSecrets(line) });
  }

  #dispatch(parsed: ParsedMessage): void {
    switch (parsed.kind) {
      case 'incoming':
        this.#handle(parsed.message);
        return;
      case 'result':
      case 'error':
        if (!this.#pending.settle(parsed.id, parsed)) {
          this.#logger.debug('Response nobody waits for', { id: parsed.id });
        }
        return;
      case 'dropped':
        this.#logger.debug('Message from Lingma dropped', { why: parsed.why });
        return;
      case 'malformed':
        this.#logger.warn('Message from Lingma dropped', { why: 'not JSON', characters: parsed.length });
    }
  }

  #handle(message: IncomingMessage): void {
    let result: JsonValue | Promise<JsonValue> | undefined;
    let failed = false;
    for (const { handle } of this.#handlers.byMethod.get(message.method) ?? this.#handlers.others) {
      try {
        const value = handle(message);
        if (result === undefined) result = value;
      } catch (error) {
        failed = true;
        this.#logger.error('Handler of a message from Lingma failed', { method: message.method, error });
      }
    }
    if (result instanceof Promise) {
      this.#answerLater(message, result);
      return;
    }
    if (message.id === undefined) return;
    if (result !== undefined) this.#answer(message.id, { result });
    else if (failed) this.#answer(message.id, { error: { code: INTERNAL_ERROR, message: 'Internal error' } });
    else this.#answer(message.id, this.#defaultAnswer(message, this.#clock.now()));
  }

  #answerLater({ method, id }: IncomingMessage, result: Promise<JsonValue>): void {
    result.then(
      (value) => {
        if (id !== undefined) this.#answer(id, { result: value });
      },
      (error: unknown) => {
        this.#logger.error('Handler of a message from Lingma failed', { method, error });
        if (id !== undefined) this.#answer(id, { error: { code: INTERNAL_ERROR, message: 'Internal error' } });
      },
    );
  }

  #answer(id: JsonRpcId, answer: JsonRpcAnswer): void {
    if (!this.closed) this.#send(this.#encode({ jsonrpc: '2.0', id, ...answer }));
  }

  #end(error: Error): void {
    if (this.#closeError !== undefined) return;
    this.#closeError = error;
    this.#decoder.clear();
    this.#handlers.clear();
    this.#transport.close();
    this.#pending.failAll(error);
    for (const listener of this.#closeListeners.values()) {
      this.#closeListeners.delete(listener);
      try {
        listener(error);
      } catch (thrown) {
        this.#logger.error('Close listener failed', { error: thrown });
      }
    }
  }
}

/** No beginning of a message: those hold whatever users say, which no log may show. */
function isRemark(body: string): boolean {
  return !/^\s*[[{"]/.test(body);
}

function methodNotFound({ method }: IncomingMessage): JsonRpcAnswer {
  return { error: { code: METHOD_NOT_FOUND, message: `Method not found: ${method}` } };
}

function connectionLost(cause: unknown): GatewayError {
  if (GatewayError.isInstance(cause)) return cause;
  return new GatewayError('not_ready', 'The connection to Lingma was lost', { cause });
}

function toText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
