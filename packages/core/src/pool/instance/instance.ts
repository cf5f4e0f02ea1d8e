/**
 * An instance of a pool over a `LingmaClient` and the supervisor that keeps it at its process. Both are made when it is
 * started and made anew after a stop, since neither comes back once it is closed.
 */
import { type CallContext, GatewayError, type ModelInfo } from '../../chat/index.js';
import {
  type BundleFiles,
  type LingmaClient,
  type LingmaTurn,
  type LingmaTurnStream,
  type LoginRequest,
  type ManagedProcess,
  type ManagedProcessStatus,
  type RawRequestOptions,
  readSessionFiles,
  type Supervisor,
} from '../../lingma/index.js';
import { type Clock, EventListeners, type JsonObject, type JsonValue, systemClock } from '../../util/index.js';
import type { InstanceReport, InstanceState, PoolInstance, PoolInstanceEvents } from './instance-port.js';
import { whenSignedIn } from './when-signed-in.js';

export interface InstanceParts {
  /** Closed by the supervisor. */
  readonly client: LingmaClient;
  readonly supervisor: Pick<
    Supervisor,
    'state' | 'lastError' | 'logIn' | 'ready' | 'restart' | 'close' | 'kill' | 'on'
  >;
  /** Absent: the process is somebody else's. */
  readonly process?: { status(): Pick<ManagedProcessStatus, 'restarts' | 'extensionRuntime'> };
  /** Where its login lies, if that is known. */
  readonly workDir?: string;
  /** What becomes of the login at the next start. Absent: it is not ours to start. */
  readonly session?: ManagedProcess['session'];
}

export interface LingmaInstanceOptions {
  readonly managed: boolean;
  /** Makes what it consists of; starts nothing. */
  readonly open: () => InstanceParts;
  /** Waited for before the first start. */
  readonly after?: Promise<void>;
  readonly clock?: Clock;
  /** Given what a listener throws. */
  readonly onListenerFailure?: (error: unknown) => void;
}

const notRunning = (): GatewayError =>
  new GatewayError('instance_not_running', 'This Lingma does not run, or is not ours to start');

export class LingmaInstance implements PoolInstance {
  readonly managed: boolean;
  readonly #open: () => InstanceParts;
  readonly #clock: Clock;
  readonly #events: EventListeners<PoolInstanceEvents>;
  #parts: InstanceParts | undefined;
  #unlisten: readonly (() => void)[] = [];
  /** What the next start waits for, and what is ending then. */
  #ending: { readonly parts?: InstanceParts; readonly done: Promise<void> } | undefined;
  #closed = false;
  /** Of the clients before this one. */
  #pastGenerations = 0;
  #pastRestarts = 0;

  constructor({ managed, open, after, clock = systemClock, onListenerFailure }: LingmaInstanceOptions) {
    this.managed = managed;
    this.#clock = clock;
    this.#open = open;
    this.#ending = after && { done: after };
    this.#events = new EventListeners(onListenerFailure);
  }

  get state(): InstanceState {
    if (this.#closed) return 'closed';
    return this.#parts?.supervisor.state ?? 'stopped';
  }

  get loggedIn(): boolean | undefined {
    return this.#parts?.client.loggedIn;
  }

  get isAgent(): boolean {
    return this.#parts?.client.isAgent === true;
  }

  get generation(): number {
    return this.#pastGenerations + (this.#parts?.client.generation ?? 0);
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#ending?.done;
    try {
      await this.#current().supervisor.ready(signal);
    } catch (error) {
      // It runs; that nobody is logged in stands in `loggedIn`.
      if (!GatewayError.isInstance(error) || error.code !== 'login_required') throw error;
    }
  }

  /** Its process ends, or its connections to that of somebody else. */
  async stop(): Promise<void> {
    await this.#end();
    if (!this.#closed) this.#events.tell('state', 'stopped');
  }

  async restart(): Promise<void> {
    if (this.#ending !== undefined) await this.#ending.done;
    if (this.managed) await this.#current().supervisor.restart();
    else {
      await this.stop();
      await this.start(new AbortController().signal);
    }
  }

  streamTurn(turn: LingmaTurn, context: CallContext): LingmaTurnStream {
    return this.#current().client.streamTurn(turn, context);
  }

  async listModels(context: CallContext): Promise<readonly ModelInfo[]> {
    return this.#current().client.listModels(context);
  }

  async queryModels(context: CallContext): Promise<JsonValue> {
    return this.#current().client.queryModels(context);
  }

  async request(method: string, params: JsonObject, options: RawRequestOptions): Promise<JsonValue> {
    return this.#current().client.request(method, params, options);
  }

  async signIn(request: LoginRequest): Promise<void> {
    await this.#running().supervisor.logIn(request);
  }

  async signOut(signal: AbortSignal): Promise<void> {
    const { client } = this.#running();
    await client.ask('auth/logout', {}, { signal });
    await client.checkLogin({ signal });
  }

  async exportSession(signal: AbortSignal): Promise<BundleFiles> {
    const { client, workDir } = this.#running();
    if (workDir === undefined) {
      throw new GatewayError('instance_not_running', 'It is not known where this Lingma keeps its login');
    }
    const files = (await client.checkLogin({ signal })) === true ? await readSessionFiles(workDir) : undefined;
    if (files === undefined || (files.get('cache/user')?.byteLength ?? 0) === 0) {
      throw new GatewayError('not_logged_in', 'Nobody is signed in to this Lingma');
    }
    return files;
  }

  async importSession(files: BundleFiles, signal: AbortSignal): Promise<void> {
    if (!this.managed || this.#closed) throw notRunning();
    const { client, session, supervisor } = this.#current();
    if (session === undefined) throw notRunning();
    session.replaceWith(files);
    try {
      await supervisor.restart(signal);
      await whenSignedIn(client, signal, this.#clock);
    } catch (error) {
      session.restore();
      // Its end is waited for by whoever takes turns; the failure is what was asked for.
      if (!this.#closed) supervisor.restart().catch(() => undefined);
      throw error;
    }
  }

  discardSession(sessionId: string): void {
    this.#parts?.client.discardSession(sessionId);
  }

  async settle(): Promise<void> {
    await this.#parts?.client.settle();
  }

  report(): InstanceReport {
    const { address, server, dialect, isAgent, remarks } = this.#parts?.client.status() ?? {};
    const { restarts = 0, extensionRuntime } = this.#parts?.process?.status() ?? {};
    const lastError = this.#parts?.supervisor.lastError;
    return {
      ...(address !== undefined && { address }),
      ...(server !== undefined && { server: `${server.name} ${server.version}`.trim() }),
      ...(dialect !== undefined && { dialect }),
      restarts: this.#pastRestarts + restarts,
      ...(extensionRuntime !== undefined && { extensionRuntime }),
      ...(lastError !== undefined && { lastError: lastError.message }),
      ...(isAgent !== undefined && { isAgent }),
      ...(remarks !== undefined && { remarks }),
    };
  }

  async close(): Promise<void> {
    const wasClosed = this.state === 'closed';
    this.#closed = true;
    const ending = this.#end();
    if (!wasClosed) this.#events.tell('state', 'closed');
    await ending;
  }

  /** Its connections are left to `close`. A process that is being asked to end is not waited for any longer either. */
  kill(): void {
    this.#ending?.parts?.supervisor.kill();
    this.#parts?.supervisor.kill();
  }

  on<Name extends keyof PoolInstanceEvents>(
    event: Name,
    listener: (value: PoolInstanceEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** @throws GatewayError `instance_not_running` */
  #running(): InstanceParts {
    const parts = this.#parts;
    if (this.#closed || parts?.supervisor.state !== 'ready') throw notRunning();
    return parts;
  }

  /** @throws GatewayError `shutting_down` */
  #current(): InstanceParts {
    if (this.#closed) throw new GatewayError('shutting_down', 'The Lingma instance is closed');
    if (this.#parts !== undefined) return this.#parts;
    const parts = this.#open();
    this.#parts = parts;
    this.#unlisten = [
      parts.supervisor.on('state', (state) => this.#events.tell('state', state)),
      parts.supervisor.on('login', ({ loggedIn }) => {
        if (loggedIn !== undefined) this.#events.tell('login', loggedIn);
      }),
    ];
    return parts;
  }

  async #end(): Promise<void> {
    const parts = this.#parts;
    if (parts !== undefined) {
      for (const unlisten of this.#unlisten) unlisten();
      // Sessions of the next client's are others, even if its process is the same.
      this.#pastGenerations = this.generation + 1;
      this.#pastRestarts += parts.process?.status().restarts ?? 0;
      this.#parts = undefined;
      this.#ending = { parts, done: parts.supervisor.close() };
    }
    const ending = this.#ending;
    await ending?.done;
    if (this.#ending === ending) this.#ending = undefined;
  }
}
