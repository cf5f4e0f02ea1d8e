/**
 * How a request's messages were read: from their first, or behind a beginning that is known from an earlier request. Whoever asks for
 * `messages` gets all of them in both cases; the first are then read when they are asked for. A channel that goes on with
 * conversations can do without them.
 */
import type { ChatMessage, ChatRequest } from './request.js';

/** Goes with a request that is worth it; lost with every copy of the request, since that may say something else. */
export interface ConversationReading {
  /** `undefined`: nothing of it is known. */
  readonly known: KnownBeginning | undefined;
  /** The messages behind what is known: all of them where nothing is. The first behind a known beginning is an answer. */
  readonly rest: readonly ChatMessage[];
  /** Places where an answer ends a beginning that can be recognised later, as counts of messages, ascending. */
  readonly places: readonly number[];
  /**
   * The conversation may go on from here.
   *
   * @param facts for each place what is to be handed back as {@link KnownBeginning.facts}; `undefined` where there is none. Must
   * not hold anything of the request.
   */
  keep(facts: readonly unknown[]): void;
}

/** The first messages of a conversation, without the messages. */
export interface KnownBeginning {
  /** How many. */
  readonly count: number;
  readonly facts: unknown;
}

const READING = Symbol('reading');
const WHOLE = Symbol('whole');

type Terms = Required<Omit<ChatRequest, 'messages'>>;

interface Read {
  readonly [READING]: ConversationReading;
  readonly [WHOLE]: () => readonly ChatMessage[];
}

/** One getter for all requests, so that they have one hidden class. */
const MESSAGES = {
  get(this: Read): readonly ChatMessage[] {
    return this[WHOLE]();
  },
  enumerable: true,
  configurable: true,
};

/**
 * @param whole gives all messages, at once or when they are asked for
 */
export function withReading(
  request: ChatRequest,
  reading: ConversationReading,
  whole: () => readonly ChatMessage[],
): ChatRequest {
  const { model, tools, toolChoice, parallelToolCalls, sampling, responseFormat, reasoning, conversation, warnings } =
    request;
  const terms = { model, tools, toolChoice, parallelToolCalls, sampling, responseFormat, reasoning };
  // One literal without a spread, for the same reason.
  return Object.defineProperties(Object.assign(terms, { conversation, warnings }) satisfies Terms, {
    messages: MESSAGES,
    [READING]: { value: reading },
    [WHOLE]: { value: whole },
  }) as unknown as ChatRequest;
}

/** How the request was read, where that is known of it. */
export const readingOf = (request: ChatRequest): ConversationReading | undefined => (request as Partial<Read>)[READING];
