/** What a supervisor is made of, and what it tells. */
import { CLOCK_RULE, type Clock, LOGGER_RULE, type Logger, type OptionRules, withMethods } from '../../util/index.js';
import type { LoginPort, LoginProcess, SupervisedClient } from './login/login-port.js';
import type { ManagedProcess } from './managed-process.js';
import type { ProcessStateName } from './process-state.js';

/** What a supervisor uses of a process. */
export type SupervisedProcess = Pick<ManagedProcess, 'start' | 'stop' | 'kill' | 'on'>;

/** What a {@link Supervisor} looks after. */
export interface SupervisorOptions<Account = unknown> {
  /** Of the instance: for whoever logs it in. */
  readonly name?: string;
  readonly client: SupervisedClient;
  /** The client reaches it by its connector. Absent: the client is attached to a process of others. */
  readonly process?: SupervisedProcess;
  /** Milliseconds that {@link Supervisor.ready} waits at the most. Default 40 000 for a managed process, else 15 000. */
  readonly startupMs?: number;
  readonly login?: LoginPort<Account>;
  readonly account?: Account;
  /** What is known of the process for a login: asked when one begins. */
  readonly loginProcess?: () => Pick<LoginProcess, 'workDir' | 'httpPort'>;
  /** Where the next start is to find the service. */
  readonly useEndpoint?: (endpoint: string) => void;
  readonly clock?: Clock;
  /** Between 0 and 1. Default `Math.random`. */
  readonly random?: () => number;
  readonly logger?: Logger;
}

export const SUPERVISOR_RULES: OptionRules<SupervisorOptions> = {
  name: 'string',
  client: withMethods('connect', 'status', 'on', 'close'),
  process: withMethods('start', 'stop', 'kill', 'on'),
  startupMs: 'count',
  login: withMethods('canLogin', 'login'),
  account: 'any',
  loginProcess: 'function',
  useEndpoint: 'function',
  clock: CLOCK_RULE,
  random: 'function',
  logger: LOGGER_RULE,
};

/** Whether somebody is logged in, or about to be. */
export interface LoginState {
  /** Absent: the process does not say. */
  readonly loggedIn?: boolean;
  /** {@link LoginPort} is at it. */
  readonly inProgress: boolean;
}

/** What a supervisor tells, by event. */
export interface SupervisorEvents {
  readonly state: ProcessStateName;
  readonly login: LoginState;
}
