/** What counts tokens: `count_tokens`, `message_start`, estimated usage and output limits all go by the same one. */

/** `estimate`: by kinds of characters, at once. `vocabulary`: with OpenAI's o200k, loaded when it is first asked for. */
export type TokenCounterKind = 'estimate' | 'vocabulary';

/** Counts the tokens of a text. */
export interface TokenCounter {
  /** As clients are told it. */
  readonly name: 'estimate' | 'o200k_base';
  /** Tokens in `text`. Linear in its length, and no text has more tokens than twice its bytes. */
  count(text: string): number;
}
