/**
 * One login of one instance, from its beginning to its end: ways in their order, tries of each, and what it came to.
 *
 * Over 250 lines: all of it is the state of one login.
 */
import {
  type Clock,
  GatewayError,
  isLoginRunning,
  type Logger,
  type LoginReport,
  type LoginStateName,
  type LoginTask,
  sleep,
} from '@lingma-gateway/core';
import type { BrowserWay } from '../browser-way.js';
import { LoginFailure, type LoginFailureCode } from '../login-failure.js';
import { askForUrl, handOverToken, useEndpoint } from './ask-for-login.js';
import { checkCallbackUrl } from './callback-url.js';
import type { LoginAccount, TriedWay } from './login-account.js';
import { type LoginEvent, needsPerson, nextLoginState } from './login-states.js';
import { checkLoginUrl, isAllowedNavigation, type UrlRules } from './login-url.js';
import { replayCallback } from './replay-callback.js';
import { type VerifyOptions, verifyLogin } from './verify-login.js';

/** How often, how long and in which ways a login is tried. */
export interface FlowSettings {
  /** Milliseconds of one try. */
  readonly timeoutMs: number;
  /** Tries of one way. */
  readonly maxAttempts: number;
  readonly headless: boolean;
  /** A picture of each failure of a browser, in the work folder. */
  readonly debugScreenshots: boolean;
  /** For tests against a sign-in page on this machine. */
  readonly allowLoopback: boolean;
  /** Of all accounts that name no other. */
  readonly dedicatedDomainUrl?: string;
  /** @throws LoginFailure `browser_unavailable` */
  readonly loadBrowser: () => Promise<BrowserWay>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stampOf?: VerifyOptions['stampOf'];
}

/** How long a person has to come back with an address. */
export const PASTE_MS = 10 * 60_000;
/** Between tries: a sign-in page that is hit too often asks for a challenge. */
const WAITS_MS = [5_000, 30_000];

/** What a login has failed with, for whoever asked for it; says nothing but its code and our own words. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
  constructor(
    readonly code: LoginFailureCode | 'cancelled',
    message: string,
    readonly needsPerson: boolean,
  ) {
    super(message);
  }
}

export class LoginFlow {
  readonly id: string;
  readonly instance: string;
  readonly #task: LoginTask<LoginAccount>;
  readonly #ways: readonly TriedWay[];
  readonly #settings: FlowSettings;
  readonly #onAttempt: (result: string) => void;
  readonly #startedAt: number;
  readonly #cancel = new AbortController();
  #state: LoginStateName = 'idle';
  #way: TriedWay | undefined;
  #attempt = 0;
  #expiresAt: number | undefined;
  #failure: LoginFailure | undefined;
  #paste:
    | { readonly httpPort: number; readonly delivered: () => void; readonly failed: (error: Error) => void }
    | undefined;

  constructor(
    id: string,
    task: LoginTask<LoginAccount>,
    ways: readonly TriedWay[],
    settings: FlowSettings,
    onAttempt: (result: string) => void,
  ) {
    this.id = id;
    this.instance = task.instance;
    this.#task = task;
    this.#ways = ways;
    this.#settings = settings;
    this.#onAttempt = onAttempt;
    this.#startedAt = settings.clock.now();
    this.#see({ type: 'begin' });
  }

  get running(): boolean {
    return isLoginRunning(this.#state);
  }

  report(): LoginReport {
    const failure = this.#failure;
    return {
      ...{ instance: this.instance, id: this.id, state: this.#state, running: this.running },
      ...(this.#way !== undefined && { way: this.#way }),
      ...{ attempt: this.#attempt, maxAttempts: this.#maxAttempts, startedAt: this.#startedAt },
      ...(this.running && this.#expiresAt !== undefined && { expiresAt: this.#expiresAt }),
      ...(failure !== undefined && { lastError: { code: failure.code, message: failure.message } }),
      ...(failure?.organisations !== undefined && { organisations: failure.organisations }),
    };
  }

  /** Ends it, wherever it is. */
  cancel(): void {
    this.#cancel.abort(new LoginError('cancelled', 'The login was cancelled', true));
  }

  /** Of ways there is one at least. @throws LoginError; the reason of the task's signal */
  async run(): Promise<void> {
    const signal = AbortSignal.any([this.#task.signal, this.#cancel.signal]);
    for (const [index, way] of this.#ways.entries()) {
      this.#way = way;
      try {
        await this.#tryRepeatedly(way, signal);
        return;
      } catch (thrown) {
        if (signal.aborted) {
          this.#see({ type: 'cancelled' });
          throw signal.reason;
        }
        const failure = toLoginFailure(thrown);
        this.#failure = failure;
        if (index + 1 < this.#ways.length) {
          this.#see({ type: 'retry' });
          continue;
        }
        this.#see({ type: 'failed', code: failure.code });
        throw new LoginError(failure.code, failure.message, needsPerson(this.#state));
      }
    }
  }

  /**
   * The address that a browser has ended at.
   *
   * @throws GatewayError `bad_callback_url`, `login_nonce_used`, `not_ready`
   */
  async callback(url: string): Promise<void> {
    const paste = this.#paste;
    if (paste === undefined || this.#state !== 'waiting_for_paste') {
      throw new GatewayError('login_nonce_used', 'This login does not wait for an address any more');
    }
    const target = checkCallbackUrl(url, paste.httpPort);
    this.#paste = undefined;
    try {
      const organisationId = this.#task.account?.orgId?.reveal();
      const signal = AbortSignal.any([this.#task.signal, this.#cancel.signal]);
      await replayCallback({
        ...{ target, httpPort: paste.httpPort, signal },
        ...(organisationId !== undefined && { organisationId }),
      });
      this.#see({ type: 'verify' });
      paste.delivered();
    } catch (error) {
      const isOver =
        error instanceof LoginFailure || (GatewayError.isInstance(error) && error.code === 'login_nonce_used');
      if (isOver) paste.failed(error as Error);
      else this.#paste = paste;
      if (!(error instanceof LoginFailure)) throw error;
    }
  }

  get #maxAttempts(): number {
    return this.#way === 'paste' ? 1 : Math.max(1, this.#settings.maxAttempts);
  }

  async #tryRepeatedly(way: TriedWay, signal: AbortSignal): Promise<void> {
    const { clock, logger, timeoutMs } = this.#settings;
    for (this.#attempt = 1; ; this.#attempt++) {
      const limitMs = way === 'paste' ? PASTE_MS : timeoutMs;
      this.#expiresAt = clock.now() + limitMs;
      try {
        await within(limitMs, clock, signal, (limited) => this.#tryOnce(way, limited, limitMs));
        this.#see({ type: 'verified' });
        this.#failure = undefined;
        this.#onAttempt('success');
        logger.info('Signed in', { account: this.instance, way, attempt: this.#attempt });
        return;
      } catch (thrown) {
        signal.throwIfAborted();
        const failure = toLoginFailure(thrown);
        this.#failure = failure;
        this.#onAttempt(failure.code);
        logger.warn('A try to sign in has failed', {
          ...{ account: this.instance, way, attempt: this.#attempt, code: failure.code },
        });
        if (!failure.retryable || this.#attempt >= this.#maxAttempts) throw failure;
        this.#see({ type: 'retry' });
        await sleep(WAITS_MS[Math.min(this.#attempt, WAITS_MS.length) - 1] as number, signal, clock);
      }
    }
  }

  async #tryOnce(way: TriedWay, signal: AbortSignal, limitMs: number): Promise<void> {
    const endpoint = this.#task.account?.dedicatedDomainUrl ?? this.#settings.dedicatedDomainUrl;
    await useEndpoint(this.#task, endpoint, signal);
    if (way === 'token') await handOverToken(this.#task, endpoint, signal);
    else {
      const rules = this.#rulesOf(endpoint);
      const url = await askForUrl(this.#task, endpoint, signal);
      const { httpPort } = checkLoginUrl(url, rules);
      if (way === 'paste') await this.#whenPasted(url, httpPort, signal);
      else await this.#inBrowser(url, { ...rules, httpPort }, signal, limitMs);
    }
    this.#see({ type: 'verify' });
    const { clock, stampOf } = this.#settings;
    await verifyLogin(this.#task, { clock, signal, ...(stampOf !== undefined && { stampOf }) });
  }

  #rulesOf(endpoint: string | undefined): UrlRules {
    const { httpPort } = this.#task.process();
    return {
      allowLoopback: this.#settings.allowLoopback,
      ...(httpPort !== undefined && { httpPort }),
      ...(endpoint !== undefined && { dedicatedHost: new URL(endpoint).hostname }),
    };
  }

  async #whenPasted(url: string, httpPort: number, signal: AbortSignal): Promise<void> {
    const delivered = new Promise<void>((resolve, reject) => {
      this.#paste = { httpPort, delivered: resolve, failed: reject };
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    this.#see({ type: 'invited' });
    try {
      this.#task.request?.onUrl?.({ id: this.id, url, expiresAt: this.#startedAt + PASTE_MS });
      // Whoever signs in on this very machine needs no address: the callback gets there by itself.
      await Promise.race([delivered, this.#whenSignedInElsewhere(signal)]);
    } finally {
      this.#paste = undefined;
      delivered.catch(() => undefined);
    }
  }

  #whenSignedInElsewhere(signal: AbortSignal): Promise<void> {
    const { client } = this.#task;
    // Asked for although somebody is signed in: only the address tells of the new login.
    if (client.status().loggedIn === true) return new Promise(() => undefined);
    return new Promise((resolve) => {
      const unlisten = client.on('login', (loggedIn) => {
        if (!loggedIn) return;
        unlisten();
        resolve();
      });
      signal.addEventListener('abort', unlisten, { once: true });
    });
  }

  async #inBrowser(
    url: string,
    rules: UrlRules & { readonly httpPort: number },
    signal: AbortSignal,
    limitMs: number,
  ): Promise<void> {
    const { account, request } = this.#task;
    const { workDir } = this.#task.process();
    const browser = await this.#settings.loadBrowser();
    signal.throwIfAborted();
    await browser.signIn({
      ...{ url, httpPort: rules.httpPort, signal, deadline: limitMs, logger: this.#settings.logger },
      ...(account?.username !== undefined && { username: account.username.reveal() }),
      ...(account?.password !== undefined && { password: account.password.reveal() }),
      ...(account?.orgId !== undefined && { organisationId: account.orgId.reveal() }),
      ...(this.#settings.debugScreenshots && workDir !== undefined && { screenshotDir: workDir }),
      headed: request?.headed ?? !this.#settings.headless,
      isAllowedUrl: (target) => isAllowedNavigation(target, rules),
      onState: (state) => this.#see({ type: 'browser', state }),
    });
  }

  #see(event: LoginEvent): void {
    const before = this.#state;
    this.#state = nextLoginState(before, event);
    if (this.#state === before) return;
    this.#settings.logger.debug('Login', { account: this.instance, state: this.#state });
  }
}

/** @throws LoginFailure `timeout` */
async function within<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  run: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const cancel = clock.schedule(ms, () => limit.abort(new LoginFailure('timeout', 'Signing in took too long')));
  const both = AbortSignal.any([signal, limit.signal]);
  const late = new Promise<never>((_, reject) => {
    both.addEventListener('abort', () => reject(both.reason), { once: true });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([run(both), late]);
  } finally {
    cancel();
  }
}

function toLoginFailure(thrown: unknown): LoginFailure {
  if (thrown instanceof LoginFailure) return thrown;
  if (GatewayError.isInstance(thrown) && thrown.code === 'login_nonce_used') {
    return new LoginFailure('login_nonce_used', thrown.message, { retryable: false });
  }
  // What else is thrown may hold what nobody should read.
  return new LoginFailure('process_unreachable', 'Lingma could not be asked');
}
