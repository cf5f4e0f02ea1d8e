/** What a pool is made of, checked: mistakes are told with the place they stand in, before anything is started. */
import type { LingmaClientOptions } from '../lingma/index.js';
import { type Clock, DEFAULT_LIMITS, type Logger, silentLogger, systemClock } from '../util/index.js';
import { attachedInstance } from './attached-instance.js';
import type { InstanceFactory } from './instance-port.js';

/** One Lingma of a pool. */
export interface InstanceSpec {
  /** `[a-z0-9-]{1,32}`, once in the pool. Default `inst-<index>`. */
  readonly name?: string;
  /** Share of the turns. Default 1. */
  readonly weight?: number;
  /** Turns at a time; beyond them others are chosen. 0: no limit. Default 256. */
  readonly maxInFlight?: number;
  /** Whose quota its turns use, where several instances are of one account. Any text; it is not shown. Default: its own. */
  readonly account?: string;
  /** A running process that is found or reached by these options, over those of the pool. Never stopped by the pool. */
  readonly client?: LingmaClientOptions;
  /** Makes the instance, in place of `client`. */
  readonly create?: InstanceFactory;
}

export interface LingmaPoolOptions {
  readonly instances: readonly InstanceSpec[];
  /** For the clients of all instances. */
  readonly client?: LingmaClientOptions;
  /** Milliseconds that a turn waits where no instance is ready yet. Default 40 000. */
  readonly startupTimeoutMs?: number;
  /** Turns that may wait so. Default 1000. */
  readonly maxWaiting?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export type PoolSettings = Required<Pick<LingmaPoolOptions, 'startupTimeoutMs' | 'maxWaiting' | 'logger' | 'clock'>>;

export interface CheckedSpec {
  readonly name: string;
  readonly index: number;
  readonly weight: number;
  readonly maxInFlight: number;
  readonly account: string;
  readonly create: InstanceFactory;
}

const NAME = /^[a-z0-9-]{1,32}$/;

/** @throws TypeError */
export function resolvePoolSettings(options: LingmaPoolOptions): PoolSettings {
  if (!Array.isArray(options?.instances)) throw new TypeError('LingmaPool: "instances" must be a list');
  return {
    startupTimeoutMs: count(options.startupTimeoutMs, 40_000, 'startupTimeoutMs'),
    maxWaiting: count(options.maxWaiting, 1000, 'maxWaiting'),
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
  };
}

/**
 * @param taken names that others of the pool have
 * @throws TypeError
 */
export function checkSpec(
  spec: InstanceSpec,
  index: number,
  taken: ReadonlySet<string>,
  common: LingmaClientOptions,
): CheckedSpec {
  const at = `instances[${index}]`;
  if (typeof spec !== 'object' || spec === null) throw new TypeError(`LingmaPool: ${at} must be an object`);
  const { name = `inst-${index}`, weight = 1, client, create } = spec;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(`LingmaPool: ${at}.name must be 1 to 32 of a-z, 0-9 and "-"`);
  }
  if (taken.has(name)) throw new TypeError(`LingmaPool: ${at}.name "${name}" is taken`);
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight <= 0) {
    throw new TypeError(`LingmaPool: ${at}.weight must be a number above 0`);
  }
  if (client !== undefined && create !== undefined) {
    throw new TypeError(`LingmaPool: ${at} has both "client" and "create"; only one can make it`);
  }
  if (create !== undefined && typeof create !== 'function') {
    throw new TypeError(`LingmaPool: ${at}.create must be a function`);
  }
  const maxInFlight = count(spec.maxInFlight, DEFAULT_LIMITS.maxConnections, `${at}.maxInFlight`);
  return {
    name,
    index,
    weight,
    maxInFlight: maxInFlight === 0 ? Number.POSITIVE_INFINITY : maxInFlight,
    // No name holds a blank, so that none can be another's account by chance.
    account: spec.account === undefined ? `of ${name}` : `= ${spec.account}`,
    create: create ?? attachedInstance({ ...common, ...client }),
  };
}

function count(value: number | undefined, fallback: number, name: string): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value >= 0) return value;
  throw new TypeError(`LingmaPool: ${name} must be a number, 0 or more`);
}
