/** The size of a prompt, for those who ask for nothing else, and what it was counted with. */
import { type ChatRequest, countPromptTokens, selectTokenCounter, type TokenCounterKind } from '../../chat/index.js';

export interface CountedPrompt {
  readonly inputTokens: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws GatewayError `not_ready` when the vocabulary cannot be loaded */
export async function countedPrompt(request: ChatRequest, kind: TokenCounterKind): Promise<CountedPrompt> {
  const counter = await selectTokenCounter(kind);
  return {
    inputTokens: countPromptTokens(request, counter),
    headers: { 'x-lingma-token-counter': counter.name },
  };
}
