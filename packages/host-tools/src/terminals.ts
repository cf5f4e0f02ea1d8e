/** The commands of one turn: those waited for, and those in the background, which go when the turn goes. */
import type { Clock } from '@lingma-gateway/core';
import { HostToolError } from './host-tool-error.js';
import { ShellCommand } from './shell-command.js';

export interface TerminalsOptions {
  readonly cwd: () => Promise<string>;
  readonly shellType: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Kills them all. */
  readonly signal: AbortSignal;
  /** For a command that is waited for. Default 120 000. */
  readonly commandTimeoutMs?: number;
  /** Default 256 KiB. */
  readonly maxOutputBytes?: number;
}

const MAX_BACKGROUND = 8;
/** Of which the output is kept, ended ones included; of those the oldest is forgotten first. */
const MAX_KEPT = 32;

export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #background = new Map<string, ShellCommand>();
  #opened = 0;

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /** Milliseconds a command that is waited for may take. */
  get timeoutMs(): number {
    return this.#options.commandTimeoutMs ?? 120_000;
  }

  async run(command: string): Promise<ShellCommand> {
    const started = this.#start(command, this.timeoutMs, await this.#options.cwd());
    await started.done;
    return started;
  }

  /** Returns its id. @throws HostToolError when too many run already */
  async open(command: string, toolCallId: string): Promise<{ readonly id: string; readonly command: ShellCommand }> {
    // Nothing is awaited between the count and the start.
    const cwd = await this.#options.cwd();
    const running = [...this.#background.values()].filter(({ end }) => end === undefined);
    if (running.length >= MAX_BACKGROUND) {
      throw new HostToolError(`${MAX_BACKGROUND} commands run in the background already`);
    }
    const taken = toolCallId === '' || this.#background.has(toolCallId);
    const id = taken ? `terminal-${this.#opened + 1}` : toolCallId;
    const started = this.#start(command, Number.POSITIVE_INFINITY, cwd);
    this.#opened++;
    this.#forgetOldest();
    this.#background.set(id, started);
    return { id, command: started };
  }

  /** Without an id: the only one there is. @throws HostToolError when there is no such terminal */
  find(id: string | undefined): ShellCommand {
    const only = this.#background.size === 1 ? [...this.#background.values()][0] : undefined;
    const found = id === undefined ? only : this.#background.get(id);
    if (found === undefined) throw new HostToolError('There is no terminal of this id');
    return found;
  }

  /** Makes room for one more. */
  #forgetOldest(): void {
    if (this.#background.size < MAX_KEPT) return;
    const oldest = [...this.#background].find(([, { end }]) => end !== undefined);
    if (oldest !== undefined) this.#background.delete(oldest[0]);
  }

  #start(command: string, timeoutMs: number, cwd: string): ShellCommand {
    const { shellType, env, clock, signal, maxOutputBytes = 256 * 1024 } = this.#options;
    return new ShellCommand({ command, cwd, shellType, env, timeoutMs, maxOutputBytes, clock, signal });
  }
}
