/** Messages as a transcript of plain text: what a conversation without tools needs. */
import type {
  AssistantPart,
  ChatMessage,
  MediaPart,
  TextPart,
  ToolResultPart,
  TranscriptEntry,
} from '../chat/index.js';

/** Thoughts stay out, pictures leave a mark, tool calls and results become text. Entries without text are dropped. */
export function flattenMessages(messages: readonly ChatMessage[]): readonly TranscriptEntry[] {
  const entries: TranscriptEntry[] = [];
  for (const message of messages) {
    const { role, text } = flatten(message);
    if (text !== '') entries.push({ role, text });
  }
  return entries;
}

function flatten(message: ChatMessage): TranscriptEntry {
  switch (message.role) {
    case 'system':
      return { role: 'system', text: message.content };
    case 'user':
      return { role: 'user', text: joinParts(message.content) };
    case 'assistant':
      return { role: 'assistant', text: message.content.map(assistantText).filter(Boolean).join('\n') };
    case 'tool':
      return { role: 'user', text: message.content.map(resultText).join('\n\n') };
  }
}

const joinParts = (parts: readonly (TextPart | MediaPart)[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');

function assistantText(part: AssistantPart): string {
  if (part.type === 'text') return part.text;
  return part.type === 'reasoning' ? '' : `[called ${part.toolName}: ${part.input}]`;
}

const resultText = ({ toolCallId, output, isError }: ToolResultPart): string =>
  `Tool result for ${toolCallId}${isError ? ' (error)' : ''}:\n${joinParts(output)}`;
