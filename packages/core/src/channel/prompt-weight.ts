/** The tokens of a prompt whose beginning was counted before: only what came since is looked at. */
import { type ChatRequest, countMessageTokens, countTermTokens, type TokenCounter } from '../chat/index.js';
import type { MessageWeight } from '../pool/index.js';
import type { MessageHistory } from './conversation/message-history.js';

export interface PromptWeight {
  /** What `countPromptTokens` says. */
  tokens(): number;
  /** Of all messages, where {@link tokens} was asked for. */
  weight(): MessageWeight | undefined;
}

/** `known`: of the first messages, if they are still the same. */
export function weighPrompt(
  request: Pick<ChatRequest, 'tools' | 'responseFormat'>,
  history: MessageHistory,
  counter: TokenCounter,
  known: MessageWeight | undefined,
): PromptWeight {
  let counted: number | undefined;
  const count = (): number => {
    const from = known?.counter === counter.name && isOf(known, history) ? known : undefined;
    if (from === undefined) return countMessageTokens(history.messages, counter);
    return from.tokens + countMessageTokens(history.slice(from.messages), counter);
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
            messages: history.length,
            characters: history.characters(),
          },
  };
}

/** That they say the same is known already; they may still be told with thoughts or without. */
const isOf = (weight: MessageWeight, history: MessageHistory): boolean =>
  weight.messages <= history.length && weight.characters === history.characters(weight.messages);
