/**
 * `LingmaPool`: several Lingmas as one. It starts them, gives each turn to the one that should have it, and moves a turn
 * that came to nothing to another. It knows neither HTTP nor the clients' protocols, and shares nothing with other pools.
 */
import { type CallContext, type ChatResult, collectResult, GatewayError, type ModelInfo } from '../chat/index.js';
import { abortable, createCancelSource, createId } from '../util/index.js';
import { AccountQuotas } from './account-quotas.js';
import { InstanceWaiters, notReady } from './instance-waiters.js';
import { instanceNotFound, type MemberHost, PoolMember } from './member.js';
import type { PoolEvents, PoolStatus, PoolTurn, PoolTurnStream } from './pool-contract.js';
import { PoolListeners } from './pool-events.js';
import { PoolLease } from './pool-lease.js';
import {
  checkSpec,
  type InstanceSpec,
  type LingmaPoolOptions,
  type PoolSettings,
  resolvePoolSettings,
} from './pool-options.js';
import { isHeldBy, type Place, type PlaceSource, streamPooledTurn } from './pooled-turn.js';
import { isEligible, isHopeful, pick, type RoutingDecision, type RoutingHints } from './routing.js';

/**
 * A pool of Lingma processes behind the methods of one `LingmaClient`. Starts with the first turn, or with `start()`.
 *
 * @example
 * const pool = new LingmaPool({ instances: [{ client: { address: one } }, { client: { address: other }, weight: 2 }] });
 * for await (const event of pool.streamTurn({ messages: [{ role: 'user', text: 'Hello!' }] })) {
 *   if (event.type === 'text-delta') process.stdout.write(event.delta);
 * }
 * await pool.close();
 */
export class LingmaPool {
  readonly #settings: PoolSettings;
  readonly #clientOptions: NonNullable<LingmaPoolOptions['client']>;
  readonly #listeners: PoolListeners;
  readonly #waiters: InstanceWaiters;
  readonly #quotas: AccountQuotas;
  readonly #host: MemberHost;
  readonly #places: PlaceSource;
  readonly #closing = createCancelSource();
  #members: readonly PoolMember[] = [];
  #nextIndex = 0;
  #started = false;
  #closed: Promise<void> | undefined;

  /** @throws TypeError where the options make no sense, with the place they stand in */
  constructor(options: LingmaPoolOptions) {
    this.#settings = resolvePoolSettings(options);
    const { clock, logger } = this.#settings;
    this.#clientOptions = { clock, logger, ...options.client };
    this.#listeners = new PoolListeners(logger);
    this.#waiters = new InstanceWaiters(this.#settings);
    this.#quotas = new AccountQuotas(clock);
    this.#host = {
      clock,
      quotas: this.#quotas,
      changed: () => this.#waiters.wake(),
      tell: (event, value) => this.#listeners.tell(event, value),
      hears: (event) => this.#listeners.has(event),
      quotaChanged: (account) => {
        for (const member of this.#members) if (member.account === account) member.tellQuota();
        this.#waiters.wake();
      },
    };
    this.#places = {
      take: (turn, context) => this.#take(hintsOf(turn, context, this.#members)),
      wait: async (turn, context, signal) => toPlace(await this.#decide(hintsOf(turn, context, this.#members), signal)),
      takeOther: (failed, signal) => this.#takeOther(failed, signal),
    };
    for (const spec of options.instances) this.#join(spec);
  }

  /**
   * Starts all instances at once. Resolves when each is ready or has failed; turns need not wait for that. Not needed
   * before a turn.
   *
   * @throws GatewayError what the first instance failed with, when none got ready; `shutting_down`, the signal's reason
   */
  async start(context: Partial<CallContext> = {}): Promise<void> {
    this.#throwIfClosed();
    const { clock, startupTimeoutMs } = this.#settings;
    const limit = createCancelSource();
    const cancel = clock.schedule(startupTimeoutMs, () =>
      limit.abort(notReady('No Lingma instance got ready in time')),
    );
    try {
      const ended = await abortable(Promise.allSettled(this.#startAll(limit.signal)), context.signal);
      const failure = ended.find(({ status }) => status === 'rejected');
      if (failure?.status === 'rejected' && ended.every(({ status }) => status === 'rejected')) throw failure.reason;
    } finally {
      cancel();
    }
  }

  /**
   * A place on an instance, for several turns there. Give it back with `release()` or `await using`.
   *
   * @throws GatewayError `not_ready`, what starting the last instance failed with, `shutting_down`, or the signal's reason
   */
  async acquire(hints: RoutingHints = {}, signal: AbortSignal = new AbortController().signal): Promise<PoolLease> {
    const place = this.#take(hints) ?? toPlace(await this.#decide(hints, signal));
    return new PoolLease(place, (context) => this.#context(context));
  }

  /**
   * Runs one turn. Starts nothing before the first `read()`. A turn that fails before it gave anything is run once more on
   * another instance, if there is one that could do better.
   *
   * @throws GatewayError (from `read()`) as `LingmaClient.streamTurn`
   */
  streamTurn(turn: PoolTurn, context: Partial<CallContext> = {}): PoolTurnStream {
    return streamPooledTurn(this.#places, turn, this.#context(context));
  }

  /** Runs one turn to its end. Fails as `streamTurn`. */
  complete(turn: PoolTurn, context: Partial<CallContext> = {}): Promise<ChatResult> {
    return collectResult(this.streamTurn(turn, context));
  }

  /**
   * The models of the first instance that can tell, for the instances of a pool stand in for one another: a model that only
   * some of them have could not be counted on.
   *
   * @throws GatewayError as `LingmaClient.listModels`
   */
  async listModels(context: Partial<CallContext> = {}): Promise<readonly ModelInfo[]> {
    const call = this.#context(context);
    const failed = new Set<string>();
    for (;;) {
      this.#startOnce();
      const able = this.#members.find((member) => canList(member) && !failed.has(member.name));
      const member = able ?? (await this.#decide({ without: failed }, call.signal)).candidate;
      try {
        return await member.instance.listModels(call);
      } catch (error) {
        failed.add(member.name);
        if (call.signal.aborted || this.#members.every(({ name }) => failed.has(name))) throw error;
      }
    }
  }

  /** Deletes a kept session that nobody will go on in, in the background. */
  discardSession(id: string, instance: string): void {
    this.#members.find(({ name }) => name === instance)?.instance.discardSession(id);
  }

  status(): PoolStatus {
    const instances = this.#members.map((member) => member.status());
    return { size: instances.length, ready: instances.filter(({ ready }) => ready).length, instances };
  }

  /**
   * No new turns for this instance. Resolves when its running ones have ended and a managed process is stopped.
   *
   * @throws GatewayError `not_found`
   */
  async drain(name: string): Promise<void> {
    await this.#member(name).drain();
  }

  /** Undoes `drain`. @throws GatewayError `not_found` */
  resume(name: string): void {
    const member = this.#member(name);
    member.resume();
    if (this.#started) this.#startInBackground(member);
  }

  /**
   * Starts a managed process anew; connects an attached one anew. Its running turns end.
   *
   * @throws GatewayError `not_found`, `not_ready`
   */
  async restart(name: string): Promise<void> {
    await this.#member(name).instance.restart();
  }

  /** Takes in a further instance, and starts it if the pool is started. Returns its name. @throws TypeError */
  add(spec: InstanceSpec): string {
    this.#throwIfClosed();
    const member = this.#join(spec);
    if (this.#started) this.#startInBackground(member);
    this.#waiters.wake();
    return member.name;
  }

  /** Lets the running turns of an instance end, and closes it. @throws GatewayError `not_found` */
  async remove(name: string): Promise<void> {
    const member = this.#member(name);
    // Resumed in the meantime, it is not given up.
    await member.drain();
    if (!member.draining) return;
    this.#members = this.#members.filter((other) => other !== member);
    await member.close();
    this.#waiters.wake();
  }

  /** Calls `listener` at each event. Returns the function that takes it back. */
  on<Name extends keyof PoolEvents>(event: Name, listener: (value: PoolEvents[Name]) => void): () => void {
    return this.#listeners.on(event, listener);
  }

  /** Ends running turns with `shutting_down` and closes every instance; attached processes live on. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Ends managed processes at once, and the pool. */
  kill(): void {
    for (const { instance } of this.#members) instance.kill();
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(new GatewayError('shutting_down', 'The Lingma pool is closed'));
    this.#waiters.wake();
    await Promise.allSettled(this.#members.map((member) => member.close()));
    this.#listeners.clear();
  }

  #throwIfClosed(): void {
    this.#closing.signal.throwIfAborted();
  }

  #join(spec: InstanceSpec): PoolMember {
    const taken = new Set(this.#members.map(({ name }) => name));
    const checked = checkSpec(spec, this.#nextIndex, taken, this.#clientOptions);
    const { clock, logger } = this.#settings;
    const instance = checked.create({ name: checked.name, index: checked.index, clock, logger });
    const member = new PoolMember(instance, checked, this.#host);
    this.#nextIndex++;
    this.#members = [...this.#members, member];
    return member;
  }

  #member(name: string): PoolMember {
    this.#throwIfClosed();
    const member = this.#members.find((one) => one.name === name);
    if (member !== undefined) return member;
    throw instanceNotFound(
      name,
      this.#members.map((one) => one.name),
    );
  }

  #startAll(signal: AbortSignal): readonly Promise<void>[] {
    this.#started = true;
    return this.#members.filter(({ draining }) => !draining).map(({ instance }) => instance.start(signal));
  }

  #startInBackground({ instance, name }: PoolMember): void {
    instance.start(this.#closing.signal).catch((error: unknown) => {
      this.#settings.logger.warn('A Lingma instance did not start', { instance: name, cause: error });
    });
  }

  #startOnce(): void {
    this.#throwIfClosed();
    if (this.#started) return;
    this.#started = true;
    for (const member of this.#members) this.#startInBackground(member);
  }

  /** Whatever is done with it, the next who ask see it: nothing happens in between. */
  #take(hints: RoutingHints): Place | undefined {
    this.#startOnce();
    const decision = pick(this.#members, hints, this.#waiters.rotation);
    return decision?.candidate.state === 'ready' ? toPlace(decision) : undefined;
  }

  async #takeOther(failed: PoolMember, signal: AbortSignal): Promise<Place | undefined> {
    const hints = { without: new Set([failed.name]) };
    const first = pick(this.#members, hints, this.#waiters.rotation);
    if (first === undefined || !isHopeful(first.candidate)) return undefined;
    const decision = first.candidate.state === 'ready' ? first : await this.#decide(hints, signal);
    return isHopeful(decision.candidate) ? toPlace(decision) : undefined;
  }

  #decide(hints: RoutingHints, signal: AbortSignal): Promise<RoutingDecision<PoolMember>> {
    return this.#waiters.wait(() => this.#openMembers(), hints, signal);
  }

  /** @throws GatewayError `shutting_down` */
  #openMembers(): readonly PoolMember[] {
    this.#throwIfClosed();
    return this.#members;
  }

  #context(context: Partial<CallContext>): CallContext {
    return {
      ...(context.principal !== undefined && { principal: context.principal }),
      ...(context.affinityKey !== undefined && { affinityKey: context.affinityKey }),
      ...(context.trace !== undefined && { trace: context.trace }),
      requestId: context.requestId ?? createId('turn_'),
      signal: context.signal ?? new AbortController().signal,
      logger: context.logger ?? this.#settings.logger,
    };
  }
}

const toPlace = ({ candidate, rule }: RoutingDecision<PoolMember>): Place => ({
  member: candidate,
  release: candidate.take(rule),
});

/** However busy it is, or whether it rests. */
const canList = ({ state, loggedIn, draining }: PoolMember): boolean =>
  state === 'ready' && loggedIn !== false && !draining;

const NO_HINTS: RoutingHints = {};

function hintsOf(turn: PoolTurn, context: CallContext, members: readonly PoolMember[]): RoutingHints {
  if (members.length < 2) return NO_HINTS;
  const { session } = turn;
  const holder = session && members.find((member) => isHeldBy(session, member));
  if (holder !== undefined && isEligible(holder)) return { instance: holder.name };
  const own = context.affinityKey === undefined ? undefined : { key: context.affinityKey, soft: false };
  return { affinity: turn.affinity === undefined ? own : turn.affinity() };
}
