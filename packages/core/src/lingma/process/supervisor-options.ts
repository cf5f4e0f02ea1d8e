/** What a supervisor is made of, and what it tells. */
import type { Clock, Logger } from '../../util/index.js';
import type { LoginPort, LoginProcess, SupervisedClient } from './login/login-port.js';
import type { ManagedProcess } from './managed-process.js';
import type { ProcessStateName } from './process-state.js';

export type SupervisedProcess = Pick<ManagedProcess, 'start' | 'stop' | 'kill' | 'on'>;

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

export interface LoginState {
  /** Absent: the process does not say. */
  readonly loggedIn?: boolean;
  /** {@link LoginPort} is at it. */
  readonly inProgress: boolean;
}

export interface SupervisorEvents {
  readonly state: ProcessStateName;
  readonly login: LoginState;
}
