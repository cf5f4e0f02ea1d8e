/**
 * A standard ACP agent on its standard streams, a program such as the vendor's own command line: a process for each
 * connection that the client wants, with an empty folder and a home of its own. It fits a supervisor as a managed Lingma
 * does.
 */
import { GatewayError } from '../../../chat/index.js';
import { checkOptions, EventListeners, monotonicNow } from '../../../util/index.js';
import type { Connector } from '../../connection/connector-port.js';
import { createLineReader, OutputRing } from '../output/output-ring.js';
import type { ManagedProcessEvents } from '../process-options.js';
import { isPermanent, processError } from '../system/process-fault.js';
import type { ExitInfo } from '../system/spawn-process.js';
import type { AgentChild } from './agent-child.js';
import type { AgentFolders } from './agent-folders.js';
import { AGENT_RULES, type AgentProcessOptions, type AgentProcessSettings, resolveAgent } from './agent-options.js';
import type { FoundProgram } from './find-program.js';
import { type AgentParts, agentParts } from './load-agent.js';

/** What runs of an agent. */
export interface AgentProcessStatus {
  /** Of those that run now. */
  readonly pids: readonly number[];
  /** Starts after the first. */
  readonly restarts: number;
  /** What it wrote beside its messages: up to 200 lines and 64 KiB, without tokens. Not for clients. */
  readonly lastOutput: readonly string[];
}

const BACK_OFF_MS = 250;
const MAX_BACK_OFF_MS = 30_000;
/** Failures further apart have nothing to do with one another. */
const QUIET_MS = 60_000;
/** Ends before the first answer, in a row, after which another start is no use. */
const MAX_FAILED_STARTS = 3;
const FAILURE_LINES = 20;

/** An agent that speaks ACP on its standard streams: a process for each connection, kept apart from the user's own settings. */
export class AgentProcess {
  readonly #settings: AgentProcessSettings;
  /** There with the first process. */
  #folders: AgentFolders | undefined;
  readonly #events: EventListeners<ManagedProcessEvents>;
  readonly #output = new OutputRing();
  readonly #children = new Set<AgentChild>();
  #stopped = new AbortController();
  #stopping: Promise<void> | undefined;
  #starts = 0;
  #failures = 0;
  #failedStarts = 0;
  #lastFailure: { readonly at: number; readonly error: GatewayError } | undefined;

  /** @throws TypeError on options that are none */
  constructor(options: AgentProcessOptions) {
    checkOptions('AgentProcess', options, AGENT_RULES, { required: ['name', 'command', 'stateDir', 'env'] });
    this.#settings = resolveAgent(options);
    const { logger } = this.#settings;
    this.#events = new EventListeners((error) => logger.error('Listener of an agent failed', { error }));
  }

  /** The folder that its sessions are to work in: `cwd` of the client. */
  get cwd(): string {
    return this.#settings.work;
  }

  /**
   * Makes sure that it can be started; processes come with connections. Whoever calls this has waited long enough since the
   * last failure.
   *
   * @throws GatewayError `not_ready`, or the signal's reason
   */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#stopping;
    this.#lastFailure = undefined;
    await this.#find(agentParts.loaded ?? (await agentParts.load()));
    signal.throwIfAborted();
  }

  /** Ends all that runs, asking first. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.stop();
    await this.start(signal);
  }

  /** Ends it at once, asking nobody and waiting for nothing. */
  kill(): void {
    this.#stopped.abort(stopped());
    for (const child of this.#children) child.kill();
    this.#folders?.removeSync();
  }

  /** For a client: each connection is a process of its own. */
  readonly connector: Connector = async (_fresh, signal, greet) => {
    signal.throwIfAborted();
    await this.#stopping;
    this.#checkBackOff();
    const child = await this.#spawn(signal);
    try {
      await greet(child.transport, signal);
    } catch (error) {
      await child.end();
      throw error;
    }
    child.isReady = true;
    this.#failedStarts = 0;
    return child.transport;
  };

  status(): AgentProcessStatus {
    return {
      pids: [...this.#children].map(({ pid }) => pid),
      restarts: Math.max(0, this.#starts - 1),
      lastOutput: this.#output.last(),
    };
  }

  /** Returns the function that takes the listener back. */
  on<Name extends keyof ManagedProcessEvents>(
    event: Name,
    listener: (value: ManagedProcessEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  async #stop(): Promise<void> {
    const reason = stopped();
    this.#stopped.abort(reason);
    this.#stopped = new AbortController();
    await Promise.all([...this.#children].map((child) => child.end()));
    await this.#folders?.remove();
  }

  async #find({ findProgram }: AgentParts): Promise<FoundProgram> {
    const { command, package: name, env } = this.#settings;
    const found = await findProgram({ command, env, ...(name !== undefined && { package: name }) });
    if (found !== undefined) return found;
    const install = name === undefined ? '' : `Install it (npm install -g ${name}), or `;
    const message = `The agent’s program is not there. ${install === '' ? 'C' : `${install}c`}heck the setting lingma.command.`;
    throw processError(message, `${command}: not found`, { permanent: true });
  }

  async #spawn(signal: AbortSignal): Promise<AgentChild> {
    const { name, args, framing, clock, logger } = this.#settings;
    const over = this.#stopped.signal;
    const parts = agentParts.loaded ?? (await agentParts.load());
    const program = await this.#find(parts);
    this.#folders ??= new parts.AgentFolders(this.#settings);
    const folders = this.#folders;
    await folders.prepare().catch((error: unknown) => {
      throw processError('The folder of the agent cannot be made.', String(error), { cause: error });
    });
    signal.throwIfAborted();
    over.throwIfAborted();
    const reader = createLineReader([], () => undefined);
    const child = await parts.AgentChild.start({
      ...{ name, program, args, framing, clock, cwd: folders.work, env: folders.env() },
      onStderr: (text) => this.#note(reader.read(text)),
      onExit: (exited, exit) => {
        this.#note(reader.end());
        return this.#onExit(exited, exit);
      },
    }).catch((error: unknown) => {
      throw this.#failed(notStarted(error));
    });
    this.#starts++;
    this.#children.add(child);
    void child.gone.then(() => {
      this.#children.delete(child);
      return folders.ended(child.pid);
    });
    logger.info('Agent started', { pid: child.pid });
    await folders.started(child.pid);
    if (over.aborted || signal.aborted) {
      await child.end();
      throw over.aborted ? over.reason : signal.reason;
    }
    return child;
  }

  #note(lines: readonly string[]): void {
    for (const text of lines) {
      this.#output.push(text);
      this.#settings.logger.debug(text, { source: 'stderr' });
      this.#events.tell('line', { source: 'stderr', text });
    }
  }

  #onExit(child: AgentChild, exit: ExitInfo): Error {
    const { logger } = this.#settings;
    if (!child.isReady) this.#failedStarts++;
    const error = this.#failed(this.#exitError(exit));
    logger.warn('Agent ended', { pid: child.pid, ...exit });
    this.#children.delete(child);
    if (this.#children.size === 0) {
      const told = { error, beforeReady: !child.isReady, permanent: isPermanent(error) };
      // Once whoever waits for this run knows of its end.
      queueMicrotask(() => this.#events.tell('exit', told));
    }
    return error;
  }

  #exitError({ code, signal }: ExitInfo): GatewayError {
    const permanent = this.#failedStarts >= MAX_FAILED_STARTS;
    const how = signal === undefined ? `it ended with code ${code ?? 'unknown'}` : `it ended by ${signal}`;
    const message = permanent
      ? 'The agent ends as soon as it is started. The gateway’s log holds its last words.'
      : 'The agent ended and is started anew. Try again in a moment.';
    return processError(message, how, { permanent, output: this.#output.last(FAILURE_LINES) });
  }

  #failed(error: GatewayError): GatewayError {
    const at = monotonicNow(this.#settings.clock);
    const isNew = this.#lastFailure === undefined || at - this.#lastFailure.at > QUIET_MS;
    this.#failures = isNew ? 1 : this.#failures + 1;
    this.#lastFailure = { at, error };
    return error;
  }

  /** @throws GatewayError the last failure, with the time to come back at */
  #checkBackOff(): void {
    const last = this.#lastFailure;
    if (last === undefined) return;
    const waitMs = Math.min(MAX_BACK_OFF_MS, BACK_OFF_MS * 2 ** (this.#failures - 1));
    const left = last.at + waitMs - monotonicNow(this.#settings.clock);
    if (left <= 0) return;
    throw new GatewayError('not_ready', last.error.message, { cause: last.error.cause, retryAfterMs: Math.ceil(left) });
  }
}

/** The words of {@link processError}s about Lingma's own program do not fit. */
function notStarted(error: unknown): GatewayError {
  const cause = GatewayError.isInstance(error) && error.cause instanceof Error ? error.cause : error;
  return processError('The agent’s program could not be started.', String(cause), {
    permanent: isPermanent(error),
    cause: error,
  });
}

function stopped(): GatewayError {
  return new GatewayError('shutting_down', 'This agent is being stopped');
}
