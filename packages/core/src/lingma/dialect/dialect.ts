/**
 * The port between `LingmaClient` and the two ways to hold a conversation with the process. A dialect owns nothing
 * beyond one turn: connections and sessions belong to the client.
 */
import type {
  CallContext,
  ChatEventStream,
  ChatWarning,
  MediaPart,
  SessionMode,
  TokenCounter,
  ToolDefinition,
  TranscriptEntry,
} from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { HostToolSettings } from '../host-tools/host-tool-run.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';

export type DialectName = 'acp' | 'lsp-chat';
/**
 * What becomes of Lingma's own tools that are none of the caller's: refused, refused and told to the caller (`report`), or
 * allowed and run on this machine.
 */
export type NativeToolPolicy = 'refuse' | 'report' | 'run';
export type TurnMode = 'chat' | 'agent';

export interface LingmaDialect {
  readonly name: DialectName;
  /**
   * A session to run turns in. LSP chat has no such call: it returns `''` and the process names the session in the
   * first event of the turn.
   */
  openSession(peer: JsonRpcPeer, settings: SessionSettings, context: CallContext): Promise<string>;
  /** Runs one turn. `outcome` settles (never rejects) once the process is done with it or was given up on. */
  runTurn(peer: JsonRpcPeer, turn: DialectTurn, context: CallContext): RunningTurn;
}

export interface SessionSettings {
  readonly cwd: string;
  /** Selected before the first prompt (ACP `session/set_model`); absent: the account's default. */
  readonly modelKey?: string;
  readonly abandon: AbandonSession;
}

/**
 * Takes a session that nobody will use, made already or on its way; it is to be deleted. `''` or a rejection: there is
 * none after all.
 */
export type AbandonSession = (session: Promise<string>) => void;

export interface RunningTurn {
  readonly events: ChatEventStream;
  readonly outcome: Promise<TurnOutcome>;
}

export interface TurnOutcome {
  /** `''` when the process never named one. */
  readonly sessionId: string;
  /** True only after a clean end: a cancelled or failed turn leaves its session in an unknown state. */
  readonly reusable: boolean;
  /** The visible text of the answer, for the fingerprint of a session that is used again. */
  readonly text: string;
  /** A further session that was made on the way; it is to be deleted. */
  readonly strayId?: string;
  /** What the process still owes could be taken for the answer to the next question: no other turn may run there. */
  readonly tainted?: boolean;
}

/** A turn as the dialect sends it: everything resolved. */
export interface DialectTurn {
  readonly sessionId: string;
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
  /** Tools whose native calls become the caller's; all others are hidden. */
  readonly callerTools?: readonly ToolDefinition[];
  /** Present: native calls that are not the caller's are allowed and run on this machine; absent: refused. */
  readonly hostTools?: HostToolSettings;
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

/** A turn as callers of `LingmaClient.streamTurn` give it. */
export interface LingmaTurn {
  /** What was said, oldest first; the last entry is usually the user's. */
  readonly messages: readonly TranscriptEntry[];
  /** Key or display name, any case; unknown or absent: the default model. */
  readonly model?: string;
  /** Default: the client's `mode`. */
  readonly mode?: TurnMode;
  /** Default: the client's `sessionMode`. */
  readonly sessionMode?: SessionMode;
  /** Pictures of this turn, inline (base64 or `data:` URL). Absent: those of the last user message. */
  readonly images?: readonly (MediaPart | PreparedImage)[];
  /** The caller's tools: native calls of these are passed on, never run. */
  readonly tools?: readonly ToolDefinition[];
  /** Size of the prompt as the caller counts it, for usage the process does not report. Default: that of `messages`. */
  readonly inputTokens?: () => number;
  /** For all that the process does not report. Default: an estimate by kinds of characters. */
  readonly tokenCounter?: TokenCounter;
  /** LSP chat hands it to the process, in agent mode whatever `mode` says; ACP has no place for it. */
  readonly toolConfig?: JsonObject;
  /** Tools were used earlier in the conversation: LSP chat runs it in agent mode, with or without `toolConfig`. */
  readonly hasToolContext?: boolean;
}
