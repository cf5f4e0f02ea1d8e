/**
 * Where conversations stand, as hashes. A conversation is a row of runs, what was said to the model and what it answered in
 * turn; the hash behind each answer covers all before it. The same for every protocol and for every spelling of the same
 * history: ids of calls, thoughts, white space at the ends, kinds of line ends and the borders of messages count for nothing.
 */
import { hash } from 'node:crypto';
import {
  type ChatMessage,
  type MediaPart,
  type ResultBlock,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  withoutAttribution,
} from '../../chat/index.js';
import { canonicalJson, parseExactJson } from '../../util/index.js';
import { RunningHash } from './running-hash.js';

/** A place in a conversation where the model had answered and something was said to it afterwards. */
export interface Position {
  /** `<beginning>/<hash>`, see {@link Fingerprint.positions}; the hash is of everything up to the answer, itself included. */
  readonly hash: string;
  /** Index of the first message of that answer. */
  readonly answer: number;
  /** Index of the first message behind it. */
  readonly next: number;
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
}

/** What was said, or what was answered to it. */
interface Run {
  readonly isAnswer: boolean;
  readonly start: number;
  readonly end: number;
}

export function fingerprintOf(messages: readonly ChatMessage[]): Fingerprint {
  const runs = runsOf(messages);
  /** The last one behind which something was said. */
  let last = runs.findLastIndex(({ isAnswer, start, end }) => !isAnswer && messages.slice(start, end).some(asks));
  while (last >= 0 && runs[last]?.isAnswer !== true) last--;
  const chain = new Chain();
  let answers = 0;
  /** Behind the first answer. */
  let root = '';
  let first: Position | undefined;
  for (const [index, run] of runs.entries()) {
    chain.add(messages, run);
    if (!run.isAnswer) continue;
    answers++;
    const hashed = answers === 1 || index === last ? chain.hash() : '';
    if (answers === 1) root = hashed;
    if (index === last) first = positionOf(run, placeOf(beginningOf(root, answers), hashed));
  }
  return {
    *positions(mayBeKnown = () => true) {
      if (first === undefined) return;
      yield first;
      const earlier = runs.slice(0, last).filter(({ isAnswer }) => isAnswer);
      const beginnings = new Map<Run, string>();
      for (const [index, run] of earlier.entries()) {
        const beginning = beginningOf(root, index + 1);
        if (mayBeKnown(beginning)) beginnings.set(run, beginning);
      }
      // Nearly always: nothing of it has to be hashed again.
      if (beginnings.size === 0) return;
      const again = new Chain();
      const found: Position[] = [];
      for (const run of runs.slice(0, last)) {
        again.add(messages, run);
        const beginning = beginnings.get(run);
        if (beginning !== undefined) found.push(positionOf(run, placeOf(beginning, again.hash())));
      }
      yield* found.reverse();
    },
    withAnswer(answer) {
      const hashed = runs.at(-1)?.isAnswer === true ? undefined : chain.withAnswer(answer);
      return hashed && placeOf(beginningOf(answers === 0 ? hashed : root, answers + 1), hashed);
    },
  };
}

const positionOf = ({ start, end }: Run, at: string): Position => ({ hash: at, answer: start, next: end });
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

type AnswerPart = Extract<ChatMessage, { role: 'assistant' }>['content'][number];

class Chain {
  readonly #hash = new RunningHash();
  #calls: readonly string[] = [];

  /** Behind all that was added. */
  hash(): string {
    return this.#hash.digest();
  }

  add(messages: readonly ChatMessage[], { isAnswer: isAnswered, start, end }: Run): void {
    const run = messages.slice(start, end);
    if (!isAnswered) this.#addSaid(run);
    else this.#addAnswer(run.flatMap((message) => (message.role === 'assistant' ? message.content : [])));
  }

  withAnswer(blocks: readonly ResultBlock[]): string | undefined {
    const parts: AnswerPart[] = [];
    for (const block of blocks) {
      if (block.type === 'reasoning') continue;
      if (block.type === 'tool-result') return undefined;
      if (block.type === 'tool-call' && (block.executedBy === 'upstream' || block.incomplete === true))
        return undefined;
      parts.push(block);
    }
    const told = toAnswer(parts);
    return told === '' ? undefined : this.#hash.digest(told);
  }

  #addSaid(messages: readonly ChatMessage[]): void {
    const results: ToolResultPart[] = [];
    for (const message of messages) if (message.role === 'tool') results.push(...message.content);
    // Results first, wherever they stand: they belong to the calls before.
    if (results.length > 0) this.#hash.add(this.#toResults(results));
    for (const message of messages) {
      if (message.role === 'system') this.#addText('s', withoutAttribution(message.content));
      else if (message.role === 'user') {
        for (const part of message.content) {
          if (part.type === 'text') this.#addText('u', part.text);
          else this.#hash.add(toMedia(part));
        }
      }
    }
  }

  #addAnswer(parts: readonly AnswerPart[]): void {
    this.#calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []));
    const [only] = parts;
    if (parts.length === 1 && only?.type === 'text') this.#addText('a', only.text);
    else this.#hash.add(toAnswer(parts));
  }

  /** {@link atom} in two pieces: one would have to be made of them first. */
  #addText(tag: string, text: string): void {
    const normal = normalize(text);
    if (normal === '') return;
    this.#hash.add(mark(tag, normal));
    this.#hash.add(normal);
  }

  /** In the order of the calls that they answer, wherever they stand. */
  #toResults(results: readonly ToolResultPart[]): string {
    const places = results.map((result) => ({ result, place: this.#calls.indexOf(result.toolCallId) }));
    places.sort((one, other) => one.place - other.place);
    return places.map(({ result, place }) => `r${place};${atoms('o', result.output)}`).join('');
  }
}

/** Texts first and calls behind them: chat completions have no order between the two. */
function toAnswer(parts: readonly AnswerPart[]): string {
  let text = '';
  let calls = '';
  for (const part of parts) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'tool-call') calls += toCall(part);
  }
  return atom('a', text) + calls;
}

/** With its length, so that no text passes for several or for something else. Blank ones are left out. */
function atom(tag: string, text: string): string {
  const normal = normalize(text);
  return normal === '' ? '' : mark(tag, normal) + normal;
}

const normalize = (text: string): string => (text.includes('\r') ? text.replaceAll('\r\n', '\n') : text).trim();
const mark = (tag: string, normal: string): string => `${tag}${normal.length}:`;

const atoms = (tag: string, parts: readonly (TextPart | MediaPart)[]): string =>
  parts.map((part) => (part.type === 'text' ? atom(tag, part.text) : toMedia(part))).join('');

/** By its content, whichever way it was sent. */
function toMedia({ type, source }: MediaPart): string {
  const data = source.kind === 'base64' ? source.data : inlineData(source.url);
  return `${type};${data === undefined ? atom('l', source.kind === 'url' ? source.url : '') : sha256(data)}`;
}

/** What a `data:` URL holds, if it is one. */
function inlineData(url: string): string | undefined {
  const head = /^data:[^,]{0,200};\s*base64\s*,/i.exec(url.slice(0, 300));
  return head === null ? undefined : url.slice(head[0].length);
}

function toCall({ toolName, namespace = '', input, kind }: ToolCallPart): string {
  const told = kind === 'custom' ? input.trim() : canonicalInput(input);
  return `c${namespace.length}:${namespace}${toolName.length}:${toolName}${told.length}:${told}`;
}

function canonicalInput(input: string): string {
  if (input.trim() === '') return '{}';
  try {
    return canonicalJson(parseExactJson(input));
  } catch {
    return input.trim();
  }
}

const sha256 = (text: string): string => hash('sha256', text, 'base64url');
