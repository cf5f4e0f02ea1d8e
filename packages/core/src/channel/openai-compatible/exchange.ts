/**
 * One HTTP request over undici's pool, pushed on as it comes: no stream, no promise a chunk. Time-outs, the caller's signal
 * and back-pressure are kept here; what the bytes say is not.
 * Over 250 lines: one machine, whose states belong together.
 */
import type { Dispatcher } from 'undici';
import { abortReason } from '../../chat/index.js';
import { type Clock, Deadline, MAX_TIMER_MS } from '../../util/index.js';
import { UpstreamFailure } from '../router/upstream.js';
import { networkFailure } from './failure.js';
import { createUnpacker, isPacked, type Unpacker } from './unpack-answer.js';

export interface ExchangeTimeouts {
  /** Until the answer has begun, as its sink sees it. Milliseconds; 0: no limit, as in the others. */
  readonly firstEventMs: number;
  /** Silence after it, while somebody wants more. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface ExchangeRequest {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'POST';
  readonly url: { readonly origin: string; readonly path: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeouts: ExchangeTimeouts;
  /** Its abort ends the exchange with its reason. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  header(name: string): string | undefined;
}

/** Calls never overlap. */
export interface ExchangeSink {
  head(head: ResponseHead): void;
  /** Returns whether the answer has begun: what only keeps a connection open is no answer. */
  data(chunk: Buffer): boolean;
  /** Once; with a `GatewayError` where the answer ends before it is whole. */
  end(error?: unknown): void;
}

export interface Exchange {
  pause(): void;
  resume(): void;
  /** Nothing is pushed any more. The connection is closed where the answer is not whole. */
  abort(): void;
  /** The same for an answer that is whole: the connection may be used again if its end comes soon. */
  drain(): void;
}

/** Milliseconds an upstream may take to end an answer that is whole. */
const DRAIN_MS = 1_000;

export function openExchange(request: ExchangeRequest, sink: ExchangeSink): Exchange {
  return new RunningExchange(request, sink);
}

class RunningExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #request: ExchangeRequest;
  readonly #sink: ExchangeSink;
  #controller: Dispatcher.DispatchController | undefined;
  #unpacker: Unpacker | undefined;
  #silence: Deadline | undefined;
  #cancelTotal: (() => void) | undefined;
  #cancelDrain: (() => void) | undefined;
  #began = false;
  #paused = false;
  #over = false;
  /** The upstream has said its last byte, whoever still listened. */
  #ended = false;

  constructor(request: ExchangeRequest, sink: ExchangeSink) {
    this.#request = request;
    this.#sink = sink;
    const { dispatcher, method, url, headers, body, timeouts, signal, clock } = request;
    if (signal.aborted) {
      this.#finish(abortReason(signal.reason));
      return;
    }
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#watch(timeouts.firstEventMs);
    if (timeouts.totalMs > 0 && timeouts.totalMs <= MAX_TIMER_MS) {
      this.#cancelTotal = clock.schedule(timeouts.totalMs, () => this.#expire('The upstream took too long to answer'));
    }
    try {
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.path,
          method,
          headers: headers as Record<string, string>,
          ...(body !== undefined && { body }),
          // Both are kept above, by a clock that tests can move.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (cause) {
      this.#finish(networkFailure(cause));
    }
  }

  pause(): void {
    if (this.#paused || this.#over) return;
    this.#paused = true;
    // Whoever reads slowly is no upstream that is silent.
    this.#silence?.clear();
    this.#silence = undefined;
    this.#unpacker?.pause();
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#watchIdle();
    this.#unpacker?.resume();
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#settle();
    this.#controller?.abort(new Error('not wanted any more'));
  }

  drain(): void {
    if (this.#over) return;
    this.#settle();
    if (this.#paused) this.#controller?.resume();
    // Most often the end comes with the same read: no timer for that.
    queueMicrotask(() => {
      if (this.#ended) return;
      this.#cancelDrain = this.#request.clock.schedule(DRAIN_MS, () => this.#controller?.abort(new Error('no end')));
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('not wanted any more'));
    else if (this.#paused) controller.pause();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText = '',
  ): void {
    if (this.#over || status < 200) return;
    const header = (name: string): string | undefined => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    const coding = header('content-encoding');
    if (isPacked(coding)) this.#unpack(coding);
    if (!this.#over) this.#sink.head({ status, statusText, header });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    if (this.#unpacker === undefined) this.#give(chunk);
    else if (!this.#unpacker.write(chunk)) this.#controller?.pause();
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#cancelDrain?.();
    if (this.#unpacker === undefined || this.#over) this.#finish();
    else this.#unpacker.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.#ended = true;
    this.#cancelDrain?.();
    this.#finish(networkFailure(cause));
  }

  #give(chunk: Buffer): void {
    if (this.#began) {
      this.#silence?.touch();
      this.#sink.data(chunk);
      return;
    }
    if (!this.#sink.data(chunk) || this.#over) return;
    this.#began = true;
    const { firstEventMs, idleMs } = this.#request.timeouts;
    if (firstEventMs === idleMs && !this.#paused) {
      // The same time anew: no other timer for that.
      this.#silence?.touch();
      return;
    }
    this.#silence?.clear();
    this.#silence = undefined;
    if (!this.#paused) this.#watchIdle();
  }

  #unpack(coding: string): void {
    this.#unpacker = createUnpacker(coding, {
      data: (chunk) => {
        if (!this.#over) this.#give(chunk);
      },
      end: (cause) => {
        const message = 'The upstream sent packed data that is damaged';
        if (cause === undefined) this.#finish();
        else this.#fail(new UpstreamFailure('failed', 'upstream_protocol', message, { cause }));
      },
      drain: () => {
        if (!this.#paused) this.#controller?.resume();
      },
    });
    if (this.#unpacker !== undefined) return;
    const message = 'The upstream sent an answer in a coding that nobody asked for';
    this.#fail(new UpstreamFailure('failed', 'upstream_protocol', message));
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#request.signal;
    this.#fail(abortReason(reason));
  };

  #watchIdle(): void {
    if (!this.#began) return;
    this.#watch(this.#request.timeouts.idleMs);
  }

  #watch(ms: number): void {
    const expire = (): void =>
      this.#expire(
        this.#began
          ? 'The upstream stopped in the middle of its answer'
          : 'The upstream did not begin to answer in time',
      );
    this.#silence = ms > 0 ? new Deadline(ms, expire, this.#request.clock) : undefined;
  }

  #expire(message: string): void {
    this.#fail(new UpstreamFailure('failed', 'upstream_timeout', message));
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#finish(error);
    this.#controller?.abort(new Error('ended by the gateway'));
  }

  #finish(error?: unknown): void {
    if (this.#over) return;
    this.#settle();
    this.#sink.end(error);
  }

  #settle(): void {
    this.#over = true;
    this.#silence?.clear();
    this.#cancelTotal?.();
    this.#unpacker?.close();
    this.#request.signal.removeEventListener('abort', this.#onAbort);
  }
}
