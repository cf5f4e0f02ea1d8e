/** The tokens of a prompt whose beginning was counted before: only what came since is looked at. */
import {
  type ChatMessage,
  type ChatRequest,
  countMessageTokens,
  countTermTokens,
  type TokenCounter,
} from '../chat/index.js';
import type { MessageWeight } from '../pool/index.js';

export interface PromptWeight {
  /** What `countPromptTokens` says. */
  tokens(): number;
  /** Of all messages, where {@link tokens} was asked for. */
  weight(): MessageWeight | undefined;
}

/** `known`: of the first messages, if they are still the same. */
export function weighPrompt(
  request: ChatRequest,
  counter: TokenCounter,
  known: MessageWeight | undefined,
): PromptWeight {
  const { messages } = request;
  let counted: number | undefined;
  const count = (): number => {
    const from = known?.counter === counter.name && isOf(known, messages) ? known : undefined;
    if (from === undefined) return countMessageTokens(messages, counter);
    return from.tokens + countMessageTokens(messages.slice(from.messages), counter);
  };
  return {
    tokens() {
      counted ??= count();
      return counted + countTermTokens(request, counter);
    },
    weight: () =>
      counted === undefined
        ? undefined
        : {
            counter: counter.name,
            tokens: counted,
            messages: messages.length,
            characters: lengthOf(messages),
          },
  };
}

/** That they say the same is known already; they may still be told with thoughts or without. */
const isOf = (weight: MessageWeight, messages: readonly ChatMessage[]): boolean =>
  weight.messages <= messages.length && weight.characters === lengthOf(messages.slice(0, weight.messages));

/** Their characters as they were written, whatever becomes of them in a prompt. */
export function lengthOf(messages: readonly ChatMessage[]): number {
  let length = 0;
  for (const message of messages) {
    if (message.role === 'system') length += message.content.length;
    else for (const part of message.content) length += lengthOfPart(part);
  }
  return length;
}

type Part = Exclude<ChatMessage, { role: 'system' }>['content'][number];

function lengthOfPart(part: Part): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.length;
    case 'tool-call':
      return part.toolName.length + part.input.length;
    case 'tool-result':
      return part.output.reduce((sum, output) => sum + lengthOfPart(output), 0);
    default:
      // A picture counts for itself; a document by its size.
      return 1 + (part.source.kind === 'base64' ? part.source.data.length : 0);
  }
}
