/** An instance over a process that others started: found, connected to, and connected to again when it comes back. */
import { GatewayError } from '../chat/index.js';
import { LingmaClient, type LingmaClientOptions } from '../lingma/index.js';
import { abortable, type Clock, systemClock } from '../util/index.js';
import { type InstanceSupervisor, LingmaInstance } from './instance.js';
import type { InstanceFactory, InstanceState } from './instance-port.js';

/** Attempts in a row after which it counts as failed. */
const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

export function attachedInstance(options: LingmaClientOptions): InstanceFactory {
  return ({ clock, logger }) => {
    const client = new LingmaClient({ clock, logger, ...options });
    return new LingmaInstance({ client, supervisor: new AttachedSupervisor(client, clock), managed: false });
  };
}

type StateListener = (state: InstanceState) => void;

/** Connects again by itself, waiting longer each time; never starts, stops or kills anything. */
export class AttachedSupervisor implements InstanceSupervisor {
  readonly #client: LingmaClient;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #listeners = new Set<StateListener>();
  readonly #closing = new AbortController();
  #state: InstanceState = 'stopped';
  #attempts = 0;
  #attempt: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  #lastError: string | undefined;

  constructor(client: LingmaClient, clock: Clock = systemClock, random: () => number = Math.random) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
    client.on('state', (state) => this.#onClient(state));
  }

  get state(): InstanceState {
    return this.#state;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  start(): void {
    if (this.#state !== 'ready') this.#connect().catch(() => undefined);
  }

  ready(signal: AbortSignal): Promise<void> {
    return abortable(this.#state === 'ready' ? Promise.resolve() : this.#connect(), signal);
  }

  /** The process is not ours to start anew. */
  async restart(): Promise<void> {
    await this.ready(this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new GatewayError('shutting_down', 'The Lingma instance is closed'));
    this.#cancelRetry?.();
    this.#set('closed');
    this.#listeners.clear();
  }

  kill(): void {
    void this.close();
  }

  /** The client's login is looked at where it is needed: the process tells it to the client alone. */
  on(event: 'state' | 'login', listener: ((state: InstanceState) => void) | ((loggedIn: boolean) => void)): () => void {
    if (event === 'login') return () => undefined;
    const own: StateListener = (state) => (listener as StateListener)(state);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** All who ask at a time share one attempt. */
  #connect(): Promise<void> {
    this.#cancelRetry?.();
    if (this.#state === 'stopped') this.#set('starting');
    this.#attempt ??= this.#client.connect({ signal: this.#closing.signal }).then(
      () => {
        this.#attempt = undefined;
        this.#attempts = 0;
        this.#lastError = undefined;
        // Lost again already, perhaps.
        if (this.#client.status().state === 'ready') this.#set('ready');
      },
      (error: unknown) => {
        this.#attempt = undefined;
        this.#onFailure(error);
        throw error;
      },
    );
    return this.#attempt;
  }

  #onClient(state: InstanceState): void {
    // A turn may have connected it before we did.
    if (state === 'ready') {
      this.#attempts = 0;
      this.#set('ready');
    } else if (state === 'stopped' && this.#state === 'ready') {
      this.#set('reconnecting');
      this.#retryIn(0);
    }
  }

  #onFailure(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#attempts++;
    this.#lastError = GatewayError.isInstance(error) ? error.message : 'Connecting to Lingma failed';
    const isFailed = this.#attempts >= MAX_ATTEMPTS;
    this.#set(isFailed ? 'failed' : 'reconnecting');
    const longest = Math.min(FIRST_DELAY_MS * 2 ** (this.#attempts - 1), LONGEST_DELAY_MS);
    this.#retryIn(isFailed ? LONGEST_DELAY_MS : longest * this.#random());
  }

  #retryIn(ms: number): void {
    this.#cancelRetry?.();
    this.#cancelRetry = this.#clock.schedule(ms, () => this.start());
  }

  #set(state: InstanceState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
