/**
 * Where conversations stand, as hashes. A conversation is a row of runs, what was said to the model and what it answered in
 * turn; the hash behind each answer covers all before it. The same for every protocol and for every spelling of the same
 * history: ids of calls, thoughts, white space at the ends, kinds of line ends and the borders of messages count for nothing.
 */
import type { ChatMessage, ResultBlock } from '../../chat/index.js';
import { HistoryChain, type Run } from './history-chain.js';
import type { RunningHash } from './running-hash.js';

/** A place in a conversation where the model had answered and something was said to it afterwards. */
export interface Position {
  /** `<beginning>/<hash>`, see {@link Fingerprint.positions}; the hash is of everything up to the answer, itself included. */
  readonly hash: string;
  /** Index of the first message of that answer. */
  readonly answer: number;
  /** Index of the first message behind it. */
  readonly next: number;
}

/** All that the beginning of a conversation comes to. Holds none of its texts. */
export interface ConversationState {
  readonly hash: RunningHash;
  readonly answers: number;
  /** Hash behind the first answer; `''` before it. */
  readonly root: string;
}

export interface FingerprintOptions {
  /** Of the messages before those that are given, which begin with an answer then. */
  readonly known?: { readonly count: number; readonly state: ConversationState };
  /** All messages, where some of them are known. */
  readonly whole?: () => readonly ChatMessage[];
  /** Counts of messages for which {@link Fingerprint.stateAt} is to tell. */
  readonly places?: readonly number[];
}

export interface Fingerprint {
  /**
   * Longest first; behind each stands at least one user's message or tool result. All but the first are worked out when they are
   * asked for, since a conversation that goes on stands at the first, and only those that `mayBeKnown` by their beginning: the hash
   * behind the first answer and the number of answers, which all are known beforehand.
   */
  positions(mayBeKnown?: (beginning: string) => boolean): Iterable<Position>;
  /** The same behind `answer`, given to this conversation. `undefined` when that says nothing, or what no client sends back. */
  withAnswer(answer: readonly ResultBlock[]): string | undefined;
  /** `undefined` for a place that was not asked for, or at which what was said is not over. */
  stateAt(place: number): ConversationState | undefined;
}

/** Stays empty. */
const NO_STATES = new Map<number, ConversationState>();

/** @param messages behind what is known, which is nothing by default */
export function fingerprintOf(messages: readonly ChatMessage[], options: FingerprintOptions = {}): Fingerprint {
  const { known, whole = () => messages, places = [] } = options;
  const before = known?.count ?? 0;
  const runs = runsOf(messages);
  /** The last one behind which something was said. */
  let last = runs.findLastIndex(({ isAnswer, start, end }) => !isAnswer && messages.slice(start, end).some(asks));
  while (last >= 0 && runs[last]?.isAnswer !== true) last--;
  // What is known ends where an answer begins, and there is one to go on behind: else it says nothing of these messages.
  if (known !== undefined && (last < 0 || runs[0]?.isAnswer !== true)) return fingerprintOf(whole(), { places });
  const chain = new HistoryChain(known?.state.hash.copy());
  let answers = known?.state.answers ?? 0;
  /** Answers before the last one behind which something was said. */
  let earlier = 0;
  /** Behind the first answer. */
  let root = known?.state.root ?? '';
  let first: Position | undefined;
  const states = places.length === 0 ? NO_STATES : new Map<number, ConversationState>();
  const noteState = (place: number): void => {
    if (places.includes(place)) states.set(place, { hash: chain.copy(), answers, root });
  };
  for (const [index, run] of runs.entries()) {
    if (run.isAnswer) noteState(before + run.start);
    chain.add(messages, run);
    if (!run.isAnswer) continue;
    answers++;
    const hashed = answers === 1 || index === last ? chain.hash() : '';
    if (answers === 1) root = hashed;
    if (index !== last) continue;
    earlier = answers - 1;
    first = positionOf(run, placeOf(beginningOf(root, answers), hashed), before);
  }
  if (runs.at(-1)?.isAnswer === false) noteState(before + messages.length);
  return {
    *positions(mayBeKnown = () => true) {
      if (first === undefined) return;
      yield first;
      const beginnings: string[] = [];
      for (let count = 1; count <= earlier; count++) {
        const beginning = beginningOf(root, count);
        if (mayBeKnown(beginning)) beginnings.push(beginning);
      }
      // Nearly always: nothing of it has to be hashed again.
      if (beginnings.length > 0) yield* earlierPositions(whole(), root, earlier, new Set(beginnings));
    },
    withAnswer(answer) {
      const hashed = runs.at(-1)?.isAnswer === true ? undefined : chain.withAnswer(answer);
      return hashed && placeOf(beginningOf(answers === 0 ? hashed : root, answers + 1), hashed);
    },
    stateAt: (place) => states.get(place),
  };
}

/** Behind the first `count` answers of all messages, longest first, those of `beginnings`. */
function earlierPositions(
  messages: readonly ChatMessage[],
  root: string,
  count: number,
  beginnings: ReadonlySet<string>,
): readonly Position[] {
  const chain = new HistoryChain();
  const found: Position[] = [];
  let answers = 0;
  for (const run of runsOf(messages)) {
    if (answers === count) break;
    chain.add(messages, run);
    if (!run.isAnswer) continue;
    const beginning = beginningOf(root, ++answers);
    if (beginnings.has(beginning)) found.push(positionOf(run, placeOf(beginning, chain.hash())));
  }
  return found.reverse();
}

const positionOf = ({ start, end }: Run, at: string, before = 0): Position => ({
  hash: at,
  answer: before + start,
  next: before + end,
});
const beginningOf = (root: string, answers: number): string => `${root}.${answers}`;
const placeOf = (beginning: string, hashed: string): string => `${beginning}/${hashed}`;

function runsOf(messages: readonly ChatMessage[]): readonly Run[] {
  const runs: Run[] = [];
  for (let index = 0; index < messages.length; ) {
    const start = index;
    const isAnswered = isAnswer(messages[index] as ChatMessage);
    const ends = isAnswered ? isSaid : isAnswer;
    while (index < messages.length && !ends(messages[index] as ChatMessage)) index++;
    runs.push({ isAnswer: isAnswered, start, end: index });
  }
  return runs;
}

/** Instructions alone are nothing to answer. */
const asks = (message: ChatMessage): boolean => message.role !== 'system' && isSaid(message);

/** Blank messages are shown to nobody: they end no run. */
const isAnswer = (message: ChatMessage): boolean =>
  message.role === 'assistant' &&
  message.content.some((part) => part.type === 'tool-call' || (part.type === 'text' && part.text.trim() !== ''));

function isSaid(message: ChatMessage): boolean {
  switch (message.role) {
    case 'assistant':
      return false;
    case 'system':
      return message.content.trim() !== '';
    case 'tool':
      return message.content.length > 0;
    case 'user':
      return message.content.some((part) => part.type !== 'text' || part.text.trim() !== '');
  }
}
