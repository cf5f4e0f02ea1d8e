/** A conversation that cannot fit into the model's context is told so before it is sent: the process would only try. */
import { estimatingCounter, GatewayError, type ModelInfo, type TranscriptEntry } from '../../chat/index.js';

/** An estimate is off by less than this, whatever the language and the model's own tokens. */
const CERTAINTY = 2;
/** Hardly any text has more tokens than characters; one that has is left for the process to refuse, so that most are not counted. */
const TOKENS_PER_CHARACTER = 1;
/** Runs of one character, of which a token may take many. */
const RUNS = /(.)\1{7,}/gsu;

/**
 * @param atMost More characters than these the entries hardly have, where that is known: a session that has heard most of them needs
 * none where there is room to spare.
 * @throws GatewayError `context_length_exceeded` where it is certain
 */
export function refuseTooLong(
  conversation: { readonly messages: readonly TranscriptEntry[] },
  model: ModelInfo | undefined,
  atMost = Number.POSITIVE_INFINITY,
): void {
  const limit = model?.maxInputTokens;
  if (limit === undefined) return;
  if (atMost * TOKENS_PER_CHARACTER <= limit * CERTAINTY) return;
  const entries = conversation.messages;
  let characters = 0;
  for (const { text } of entries) characters += text.length;
  if (characters * TOKENS_PER_CHARACTER <= limit * CERTAINTY) return;
  let tokens = 0;
  for (const { text } of entries) tokens += estimatingCounter.count(text.replace(RUNS, '$1'));
  if (tokens <= limit * CERTAINTY) return;
  // Claude Code compacts the conversation when a message begins with these words.
  throw new GatewayError(
    'context_length_exceeded',
    `prompt is too long: about ${tokens} tokens, and the model’s context holds ${limit}`,
  );
}
