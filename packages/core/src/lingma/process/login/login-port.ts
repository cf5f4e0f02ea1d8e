/** What it takes to log a process in that is not. How it is done, is for whoever stands behind the port. */
import type { LingmaClient } from '../../client/client.js';

/** Of a client, what its process and its login are watched by. */
export type SupervisedClient = Pick<
  LingmaClient,
  'connect' | 'status' | 'on' | 'close' | 'ask' | 'checkLogin' | 'queryModels'
>;

/** What an account is, is between the port and whoever gives it one. */
export interface LoginPort<Account = unknown> {
  /** Whether it can be signed in without a person. */
  canLogin(account: Account): boolean;
  /**
   * Signs in. What it throws ends the login; with a member `needsPerson: true` it is not begun again by itself.
   */
  login(task: LoginTask<Account>): Promise<void>;
  /** Told that the next login by itself begins at this time (milliseconds since the epoch), or that none is due any more. */
  rests?(instance: string, until: number | undefined): void;
}

/** The process that somebody signs in to. */
export interface LoginProcess {
  /** Where it keeps its login. */
  readonly workDir?: string;
  /** Where it takes callbacks. Absent: not known, for it is somebody else's. */
  readonly httpPort?: number;
  /** Its login came from a session bundle. */
  readonly fromBundle?: boolean;
  /** Starts it anew with another service (`--endpoint`). Absent: it is not ours to start. */
  restartWith?(endpoint: string, signal: AbortSignal): Promise<void>;
}

/** Whom to sign in, and at which process. */
export interface LoginTask<Account = unknown> {
  readonly instance: string;
  /** Absent: it has none, and somebody has asked for this login. */
  readonly account?: Account;
  readonly client: SupervisedClient;
  process(): LoginProcess;
  /** Absent: it is begun because nobody is signed in. */
  readonly request?: LoginRequest;
  readonly signal: AbortSignal;
  /** To be called as soon as it does not wait for others any more. */
  onBegin?(): void;
}

/** `auto`: token, then browser, as far as the account has what they need. */
export type LoginWay = 'auto' | 'token' | 'browser' | 'paste';

/** A login that somebody asks for. */
export interface LoginRequest {
  readonly way?: LoginWay;
  /** With a window for a person. Default: as the settings say. */
  readonly headed?: boolean;
  /** Told where to sign in by hand (`paste`). The address is a secret of the moment. */
  onUrl?(login: LoginInvitation): void;
  /** Told once it has begun. */
  onStart?(flow: { readonly id: string }): void;
  readonly signal?: AbortSignal;
}

/** Where a person can sign in, and until when. */
export interface LoginInvitation {
  /** Of the flow: what `callback` wants. */
  readonly id: string;
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}
