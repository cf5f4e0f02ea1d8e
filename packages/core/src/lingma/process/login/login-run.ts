/**
 * Logging a process in that is not: one login at a time, while turns go elsewhere. When one begins by itself, and when again
 * after it has failed, is decided here.
 */
import { abortable, type Clock, type Logger } from '../../../util/index.js';
import type { LoginPort, LoginProcess, LoginRequest, LoginTask, SupervisedClient } from './login-port.js';

/** After a login that has failed, before the next one by itself: a wrong password must not lock the account. */
export const FIRST_REST_MS = 15 * 60_000;
export const MAX_REST_MS = 6 * 60 * 60_000;

export interface LoginRunOptions<Account> {
  readonly port: LoginPort<Account> | undefined;
  readonly account: Account | undefined;
  readonly instance: string;
  readonly process: () => LoginProcess;
  readonly logger: Logger;
  readonly clock: Clock;
}

interface Run {
  readonly ended: Promise<void>;
  readonly controller: AbortController;
  hasBegun: boolean;
}

export class LoginRun<Account> {
  readonly #options: LoginRunOptions<Account>;
  #run: Run | undefined;
  #failures = 0;
  #resting: (() => void) | undefined;
  /** It takes a person, or nothing to sign in with is there: said once. */
  #givenUp = false;
  /** A bundle's login has been judged: by Lingma, which took it, or by a warning. */
  #bundleJudged = false;

  constructor(options: LoginRunOptions<Account>) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  /** Nobody is signed in: begins where nothing runs or rests. `onChange`: it has begun, it is over. */
  begin(client: SupervisedClient, signal: AbortSignal, onChange: () => void): void {
    const { port, account, logger } = this.#options;
    this.#judgeBundle();
    if (port === undefined || this.running || this.#resting !== undefined || this.#givenUp) return;
    if (account === undefined || !port.canLogin(account)) {
      this.#givenUp = true;
      logger.warn('Nobody is signed in to this Lingma, and nothing that it could be signed in with is configured');
      return;
    }
    this.#start(client, undefined, signal, onChange).catch((error: unknown) => {
      if (signal.aborted || this.running) return;
      if (needsPerson(error)) {
        this.#givenUp = true;
        return;
      }
      const ms = Math.min(MAX_REST_MS, FIRST_REST_MS * 2 ** this.#failures++);
      this.#rest(ms, () => {
        if (client.status().loggedIn === false) this.begin(client, signal, onChange);
      });
    });
  }

  /**
   * A login that somebody asks for, or the one that runs. Rests are for those that begin by themselves.
   *
   * @throws TypeError where there is no port; what the login fails with
   */
  async ask(client: SupervisedClient, request: LoginRequest, signal: AbortSignal, onChange: () => void): Promise<void> {
    for (let run = this.#run; run !== undefined; run = this.#run) {
      if (run.hasBegun) return run.ended;
      // One that only waits for its turn gives way to somebody who stands there.
      run.controller.abort(new Error('Another login was asked for'));
      await run.ended.catch(() => undefined);
    }
    const own = request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]);
    await this.#start(client, request, own, onChange);
  }

  /** Somebody is signed in: what has failed before does not matter any more. */
  succeeded(): void {
    this.#failures = 0;
    this.#givenUp = false;
    this.#bundleJudged = true;
    this.#wake();
  }

  /** Ends the waiting for the next login. */
  close(): void {
    this.#wake();
  }

  #judgeBundle(): void {
    const { process, logger } = this.#options;
    if (this.#bundleJudged || process().fromBundle !== true) return;
    this.#bundleJudged = true;
    logger.warn('Lingma does not accept the login of the session bundle: it is out of date, or of another machine');
  }

  #start(
    client: SupervisedClient,
    request: LoginRequest | undefined,
    signal: AbortSignal,
    onChange: () => void,
  ): Promise<void> {
    const { port, account, instance, process, logger } = this.#options;
    if (port === undefined) throw new TypeError('There is nothing to sign in with: LingmaPoolOptions.login is not set');
    const controller = new AbortController();
    const both = AbortSignal.any([signal, controller.signal]);
    const task: LoginTask<Account> = {
      ...{ instance, client, process, signal: both },
      ...(account !== undefined && { account }),
      ...(request !== undefined && { request }),
      onBegin: () => {
        run.hasBegun = true;
      },
    };
    const ended = abortable(port.login(task), both)
      .then(() => this.succeeded())
      .catch((error: unknown) => {
        // What it fails with may hold what nobody should read: the port says in its own words what can be said.
        if (!signal.aborted) logger.warn('Lingma could not be logged in', { code: codeOf(error) });
        throw error;
      })
      .finally(() => {
        if (this.#run === run) this.#run = undefined;
        if (!signal.aborted) onChange();
      });
    const run: Run = { ended, controller, hasBegun: request !== undefined };
    this.#run = run;
    ended.catch(() => undefined);
    onChange();
    return ended;
  }

  #rest(ms: number, then: () => void): void {
    const { port, instance, clock } = this.#options;
    const cancel = clock.schedule(ms, () => {
      this.#wake();
      then();
    });
    this.#resting = cancel;
    port?.rests?.(instance, clock.now() + ms);
  }

  #wake(): void {
    if (this.#resting === undefined) return;
    this.#resting();
    this.#resting = undefined;
    this.#options.port?.rests?.(this.#options.instance, undefined);
  }
}

const needsPerson = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'needsPerson' in error && error.needsPerson === true;

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
