/** An instance of a pool over a `LingmaClient` and whatever keeps the client's process there. */

import type { CallContext } from '../chat/index.js';
import { GatewayError, type ModelInfo } from '../chat/index.js';
import type { LingmaClient, LingmaTurn, LingmaTurnStream } from '../lingma/index.js';
import type { InstanceReport, InstanceState, PoolInstance, PoolInstanceEvents } from './instance-port.js';

/** Keeps the process of a client there, or the client at its process. */
export interface InstanceSupervisor {
  readonly state: InstanceState;
  /** Times the process was started again. */
  readonly restarts?: number;
  readonly lastError?: string | undefined;
  start(): void;
  /** @throws GatewayError `not_ready`, `login_required`, or the signal's reason */
  ready(signal: AbortSignal): Promise<void>;
  /** Absent: there is nothing to stop. */
  stop?(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
  kill(): void;
  on(event: 'state', listener: (state: InstanceState) => void): () => void;
  on(event: 'login', listener: (loggedIn: boolean) => void): () => void;
}

export interface InstanceParts {
  /** Becomes the instance's: closed with it. */
  readonly client: LingmaClient;
  readonly supervisor: InstanceSupervisor;
  readonly managed: boolean;
}

export class LingmaInstance implements PoolInstance {
  readonly managed: boolean;
  /** Absent: there is nothing to stop. */
  readonly stop?: () => Promise<void>;
  readonly #client: LingmaClient;
  readonly #supervisor: InstanceSupervisor;

  constructor({ client, supervisor, managed }: InstanceParts) {
    this.managed = managed;
    this.#client = client;
    this.#supervisor = supervisor;
    if (supervisor.stop !== undefined) this.stop = () => supervisor.stop?.() ?? Promise.resolve();
  }

  get state(): InstanceState {
    return this.#supervisor.state;
  }

  get loggedIn(): boolean | undefined {
    return this.#client.status().loggedIn;
  }

  get generation(): number {
    return this.#client.generation;
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#supervisor.start();
    try {
      await this.#supervisor.ready(signal);
    } catch (error) {
      // It runs; that nobody is logged in stands in `loggedIn`.
      if (!GatewayError.isInstance(error) || error.code !== 'login_required') throw error;
    }
  }

  restart(): Promise<void> {
    return this.#supervisor.restart();
  }

  streamTurn(turn: LingmaTurn, context: CallContext): LingmaTurnStream {
    return this.#client.streamTurn(turn, context);
  }

  listModels(context: CallContext): Promise<readonly ModelInfo[]> {
    return this.#client.listModels(context);
  }

  discardSession(sessionId: string): void {
    this.#client.discardSession(sessionId);
  }

  report(): InstanceReport {
    const { server, dialect } = this.#client.status();
    const { restarts = 0, lastError } = this.#supervisor;
    return {
      ...(server !== undefined && { server: `${server.name} ${server.version}`.trim() }),
      ...(dialect !== undefined && { dialect }),
      restarts,
      ...(lastError !== undefined && { lastError }),
    };
  }

  /** The client first: it still has sessions to delete. */
  async close(): Promise<void> {
    await this.#client.close();
    await this.#supervisor.close();
  }

  kill(): void {
    this.#supervisor.kill();
  }

  on<Name extends keyof PoolInstanceEvents>(
    event: Name,
    listener: (value: PoolInstanceEvents[Name]) => void,
  ): () => void {
    return event === 'state'
      ? this.#supervisor.on('state', listener as (state: InstanceState) => void)
      : this.#supervisor.on('login', listener as (loggedIn: boolean) => void);
  }
}
