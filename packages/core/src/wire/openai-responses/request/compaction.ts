/**
 * Compaction: a long conversation is replaced by a summary of it. The summary travels as a `compaction` item whose
 * content is opaque to the client, which sends it back in place of what was summarised. Nothing is kept here for it, so
 * an item is good after a restart, and on another gateway.
 */
import { type ChatMessage, type ChatRequest, type ChatResult, GatewayError, textOf } from '../../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../../util/index.js';
import { itemId } from '../response/output-items.js';

/** Marks content that this project wrote; behind it stands the summary in base64, which keeps it in one piece anywhere. */
const MARK = 'lgc1.';
const TRIGGER = 'compaction_trigger';

/** What comes before a summary in a conversation. */
const LEAD = 'What happened so far in this conversation, summarised; the messages themselves are not shown any more:';

const INSTRUCTION = [
  'Stop here and write a summary of this whole conversation. It will replace the conversation: whoever goes on knows',
  'nothing but this summary and what the instructions say. Write down, in the language of the conversation:',
  "what the user wants, in the user's own words where they matter, and every rule or preference they stated;",
  'what was done and found, with the exact names of files, functions, commands and values;',
  'decisions and why they were made; errors met and how they were solved;',
  'what is unfinished, and what the next step is.',
  'Include what an earlier summary says that still holds. Call no tools, answer no question, add no greeting: write the summary alone.',
].join('\n');

/** The body without the trigger at its end; `undefined` when none stands there. */
export function withoutTrigger(body: JsonObject): JsonObject | undefined {
  const { input } = body;
  const last = Array.isArray(input) ? input.at(-1) : undefined;
  if (!isJsonObject(last) || last.type !== TRIGGER) return undefined;
  return { ...body, input: (input as JsonObject[]).slice(0, -1) };
}

/** The turn that summarises what `chat` would have gone on with. */
export function summarisingTurn(chat: ChatRequest): ChatRequest {
  const { stopSequences: _stop, ...sampling } = chat.sampling;
  return {
    ...chat,
    messages: [...chat.messages, userMessage(INSTRUCTION)],
    tools: [],
    toolChoice: { type: 'none' },
    sampling,
    responseFormat: { type: 'text' },
    reasoning: { ...chat.reasoning, visible: false },
  };
}

export function summaryOf(content: ChatResult['content']): string {
  return textOf({ content }).trim();
}

/** @throws GatewayError `output_mismatch`: without a summary the conversation would be lost */
export function compactionItem(summary: string, index: number, responseId: string): JsonObject {
  if (summary.trim() === '') throw noSummary();
  return {
    id: itemId('cmp', responseId, index),
    type: 'compaction',
    encrypted_content: MARK + toBase64(summary.trim()),
  };
}

export const noSummary = (): GatewayError =>
  new GatewayError('output_mismatch', 'The model did not summarise the conversation');

/** What the model is shown of a compaction item; `undefined` for one that another server made. */
export function compactionMessage(content: unknown): Extract<ChatMessage, { role: 'user' }> | undefined {
  if (typeof content !== 'string' || !content.startsWith(MARK)) return undefined;
  const summary = fromBase64(content.slice(MARK.length));
  return summary === undefined ? undefined : userMessage(`${LEAD}\n\n${summary}`);
}

const userMessage = (text: string): Extract<ChatMessage, { role: 'user' }> => ({
  role: 'user',
  content: [{ type: 'text', text }],
});

/** Characters that `String.fromCharCode` takes at once without running out of stack. */
const PIECE = 0x2000;

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}

function fromBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
