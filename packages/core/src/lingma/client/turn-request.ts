/** A caller's turn → the turn a dialect sends: the prompt rendered, pictures chosen, everything resolved. */
import {
  type ChatWarning,
  estimatingCounter,
  type ModelChoice,
  type TokenCounter,
  type TranscriptEntry,
} from '../../chat/index.js';
import type { DialectTurn } from '../turn/turn-contract.js';
import type { ClientSettings } from './client-options.js';
import type { LingmaTurn } from './lingma-turn.js';
import { renderNew, renderPrompt } from './render-prompt.js';
import { imagesOf, withoutImages } from './turn-images.js';

/** What was found out for the turn. */
export interface TurnFacts {
  readonly choice: ModelChoice;
  readonly mode: DialectTurn['mode'];
  readonly sessionId: string;
  /** What the session has not seen; `undefined` sends all. */
  readonly unseen: readonly TranscriptEntry[] | undefined;
  /** The session was opened with {@link instructionsOf} the turn. */
  readonly hasInstructions?: boolean;
}

/** How many entries the caller's instructions take at the front; something is left to be said behind them. */
function instructionCount(entries: readonly TranscriptEntry[]): number {
  const first = entries.findIndex(({ role }) => role !== 'system');
  return Math.max(0, first);
}

/** The caller's instructions as one text; absent where there are none. */
export function instructionsOf(entries: readonly TranscriptEntry[]): string | undefined {
  const texts = entries.slice(0, instructionCount(entries)).map(({ text }) => text);
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

export function buildTurn(turn: LingmaTurn, settings: ClientSettings, ready: TurnFacts): DialectTurn {
  const { model, upstreamId: modelKey, isFallback } = ready.choice;
  const counter = turn.tokenCounter ?? estimatingCounter;
  const warnings: ChatWarning[] = [];
  if (isFallback) {
    const message = `Unknown model; ${model?.displayName ?? 'the default'} answers instead`;
    warnings.push({ type: 'model-fallback', subject: 'model', message });
  }
  const continues = ready.unseen !== undefined;
  const told = ready.hasInstructions === true ? instructionCount(turn.messages) : 0;
  const fresh = ready.unseen ?? (told > 0 ? turn.messages.slice(told) : turn.messages);
  const pictures = imagesOf(turn, fresh, model?.supportsImages !== false, warnings);
  const entries = withoutImages(fresh, pictures.entry);
  return {
    sessionId: ready.sessionId,
    ...(modelKey !== undefined && { modelKey }),
    mode: ready.mode,
    ...(continues && { continues }),
    prompt: continues ? renderNew(entries) : renderPrompt(entries),
    images: pictures.images,
    ...(turn.toolConfig !== undefined && { toolConfig: turn.toolConfig }),
    ...(turn.hasToolContext === true && { hasToolContext: true }),
    ...(settings.reportNativeTools && { reportNativeTools: true }),
    ...(turn.tools !== undefined && { callerTools: turn.tools }),
    ...(settings.nativeToolRunner !== undefined && { nativeToolRunner: settings.nativeToolRunner }),
    cwd: settings.cwd,
    currentFilePath: settings.currentFilePath,
    shellType: settings.shellType,
    deadlines: settings.deadlines,
    ...(settings.turnsPerConnection > 1 && { sharesConnection: true }),
    warnings,
    // Entry by entry: the texts of a long history come again with each turn, and the counter knows them then.
    tokens: {
      input: turn.inputTokens ?? (() => countEntries(turn.messages, counter)),
      count: (text) => counter.count(text),
    },
  };
}

/** What a role label and its line ends weigh. */
const TOKENS_PER_ENTRY = 4;

function countEntries(entries: readonly TranscriptEntry[], counter: TokenCounter): number {
  let total = 0;
  for (const { text } of entries) total += counter.count(text) + TOKENS_PER_ENTRY;
  return total;
}
