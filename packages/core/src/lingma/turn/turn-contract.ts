/** A turn as it is handed to a dialect, and what is handed back. */
import type { ChatEventStream, ChatWarning, ToolDefinition } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { TurnMode } from '../protocol/dialect-name.js';
import type { NativeToolRunner } from './native-tools/native-tool-runner.js';

export interface RunningTurn {
  readonly events: ChatEventStream;
  readonly outcome: Promise<DialectOutcome>;
  /** What {@link outcome} resolves with, from the moment on in which that is known. */
  ended(): DialectOutcome | undefined;
}

export interface DialectOutcome {
  /** `''` when the process never named one. */
  readonly sessionId: string;
  /** True only after a clean end: a cancelled or failed turn leaves its session in an unknown state. */
  readonly reusable: boolean;
  /** The visible text of the answer, for the fingerprint of a session that is used again. */
  readonly text: string;
  /** Tokens that fit into the context of the model that answered, where the process tells. */
  readonly contextTokens?: number;
}

/** A turn as the dialect sends it: everything resolved. */
export interface DialectTurn {
  readonly sessionId: string;
  /** The session has seen what came before: the prompt is only what is new. */
  readonly continues?: boolean;
  /** The `key` of `config/queryModels`; absent: the account's default. */
  readonly modelKey?: string;
  readonly mode: TurnMode;
  readonly prompt: string;
  readonly images: readonly PreparedImage[];
  /** LSP chat `tool_config` (section 7.6), beside the contract in the prompt. */
  readonly toolConfig?: JsonObject;
  /** The conversation is about tools, offered now or used before: LSP chat runs it in agent mode. */
  readonly hasToolContext?: boolean;
  readonly cwd: string;
  readonly currentFilePath: string;
  readonly shellType: string;
  readonly deadlines: TurnDeadlines;
  /** Other turns may be on the connection: it is not held up for this one. */
  readonly sharesConnection?: boolean;
  /** Tools whose native calls become the caller's; all others are hidden. */
  readonly callerTools?: readonly ToolDefinition[];
  /** Present: native calls that are not the caller's are allowed and run by it; absent: refused. */
  readonly nativeToolRunner?: NativeToolRunner;
  /** Native calls that are not the caller's appear as calls that ran upstream, with their results. */
  readonly reportNativeTools?: boolean;
  /** Told to the caller in `response-start`. */
  readonly warnings?: readonly ChatWarning[];
  /** Sizes for what the process does not report; absent: four characters a token. */
  readonly tokens?: TokenEstimate;
}

export interface TokenEstimate {
  /** Size of the conversation as the caller sees it. Called once at most, when somebody first wants to know. */
  input(): number;
  count(text: string): number;
}

/** A picture as bytes, ready for either dialect. */
export interface PreparedImage {
  readonly mediaType: string;
  /** Base64 without line breaks. */
  readonly data: string;
}

/** All in milliseconds. Each ends the turn with `upstream_timeout` and a message of its own. */
export interface TurnDeadlines {
  /** Until the first event of the answer. */
  readonly firstEventMs: number;
  /** Between two events. Does not run while the reader holds the stream up. */
  readonly idleMs: number;
  readonly totalMs: number;
}
