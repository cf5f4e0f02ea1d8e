/** One run of an agent: started for its standard streams, and ended by the end of its input, `SIGTERM`, `SIGKILL`. */
import { type Clock, monotonicNow, sleep } from '../../../util/index.js';
import { StdioTransport } from '../../transport/stdio.js';
import type { FramingName } from '../../transport/transport.js';
import { holdProcess } from '../system/hold-process.js';
import { endGroup, endHelpers, killGroup } from '../system/process-group.js';
import { isGroupAlive } from '../system/process-table.js';
import { type ExitInfo, type SpawnedProcess, spawnProcess } from '../system/spawn-process.js';
import type { FoundProgram } from './find-program.js';

/** How long it may take to go by itself once its input has ended. */
const INPUT_END_MS = 2000;

/** Its output ends a moment before its end is known, which says more. */
const EXIT_NOTICE_MS = 500;

export interface AgentChildOptions {
  /** For the log. */
  readonly name: string;
  readonly program: FoundProgram;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly framing: FramingName;
  readonly clock: Clock;
  readonly onStderr: (text: string) => void;
  /** It has ended by itself. Returns what its connection ends with. */
  readonly onExit: (child: AgentChild, exit: ExitInfo) => Error;
}

export class AgentChild {
  readonly pid: number;
  readonly transport: StdioTransport;
  readonly startedAt: number;
  /** It has answered. */
  isReady = false;
  readonly #options: AgentChildOptions;
  readonly #exited: Promise<ExitInfo>;
  /** Resolves when it has ended, whoever wanted that. */
  readonly gone: Promise<void>;
  #hasExited = false;
  #ending: Promise<void> | undefined;

  /** @throws GatewayError `not_ready`: the system did not start it */
  static async start(options: AgentChildOptions): Promise<AgentChild> {
    const { program, args, cwd, env, onStderr } = options;
    const spawned = spawnProcess({
      ...{ bin: program.bin, args: [...program.args, ...args], cwd, env, talks: true },
      onOutput: (_, text) => onStderr(text),
    });
    const { pid, streams, started } = spawned;
    if (pid === undefined || streams === undefined) {
      await started;
      throw new Error('The system started nothing');
    }
    const child = new AgentChild(options, pid, streams, spawned);
    await started;
    return child;
  }

  private constructor(
    options: AgentChildOptions,
    pid: number,
    streams: NonNullable<SpawnedProcess['streams']>,
    { exited }: SpawnedProcess,
  ) {
    this.#options = options;
    this.pid = pid;
    this.startedAt = monotonicNow(options.clock);
    const { name, framing } = options;
    this.transport = new StdioTransport({
      ...{ address: name, ...streams, framing },
      onOutputEnd: (end) => void options.clock.schedule(EXIT_NOTICE_MS, end),
      onClosed: () => void this.end(),
    });
    this.#exited = exited;
    this.gone = exited.then((exit) => {
      this.#hasExited = true;
      // What it has started is of no use without it.
      endHelpers(pid);
      if (this.#ending === undefined) this.transport.end(options.onExit(this, exit));
    });
  }

  /** Resolves when nothing of it is left. Never rejects. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  kill(): void {
    this.#ending ??= Promise.resolve();
    killGroup(this.pid);
  }

  async #end(): Promise<void> {
    const { clock } = this.#options;
    // A gateway that is about to end would leave before it has seen this through.
    const letGo = holdProcess();
    try {
      this.transport.close();
      await Promise.race([this.#exited, sleep(INPUT_END_MS, undefined, clock)]);
      if (!this.#hasExited || isGroupAlive(this.pid)) await endGroup({ pid: this.pid, clock });
    } finally {
      letGo();
    }
  }
}
