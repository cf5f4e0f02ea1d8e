/**
 * A conversation as one prompt text, for a process that takes one question at a time. A single user message goes as
 * it is; anything longer becomes a readable transcript in which every text stands once, in order, under its role.
 */
import type { TranscriptEntry } from '../../chat/index.js';

const LABELS: Readonly<Record<TranscriptEntry['role'], string>> = {
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
};

const INTRODUCTION =
  'Below is a conversation, each message under the role that said it. Follow the System messages as your ' +
  'instructions. Answer the last message as the Assistant; write the answer alone, without a role label.';

/**
 * @example
 * renderPrompt([{ role: 'user', text: 'Hi' }]); // 'Hi'
 * renderPrompt([{ role: 'system', text: 'Be brief.' }, { role: 'user', text: 'Hi' }]);
 * // '…introduction…\n\nSystem:\nBe brief.\n\nUser:\nHi'
 */
export function renderPrompt(entries: readonly TranscriptEntry[]): string {
  const first = entries[0];
  if (entries.length === 1 && first?.role === 'user') return first.text;
  return `${INTRODUCTION}\n\n${renderEntries(entries)}`;
}

/** Only what follows the first `knownCount` entries, for a session that has seen those. */
export function renderNew(entries: readonly TranscriptEntry[], knownCount: number): string {
  const fresh = entries.slice(knownCount);
  const first = fresh[0];
  return fresh.length === 1 && first?.role === 'user' ? first.text : renderEntries(fresh);
}

/** The newest entry ends the prompt, so its last line is the last of all. */
function renderEntries(entries: readonly TranscriptEntry[]): string {
  return entries.map(({ role, text }) => `${LABELS[role]}:\n${text}`).join('\n\n');
}
