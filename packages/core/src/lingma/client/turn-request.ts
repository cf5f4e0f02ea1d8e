/** A caller's turn → the turn a dialect sends: the prompt rendered, pictures chosen, everything resolved. */
import { type ChatWarning, estimatingCounter, type TokenCounter, type TranscriptEntry } from '../../chat/index.js';
import { isAgentName, type ResolvedModel } from '../protocol/models.js';
import type { DialectTurn } from '../turn/turn-contract.js';
import type { ClientSettings } from './client-options.js';
import type { LingmaTurn } from './lingma-turn.js';
import { renderNew, renderPrompt } from './render-prompt.js';
import { imagesOf, withoutImages } from './turn-images.js';

/** What was found out for the turn. */
export interface TurnFacts {
  readonly resolved: ResolvedModel | undefined;
  readonly modelKey: string | undefined;
  readonly mode: DialectTurn['mode'];
  readonly sessionId: string;
  /** What the session has not seen; `undefined` sends all. */
  readonly unseen: readonly TranscriptEntry[] | undefined;
}

export function buildTurn(turn: LingmaTurn, settings: ClientSettings, ready: TurnFacts): DialectTurn {
  const { resolved } = ready;
  const counter = turn.tokenCounter ?? estimatingCounter;
  const warnings: ChatWarning[] = [];
  if (resolved !== undefined && !resolved.found && turn.model !== undefined && !isAgentName(turn.model)) {
    const message = `Unknown model; ${resolved.model.displayName} answers instead`;
    warnings.push({ type: 'model-fallback', subject: 'model', message });
  }
  const continues = ready.unseen !== undefined;
  const fresh = ready.unseen ?? turn.messages;
  const pictures = imagesOf(turn, fresh, resolved?.model.supportsImages !== false, warnings);
  const entries = withoutImages(fresh, pictures.entry);
  return {
    sessionId: ready.sessionId,
    ...(ready.modelKey !== undefined && { modelKey: ready.modelKey }),
    mode: ready.mode,
    ...(continues && { continues }),
    prompt: continues ? renderNew(entries) : renderPrompt(entries),
    images: pictures.images,
    ...(turn.toolConfig !== undefined && { toolConfig: turn.toolConfig }),
    ...(turn.hasToolContext === true && { hasToolContext: true }),
    ...(settings.nativeTools === 'report' && { reportNativeTools: true }),
    ...(turn.tools !== undefined && { callerTools: turn.tools }),
    ...(settings.nativeTools === 'run' && {
      hostTools: { cwd: settings.cwd, shellType: settings.shellType, env: settings.commandEnv },
    }),
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
