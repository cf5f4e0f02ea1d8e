/** What a port does beyond signing in, where operators are to see and to steer it. */
import type { LoginPort } from './login-port.js';

/** Of an instance, in the words of the operator's routes and metrics. */
export const LOGIN_STATES = [
  'idle',
  'logged_in',
  'needed',
  'bundle',
  'starting',
  'waiting_for_browser',
  'filling',
  'challenge',
  'waiting_for_callback',
  'waiting_for_paste',
  'verifying',
  'failed',
  'needs_attention',
  'needs_organisation',
  'unavailable',
  'cancelled',
] as const;

/** How far a login has come. */
export type LoginStateName = (typeof LOGIN_STATES)[number];

const RUNNING: ReadonlySet<string> = new Set<LoginStateName>([
  'starting',
  'waiting_for_browser',
  'filling',
  'challenge',
  'waiting_for_callback',
  'waiting_for_paste',
  'verifying',
]);

/** Whether a login in this state is still at it. */
export const isLoginRunning = (state: string): boolean => RUNNING.has(state);

/** The login of an instance that runs, or the last one. Holds nothing that gives access. */
export interface LoginReport {
  readonly instance: string;
  readonly id: string;
  readonly state: LoginStateName;
  /** Whether it is still at it. */
  readonly running: boolean;
  readonly way?: 'token' | 'browser' | 'paste';
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Milliseconds since the epoch, as those that follow. */
  readonly startedAt: number;
  readonly expiresAt?: number;
  readonly lastError?: { readonly code: string; readonly message: string };
  readonly organisations?: readonly { readonly id: string; readonly name: string }[];
}

/** Logins with what is told of them, and the operator's hand in them. */
export interface LoginService<Account = unknown> extends LoginPort<Account> {
  /** `undefined`: nobody has tried to sign in. */
  report(instance: string): LoginReport | undefined;
  /** When the next login by itself begins, in milliseconds since the epoch. */
  nextRetryAt(instance: string): number | undefined;
  /**
   * The address that the browser of the operator has ended at, for a flow that waits for it.
   *
   * @throws GatewayError `no_such_flow`, `login_flow_expired`, `bad_callback_url`, `login_nonce_used`, `not_ready`
   */
  callback(id: string, url: string): Promise<LoginReport>;
  /** Ends the flow of an instance. `false`: there is none. */
  cancel(instance: string): boolean;
  /** Told of each try: `success`, or the code of its failure. */
  onAttempt(listener: (instance: string, result: string) => void): void;
}
