/** A turn whose messages are rendered when they are asked for: where a session knows them, nobody asks. */
import type { TranscriptEntry } from '../../chat/index.js';
import type { PoolTurn } from '../../pool/index.js';
import type { Transcript } from './transcript.js';

type Entries = readonly TranscriptEntry[];

const RENDER = Symbol('render');

/**
 * One getter for all turns: with a getter of its own, as in a literal, each would have a hidden class of its own, and V8 keeps those, and
 * with them all that the getter sees, until it collects everything.
 */
const MESSAGES = {
  get(this: { readonly [RENDER]: () => Entries }): Entries {
    return this[RENDER]();
  },
  enumerable: true,
  configurable: true,
};

/** @param more what stands behind the conversation in this turn */
export function withTranscript(
  transcript: Transcript,
  more: Entries,
  turn: Omit<PoolTurn, 'session' | 'messages'>,
): Omit<PoolTurn, 'session'> {
  const render = (): Entries => {
    const entries = transcript.entries();
    return more.length === 0 ? entries : [...entries, ...more];
  };
  return Object.defineProperty(Object.assign(turn, { [RENDER]: render }), 'messages', MESSAGES) as unknown as PoolTurn;
}
