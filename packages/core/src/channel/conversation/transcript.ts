/**
 * The conversation as it is told to Lingma: whole, or only what a session has not heard yet. Both are made when they are asked for,
 * since a long history costs more than all the rest of a turn, and one of the two is never needed.
 */
import type { ChatWarning, TranscriptEntry } from '../../chat/index.js';
import { type FlatHistory, flattenToolHistory } from '../../tool-emulation/light.js';
import { type MessageHistory, usedTools } from './message-history.js';

export interface Transcript {
  /** With the contracts. */
  entries(): readonly TranscriptEntry[];
  warnings(): readonly ChatWarning[];
  /** Of {@link entries}, once somebody has asked for them. */
  characters(): number | undefined;
  /**
   * The end of {@link entries}: what stands behind an answer, of which the first message and the first message behind it are given.
   * `undefined` where it cannot be told without what stands before, such as a late result of an earlier call.
   */
  since(answer: number, next: number): readonly TranscriptEntry[] | undefined;
}

export function createTranscript(
  history: MessageHistory,
  hasTools: boolean,
  renderContracts: () => readonly string[],
): Transcript {
  let whole: FlatHistory | undefined;
  const flatten = (): FlatHistory => {
    whole ??= flattenToolHistory(history.messages, { hasTools });
    return whole;
  };
  let entries: readonly TranscriptEntry[] | undefined;
  return {
    entries() {
      entries ??= withContracts(flatten().entries, renderContracts());
      return entries;
    },
    warnings: () => flatten().warnings,
    characters: () => entries?.reduce((sum, { text }) => sum + text.length, 0),
    since(answer, next) {
      // Calls in an earlier message of one answer may have been told apart from the rest.
      if (usedTools(history.slice(answer, next - 1))) return undefined;
      const tail = flattenToolHistory(history.slice(answer), { hasTools: hasTools || history.usedTools });
      const [first, ...rest] = tail.entries;
      return tail.warnings.length > 0 || first?.role !== 'assistant' ? undefined : rest;
    },
  };
}

/** Behind the leading instructions, so that what the conversation says last stays last. */
function withContracts(entries: readonly TranscriptEntry[], contracts: readonly string[]): readonly TranscriptEntry[] {
  if (contracts.length === 0) return entries;
  const start = entries.findIndex(({ role }) => role !== 'system');
  const place = start === -1 ? entries.length : start;
  return [...entries.slice(0, place), { role: 'system', text: contracts.join('\n\n') }, ...entries.slice(place)];
}
