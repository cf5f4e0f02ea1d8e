/** A place on an instance in the caller's hands, for turns that must run there. */
import { type CallContext, type ChatResult, collectResult, GatewayError, type ModelInfo } from '../chat/index.js';
import type { Place, PlaceSource } from './place-source.js';
import type { PoolTurn, PoolTurnStream } from './pool-contract.js';
import { streamPooledTurn } from './pooled-turn.js';

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
  complete(turn: PoolTurn, context: Partial<CallContext> = {}): Promise<ChatResult> {
    return collectResult(this.streamTurn(turn, context));
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
