/**
 * A request's messages as the channel looks at them. Where the first are known from an earlier request, most questions are answered
 * without them; whoever needs a message itself that is known has all of them read.
 */
import {
  type ChatMessage,
  type ChatRequest,
  type ConversationReading,
  type MediaPart,
  readingOf,
} from '../../chat/index.js';
import { type ConversationState, type Fingerprint, fingerprintOf } from '../../pool/index.js';

/** What is kept of the messages before a place. Nothing of the messages themselves. */
interface HistoryFacts {
  readonly state: ConversationState;
  readonly characters: number;
  /** See {@link MessageHistory.renderedAtMost}. */
  readonly rendered: number;
  readonly usedTools: boolean;
  readonly media: readonly MediaPart['type'][];
}

/** Rendered messages are hardly ever longer by more, with their headings, quotes and tools; what is sent is looked at by Lingma. */
const RENDERED_PER_WRITTEN = 2;

export class MessageHistory {
  /** The messages behind those that are known; all of them where none is. */
  readonly rest: readonly ChatMessage[];
  /** How many are known. */
  readonly known: number;
  readonly #request: ChatRequest;
  readonly #reading: ConversationReading | undefined;
  readonly #facts: HistoryFacts | undefined;

  constructor(request: ChatRequest) {
    const reading = readingOf(request);
    this.#request = request;
    this.#reading = reading;
    this.#facts = reading?.known?.facts as HistoryFacts | undefined;
    this.known = reading?.known?.count ?? 0;
    this.rest = reading?.rest ?? request.messages;
  }

  /** All of them, read if need be. */
  get messages(): readonly ChatMessage[] {
    return this.#request.messages;
  }

  get length(): number {
    return this.known + this.rest.length;
  }

  /** The last message. */
  get last(): ChatMessage | undefined {
    return this.rest.at(-1);
  }

  get hasAnswer(): boolean {
    return this.known > 0 || this.rest.some(({ role }) => role === 'assistant');
  }

  slice(start: number, end?: number): readonly ChatMessage[] {
    return start < this.known
      ? this.messages.slice(start, end)
      : this.rest.slice(start - this.known, end === undefined ? undefined : end - this.known);
  }

  /** Of the first `count` messages, by default of all; see {@link lengthOf}. */
  characters(count = this.length): number {
    if (this.#facts === undefined || count < this.known) return lengthOf(this.messages.slice(0, count));
    return this.#facts.characters + lengthOf(this.rest.slice(0, count - this.known));
  }

  /** More characters than all messages hardly take as a transcript. */
  renderedAtMost(): number {
    const atMost = this.characters() * RENDERED_PER_WRITTEN;
    if (this.#facts === undefined) return atMost;
    return Math.min(atMost, this.#facts.rendered + lengthOf(this.rest) * RENDERED_PER_WRITTEN);
  }

  /** Calls or results stand in the messages. */
  get usedTools(): boolean {
    return this.#facts?.usedTools === true || usedTools(this.rest);
  }

  /** Where it stands in a conversation; see {@link fingerprintOf}. */
  fingerprint(): Fingerprint {
    const reading = this.#reading;
    if (reading === undefined) return fingerprintOf(this.rest);
    const options = { whole: () => this.messages, places: reading.places };
    return this.#facts === undefined
      ? fingerprintOf(this.rest, options)
      : fingerprintOf(this.rest, Object.assign(options, { known: { count: this.known, state: this.#facts.state } }));
  }

  has(type: MediaPart['type']): boolean {
    return this.#facts?.media.includes(type) === true || hasMedia(this.rest, type);
  }

  /**
   * The conversation can be gone on with: what was found out about its beginnings is kept for that.
   *
   * @param rendered characters of the transcript, where it was made
   */
  keep(fingerprint: Fingerprint, rendered = this.renderedAtMost()): void {
    const reading = this.#reading;
    reading?.keep(
      reading.places.map((place): HistoryFacts | undefined => {
        const state = fingerprint.stateAt(place);
        if (state === undefined) return undefined;
        const behind = this.rest.slice(0, place - this.known);
        return {
          state,
          characters: this.characters(place),
          rendered,
          usedTools: this.#facts?.usedTools === true || usedTools(behind),
          media: MEDIA.filter((type) => this.#facts?.media.includes(type) === true || hasMedia(behind, type)),
        };
      }),
    );
  }
}

const MEDIA = ['image', 'file', 'audio'] as const satisfies readonly MediaPart['type'][];

function hasMedia(messages: readonly ChatMessage[], type: MediaPart['type']): boolean {
  return messages.some((message) => {
    if (message.role === 'user') return message.content.some((part) => part.type === type);
    return message.role === 'tool' && message.content.some(({ output }) => output.some((part) => part.type === type));
  });
}

/** Calls or results stand in the messages. */
export function usedTools(messages: readonly ChatMessage[]): boolean {
  return messages.some(
    ({ role, content }) =>
      role === 'tool' || (role === 'assistant' && content.some(({ type }) => type === 'tool-call')),
  );
}

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
