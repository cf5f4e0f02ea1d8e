/** A session of an earlier turn that a conversation goes on in. */
import type { TranscriptEntry } from '../../chat/index.js';
import type { MessageWeight, PoolTurn } from '../../pool/index.js';
import type { Transcript } from './transcript.js';

/** A session that a turn is to go on in, and is the turn's from then on. A pool needs to know where it is. */
export interface ConversationSession extends NonNullable<PoolTurn['session']> {
  readonly generation: number;
  /** Of the messages before its last answer. */
  readonly weight?: MessageWeight;
}

interface FoundSessionParts {
  readonly id: string;
  readonly unseen: readonly TranscriptEntry[];
  readonly instance: string | undefined;
  readonly generation: number;
  readonly weight: MessageWeight | undefined;
  readonly characters: number;
  readonly transcript: Transcript;
}

export class FoundSession implements ConversationSession {
  readonly id: string;
  readonly unseen: readonly TranscriptEntry[];
  readonly generation: number;
  readonly characters: number;
  readonly instance?: string;
  readonly weight?: MessageWeight;
  readonly #transcript: Transcript;

  constructor({ id, unseen, generation, instance, weight, characters, transcript }: FoundSessionParts) {
    this.id = id;
    this.unseen = unseen;
    this.generation = generation;
    this.characters = characters;
    if (instance !== undefined) this.instance = instance;
    if (weight !== undefined) this.weight = weight;
    this.#transcript = transcript;
  }

  /** All messages are rendered for it: hardly anybody asks. */
  get knownCount(): number {
    return this.#transcript.entries().length - this.unseen.length;
  }
}
