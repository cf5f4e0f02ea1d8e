/** What callers of the client ask for. */
import type { MediaPart, SessionMode, TokenCounter, ToolDefinition, TranscriptEntry } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { TurnMode } from '../protocol/dialect-name.js';
import type { PreparedImage } from '../turn/turn-contract.js';

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
