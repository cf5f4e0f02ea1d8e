/**
 * The port behind which the process's own tools (protocol section 9.3) are run on this machine. Who may run what, the log
 * and the answer to the process stay on this side; `@lingma-gateway/host-tools` fills it.
 */
import type { Clock, JsonObject } from '../../../util/index.js';

/** Runs Lingma's own tools on this machine. One for any number of turns. */
export interface NativeToolRunner {
  /** Called with the first tool of a turn. */
  begin(turn: NativeToolTurn): NativeToolSession;
}

/** The turn that tools are run for. */
export interface NativeToolTurn {
  /** Files outside of it are out of reach, and commands start in it. */
  readonly cwd: string;
  /** `bash`, `zsh`, `powershell`: what the process was told of. */
  readonly shellType: string;
  readonly clock: Clock;
}

/** The tools of one turn. */
export interface NativeToolSession {
  run(call: NativeToolCall): Promise<NativeToolOutcome>;
  /** The turn is over: ends what still runs, and nothing changes on the host any more. Idempotent. */
  close(): void;
}

/** A call of one of Lingma's own tools. */
export interface NativeToolCall {
  readonly toolCallId: string;
  readonly name: string;
  readonly parameters: JsonObject;
}

/** What a tool came to, as Lingma is told. */
export interface NativeToolOutcome {
  readonly success: boolean;
  /** For the model; `''` when it succeeded. */
  readonly errorMessage: string;
  readonly result: JsonObject;
}
