/**
 * `LingmaPool`: several Lingmas as one. It starts them, gives each turn to the one that should have it, and moves a turn
 * that came to nothing to another. It knows neither HTTP nor the clients' protocols, and shares nothing with other pools.
 *
 * Over 250 lines: all that a pool can be asked for, each handed on to its members.
 */
import {
  type CallContext,
  type ChatResult,
  collectResult,
  completeContext,
  GatewayError,
  type ModelInfo,
} from '../chat/index.js';
import {
  type BundleFiles,
  checkRequest,
  checkTurn,
  type LoginRequest,
  type RawRequestOptions,
} from '../lingma/index.js';
import { abortable, createCancelSource, EventListeners, type JsonObject, type JsonValue } from '../util/index.js';
import { notReady } from './instance-waiters.js';
import type { PoolMember } from './member.js';
import type { PoolEvents, PoolStatus, PoolTurn, PoolTurnStream } from './pool-contract.js';
import { PoolLease, requestOf } from './pool-lease.js';
import { PoolMembers, toPlace } from './pool-members.js';
import { type InstanceSpec, type LingmaPoolOptions, type PoolSettings, resolvePoolSettings } from './pool-options.js';
import { streamPooledTurn } from './pooled-turn.js';
import type { RoutingHints } from './routing/routing.js';

/** What {@link LingmaPool.request} can be told. */
export interface PoolRequestOptions extends RawRequestOptions {
  /** Name of an instance. */
  readonly instance?: string;
}

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
  readonly #events: EventListeners<PoolEvents>;
  readonly #members: PoolMembers;
  #closed: Promise<void> | undefined;

  /** @throws TypeError where the options make no sense, with the place they stand in */
  constructor(options: LingmaPoolOptions) {
    this.#settings = resolvePoolSettings(options);
    const { logger } = this.#settings;
    this.#events = new EventListeners((error) => logger.error('Listener of the Lingma pool failed', { error }));
    this.#members = new PoolMembers(this.#settings, options, this.#events);
    for (const spec of options.instances) this.#members.join(spec);
  }

  /**
   * Starts all instances at once. Resolves when each is ready or has failed; turns need not wait for that. Not needed
   * before a turn.
   *
   * @throws GatewayError what the first instance failed with, when none got ready; `shutting_down`, the signal's reason
   */
  async start(context: Partial<CallContext> = {}): Promise<void> {
    const { clock, startupTimeoutMs } = this.#settings;
    const limit = createCancelSource();
    const cancel = clock.schedule(startupTimeoutMs, () =>
      limit.abort(notReady('No Lingma instance got ready in time')),
    );
    try {
      const ended = await abortable(Promise.allSettled(this.#members.startAll(limit.signal)), context.signal);
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
    const place = this.#members.takeNow(hints) ?? toPlace(await this.#members.decide(hints, signal));
    return new PoolLease(place, (context) => this.#context(context));
  }

  /**
   * Runs one turn. Starts nothing before the first `read()`. A turn that fails before it gave anything is run once more on
   * another instance, if there is one that could do better.
   *
   * @throws GatewayError (from `read()`) as `LingmaClient.streamTurn`
   * @throws TypeError at once, on a turn that is none
   */
  streamTurn(turn: PoolTurn, context: Partial<CallContext> = {}): PoolTurnStream {
    checkTurn('LingmaPool.streamTurn()', turn);
    return streamPooledTurn(this.#members, turn, this.#context(context));
  }

  /** Runs one turn to its end. Fails as `streamTurn`. */
  async complete(turn: PoolTurn, context: Partial<CallContext> = {}): Promise<ChatResult> {
    checkTurn('LingmaPool.complete()', turn);
    return collectResult(streamPooledTurn(this.#members, turn, this.#context(context)));
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
      this.#members.startOnce();
      const able = this.#members.list.find((member) => canList(member) && !failed.has(member.name));
      const member = able ?? (await this.#members.decide({ without: failed }, call.signal)).candidate;
      try {
        return await member.instance.listModels(call);
      } catch (error) {
        failed.add(member.name);
        if (call.signal.aborted || this.#members.list.every(({ name }) => failed.has(name))) throw error;
      }
    }
  }

  /**
   * The models as an instance's process lists them: for people.
   *
   * @throws GatewayError `not_found`; `not_ready` of one that is drained, or does not start; and as `LingmaClient.queryModels`
   */
  async queryModels(name: string, context: Partial<CallContext> = {}): Promise<JsonValue> {
    const { draining, instance } = this.#members.named(name);
    if (draining && instance.state !== 'ready') throw new GatewayError('not_ready', `The instance ${name} is drained`);
    const call = this.#context(context);
    // Its client would look for a process that may never come.
    await instance.start(call.signal);
    return instance.queryModels(call);
  }

  /**
   * Calls a method of an instance's process: of the one that is named, else of one that could take a turn. Once; a call that
   * fails is not made on another.
   *
   * @throws GatewayError `not_found`, and as `LingmaClient.request`
   * @throws TypeError
   */
  async request(method: string, params: JsonObject = {}, options: PoolRequestOptions = {}): Promise<JsonValue> {
    const { instance, ...rest } = options;
    checkRequest('LingmaPool.request()', method, params, rest);
    if (instance !== undefined) {
      return requestOf(this.#members.named(instance).instance, method, params, rest);
    }
    await using lease = await this.acquire({}, rest.signal);
    return await lease.request(method, params, rest);
  }

  /** Deletes a kept session that nobody will go on in, in the background. */
  discardSession(id: string, instance: string): void {
    this.#members.list.find(({ name }) => name === instance)?.instance.discardSession(id);
  }

  status(): PoolStatus {
    const instances = this.#members.list.map((member) => member.status());
    return { size: instances.length, ready: instances.filter(({ ready }) => ready).length, instances };
  }

  /**
   * No new turns for this instance. Resolves when its running ones have ended and a managed process is stopped.
   *
   * @throws GatewayError `not_found`
   */
  async drain(name: string): Promise<void> {
    await this.#members.named(name).drain();
  }

  /** Undoes `drain`. @throws GatewayError `not_found` */
  resume(name: string): void {
    const member = this.#members.named(name);
    member.resume();
    this.#members.startIfRunning(member);
  }

  /**
   * Starts a managed process anew; connects an attached one anew. Its running turns end.
   *
   * @throws GatewayError `not_found`, `not_ready`
   */
  async restart(name: string): Promise<void> {
    await this.#members.named(name).restart();
  }

  /**
   * Signs an instance in because somebody asks for it; resolves when it is. Where a login runs already, it is that one.
   *
   * @throws GatewayError `not_found`, `instance_not_running`; what the login fails with
   */
  async login(name: string, request: LoginRequest = {}): Promise<void> {
    const { instance } = this.#members.named(name);
    if (instance.signIn === undefined) throw cannotSignIn(name);
    await instance.signIn(request);
  }

  /** Signs an instance out; where its account can be signed in by itself, that begins anew. @throws GatewayError as `login` */
  async logout(name: string, context: Partial<CallContext> = {}): Promise<void> {
    const { instance } = this.#members.named(name);
    if (instance.signOut === undefined) throw cannotSignIn(name);
    await instance.signOut(this.#context(context).signal);
  }

  /**
   * The files of an instance's login: credentials.
   *
   * @throws GatewayError `not_found`, `instance_not_running`, `not_logged_in`
   */
  async exportSession(name: string, context: Partial<CallContext> = {}): Promise<BundleFiles> {
    const { instance } = this.#members.named(name);
    if (instance.exportSession === undefined) throw cannotSignIn(name);
    return instance.exportSession(this.#context(context).signal);
  }

  /**
   * Another login in the place of an instance's own: its process starts anew with that. The one before comes back where it
   * does not work.
   *
   * @throws GatewayError `not_found`, `instance_not_running`, `not_logged_in`
   */
  async importSession(name: string, files: BundleFiles, context: Partial<CallContext> = {}): Promise<void> {
    const { instance } = this.#members.named(name);
    if (instance.importSession === undefined) throw cannotSignIn(name);
    await instance.importSession(files, this.#context(context).signal);
  }

  /** Takes in a further instance, and starts it if the pool is started. Returns its name. @throws TypeError */
  add(spec: InstanceSpec): string {
    return this.#members.join(spec).name;
  }

  /**
   * Another instance in the place of one, under its name if the spec has none. Turns go there from now on, and wait until it
   * is ready; those that run end where they are, and with them the one before. A process of the pool's own starts after that.
   *
   * @throws TypeError; GatewayError `not_found`
   */
  replace(name: string, spec: InstanceSpec): void {
    this.#members.replace(this.#members.named(name), spec);
  }

  /** Lets the running turns of an instance end, and closes it. @throws GatewayError `not_found` */
  async remove(name: string): Promise<void> {
    const member = this.#members.named(name);
    // Resumed in the meantime, it is not given up.
    await member.drain();
    if (!member.draining) return;
    await this.#members.leave(member);
  }

  /** Calls `listener` at each event. Returns the function that takes it back. */
  on<Name extends keyof PoolEvents>(event: Name, listener: (value: PoolEvents[Name]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Ends running turns with `shutting_down` and closes every instance; attached processes live on. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#members.close();
    return this.#closed;
  }

  /** Ends managed processes at once, and the pool. */
  kill(): void {
    this.#members.kill();
    void this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #context(context: Partial<CallContext>): CallContext {
    return completeContext(context, this.#settings.logger);
  }
}

const cannotSignIn = (name: string): GatewayError =>
  new GatewayError('instance_not_running', `The instance "${name}" is none that can be signed in to`);

/** However busy it is, or whether it rests. */
const canList = ({ state, loggedIn, draining }: PoolMember): boolean =>
  state === 'ready' && loggedIn !== false && !draining;
