/** A place on an instance in the caller's hands, for turns that must run there. */
import { type CallContext, type ChatResult, collectResult, GatewayError, type ModelInfo } from '../chat/index.js';
import { checkRequest, checkTurn, type RawRequestOptions } from '../lingma/index.js';
import type { JsonObject, JsonValue } from '../util/index.js';
import type { PoolInstance } from './instance/instance-port.js';
import type { Place, PlaceSource } from './place-source.js';
import type { PoolTurn, PoolTurnStream } from './pool-contract.js';
import { streamPooledTurn } from './pooled-turn.js';

/** @throws GatewayError `unsupported_feature` where the instance is one of the caller's that has no methods to call */
export async function requestOf(
  instance: PoolInstance,
  method: string,
  params: JsonObject,
  options: RawRequestOptions,
): Promise<JsonValue> {
  if (instance.request !== undefined) return instance.request(method, params, options);
  throw new GatewayError('unsupported_feature', 'This instance has no methods to call');
}

/** Counts as one turn of the instance until it is given back, however many run in it. */
export class PoolLease {
  readonly #place: Place;
  readonly #context: (context: Partial<CallContext>) => CallContext;
  #released = false;

  /** @internal By `LingmaPool.acquire`. */
  constructor(place: Place, context: (context: Partial<CallContext>) => CallContext) {
    this.#place = place;
    this.#context = context;
  }

  /** Name of the instance. */
  get instance(): string {
    return this.#place.member.name;
  }

  /** Runs one turn on this instance; nowhere else, should it fail. @throws GatewayError as `LingmaClient.streamTurn` */
  streamTurn(turn: PoolTurn, context: Partial<CallContext> = {}): PoolTurnStream {
    checkTurn('PoolLease.streamTurn()', turn);
    const source: PlaceSource = {
      take: () => {
        if (this.#released) throw new GatewayError('internal', 'The lease of the Lingma instance was given back');
        // The place is the lease's, not the turn's.
        return { member: this.#place.member, release: () => undefined };
      },
      wait: () => Promise.reject(new GatewayError('internal', 'A lease has its place')),
      takeEligible: () => undefined,
      takeOther: () => Promise.resolve(undefined),
    };
    return streamPooledTurn(source, turn, this.#context(context));
  }

  /** Runs one turn to its end. Fails as `streamTurn`. */
  async complete(turn: PoolTurn, context: Partial<CallContext> = {}): Promise<ChatResult> {
    return collectResult(this.streamTurn(turn, context));
  }

  /** Calls a method of this instance's process. @throws GatewayError, TypeError as `LingmaClient.request` */
  async request(method: string, params: JsonObject = {}, options: RawRequestOptions = {}): Promise<JsonValue> {
    checkRequest('PoolLease.request()', method, params, options);
    return requestOf(this.#place.member.instance, method, params, options);
  }

  /** The models of this instance. @throws GatewayError as `LingmaClient.listModels` */
  listModels(context: Partial<CallContext> = {}): Promise<readonly ModelInfo[]> {
    return this.#place.member.instance.listModels(this.#context(context));
  }

  /** Gives the place back; again for nothing. Turns that run in it go on. */
  release(): void {
    this.#released = true;
    this.#place.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }
}
