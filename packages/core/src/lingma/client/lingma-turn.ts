/**
 * What callers of the client ask for, and what they are told of it beside the answer. A turn is checked where a caller gives it:
 * what is wrong with it is no failure of the process.
 */
import type {
  ChatEventStream,
  MediaPart,
  ModelChooser,
  SessionMode,
  TokenCounter,
  ToolDefinition,
  TranscriptEntry,
} from '../../chat/index.js';
import { checkOptions, type JsonObject, nearestName, type OptionRules, withMethods } from '../../util/index.js';
import type { TurnMode } from '../protocol/dialect-name.js';
import type { KnownSession } from '../session/session-policy.js';
import type { PreparedImage } from '../turn/turn-contract.js';

/** A turn as callers of `LingmaClient.streamTurn` give it. */
export interface LingmaTurn {
  /** What was said, oldest first; the last entry is usually the user's. */
  readonly messages: readonly TranscriptEntry[];
  /** Key or display name, any case; unknown or absent: the default model. The agent's name asks for agent mode. */
  readonly model?: string;
  /** Decides which of the process's models answers, once they are known; comes before `model`. */
  readonly chooseModel?: ModelChooser;
  /** Default: the client's `mode`. */
  readonly mode?: TurnMode;
  /** Default: the client's `sessionMode`. */
  readonly sessionMode?: SessionMode;
  /**
   * Goes on in this session of Lingma's, which has seen the first `knownCount` messages: only those after them are sent.
   * Comes before `sessionMode`. The session is the client's from now on: it is deleted unless the turn ends well and
   * `keepSession` is set. A session that the process does not know any more, or that is broken, is replaced by a fresh one
   * with all messages, if nothing of an answer came; the caller learns of it by `TurnOutcome.continued` alone.
   */
  readonly session?: KnownSession;
  /**
   * After a clean end the session is not deleted: it is the caller's, to go on in (`session`) or to give up
   * (`LingmaClient.discardSession`). Default false. `sessionMode` says nothing then.
   */
  readonly keepSession?: boolean;
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

/** What became of a turn's session. */
export interface TurnOutcome {
  /** `''` when the process never named one. */
  readonly sessionId: string;
  /**
   * The session was kept (`keepSession`) and has seen all messages and the answer. After an error, a time-out or a
   * cancellation, a call of a tool by Lingma's own means included, nobody knows what it holds: then it is deleted.
   */
  readonly reusable: boolean;
  /** The visible text of the answer as the session holds it. */
  readonly text: string;
  /** The turn went on in the session that it named. */
  readonly continued: boolean;
}

/** A turn's events, and what became of its session. */
export interface LingmaTurnStream extends ChatEventStream {
  /**
   * Once the process is done with the turn or was given up on; never rejects. `undefined`: the turn never reached it, or
   * the stream was never read.
   */
  outcome(): Promise<TurnOutcome | undefined>;
  /**
   * What {@link LingmaTurnStream.outcome} resolves with, where the turn has come to its end, as for most it has with the last event.
   * `undefined`: it is to be waited for.
   */
  ended?(): TurnOutcome | undefined;
}

/** Any object will do where others make it. */
const TURN_RULES: OptionRules<LingmaTurn> = {
  messages: 'any',
  model: 'string',
  chooseModel: 'function',
  mode: ['chat', 'agent'],
  sessionMode: ['auto', 'reuse', 'fresh'],
  session: 'object',
  keepSession: 'boolean',
  images: 'any',
  tools: 'any',
  inputTokens: 'function',
  tokenCounter: withMethods('count'),
  toolConfig: 'object',
  hasToolContext: 'boolean',
};

const RULES: Readonly<Record<string, unknown>> = { ...TURN_RULES, affinity: 'function' };
const ENTRY_NAMES: readonly string[] = ['role', 'text', 'images', 'isForeign'];
const ROLES: readonly unknown[] = ['system', 'user', 'assistant'];

/**
 * @param owner as the error names it: `LingmaClient.complete()`
 * @throws TypeError
 */
export function checkTurn(owner: string, turn: unknown): void {
  if (typeof turn !== 'object' || turn === null) {
    throw new TypeError(`${owner} takes a turn: { messages: [{ role: 'user', text: '…' }] }`);
  }
  const messages = Object.getOwnPropertyDescriptor(turn, 'messages');
  // Made when they are asked for, they are the channel's, which has checked what they are made of.
  if (messages?.get !== undefined) return;
  checkOptions<object>(owner, turn, RULES as OptionRules<object>);
  const entries: unknown = messages?.value;
  if (!Array.isArray(entries)) throw new TypeError(`${owner}: "messages" must be a list of { role, text }`);
  for (const [index, entry] of entries.entries()) checkEntry(owner, `messages[${index}]`, entry);
}

function checkEntry(owner: string, at: string, entry: unknown): void {
  if (typeof entry !== 'object' || entry === null) throw new TypeError(`${owner}: "${at}" must be { role, text }`);
  for (const name of Object.keys(entry)) {
    if (ENTRY_NAMES.includes(name)) continue;
    const meant = name === 'content' ? 'text' : nearestName(name, ENTRY_NAMES);
    throw new TypeError(
      `${owner}: "${at}" has no member "${name}"; ${meant === undefined ? `it has ${ENTRY_NAMES.join(', ')}` : `did you mean "${meant}"?`}`,
    );
  }
  const { role, text } = entry as Readonly<Record<string, unknown>>;
  if (!ROLES.includes(role)) throw new TypeError(`${owner}: "${at}.role" must be one of ${ROLES.join(', ')}`);
  if (typeof text !== 'string') throw new TypeError(`${owner}: "${at}.text" must be a string`);
}
