/** What a pool is made of, checked: mistakes are told with the place they stand in, before anything is started. */
import type { LingmaClientOptions, LoginPort } from '../lingma/index.js';
import { type Clock, DEFAULT_LIMITS, type Logger, silentLogger, systemClock } from '../util/index.js';
import {
  agentInstance,
  attachedInstance,
  type InstanceAgent,
  type InstanceProcess,
  managedInstance,
} from './instance/create-instance.js';
import type { InstanceFactory } from './instance/instance-port.js';
import type { LoginLimits } from './instance/login-limits.js';

/** One Lingma of a pool. */
export interface InstanceSpec {
  /** `[a-z0-9-]{1,32}`, once in the pool. Default `inst-<index>`. */
  readonly name?: string;
  /** Its number in status and metrics. Default: the next one. */
  readonly index?: number;
  /** Share of the turns. Default 1. */
  readonly weight?: number;
  /** Turns at a time; beyond them others are chosen. 0: no limit. Default 256. */
  readonly maxInFlight?: number;
  /** Whose quota its turns use, where several instances are of one account. Any text; it is not shown. Default: its own. */
  readonly account?: string;
  /** Options of its client, over those of the pool. Without `process` they also say where a running process is found. */
  readonly client?: LingmaClientOptions;
  /** A process of the pool's own, in a work folder that no other instance has. */
  readonly process?: InstanceProcess;
  /** An agent of the pool's own, in a folder that no other instance has. In place of `process`. */
  readonly agent?: InstanceAgent;
  /** What the pool's `login` logs it in with. Absent: it is logged in only where `LingmaPool.login` asks for it. */
  readonly credentials?: unknown;
  /** Where a running process keeps its login, if that is known: to export it. */
  readonly workDir?: string;
  /** Makes the instance, in place of `client`, `process` and `agent`. */
  readonly create?: InstanceFactory;
}

export interface LingmaPoolOptions {
  readonly instances: readonly InstanceSpec[];
  /** For the clients of all instances. */
  readonly client?: LingmaClientOptions;
  /** Logs instances in: those that have `credentials` by itself, one at a time for an account and two in all; others when asked. */
  readonly login?: LoginPort;
  /** Milliseconds that a turn waits where no instance is ready yet. Default 40 000. */
  readonly startupTimeoutMs?: number;
  /** Turns that may wait so. Default 1000. */
  readonly maxWaiting?: number;
  /**
   * Gives up the sessions of this instance that a store of conversations keeps, with `discardSession`: before it is drained,
   * restarted or removed, which waits for it and for their deletion. That it fails is logged.
   */
  readonly releaseSessions?: (instance: string) => Promise<void>;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export type PoolSettings = Required<Omit<LingmaPoolOptions, 'instances' | 'client' | 'login'>>;

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
    releaseSessions: options.releaseSessions ?? (async () => undefined),
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
  nextIndex: number,
  taken: ReadonlySet<string>,
  common: { readonly client: LingmaClientOptions; readonly logins?: LoginLimits | undefined },
): CheckedSpec {
  const at = `instances[${nextIndex}]`;
  if (typeof spec !== 'object' || spec === null) throw new TypeError(`LingmaPool: ${at} must be an object`);
  const index = count(spec.index, nextIndex, `${at}.index`);
  const { name = `inst-${index}`, weight = 1 } = spec;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(`LingmaPool: ${at}.name must be 1 to 32 of a-z, 0-9 and "-"`);
  }
  if (taken.has(name)) throw new TypeError(`LingmaPool: ${at}.name "${name}" is taken`);
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight <= 0) {
    throw new TypeError(`LingmaPool: ${at}.weight must be a number above 0`);
  }
  const maxInFlight = count(spec.maxInFlight, DEFAULT_LIMITS.maxConnections, `${at}.maxInFlight`);
  // No name holds a blank, so that none can be another's account by chance.
  const account = spec.account === undefined ? `of ${name}` : `= ${spec.account}`;
  return {
    name,
    index,
    weight,
    maxInFlight: maxInFlight === 0 ? Number.POSITIVE_INFINITY : maxInFlight,
    account,
    create: factoryOf(spec, at, account, common),
  };
}

function factoryOf(
  { client, process, agent, create, credentials, workDir }: InstanceSpec,
  at: string,
  account: string,
  common: Parameters<typeof checkSpec>[3],
): InstanceFactory {
  if (create !== undefined) {
    if (typeof create !== 'function') throw new TypeError(`LingmaPool: ${at}.create must be a function`);
    const other = Object.entries({ client, process, agent }).find(([, value]) => value !== undefined)?.[0];
    if (other !== undefined) throw new TypeError(`LingmaPool: ${at} has both "${other}" and "create"; one can make it`);
    return create;
  }
  const options = { ...common.client, ...client };
  const login = common.logins && { port: common.logins.of(account), credentials };
  if (process === undefined && agent === undefined) return attachedInstance(options, login, workDir);
  const own = process === undefined ? 'agent' : 'process';
  if (process !== undefined && agent !== undefined) {
    throw new TypeError(`LingmaPool: ${at} has both "process" and "agent"; one can be started`);
  }
  const reach = (['address', 'connector', 'discovery'] as const).find((name) => client?.[name] !== undefined);
  if (reach !== undefined) {
    throw new TypeError(
      `LingmaPool: ${at} has both "${own}" and "client.${reach}"; a process of ours is not searched for`,
    );
  }
  const folder = process === undefined ? agent?.stateDir : process.workDir;
  if (typeof folder !== 'string' || folder === '') {
    const member = process === undefined ? 'stateDir' : 'workDir';
    throw new TypeError(`LingmaPool: ${at}.${own}.${member} must name a folder`);
  }
  if (agent !== undefined) return agentInstance(options, agent);
  return managedInstance(options, process as InstanceProcess, login);
}

function count(value: number | undefined, fallback: number, name: string): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value >= 0) return value;
  throw new TypeError(`LingmaPool: ${name} must be a number, 0 or more`);
}
