/** One life of a process, started here or taken over: its note in the work folder, its output, its end. */
import { setMaxListeners } from 'node:events';
import { type Clock, monotonicNow } from '../../util/index.js';
import type { LingmaAddress } from '../transport/address.js';
import type { ProcessOutput } from './output/process-output.js';
import { removeOwnership, writeOwnership } from './ownership.js';
import type { ProgramFormat } from './system/check-binary.js';
import type { PortPair } from './system/free-ports.js';
import { endGroup, endHelpers, killGroup } from './system/process-group.js';
import { isSameProcess, type ProcessTable } from './system/process-table.js';
import type { ExitInfo } from './system/spawn-process.js';

export interface RunFacts {
  readonly pid: number;
  readonly adopted: boolean;
  readonly bin: string;
  readonly format: ProgramFormat;
  readonly ports: PortPair;
  readonly output: ProcessOutput;
}

export interface RunSettings {
  readonly workDir: string;
  readonly clock: Clock;
  readonly table: ProcessTable;
}

const ADOPTED_LOOK_MS = 500;
/** Who ends so soon after its start will do so again. */
const QUICK_EXIT_MS = 1000;

export class ProcessRun {
  /** Where it can be talked to, once it can. */
  address: LingmaAddress | undefined;
  readonly #settings: RunSettings;
  readonly #ended = new AbortController();
  readonly #startedAt: number;
  #ending = false;
  /** As the system tells it: a process of the same number that was started at another time is another one. */
  #processStart: string | undefined;
  #unwatch = (): void => undefined;

  constructor(
    readonly facts: RunFacts,
    settings: RunSettings,
  ) {
    this.#settings = settings;
    this.#startedAt = monotonicNow(settings.clock);
    // One for each connection that is lost with it.
    setMaxListeners(0, this.#ended.signal);
  }

  /** Aborted when it has ended by itself; the reason says how. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Its end is the gateway's wish. */
  get ending(): boolean {
    return this.#ending;
  }

  /** So that a later gateway knows it. */
  async note(): Promise<void> {
    const { pid, bin, ports } = this.facts;
    const { workDir, clock, table } = this.#settings;
    const processStart = await table.startedAt(pid);
    this.#processStart = processStart;
    await writeOwnership(workDir, {
      ...{ pid, startedAt: clock.now(), bin, ...ports, gatewayPid: process.pid },
      ...(processStart !== undefined && { processStart }),
    });
  }

  /** `onExit` is called once it has ended by itself and its last words are read; `exit` where it is no child of ours: none. */
  watch(exit: Promise<ExitInfo> | undefined, onExit: (exit: ExitInfo, isQuick: boolean) => Error): void {
    const settle = async (info: ExitInfo): Promise<void> => {
      const isQuick = !this.facts.adopted && monotonicNow(this.#settings.clock) - this.#startedAt < QUICK_EXIT_MS;
      // Its helpers are of no use without it.
      endHelpers(this.facts.pid);
      if (this.#ending) return;
      await this.facts.output.end();
      await removeOwnership(this.#settings.workDir).catch(() => undefined);
      if (!this.#ending) this.#ended.abort(onExit(info, isQuick));
    };
    if (exit === undefined) this.#look(settle);
    else void exit.then(settle);
  }

  #look(settle: (info: ExitInfo) => Promise<void>): void {
    this.#unwatch = this.#settings.clock.schedule(ADOPTED_LOOK_MS, async () => {
      if (this.#ending) return;
      if (await this.#isThere()) this.#look(settle);
      else await settle({ code: undefined, signal: undefined });
    });
  }

  #isThere(): Promise<boolean> {
    return isSameProcess({ pid: this.facts.pid, startedAt: this.#processStart }, this.#settings.table);
  }

  /** Resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#unwatch();
    if (!this.facts.adopted || (await this.#isThere())) {
      await endGroup({ pid: this.facts.pid, clock: this.#settings.clock });
    }
    await this.facts.output.end();
    await removeOwnership(this.#settings.workDir).catch(() => undefined);
  }

  kill(): void {
    this.#ending = true;
    this.#unwatch();
    killGroup(this.facts.pid);
  }
}
