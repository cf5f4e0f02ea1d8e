/** The members of a pool: who they are, which of them takes a turn, and who waits for one. */
import { type CallContext, GatewayError } from '../chat/index.js';
import { createCancelSource, type EventListeners } from '../util/index.js';
import { LoginLimits } from './instance/login-limits.js';
import { InstanceWaiters } from './instance-waiters.js';
import { type MemberHost, PoolMember } from './member.js';
import { isHeldBy, type Place, type PlaceSource } from './place-source.js';
import type { PoolEvents, PoolTurn } from './pool-contract.js';
import { checkSpec, type InstanceSpec, type LingmaPoolOptions, type PoolSettings } from './pool-options.js';
import { AccountQuotas } from './routing/account-quotas.js';
import { isEligible, isHopeful, pick, type RoutingDecision, type RoutingHints } from './routing/routing.js';

export class PoolMembers implements PlaceSource {
  readonly #settings: PoolSettings;
  readonly #common: Parameters<typeof checkSpec>[3];
  readonly #host: MemberHost;
  readonly #waiters: InstanceWaiters;
  readonly #closing = createCancelSource();
  #list: readonly PoolMember[] = [];
  /** Taken out of the list, or in whose place others have come, and not ended yet. Bounded by the turns that run: without one it is gone. */
  readonly #leaving = new Set<PoolMember>();
  #nextIndex = 0;
  #started = false;
  /** Turns that found none eligible so far. */
  #rotation = 0;

  constructor(settings: PoolSettings, { client, login }: LingmaPoolOptions, events: EventListeners<PoolEvents>) {
    const { clock, logger, releaseSessions } = settings;
    this.#settings = settings;
    this.#common = { client: { clock, logger, ...client }, logins: login && new LoginLimits(login) };
    this.#waiters = new InstanceWaiters(settings);
    this.#host = {
      clock,
      quotas: new AccountQuotas(clock),
      changed: () => this.#waiters.wake(),
      releaseSessions: async (instance) => {
        try {
          await releaseSessions(instance);
        } catch (error) {
          logger.warn('The sessions of a Lingma instance could not be given up', { instance, error });
        }
      },
      tell: (event, value) => events.tell(event, value),
      quotaChanged: (account) => {
        for (const member of this.#list) if (member.account === account) member.tellQuota();
        this.#waiters.wake();
      },
    };
  }

  get list(): readonly PoolMember[] {
    return this.#list;
  }

  /** With those that are on their way out. */
  get everyone(): readonly PoolMember[] {
    return [...this.#list, ...this.#leaving];
  }

  /** @throws GatewayError `shutting_down` */
  get open(): readonly PoolMember[] {
    this.#closing.signal.throwIfAborted();
    return this.#list;
  }

  /** @throws GatewayError `not_found`, `shutting_down` */
  named(name: string): PoolMember {
    const member = this.open.find((one) => one.name === name);
    if (member !== undefined) return member;
    const names = this.#list.map((one) => one.name).join(', ') || 'none';
    throw new GatewayError('not_found', `There is no Lingma instance "${name}"; there are: ${names}`);
  }

  /** @throws TypeError; GatewayError `shutting_down` */
  join(spec: InstanceSpec): PoolMember {
    const member = this.#make(spec, new Set(this.open.map(({ name }) => name)));
    this.#list = [...this.#list, member];
    this.startIfRunning(member);
    this.#waiters.wake();
    return member;
  }

  /**
   * Another in the place of `member`, under its name, if the spec has no other. From now on turns go there; `member` ends with
   * the last of its own.
   *
   * @throws TypeError; GatewayError `shutting_down`
   */
  replace(member: PoolMember, spec: InstanceSpec): void {
    const taken = new Set(this.open.filter((other) => other !== member).map(({ name }) => name));
    let ended: () => void = () => undefined;
    const after = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const next = this.#make({ index: member.index, name: member.name, ...spec }, taken, after);
    // Before its name is another's: its sessions are given up by that.
    const drained = member.drain();
    this.#list = this.#list.map((other) => (other === member ? next : other));
    this.#leaving.add(member);
    const forget = (): void => {
      this.#leaving.delete(member);
      ended();
    };
    drained.then(() => member.close()).then(forget, forget);
    this.startIfRunning(next);
    this.#waiters.wake();
  }

  #make(spec: InstanceSpec, taken: ReadonlySet<string>, after?: Promise<void>): PoolMember {
    const checked = checkSpec(spec, this.#nextIndex, taken, this.#common);
    const { name, index } = checked;
    const { clock, logger } = this.#settings;
    const place = { name, index, clock, logger, ...(after !== undefined && { after }) };
    const member = new PoolMember(checked.create(place), checked, this.#host);
    this.#nextIndex = Math.max(this.#nextIndex, index + 1);
    return member;
  }

  /** Resolves when it is closed. */
  async leave(member: PoolMember): Promise<void> {
    this.#list = this.#list.filter((other) => other !== member);
    this.#leaving.add(member);
    this.#waiters.wake();
    await member.close().finally(() => this.#leaving.delete(member));
  }

  startAll(signal: AbortSignal): readonly Promise<void>[] {
    this.#started = true;
    return this.open.filter(({ draining }) => !draining).map(({ instance }) => instance.start(signal));
  }

  /** For one that comes, or comes back, while the others run. */
  startIfRunning({ instance, name }: PoolMember): void {
    if (!this.#started) return;
    instance.start(this.#closing.signal).catch((error: unknown) => {
      this.#settings.logger.warn('A Lingma instance did not start', { instance: name, cause: error });
    });
  }

  /** For whoever is the first. @throws GatewayError `shutting_down` */
  startOnce(): void {
    const members = this.open;
    if (this.#started) return;
    this.#started = true;
    for (const member of members) this.startIfRunning(member);
  }

  take(turn: PoolTurn, context: CallContext): Place | undefined {
    return this.takeNow(this.#hintsOf(turn, context));
  }

  async wait(turn: PoolTurn, context: CallContext, signal: AbortSignal): Promise<Place> {
    return toPlace(await this.decide(this.#hintsOf(turn, context), signal));
  }

  takeEligible(lost: PoolMember): Place | undefined {
    const decision = pick(this.#list, { without: new Set([lost.name]) });
    return decision === undefined || decision.rule === 'rotation' ? undefined : toPlace(decision);
  }

  async takeOther(failed: PoolMember, signal: AbortSignal): Promise<Place | undefined> {
    const hints = { without: new Set([failed.name]) };
    const first = pick(this.open, hints, this.#rotation);
    if (first === undefined || !isHopeful(first.candidate)) return undefined;
    const place = this.takeNow(hints);
    if (place !== undefined) return place;
    const decision = await this.decide(hints, signal);
    return isHopeful(decision.candidate) ? toPlace(decision) : undefined;
  }

  /** A place at once, on one that runs; also where that one is full or rests, when nobody is better. */
  takeNow(hints: RoutingHints): Place | undefined {
    this.startOnce();
    const decision = pick(this.#list, hints, this.#rotation);
    if (decision?.candidate.state !== 'ready') return undefined;
    if (decision.rule === 'rotation') this.#rotation++;
    return toPlace(decision);
  }

  /** Waits where that must be. Fails as {@link InstanceWaiters.wait}, and with `shutting_down`. */
  decide(hints: RoutingHints, signal: AbortSignal): Promise<RoutingDecision<PoolMember>> {
    return this.#waiters.wait(() => this.open, hints, signal, this.#rotation++);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort(new GatewayError('shutting_down', 'The Lingma pool is closed'));
    this.#waiters.wake();
    await Promise.allSettled(this.everyone.map((member) => member.close()));
  }

  /** At once, also those that are being given up. */
  kill(): void {
    for (const { instance } of this.everyone) instance.kill();
  }

  #hintsOf(turn: PoolTurn, context: CallContext): RoutingHints {
    // Where there is no choice nobody has to know what would be chosen.
    if (this.#list.length < 2) return NO_HINTS;
    const { session } = turn;
    const holder = session && this.#list.find((member) => isHeldBy(session, member));
    if (holder !== undefined && isEligible(holder)) return { instance: holder.name };
    const own = context.affinityKey === undefined ? undefined : { key: context.affinityKey, soft: false };
    return { affinity: turn.affinity === undefined ? own : turn.affinity() };
  }
}

const NO_HINTS: RoutingHints = {};

/** In the same breath as the decision: the next who ask see it. */
export const toPlace = ({ candidate, rule }: RoutingDecision<PoolMember>): Place => ({
  member: candidate,
  release: candidate.take(rule),
});
