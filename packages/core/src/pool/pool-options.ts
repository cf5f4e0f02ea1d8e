/** What a pool is made of, checked: mistakes are told with the place they stand in, before anything is started. */
import { AGENT_RULES, CLIENT_RULES, type LingmaClientOptions, type LoginPort, PROCESS_RULES } from '../lingma/index.js';
import {
  CLOCK_RULE,
  type Clock,
  checkOptions,
  DEFAULT_LIMITS,
  LOGGER_RULE,
  type Logger,
  type OptionRules,
  silentLogger,
  systemClock,
  withMethods,
} from '../util/index.js';
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

/** What a {@link LingmaPool} consists of. */
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

const POOL = 'LingmaPool';

/** Its members are checked one by one, where each is made. */
const POOL_RULES: OptionRules<LingmaPoolOptions> = {
  instances: 'any',
  client: CLIENT_RULES,
  login: withMethods('canLogin', 'login'),
  startupTimeoutMs: 'count',
  maxWaiting: 'count',
  releaseSessions: 'function',
  logger: LOGGER_RULE,
  clock: CLOCK_RULE,
};

const { name: _name, clock: _clock, logger: _logger, ...OWN_PROCESS_RULES } = PROCESS_RULES;
const { clock: _agentClock, logger: _agentLogger, ...OWN_AGENT_RULES } = AGENT_RULES;

const INSTANCE_RULES: OptionRules<InstanceSpec> = {
  name: 'any',
  index: 'count',
  weight: 'any',
  maxInFlight: 'count',
  account: 'string',
  workDir: 'text',
  client: CLIENT_RULES,
  process: OWN_PROCESS_RULES,
  agent: OWN_AGENT_RULES,
  credentials: 'any',
  create: 'function',
};

const NAME = /^[a-z0-9-]{1,32}$/;

/** @throws TypeError */
export function resolvePoolSettings(options: LingmaPoolOptions): PoolSettings {
  checkOptions(POOL, options, POOL_RULES);
  if (!Array.isArray(options.instances)) throw new TypeError('LingmaPool: "instances" must be a list');
  return {
    startupTimeoutMs: options.startupTimeoutMs ?? 40_000,
    maxWaiting: options.maxWaiting ?? 1000,
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
  checkOptions(POOL, spec, INSTANCE_RULES, { at });
  const index = spec.index ?? nextIndex;
  const { name = `inst-${index}`, weight = 1 } = spec;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(`LingmaPool: ${at}.name must be 1 to 32 of a-z, 0-9 and "-"`);
  }
  if (taken.has(name)) throw new TypeError(`LingmaPool: ${at}.name "${name}" is taken`);
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight <= 0) {
    throw new TypeError(`LingmaPool: ${at}.weight must be a number above 0`);
  }
  const maxInFlight = spec.maxInFlight ?? DEFAULT_LIMITS.maxConnections;
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
  if (agent !== undefined) {
    checkOptions(POOL, agent, OWN_AGENT_RULES, { at: `${at}.agent`, required: ['name', 'command', 'env'] });
    return agentInstance(options, agent);
  }
  checkOptions(POOL, process as InstanceProcess, OWN_PROCESS_RULES, {
    at: `${at}.process`,
    required: ['binary', 'env'],
  });
  return managedInstance(options, process as InstanceProcess, login);
}
