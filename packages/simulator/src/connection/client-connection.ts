import type { ByteSink } from './byte-sink.js';
import type { FrameFragmenter } from './frame-fragmenter.js';
import { encodeFrame, type FrameStyle } from './framing.js';
import type { RpcId } from './rpc.js';

/** What a client answered to a request of the process. */
export type ClientReply =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'closed' };

interface PendingRequest {
  readonly method: string;
  readonly sentAt: number;
  readonly settle?: (reply: ClientReply) => void;
  readonly timer?: NodeJS.Timeout;
}

interface ConnectionOptions {
  readonly id: number;
  readonly sink: ByteSink;
  readonly shaper: FrameFragmenter;
  readonly frameStyle: FrameStyle;
  readonly eventReplyTimeoutMs: number;
  readonly onTimeout: (method: string, id: number) => void;
  readonly onSent: () => void;
  readonly onAnswered: () => void;
  readonly onUnanswered: (count: number) => void;
}

/** Above this backlog turns wait; it bounds what a reader that does not read can cost. */
const HIGH_WATER_BYTES = 1024 * 1024;
/**
 * A client that asks on and never reads is cut off above this: answers do not wait as turns do. One message may go beyond it.
 */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;
/** A request younger than this when its client leaves is not held against the client. */
const FAIR_CHANCE_MS = 250;

/**
 * One client: frames out, ids of the requests sent to it, and their answers. Ids count from 1, a number space of its own,
 * so they collide with the client's ids on purpose.
 */
export class ClientConnection {
  readonly id: number;
  initialized = false;
  /** It said in `initialize` that it is the vendor's IDE. */
  isIde = false;
  readonly #options: ConnectionOptions;
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;
  #sweeper: NodeJS.Timeout | undefined;
  #drained: Promise<void> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.id = options.id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  notify(method: string, params: unknown): void {
    this.#send({ jsonrpc: '2.0', method, params });
  }

  reply(id: RpcId, result: unknown): void {
    this.#send({ jsonrpc: '2.0', id, result });
  }

  /** `data`: undefined = no such member. */
  fail(id: RpcId | null, code: number, message: string, data?: unknown): void {
    this.#send({ jsonrpc: '2.0', id, error: { code, message, data } });
  }

  /** An event with an id whose answer nobody waits for; silence is logged after the time-out. */
  event(method: string, params: unknown): void {
    this.#sendRequest(method, params, {});
    this.#scheduleSweep();
  }

  /** A request whose answer matters. Never rejects. */
  request(method: string, params: unknown, timeoutMs: number): Promise<ClientReply> {
    return new Promise((settle) => {
      if (this.#closed) return settle({ kind: 'closed' });
      const id = this.#lastId + 1;
      const timer = setTimeout(() => this.#timeOut(id), timeoutMs);
      this.#sendRequest(method, params, { settle, timer });
    });
  }

  /** Takes a response of the client. False when no such request was ever sent. */
  settle(id: unknown, reply: ClientReply): boolean {
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (pending === undefined) return typeof id === 'number' && id >= 1 && id <= this.#lastId;
    this.#pending.delete(id as number);
    clearTimeout(pending.timer);
    this.#options.onAnswered();
    pending.settle?.(reply);
    return true;
  }

  /** Undefined when there is room; else settles when the socket has drained or is gone. */
  writable(): Promise<void> | undefined {
    const { sink, shaper } = this.#options;
    if (this.#closed || sink.backlog + shaper.held < HIGH_WATER_BYTES) return undefined;
    this.#drained ??= new Promise<void>((resolve) => {
      shaper.flush();
      sink.onceDrained(() => {
        this.#drained = undefined;
        resolve();
      });
    });
    return this.#drained;
  }

  /** Bytes as they are, framed or not. */
  sendRaw(bytes: Buffer): void {
    if (this.#closed) return;
    this.#options.shaper.flush();
    this.#options.sink.write(bytes);
  }

  /** Bytes that not even a WebSocket makes a message of. */
  sendPastFraming(bytes: Buffer): void {
    if (this.#closed) return;
    this.#options.shaper.flush();
    this.#options.sink.writePastFraming(bytes);
  }

  reset(): void {
    this.#options.shaper.flush();
    this.#options.sink.reset();
  }

  /** Says nothing more and still listens. */
  endWriting(): void {
    this.#options.shaper.flush();
    this.#options.sink.endWriting();
  }

  close(): void {
    this.#options.shaper.flush();
    this.#options.sink.close();
  }

  /** Cuts the connection; with `midFrame`, after the first half of one more frame. */
  cut(midFrame: boolean): void {
    if (this.#closed) return;
    this.#options.shaper.flush();
    if (midFrame) {
      const frame = encodeFrame('{"jsonrpc":"2.0","method":"window/logMessage","params":{}}', this.#options.frameStyle);
      this.#options.sink.write(frame.subarray(0, frame.length - 20));
    }
    this.#options.sink.cut();
  }

  /** To be called once when the socket is gone. */
  markClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#sweeper);
    const now = performance.now();
    let unanswered = 0;
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      if (now - pending.sentAt >= FAIR_CHANCE_MS) unanswered += 1;
      pending.settle?.({ kind: 'closed' });
    }
    this.#pending.clear();
    if (unanswered > 0) this.#options.onUnanswered(unanswered);
  }

  #sendRequest(method: string, params: unknown, waiter: Pick<PendingRequest, 'settle' | 'timer'>): void {
    if (this.#closed) return;
    this.#lastId += 1;
    this.#pending.set(this.#lastId, { method, sentAt: performance.now(), ...waiter });
    this.#options.onSent();
    this.#send({ jsonrpc: '2.0', id: this.#lastId, method, params });
  }

  #send(message: object): void {
    if (this.#closed) return;
    const { sink, shaper, frameStyle } = this.#options;
    if (sink.backlog + shaper.held > MAX_BACKLOG_BYTES) sink.destroy();
    else shaper.write(encodeFrame(JSON.stringify(message), frameStyle));
  }

  /** Events share one time-out and so expire in the order they were sent: one timer serves them all. */
  #scheduleSweep(): void {
    if (this.#sweeper !== undefined || this.#closed) return;
    this.#sweeper = setTimeout(() => {
      this.#sweeper = undefined;
      const expired = performance.now() - this.#options.eventReplyTimeoutMs;
      let left = false;
      for (const [id, pending] of this.#pending) {
        if (pending.timer !== undefined) continue;
        if (pending.sentAt > expired) {
          left = true;
          break;
        }
        this.#timeOut(id);
      }
      if (left) this.#scheduleSweep();
    }, this.#options.eventReplyTimeoutMs + 1);
    this.#sweeper.unref();
  }

  #timeOut(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#options.onTimeout(pending.method, id);
    this.#options.onUnanswered(1);
    pending.settle?.({ kind: 'timeout' });
  }
}
