/**
 * What belongs to one request from its first byte to its last: id, signal, deadline, logger, and the one log line at
 * its end. Client gone, deadline over and shutdown are joined here, so that below there is one signal with one reason.
 */
import { type CallContext, GatewayError, type TurnReport, toGatewayError } from '../chat/index.js';
import {
  type Clock,
  createCancelSource,
  createId,
  type JsonValue,
  type Logger,
  monotonicNow,
  redactText,
  redactValue,
  type Writable,
} from '../util/index.js';
import type { WireProtocol } from '../wire/index.js';
import { affinityKeyOf } from './access/affinity-key.js';
import { type AccessTier, ANONYMOUS, type Principal } from './access/auth.js';
import { exhaustionError } from './exhaustion.js';
import type { GatewayRequest } from './http/gateway-request.js';
import type { FinishedRequest, RequestRecord, RequestTimes, TurnFacts } from './observe/finished-request.js';
import { logRequest } from './observe/request-log.js';
import type { RequestObserver } from './observe/request-observer.js';

export interface RequestContextOptions {
  readonly request: GatewayRequest;
  /** Whose errors are told. */
  readonly protocol: Pick<WireProtocol, 'name' | 'encodeError'>;
  /** As the log names it; `-` where none matched. */
  readonly route: string;
  /** Default `client`. */
  readonly access?: AccessTier;
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds for the whole request; `0`: no limit. */
  readonly totalMs: number;
  readonly remoteAddress?: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: nobody. */
  readonly observer?: RequestObserver;
}

/** What a request's body says that is of use here. */
export interface LearnedRequest {
  readonly chat: { readonly conversation: { readonly affinityKey?: string } };
  readonly response: { readonly model: string; readonly stream: boolean };
}

const SANE_ID = /^[\w.:/+=@-]{1,128}$/;
/** Version, trace id, parent id, flags; versions to come may go on behind them. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\w-]{1,64})?$/;

export class RequestContext implements CallContext {
  readonly request: GatewayRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly protocol: Pick<WireProtocol, 'name' | 'encodeError'>;
  readonly requestId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** By {@link monotonicNow}. */
  readonly startedAt: number;
  readonly record: RequestRecord = {};
  readonly times: Writable<Omit<RequestTimes, 'startedAt' | 'endedAt'>> = {};
  /** How a call of the answer that Lingma did not run came to be: forwarded by the upstream, or read from its text. */
  toolFormat: NonNullable<TurnReport['toolFormat']> = 'text';
  /** Set when it is known that the request asks a model. */
  isChat = false;
  /** Set when there is one. */
  turn: { readonly facts: TurnFacts } | undefined;
  readonly observer: RequestObserver | undefined;
  principal: Principal = ANONYMOUS;
  /** Set by {@link RequestContext.learn} where the request names its conversation. */
  affinityKey?: string;
  /** The one channel that may answer, by the caller's wish. */
  pinned?: string;
  /** As it was sent; only where requests may be handed on. */
  bodyText?: string;
  readonly trace?: string;
  /** Set by a response whose body outlives the handler: settles when the body has ended. Never rejects. */
  bodyEnd: Promise<void> | undefined;

  readonly #cancel = createCancelSource();
  #controller: AbortController | undefined;
  readonly #at: number;
  readonly #route: string;
  readonly #access: AccessTier;
  readonly #parentContext: unknown;
  #body: JsonValue | undefined;
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
    this.#at = clock.now();
    this.#route = options.route;
    this.#access = options.access ?? 'client';
    this.observer = options.observer;
    this.#parentContext = options.observer?.parentContext?.();
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
  learn({ chat, response }: LearnedRequest): void {
    this.record.model = response.model;
    this.record.stream = response.stream;
    const { affinityKey } = chat.conversation;
    if (affinityKey !== undefined) this.affinityKey = affinityKeyOf(this.principal.id, affinityKey);
  }

  /** For the debug ring, where bodies are kept. */
  keepBody(body: unknown): void {
    if (this.observer?.keepsBodies === true) this.#body = redactValue(body);
  }

  /** What the channel tells of the turn. An own member, since contexts are copied member by member. */
  readonly report = ({ channel, instance, sessionReused, prepared, repeat, toolFormat }: TurnReport): void => {
    if (channel !== undefined) this.record.channel = channel;
    if (instance !== undefined) this.record.instance = instance;
    if (sessionReused !== undefined) this.record.sessionReused = sessionReused;
    if (prepared) this.times.preparedAt ??= monotonicNow(this.clock);
    if (toolFormat !== undefined) this.toolFormat = toolFormat;
    if (repeat !== undefined) this.observer?.repeated(repeat);
  };

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

  /** As the log names it. */
  get routeName(): string {
    return this.#route;
  }

  /** Of the socket, where it is known. */
  get remoteAddress(): string | undefined {
    return this.#remoteAddress;
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
    const error = withoutSecrets(exhaustionError(thrown) ?? toGatewayError(thrown));
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
    const finished = this.#finishedRequest();
    logRequest(this.logger, finished);
    this.observer?.finished(finished);
  }

  #finishedRequest(): FinishedRequest {
    const { request, startedAt, record, turn } = this;
    const endedAt = monotonicNow(this.clock);
    const tracestate = this.trace === undefined ? null : request.headers.get('tracestate');
    return {
      id: this.requestId,
      at: this.#at,
      method: request.method,
      path: request.pathname,
      route: this.#route,
      access: this.#access,
      protocol: this.protocol.name,
      status: this.#status,
      ms: Math.round(endedAt - startedAt),
      principal: this.principal.id,
      ...(this.principal.keyName !== undefined && { keyName: this.principal.keyName }),
      ...(this.#remoteAddress !== undefined && { remoteAddress: this.#remoteAddress }),
      ...(this.trace !== undefined && { traceparent: this.trace }),
      ...(tracestate !== null && { tracestate }),
      ...(this.#parentContext !== undefined && { parentContext: this.#parentContext }),
      times: { startedAt, endedAt, ...this.times },
      record,
      ...(this.#error !== undefined && { error: this.#error }),
      isChat: this.isChat,
      ...(turn !== undefined && { turn: turn.facts }),
      ...(this.#body !== undefined && { body: this.#body }),
    };
  }
}

/** Messages quote what was sent, and it comes to rest in the client's own log. */
function withoutSecrets(error: GatewayError): GatewayError {
  const message = redactText(error.message);
  return message === error.message ? error : new GatewayError(error.code, message, error);
}
