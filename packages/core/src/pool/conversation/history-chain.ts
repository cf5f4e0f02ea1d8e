/** The hash over the runs of a conversation, and how what was said, answered, called and shown is written for it. */
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

/** What was said, or what was answered to it. */
export interface Run {
  readonly isAnswer: boolean;
  readonly start: number;
  readonly end: number;
}

type AnswerPart = Extract<ChatMessage, { role: 'assistant' }>['content'][number];

/** Hashes runs one behind the other. */
export class HistoryChain {
  readonly #hash: RunningHash;
  #calls: readonly string[] = [];

  constructor(hash = new RunningHash()) {
    this.#hash = hash;
  }

  copy(): RunningHash {
    return this.#hash.copy();
  }

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
