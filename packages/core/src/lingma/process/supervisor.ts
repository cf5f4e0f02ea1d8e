/**
 * Keeps one Lingma reachable, attached or managed, by the table of `process-state.ts`: what happens becomes an event, what
 * the table says becomes an attempt or a timer. One attempt at a time, all time by the clock.
 *
 * Over 250 lines: the state, the attempt and the timer are one thing; apart they would only call one another.
 */
import { GatewayError, toGatewayError } from '../../chat/index.js';
import {
  type Clock,
  checkOptions,
  EventListeners,
  type Logger,
  monotonicNow,
  silentLogger,
  systemClock,
} from '../../util/index.js';
import type { LoginRequest, SupervisedClient } from './login/login-port.js';
import { LoginRun } from './login/login-run.js';
import {
  INITIAL_STATE,
  nextState,
  type ProcessEffect,
  type ProcessEvent,
  type ProcessState,
  type ProcessStateName,
} from './process-state.js';
import { ReadyWaiters } from './ready-waiters.js';
import {
  type LoginState,
  SUPERVISOR_RULES,
  type SupervisorEvents,
  type SupervisorOptions,
} from './supervisor-options.js';
import { isPermanent } from './system/process-fault.js';

const MANAGED_STARTUP_MS = 40_000;
const ATTACHED_STARTUP_MS = 15_000;
/** An attempt that runs out of its own time says why: it is given the moment to do so. */
const ATTEMPT_END_MS = 500;
/** For those who are told to come back and no attempt is due. */
const COME_BACK_MS = 30_000;
const LOGIN_COME_BACK_MS = 5000;

/** Keeps a Lingma reachable: starts, connects, waits longer after each failure, and tells what is going on. */
export class Supervisor<Account = unknown> {
  readonly #options: SupervisorOptions<Account>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #startupMs: number;
  readonly #events: EventListeners<SupervisorEvents>;
  readonly #waiters: ReadyWaiters;
  readonly #login: LoginRun<Account>;
  readonly #closing = new AbortController();
  readonly #unlisten: readonly (() => void)[];
  #state: ProcessState = INITIAL_STATE;
  #attempt: AbortController | undefined;
  #retry: { readonly at: number; readonly cancel: () => void } | undefined;
  #lastError: GatewayError | undefined;
  #failedAttempts = 0;
  /** The last attempt left a process behind that cannot be talked to. */
  #hangs = false;
  #closed: Promise<void> | undefined;

  /** @throws TypeError on options that are none */
  constructor(options: SupervisorOptions<Account>) {
    checkOptions('Supervisor', options, SUPERVISOR_RULES, { required: ['client'] });
    const { client, process, clock = systemClock, logger = silentLogger } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#events = new EventListeners((error) => logger.error('Listener of the supervisor failed', { error }));
    this.#waiters = new ReadyWaiters(clock);
    this.#login = new LoginRun({
      ...{ port: options.login, account: options.account, instance: options.name ?? '', logger, clock },
      process: () => ({
        ...options.loginProcess?.(),
        ...(process !== undefined && {
          restartWith: async (endpoint: string, signal: AbortSignal) => {
            options.useEndpoint?.(endpoint);
            await this.restart(signal);
          },
        }),
      }),
    });
    this.#startupMs = options.startupMs ?? (process === undefined ? ATTACHED_STARTUP_MS : MANAGED_STARTUP_MS);
    const ofProcess =
      process === undefined
        ? []
        : [
            process.on('exit', ({ error, beforeReady, permanent }) => {
              this.#lastError = error;
              this.#hangs = false;
              this.#supersede(error);
              this.#dispatch({ type: 'processGone', beforeReady, permanent });
            }),
            process.on('repaired', () => void this.restart()),
          ];
    this.#unlisten = [
      ...ofProcess,
      client.on('state', (state) => this.#onClientState(state)),
      client.on('login', () => this.#onLogin()),
    ];
  }

  get state(): ProcessStateName {
    return this.#state.name;
  }

  /** Attempts that failed in a row. */
  get failures(): number {
    return this.#state.failures;
  }

  /** What the last failure was, for the log and the operator. */
  get lastError(): GatewayError | undefined {
    return this.#lastError;
  }

  get login(): LoginState {
    const { loggedIn } = this.#options.client.status();
    return { inProgress: this.#login.running, ...(loggedIn !== undefined && { loggedIn }) };
  }

  /** Begins to bring it up, in the background. */
  start(): void {
    this.#dispatch({ type: 'wanted' });
  }

  /**
   * Resolves when turns can run. Begins to bring it up where nobody does, and waits for it as long as a start may take.
   *
   * @throws GatewayError `not_ready` and `login_required` with `retryAfterMs`, `shutting_down`, the signal's reason, and
   * what the client fails with at a process of others that is there and does not answer as it should
   */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#state.name !== 'ready') {
      this.#dispatch({ type: 'wanted' });
      await this.#whenReady(signal);
    }
    const { loggedIn, inProgress } = this.login;
    // An agent is asked anew with each session, and says better what to do.
    if (loggedIn !== false || this.#options.client.status().isAgent === true) return;
    throw new GatewayError(
      'login_required',
      inProgress
        ? 'Lingma is being logged in. Try again in a moment.'
        : 'Lingma is not logged in: log in with its IDE plug-in or the gateway’s login, then try again',
      { retryAfterMs: inProgress ? LOGIN_COME_BACK_MS : COME_BACK_MS },
    );
  }

  /** Ends the process, where it is ours, and brings it up anew. Resolves when it is ready. @throws GatewayError as `ready` */
  async restart(signal: AbortSignal = this.#closing.signal): Promise<void> {
    this.#supersede(new GatewayError('not_ready', 'Lingma is being restarted', { retryAfterMs: 1000 }));
    this.#dispatch({ type: 'restart' });
    await this.#whenReady(signal).catch((error: unknown) => {
      if (signal !== this.#closing.signal) throw error;
    });
  }

  /**
   * Signs in because somebody asks for it; the login that runs, where one does.
   *
   * @throws GatewayError `instance_not_running`; what the login fails with
   */
  async logIn(request: LoginRequest): Promise<void> {
    if (this.#state.name !== 'ready') throw new GatewayError('instance_not_running', 'This Lingma does not run');
    const tell = (): void => this.#events.tell('login', this.login);
    await this.#login.ask(this.#options.client, request, this.#closing.signal, tell);
  }

  /** Closes the client, and ends the process where it is ours. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The process ends at once, asked nothing; connections are left to fall. */
  kill(): void {
    this.#shut();
    this.#options.process?.kill();
  }

  /** Returns the function that takes the listener back. */
  on<Name extends keyof SupervisorEvents>(event: Name, listener: (value: SupervisorEvents[Name]) => void): () => void {
    return this.#events.on(event, listener);
  }

  async #close(): Promise<void> {
    this.#shut();
    await this.#options.client.close();
    await this.#options.process?.stop();
  }

  #shut(): void {
    for (const unlisten of this.#unlisten) unlisten();
    const reason = shutDown();
    this.#closing.abort(reason);
    this.#supersede(reason);
    this.#dispatch({ type: 'close' });
    this.#cancelRetry();
    this.#login.close();
  }

  #dispatch(event: ProcessEvent): void {
    const before = this.#state.name;
    const { state, effects } = nextState(this.#state, event, monotonicNow(this.#clock));
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (state.name !== before) {
      this.#logger.debug('State of Lingma', { state: state.name, event: event.type });
      this.#events.tell('state', state.name);
    }
    this.#waiters.look();
  }

  #run(effect: ProcessEffect): void {
    this.#cancelRetry();
    if (effect.type === 'attempt') {
      this.#begin(effect.restart);
      return;
    }
    const ms = effect.jitter ? (this.#options.random ?? Math.random)() * effect.ms : effect.ms;
    const cancel = this.#clock.schedule(ms, () => {
      this.#retry = undefined;
      this.#dispatch({ type: 'retryDue' });
    });
    this.#retry = { at: monotonicNow(this.#clock) + ms, cancel };
  }

  #begin(restart: boolean): void {
    this.#supersede(shutDown());
    const attempt = new AbortController();
    this.#attempt = attempt;
    void this.#bringUp(restart, attempt.signal).then(
      () => this.#onOutcome(attempt, undefined),
      (error: unknown) => this.#onOutcome(attempt, error),
    );
  }

  async #bringUp(restart: boolean, signal: AbortSignal): Promise<void> {
    const { process, client } = this.#options;
    if (restart || this.#hangs) await process?.stop();
    this.#hangs = false;
    signal.throwIfAborted();
    await process?.start(signal);
    this.#hangs = process !== undefined;
    await client.connect({ signal });
    this.#hangs = false;
  }

  /** What a newer attempt, the end of the process or the end of all has overtaken says nothing any more. */
  #onOutcome(attempt: AbortController, thrown: unknown): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = undefined;
    if (thrown === undefined) {
      this.#lastError = undefined;
      this.#dispatch({ type: 'up' });
      this.#onLogin();
      return;
    }
    const error = toGatewayError(thrown);
    this.#failedAttempts++;
    this.#lastError = error;
    this.#logger.warn('Lingma cannot be reached', { reason: error.message, cause: error.cause });
    this.#dispatch({ type: 'startFailed', permanent: isPermanent(error) });
  }

  #supersede(reason: GatewayError): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.abort(reason);
  }

  #cancelRetry(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  #onClientState(state: ReturnType<SupervisedClient['status']>['state']): void {
    if (state === 'stopped' && this.#state.name === 'ready') this.#dispatch({ type: 'socketLost' });
    // A turn was faster: what is left to do is to look at it.
    if (state === 'ready' && !this.#state.attempting) {
      this.#dispatch({ type: this.#state.name === 'reconnecting' ? 'retryDue' : 'wanted' });
    }
  }

  #onLogin(): void {
    if (this.#state.name !== 'ready') return;
    const tell = (): void => this.#events.tell('login', this.login);
    tell();
    if (this.login.loggedIn === true) this.#login.succeeded();
    if (this.login.loggedIn === false) this.#login.begin(this.#options.client, this.#closing.signal, tell);
  }

  #whenReady(signal: AbortSignal): Promise<void> {
    const seen = this.#failedAttempts;
    const ms = this.#startupMs + ATTEMPT_END_MS;
    return this.#waiters.wait(() => this.#readiness(seen), { signal, ms, late: () => this.#notReady() });
  }

  /** `seen`: attempts that had failed when the waiting began. */
  #readiness(seen: number): true | GatewayError | undefined {
    const { name, attempting } = this.#state;
    if (name === 'ready') return true;
    if (name === 'closed') return shutDown();
    if (attempting) return undefined;
    // That nobody is there, or somebody else, need not be found out five times before it is told.
    const isLasting = this.#lastError?.shouldRetry === false || this.#lastErrorOfOthers() !== undefined;
    return name === 'failed' || (isLasting && this.#failedAttempts > seen) ? this.#notReady() : undefined;
  }

  /** Of a process that is not ours: it is there, and does not what it should. */
  #lastErrorOfOthers(): GatewayError | undefined {
    return this.#options.process === undefined && this.#lastError?.code !== 'not_ready' ? this.#lastError : undefined;
  }

  #notReady(): GatewayError {
    const error = this.#lastError;
    const ofOthers = this.#lastErrorOfOthers();
    if (ofOthers !== undefined) return ofOthers;
    const dueMs = this.#retry === undefined ? COME_BACK_MS : this.#retry.at - monotonicNow(this.#clock);
    return new GatewayError('not_ready', error?.message ?? 'Lingma is starting. Try again in a moment.', {
      retryAfterMs: this.#state.attempting ? 1000 : Math.max(1000, Math.ceil(dueMs)),
      ...(error !== undefined && { cause: error.cause ?? error }),
      ...(error?.shouldRetry === false && { shouldRetry: false as const }),
    });
  }
}

function shutDown(): GatewayError {
  return new GatewayError('shutting_down', 'This Lingma is being closed');
}
