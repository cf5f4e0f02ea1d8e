/** The beginning of an answer whose prompt is counted when somebody wants to know its size. */
import type { ResponseStart } from './event.js';
import type { ChatWarning } from './request.js';

/** What is known of the beginning at once, and how to find out the rest. */
export interface CountedStartParts {
  readonly responseId: string;
  readonly model: string;
  readonly createdAt: number;
  readonly warnings: readonly ChatWarning[];
  readonly countInput: () => number;
}

class CountedStart implements ResponseStart {
  readonly type = 'response-start';
  readonly responseId: string;
  readonly model: string;
  readonly createdAt: number;
  declare readonly inputTokens: number;
  readonly warnings: readonly ChatWarning[];
  readonly #count: () => number;

  constructor({ responseId, model, createdAt, warnings, countInput }: CountedStartParts) {
    this.responseId = responseId;
    this.model = model;
    this.createdAt = createdAt;
    this.warnings = warnings;
    this.#count = countInput;
    Object.defineProperty(this, 'inputTokens', INPUT_TOKENS);
  }

  static readonly inputTokensOf = (start: CountedStart): number => start.#count();
}

/**
 * A member of each beginning itself, so that a copy has it too. One getter for all: with a getter of its own, as in a literal, each would have
 * a hidden class of its own, and V8 keeps those, and with them all that the getter sees, until it collects everything.
 */
const INPUT_TOKENS = {
  get(this: CountedStart): number {
    return CountedStart.inputTokensOf(this);
  },
  enumerable: true,
  configurable: true,
};

/** A beginning whose input is counted when somebody wants to know. */
export function countedStart(parts: CountedStartParts): ResponseStart {
  return new CountedStart(parts);
}
