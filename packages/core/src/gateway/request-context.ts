/**
 * What belongs to one request from its first byte to its last: id, signal, deadline, logger, and the one log line at
 * its end. Client gone, deadline over and shutdown are joined here, so that below there is one signal with one reason.
 */
import { createHash } from 'node:crypto';
import { type CallContext, GatewayError, toGatewayError } from '../chat/index.js';
import { type Clock, createCancelSource, createId, type Logger, monotonicNow } from '../util/index.js';
import type { ParsedRequest, WireProtocol } from '../wire/index.js';
import { ANONYMOUS, type Principal } from './access/auth.js';
import { exhaustionError } from './exhaustion.js';
import type { GatewayRequest } from './http/gateway-request.js';
import { reasonForLog, shorten } from './log-reason.js';

export interface RequestContextOptions {
  readonly request: GatewayRequest;
  readonly protocol: WireProtocol;
  /** As the log names it; `-` where none matched. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds for the whole request; `0`: no limit. */
  readonly totalMs: number;
  readonly remoteAddress?: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Fields of the log line that are found out on the way. */
export interface RequestRecord {
  model?: string;
  /** What answered, as the upstream names it. */
  upstreamModel?: string;
  stream?: boolean;
  /** Milliseconds from the request to the first content. */
  ttftMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  finishReason?: string;
}

/** Of the model's name in the log: clients may ask for anything. */
const MAX_MODEL_LENGTH = 100;
const SANE_ID = /^[\w.:/+=@-]{1,128}$/;
/** Version, trace id, parent id, flags; versions to come may go on behind them. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\w-]{1,64})?$/;

export class RequestContext implements CallContext {
  readonly request: GatewayRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly protocol: WireProtocol;
  readonly requestId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** By {@link monotonicNow}. */
  readonly startedAt: number;
  readonly record: RequestRecord = {};
  principal: Principal = ANONYMOUS;
  /** Set by {@link RequestContext.learn} where the request names its conversation. */
  affinityKey?: string;
  readonly trace?: string;
  /** Set by a response whose body outlives the handler: settles when the body has ended. Never rejects. */
  bodyEnd: Promise<void> | undefined;

  readonly #cancel = createCancelSource();
  #controller: AbortController | undefined;
  readonly #route: string;
  readonly #remoteAddress: string | undefined;
  readonly #onClientGone = (): void => this.abort(new GatewayError('client_closed', 'The client went away'));
  readonly #forgetClient: () => void;
  readonly #cancelDeadline: (() => void) | undefined;
  #status = 0;
  #error: GatewayError | undefined;
  #finished = false;
  readonly #onFinish: (() => void)[] = [];

  constructor({ request, clock, totalMs, ...options }: RequestContextOptions) {
    this.request = request;
    this.params = options.params;
    this.protocol = options.protocol;
    this.clock = clock;
    this.#route = options.route;
    this.#remoteAddress = options.remoteAddress;
    this.startedAt = monotonicNow(clock);
    const offered = request.headers.get('x-request-id');
    this.requestId = offered !== null && SANE_ID.test(offered) ? offered : createId('req_');
    const trace = request.headers.get('traceparent')?.trim();
    if (trace !== undefined && TRACEPARENT.test(trace)) this.trace = trace;
    this.logger = options.logger.child({ requestId: this.requestId });
    this.#forgetClient = request.onAbort(this.#onClientGone);
    if (request.aborted) this.#onClientGone();
    if (totalMs > 0) {
      this.#cancelDeadline = clock.schedule(totalMs, () => {
        this.abort(new GatewayError('upstream_timeout', `The request took longer than ${totalMs / 1000} s`));
      });
    }
  }

  /** What the body says of the request. */
  learn({ chat, response }: ParsedRequest): void {
    this.record.model = response.model;
    this.record.stream = response.stream;
    const { affinityKey } = chat.conversation;
    if (affinityKey !== undefined) this.affinityKey = scoped(this.principal.id, affinityKey);
  }

  /** For our own parts; see `util/cancel.ts`. */
  get ownSignal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** A real one, for whatever a channel hands it to. Made when it is asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      const { signal } = this.#cancel;
      if (signal.aborted) this.#controller.abort(signal.reason);
    }
    return this.#controller.signal;
  }

  /** Whom the request's share of the gateway is counted to: the key, without keys the address. */
  get party(): string {
    return this.principal === ANONYMOUS ? `${ANONYMOUS.id} ${this.#remoteAddress ?? ''}` : this.principal.id;
  }

  /** The first reason counts. */
  abort(reason: GatewayError): void {
    if (this.#finished) return;
    this.#cancel.abort(reason);
    this.#controller?.abort(reason);
  }

  /** What the request failed with, before or after its status went out. The first counts. */
  fail(thrown: unknown): GatewayError {
    const error = exhaustionError(thrown) ?? toGatewayError(thrown);
    this.#error ??= error;
    return error;
  }

  /** Called when the request is over; at once if it is already. */
  onFinish(callback: () => void): void {
    if (this.#finished) callback();
    else this.#onFinish.push(callback);
  }

  setStatus(status: number): void {
    this.#status = status;
  }

  /** Lets go of timers and listeners and writes the log line. Idempotent. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#cancelDeadline?.();
    for (const callback of this.#onFinish) callback();
    this.#forgetClient();
    const error = this.#error;
    const { model } = this.record;
    const fields = {
      method: this.request.method,
      route: this.#route,
      status: this.#status,
      ms: Math.round(monotonicNow(this.clock) - this.startedAt),
      principal: this.principal.id,
      ...(this.#remoteAddress !== undefined && { remoteAddress: this.#remoteAddress }),
      ...this.record,
      ...(model !== undefined && { model: shorten(model, MAX_MODEL_LENGTH) }),
      ...(error !== undefined && { error: error.code, reason: reasonForLog(error) }),
      ...(error?.cause !== undefined && { cause: error.cause }),
    };
    if (error === undefined || error.code === 'client_closed') this.logger.info('request', fields);
    else if (error.status >= 500) this.logger.error('request', fields);
    else this.logger.warn('request', fields);
  }
}

/** One caller's key never meets another's, however it is spelled, and what is told of a user goes no further than here. */
const scoped = (principal: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([principal, key]))
    .digest('base64url');
