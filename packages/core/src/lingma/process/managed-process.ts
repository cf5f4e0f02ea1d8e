/**
 * A Lingma process of the gateway's own, in a work folder of its own: started, watched, ended, and found again when the
 * gateway has died over it. When to start it anew is for the supervisor to say.
 *
 * Over 250 lines: its start, its watch and its end share one state.
 */
import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../chat/index.js';
import { abortable, checkOptions, Deadline, EventListeners } from '../../util/index.js';
import type { Connector } from '../connection/connector-port.js';
import { describeAddress } from '../transport/address.js';
import { type RunParts, runParts } from './load-run.js';
import { type SessionReplacement, SessionSwap } from './login/session-swap.js';
import type { ProcessOutput } from './output/process-output.js';
import { ProcessConnector } from './process-connector.js';
import {
  type ManagedProcessEvents,
  type ManagedProcessOptions,
  type ManagedProcessStatus,
  PROCESS_RULES,
  type ProcessSettings,
  resolveProcess,
} from './process-options.js';
import type { ProcessRun } from './process-run.js';
import type { RunHost } from './start-run.js';
import { isPermanent, processError } from './system/process-fault.js';
import type { ExitInfo } from './system/spawn-process.js';
import type { WorkDirLock } from './work-dir-lock.js';

/** Ends within a second of a start, in a row, after which another start is no use. */
const MAX_QUICK_EXITS = 3;
const FAILURE_LINES = 20;

/** A Lingma process of one's own: started in a work folder, watched, and ended with all that it has started. */
export class ManagedProcess {
  #settings: ProcessSettings;
  #host: Omit<RunHost, 'table'>;
  /** There with the first start. */
  #parts: RunParts | undefined;
  readonly #events: EventListeners<ManagedProcessEvents>;
  readonly #connector: ProcessConnector;
  #lock: WorkDirLock | undefined;
  #run: ProcessRun | undefined;
  #output: ProcessOutput | undefined;
  #cancel = new AbortController();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #runs = 0;
  #quickExits = 0;
  #repairTried = false;
  #runtime: 'ok' | 'missing' | undefined;
  readonly #session: SessionSwap;

  /** @throws TypeError on options that are none */
  constructor(options: ManagedProcessOptions) {
    checkOptions('ManagedProcess', options, PROCESS_RULES, { required: ['name', 'workDir', 'binary', 'env'] });
    this.#settings = resolveProcess(options);
    const { logger } = this.#settings;
    this.#events = new EventListeners((error) => logger.error('Listener of a Lingma process failed', { error }));
    this.#connector = new ProcessConnector(() => this.#run, this.#settings.clock);
    this.#session = new SessionSwap(this.#settings);
    this.#host = {
      settings: this.#settings,
      openOutput: () => this.#openOutput(),
      onRun: (run) => {
        this.#run = run;
        this.#runs++;
      },
      onExit: (run, exit, isQuick) => this.#onExit(run, exit, isQuick),
    };
  }

  /**
   * Brings it up, or does nothing where it is up: taken over from a gateway that died, else started. All who ask at a time
   * get the same start; the signal ends the waiting alone.
   *
   * @throws GatewayError `not_ready`; its cause, for the log, holds the last lines of output
   */
  start(signal: AbortSignal): Promise<void> {
    if (this.#stopping === undefined && this.#run?.address !== undefined) return Promise.resolve();
    this.#starting ??= this.#bringUp().finally(() => {
      this.#starting = undefined;
    });
    return abortable(this.#starting, signal);
  }

  /** Ends it with all it has started, asking first, and gives the work folder free. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => {
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
    this.#cancel.abort(stopped());
    this.#run?.kill();
    if (this.#lock === undefined || this.#parts === undefined) return;
    this.#lock = undefined;
    for (const name of [this.#parts.OWNERSHIP_FILE, this.#parts.LOCK_FILE])
      rmSync(join(this.#settings.workDir, name), { force: true });
  }

  /** The next start has this service (`--endpoint`). */
  useEndpoint(endpoint: string): void {
    this.#settings = { ...this.#settings, endpoint };
    this.#host = { ...this.#host, settings: this.#settings };
  }

  /** What becomes of its login at the next start. */
  get session(): SessionReplacement {
    return this.#session;
  }

  get workDir(): string {
    return this.#settings.workDir;
  }

  /** For a client: waits while the process starts, for as long as the client lets it. Starts nothing itself. */
  get connector(): Connector {
    return this.#connector.connect;
  }

  status(): ManagedProcessStatus {
    const run = this.#run;
    return {
      ...(run !== undefined && { pid: run.facts.pid, ports: run.facts.ports }),
      ...(run?.facts.adopted === true && { adopted: true }),
      ...(run?.address !== undefined && { address: describeAddress(run.address) }),
      ...(this.#runtime !== undefined && { extensionRuntime: this.#runtime }),
      restarts: Math.max(0, this.#runs - 1),
      lastOutput: this.#output?.last() ?? [],
    };
  }

  /** Returns the function that takes the listener back. */
  on<Name extends keyof ManagedProcessEvents>(
    event: Name,
    listener: (value: ManagedProcessEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  async #bringUp(): Promise<void> {
    await this.#stopping;
    const { workDir } = this.#settings;
    const cancel = new AbortController();
    this.#cancel = cancel;
    try {
      await makeFolder(workDir);
      const parts = runParts.loaded ?? (await runParts.load());
      this.#parts = parts;
      const table = parts.processTable();
      this.#lock ??= await parts.lockWorkDir(workDir, table);
      const adopted = await parts.adoptRun({ ...this.#host, table }, cancel.signal);
      if (adopted === undefined) await this.#spawn(parts, table, cancel);
      this.#quickExits = 0;
      this.#connector.up();
    } catch (thrown) {
      if (this.#run?.address === undefined) this.#run = undefined;
      const error = GatewayError.isInstance(thrown)
        ? thrown
        : processError('Lingma could not be started.', String(thrown), { cause: thrown });
      this.#connector.fail(error);
      throw error;
    }
  }

  /** To fetch the program may take minutes: its time to come up begins when it is there. */
  async #spawn(parts: RunParts, table: RunHost['table'], cancel: AbortController): Promise<void> {
    const { binary, clock, startupMs } = this.#settings;
    const bin = await abortable(binary.locate(cancel.signal), cancel.signal);
    const limit = new Deadline(startupMs, () => cancel.abort(this.#tooSlow()), clock);
    try {
      await this.#session.apply();
      await parts.spawnRun({ ...this.#host, table }, bin, cancel.signal);
    } finally {
      limit.clear();
    }
  }

  async #end(): Promise<void> {
    this.#cancel.abort(stopped());
    await this.#starting?.catch(() => undefined);
    await this.#run?.end();
    this.#run = undefined;
    this.#connector.fail(stopped());
    await this.#lock?.release().catch(() => undefined);
    this.#lock = undefined;
  }

  #onExit(run: ProcessRun, exit: ExitInfo, isQuick: boolean): Error {
    this.#quickExits = isQuick ? this.#quickExits + 1 : 0;
    const error = this.#exitError(run, exit);
    const beforeReady = run.address === undefined;
    this.#run = undefined;
    this.#settings.logger.warn('Lingma ended', { pid: run.facts.pid, ...exit });
    // Once whoever waits for this run knows of its end.
    queueMicrotask(() => this.#events.tell('exit', { error, beforeReady, permanent: isPermanent(error) }));
    return error;
  }

  #exitError({ facts, address }: ProcessRun, { code, signal }: ExitInfo): GatewayError {
    const output = facts.output.last(FAILURE_LINES);
    const isForeign =
      facts.format === 'other' || output.some((line) => /exec format error|cannot execute binary/i.test(line));
    if (address === undefined && isForeign && this.#parts !== undefined)
      return this.#parts.wrongFormat(facts.bin, output);
    const how = signal === undefined ? `it ended with code ${code ?? 'unknown'}` : `it ended by ${signal}`;
    const permanent = this.#quickExits >= MAX_QUICK_EXITS;
    const message = permanent
      ? 'Lingma ends as soon as it is started. The gateway’s log holds its last words.'
      : 'Lingma ended and is started anew. Try again in a moment.';
    return processError(message, how, { permanent, output });
  }

  #tooSlow(): GatewayError {
    const output = this.#output?.last(FAILURE_LINES) ?? [];
    const detail = `it did not answer within ${this.#settings.startupMs} ms`;
    return processError('Lingma did not come up in time. Try again in a moment.', detail, { output });
  }

  async #openOutput(): Promise<ProcessOutput> {
    const { workDir, clock, logger } = this.#settings;
    this.#runtime = undefined;
    const { ProcessOutput: Output } = this.#parts ?? (await runParts.load());
    const output = new Output({
      ...{ workDir, clock, logger },
      onLine: (line) => this.#events.tell('line', line),
      onRuntime: (state) => this.#onRuntime(state),
    });
    this.#output = output;
    await output.start();
    return output;
  }

  #onRuntime(state: 'ok' | 'missing'): void {
    if (this.#runtime === 'missing') return;
    this.#runtime = state;
    if (state === 'ok') return;
    this.#settings.logger.warn('Lingma misses its extension runtime: extensions and MCP are off');
    if (this.#repairTried) return;
    this.#repairTried = true;
    void this.#repair();
  }

  async #repair(): Promise<void> {
    const { binary, logger } = this.#settings;
    try {
      const repaired = await binary.repair?.('extension-runtime-missing', this.#cancel.signal);
      if (repaired === true) this.#events.tell('repaired', undefined);
    } catch (error) {
      logger.warn('The extension runtime of Lingma could not be repaired', { cause: error });
    }
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw processError('The work folder of Lingma cannot be made.', `${path}: ${String(error)}`, { cause: error });
  }
}

function stopped(): GatewayError {
  return new GatewayError('shutting_down', 'This Lingma is being stopped');
}
