/**
 * An instance as a member of a pool: how busy it is, whether it drains or rests, and what its turns came to.
 *
 * Over 250 lines: all of it is the state of one member, and each change of it is told at once.
 */
import { toGatewayError } from '../chat/index.js';
import { isConnectionLost, type TurnOutcome } from '../lingma/index.js';
import { type Clock, UnorderedSet } from '../util/index.js';
import type { InstanceState, PoolInstance } from './instance/instance-port.js';
import type { InstanceStatus, PoolEvents } from './pool-contract.js';
import type { AccountQuotas } from './routing/account-quotas.js';
import { CoolDown, type ObservedTurn } from './routing/cool-down.js';
import type { RoutingCandidate, RoutingRule } from './routing/routing.js';
import { isUpstreamFailure } from './turn-failures.js';

export interface MemberOptions {
  readonly name: string;
  readonly index: number;
  readonly weight: number;
  readonly maxInFlight: number;
  /** Members of one account share its quota. */
  readonly account: string;
}

/** What members have in common. */
export interface MemberHost {
  readonly clock: Clock;
  readonly quotas: AccountQuotas;
  /** Turns that wait may have a place now, or have lost their last hope. */
  changed(): void;
  /** Gives up the sessions that are kept of this member. Never rejects. */
  releaseSessions(instance: string): Promise<void>;
  tell<Name extends keyof PoolEvents>(event: Name, value: PoolEvents[Name]): void;
  /** The quota of this member's account ran out, for so long, or is there again. */
  quotaChanged(account: string): void;
}

/** A turn on a member, from its start to what it came to. */
export interface MemberTurn extends ObservedTurn {
  /** It was tried although the account was used up. */
  readonly isForced: boolean;
}

/** Somebody whose turn has not been answered with anything yet. */
export interface UnansweredTurn {
  /** The process or all connections to it are gone. */
  onInstanceLost(): void;
}

export class PoolMember implements RoutingCandidate {
  readonly name: string;
  readonly index: number;
  readonly weight: number;
  readonly maxInFlight: number;
  readonly account: string;
  readonly instance: PoolInstance;
  readonly #host: MemberHost;
  readonly #coolDown: CoolDown;
  #inFlight = 0;
  #draining = false;
  #failures = 0;
  #toldLogin: boolean | undefined;
  /** Bounded by the turns in flight. */
  readonly #unanswered = new UnorderedSet<UnansweredTurn>();
  readonly #whenIdle = new Set<() => void>();
  /** Sessions of turns that ended while it drained; bounded by the turns in flight then. */
  readonly #endings = new Set<Promise<void>>();
  readonly #unlisten: readonly (() => void)[];

  constructor(instance: PoolInstance, options: MemberOptions, host: MemberHost) {
    this.name = options.name;
    this.index = options.index;
    this.weight = options.weight;
    this.maxInFlight = options.maxInFlight;
    this.account = options.account;
    this.instance = instance;
    this.#host = host;
    this.#coolDown = new CoolDown(host.clock);
    this.#unlisten = [
      instance.on('state', (state) => {
        host.changed();
        host.tell('state', { instance: this.name, state });
        this.#seeLogin();
        // Closed, its turns end by themselves.
        if (state !== 'ready' && state !== 'closed')
          for (const turn of this.#unanswered.values()) turn.onInstanceLost();
      }),
      instance.on('login', () => this.#seeLogin()),
    ];
  }

  get state(): InstanceState {
    return this.instance.state;
  }

  /** As routing goes by it: an agent that is kept from turns would never tell that somebody has signed in. */
  get loggedIn(): boolean | undefined {
    const { loggedIn } = this.instance;
    return loggedIn === false && this.instance.isAgent === true ? undefined : loggedIn;
  }

  get draining(): boolean {
    return this.#draining;
  }

  get coolingDown(): boolean {
    return this.#coolDown.blocks;
  }

  get usedUp(): boolean {
    return this.#host.quotas.restMs(this.account) !== undefined;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** A place on it. Returns the function that gives it back, which may be called again for nothing. */
  take(rule: RoutingRule): () => void {
    this.#inFlight++;
    this.#tellLease('acquired', rule);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#inFlight--;
      this.#tellLease('released', rule);
      if (this.#inFlight === 0) this.#tellIdle();
    };
  }

  begin(turn: UnansweredTurn): MemberTurn {
    this.#unanswered.add(turn);
    const { number, isProbe } = this.#coolDown.begin();
    return { number, isProbe, isForced: this.usedUp };
  }

  /** It is answered, or over. */
  forget(turn: UnansweredTurn): void {
    this.#unanswered.delete(turn);
  }

  /** What the turn came to; `undefined`: an answer. */
  settle(turn: MemberTurn, thrown: unknown): void {
    this.#seeLogin();
    if (thrown === undefined) {
      if (this.#coolDown.succeed(turn)) this.#host.tell('cooldown', { instance: this.name, reason: 'failures' });
      if (turn.isForced) this.#renewQuota();
      return;
    }
    const error = toGatewayError(thrown);
    if (isUpstreamFailure(error)) {
      this.#fail(turn, isConnectionLost(error));
      return;
    }
    this.#coolDown.dismiss(turn);
    if (error.code !== 'quota_exceeded') return;
    if (this.#host.quotas.use(this.account, error.retryAfterMs)) this.#host.quotaChanged(this.account);
  }

  /** It was taken to another instance when this one was lost. */
  lose(turn: MemberTurn): void {
    this.#fail(turn, true);
  }

  /** It was given up before it came to anything. */
  dismiss(turn: MemberTurn): void {
    this.#coolDown.dismiss(turn);
  }

  /** Deletes the session of a turn that ended while this drains: nobody will go on in it. */
  giveUpSession(outcome: Promise<TurnOutcome | undefined>): void {
    const ending = outcome.then((ended) => {
      if (ended?.reusable === true) this.instance.discardSession(ended.sessionId);
      this.#endings.delete(ending);
    });
    this.#endings.add(ending);
  }

  /** Takes nothing new. Resolves when what runs has ended and a managed process is stopped, or when it is resumed. */
  async drain(): Promise<void> {
    if (!this.#draining) {
      this.#draining = true;
      this.#host.changed();
      await this.#host.releaseSessions(this.name);
    }
    while (this.#draining && this.#inFlight > 0) {
      await new Promise<void>((resolve) => this.#whenIdle.add(resolve));
    }
    await Promise.all(this.#endings);
    if (this.#draining && this.instance.managed) await this.instance.stop();
  }

  resume(): void {
    if (!this.#draining) return;
    this.#draining = false;
    this.#tellIdle();
    this.#host.changed();
  }

  /** Failures of the process before count no more. */
  async restart(): Promise<void> {
    // While their process is there to delete them.
    await this.#host.releaseSessions(this.name);
    await this.instance.settle();
    await this.instance.restart();
    if (this.#coolDown.reset()) this.#host.tell('cooldown', { instance: this.name, reason: 'failures' });
    this.#host.changed();
  }

  async close(): Promise<void> {
    try {
      await this.instance.close();
    } finally {
      for (const unlisten of this.#unlisten) unlisten();
      this.#tellIdle();
    }
  }

  status(): InstanceStatus {
    const { state, loggedIn, managed } = this.instance;
    const restMs = Math.max(this.#coolDown.restMs ?? 0, this.#host.quotas.restMs(this.account) ?? 0);
    return {
      name: this.name,
      idx: this.index,
      state,
      ready: state === 'ready',
      ...(loggedIn !== undefined && { loggedIn }),
      inFlight: this.#inFlight,
      weight: this.weight,
      managed,
      failures: this.#failures,
      ...(restMs > 0 && { cooldownUntil: this.#host.clock.now() + restMs }),
      draining: this.#draining,
      ...this.instance.report(),
    };
  }

  /** Tells whether the account of this member has quota. */
  tellQuota(): void {
    const restMs = this.#host.quotas.restMs(this.account);
    const until = restMs === undefined ? {} : { until: this.#host.clock.now() + restMs };
    this.#host.tell('cooldown', { instance: this.name, reason: 'quota', ...until });
  }

  #fail(turn: MemberTurn, isLoss: boolean): void {
    this.#failures++;
    if (!this.#coolDown.fail(turn, isLoss)) return;
    const until = this.#host.clock.now() + (this.#coolDown.restMs ?? 0);
    this.#host.tell('cooldown', { instance: this.name, reason: 'failures', until });
  }

  /** Not every process speaks up when somebody logs in or out: it is looked at whenever something happens. */
  #seeLogin(): void {
    const { loggedIn } = this.instance;
    if (loggedIn === undefined || loggedIn === this.#toldLogin) return;
    // Perhaps into another account.
    if (loggedIn && this.#toldLogin === false) this.#renewQuota();
    this.#toldLogin = loggedIn;
    this.#host.changed();
    this.#host.tell('login', { instance: this.name, loggedIn });
  }

  #renewQuota(): void {
    if (this.#host.quotas.renew(this.account)) this.#host.quotaChanged(this.account);
  }

  #tellLease(action: 'acquired' | 'released', rule: RoutingRule): void {
    this.#host.tell('lease', { instance: this.name, action, rule, inFlight: this.#inFlight });
  }

  #tellIdle(): void {
    for (const tell of this.#whenIdle) tell();
    this.#whenIdle.clear();
  }
}
