/** One channel behind the router: what the operator set for it, how it fares, and what is counted of it. */
import { type Endpoint, GatewayError } from '../../chat/index.js';
import { type Clock, type Logger, redactText } from '../../util/index.js';
import { type KeyEvent, KeyHealth, type KeyTurn } from './key-health.js';
import type { ModelRules } from './model-rules.js';
import { failureKind, type Upstream } from './upstream.js';

export interface RoutedChannelOptions {
  readonly name: string;
  readonly type: 'openai' | 'lingma';
  readonly rules: ModelRules;
  /** The upstream's own list is asked for, too. */
  readonly discovers: boolean;
  readonly priority: number;
  /** Above 0. */
  readonly weight: number;
  readonly enabled: boolean;
  readonly endpoints: readonly Endpoint[];
  /** Requests at once. Absent: no limit. */
  readonly maxInFlight?: number;
  /** At least 1; a channel without keys counts as one. */
  readonly keys: number;
  readonly tags: readonly string[];
  readonly upstream: Upstream;
}

/** Whether requests go to a channel: `disabled_auto` and `cooling_down` were decided by how it fared. */
export type ChannelState = 'enabled' | 'disabled' | 'disabled_auto' | 'cooling_down';

export const CHANNEL_STATES: readonly ChannelState[] = ['enabled', 'disabled', 'disabled_auto', 'cooling_down'];

/** What an operator sees. */
export interface ChannelReport {
  readonly name: string;
  /** Of its upstream. */
  readonly type: 'openai' | 'lingma';
  readonly state: ChannelState;
  /** Why it is out, where it says so itself. */
  readonly reason?: string;
  readonly priority: number;
  readonly weight: number;
  readonly models: readonly string[];
  readonly endpoints: readonly Endpoint[];
  readonly tags: readonly string[];
  readonly keys: number;
  readonly keysReady: number;
  readonly inFlight: number;
  readonly requests: number;
  readonly failures: number;
  /** Milliseconds until it is tried again. */
  readonly restMs?: number;
}

/** An attempt that runs. Each of the last three once, the first that is called counts. */
export interface Attempt {
  readonly key: number;
  succeed(): void;
  fail(thrown: unknown): void;
  /** It is over, and its place is free. Idempotent. */
  release(): void;
}

const FIRST_KEY: readonly number[] = [0];
const NO_KEYS: readonly number[] = [];

export class RoutedChannel {
  options: RoutedChannelOptions;
  /** What the operator said at run time; goes before the settings until they change. */
  #manual: boolean | undefined;
  readonly #keys: KeyHealth[];
  #inFlight = 0;
  #requests = 0;
  #failures = 0;
  #turn = 0;

  constructor(options: RoutedChannelOptions, clock: Clock, logger: Logger) {
    this.options = options;
    this.#keys = Array.from(
      { length: options.keys },
      (_, key) =>
        new KeyHealth(clock, (event) => tell(logger, options.name, options.keys > 1 ? key : undefined, event)),
    );
  }

  get name(): string {
    return this.options.name;
  }

  get isEnabled(): boolean {
    return this.#manual ?? this.options.enabled;
  }

  get isFull(): boolean {
    return this.#inFlight >= (this.options.maxInFlight ?? Number.POSITIVE_INFINITY);
  }

  get state(): ChannelState {
    if (!this.isEnabled) return 'disabled';
    const states = this.#keys.map(({ state }) => state);
    if (states.includes('ready')) return 'enabled';
    return states.every((state) => state === 'disabled_auto') ? 'disabled_auto' : 'cooling_down';
  }

  /** The settings of the same upstream have changed. */
  reconfigure(options: RoutedChannelOptions): void {
    if (options.enabled !== this.options.enabled) this.#manual = undefined;
    this.options = options;
  }

  /** By the operator; one that is enabled begins anew. */
  setEnabled(enabled: boolean): void {
    this.#manual = enabled;
    if (enabled) for (const key of this.#keys) key.reset();
  }

  /** Keys that may be used now, the next in turn first. */
  freeKeys(without: ReadonlySet<string>): readonly number[] {
    const count = this.#keys.length;
    if (count === 1) return this.#keys[0]?.blocks === false && !without.has(`${this.name}#0`) ? FIRST_KEY : NO_KEYS;
    const inTurn = Array.from({ length: count }, (_, offset) => (this.#turn + offset) % count);
    return inTurn.filter((key) => this.#keys[key]?.blocks === false && !without.has(`${this.name}#${key}`));
  }

  /** Milliseconds until one of the keys may be tried. */
  get restMs(): number {
    return Math.min(...this.#keys.map(({ restMs }) => restMs));
  }

  begin(key: number): Attempt {
    const health = this.#keys[key] as KeyHealth;
    const turn: KeyTurn = health.begin();
    this.#turn = (key + 1) % this.#keys.length;
    this.#inFlight++;
    this.#requests++;
    let settled = false;
    let released = false;
    return {
      key,
      succeed() {
        if (settled) return;
        settled = true;
        health.succeed(turn);
      },
      fail: (thrown) => {
        if (settled && !isLateFailure(thrown)) return;
        const kind = failureKind(thrown);
        if (kind === 'request') {
          if (!settled) health.dismiss(turn);
          settled = true;
          return;
        }
        this.#failures++;
        const error = GatewayError.isInstance(thrown) ? thrown : undefined;
        const again = settled ? { ...turn, isProbe: false, isRetest: false } : turn;
        settled = true;
        health.fail(again, kind, redactText(error?.message ?? 'failed'), error?.retryAfterMs);
      },
      release: () => {
        if (released) return;
        released = true;
        if (!settled) health.dismiss(turn);
        settled = true;
        this.#inFlight--;
      },
    };
  }

  report(discovered: readonly string[]): ChannelReport {
    const { name, options, state } = this;
    const { type, priority, weight, rules, endpoints, tags } = options;
    const reason = this.#keys.map((key) => key.reason).find((text) => text !== undefined);
    const { restMs } = this;
    return {
      ...{ name, type, state, priority, weight, endpoints, tags },
      ...(reason !== undefined && { reason }),
      models: [...rules.models, ...discovered],
      keys: this.#keys.length,
      keysReady: this.#keys.filter((key) => key.state === 'ready').length,
      inFlight: this.#inFlight,
      requests: this.#requests,
      failures: this.#failures,
      ...((state === 'cooling_down' || state === 'disabled_auto') && { restMs }),
    };
  }
}

/** An answer that broke off says as much of an upstream as one that never began. */
const isLateFailure = (thrown: unknown): boolean => failureKind(thrown) === 'failed';

function tell(logger: Logger, channel: string, key: number | undefined, { type, reason }: KeyEvent): void {
  const fields = { channel, ...(key !== undefined && { key }), ...(reason !== undefined && { reason }) };
  if (type === 'recovered') logger.info('channel: answers again', fields);
  else if (type === 'disabled_auto') logger.error('channel: disabled, since its key is refused', fields);
  else logger.warn('channel: rests after failures', fields);
}
