/** Calls that wait for their response: matching by id, time limits, signals, and results that come too late. */
import { GatewayError } from '../../chat/index.js';
import type { Clock, JsonValue, Logger } from '../../util/index.js';
import { withoutSecrets } from '../transport/redact.js';
import type { ResponseError } from './message.js';
import { type CallOptions, JsonRpcError, type JsonRpcId } from './peer.js';

interface PendingCall {
  readonly method: string;
  readonly onLateResult: ((result: JsonValue) => void) | undefined;
  readonly resolve: (result: JsonValue) => void;
  readonly reject: (reason: unknown) => void;
  /** Takes back timer and listener. */
  readonly release: () => void;
}

/** Emptied when the call is over: tables of the `Map` that were outgrown still point to it, and would to all that waited for it. */
interface Entry {
  call: PendingCall | undefined;
}

/** Given-up calls whose late result somebody wants. A process that never answers must not make this grow. */
const MAX_LATE = 1024;
/** Longest delay timers can hold; above it they would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class PendingRequests {
  readonly #pending = new Map<number, Entry>();
  readonly #late = new Map<number, (result: JsonValue) => void>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  get size(): number {
    return this.#pending.size;
  }

  /** Registers call `id`; the signal must not be aborted yet. */
  add(id: number, method: string, timeoutMs: number, options: CallOptions): Promise<JsonValue> {
    return new Promise((resolve, reject) => {
      const { signal, onLateResult } = options;
      const giveUp = (reason: unknown): void => this.#giveUp(id, reason);
      const onAbort = (): void => giveUp(signal?.reason);
      const cancelTimer = Number.isFinite(timeoutMs)
        ? this.clock.schedule(Math.min(timeoutMs, MAX_TIMER_MS), () =>
            giveUp(new GatewayError('upstream_timeout', `Lingma did not answer ${method} within ${timeoutMs} ms`)),
          )
        : undefined;
      signal?.addEventListener('abort', onAbort, { once: true });
      const release = (): void => {
        cancelTimer?.();
        signal?.removeEventListener('abort', onAbort);
      };
      this.#pending.set(id, { call: { method, onLateResult, resolve, reject, release } });
    });
  }

  /** False when nobody waits for the id. */
  settle(id: JsonRpcId, response: { readonly result: JsonValue } | { readonly error: ResponseError }): boolean {
    const key = toKey(id);
    const call = this.#take(key);
    if (call === undefined) return this.#settleLate(key, response);
    call.release();
    if ('result' in response) call.resolve(response.result);
    else {
      const { code, message, data } = response.error;
      call.reject(new JsonRpcError(call.method, code, withoutSecrets(message), data));
    }
    return true;
  }

  /** Rejects every call; late results are wanted no more. */
  failAll(reason: Error): void {
    const ids = [...this.#pending.keys()];
    this.#late.clear();
    for (const id of ids) {
      const call = this.#take(id);
      call?.release();
      call?.reject(reason);
    }
  }

  #take(id: number): PendingCall | undefined {
    const entry = this.#pending.get(id);
    if (entry === undefined) return undefined;
    this.#pending.delete(id);
    const { call } = entry;
    entry.call = undefined;
    return call;
  }

  #giveUp(id: number, reason: unknown): void {
    const call = this.#take(id);
    if (call === undefined) return;
    call.release();
    if (call.onLateResult !== undefined) {
      this.#late.set(id, call.onLateResult);
      const oldest = this.#late.keys().next().value;
      if (this.#late.size > MAX_LATE && oldest !== undefined) this.#late.delete(oldest);
    }
    call.reject(reason);
  }

  #settleLate(id: number, response: object): boolean {
    const onLateResult = this.#late.get(id);
    if (onLateResult === undefined) return false;
    this.#late.delete(id);
    if (!('result' in response)) return true;
    try {
      onLateResult(response.result as JsonValue);
    } catch (error) {
      this.logger.error('Cleaning up after a late result failed', { error });
    }
    return true;
  }
}

/** Our ids are numbers; some processes echo them as text. */
function toKey(id: JsonRpcId): number {
  if (typeof id === 'number') return id;
  return /^\d{1,15}$/.test(id) ? Number(id) : Number.NaN;
}
