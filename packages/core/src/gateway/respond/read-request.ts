/** A body that may have been read behind its known beginning → what is asked. */
import type { ChatMessage, ConversationReading, KnownBeginning } from '../../chat/index.js';
import { withReading } from '../../chat/index.js';
import type { ElementKind, ParsedRequest, RequestHeaders } from '../../wire/index.js';
import { MAX_PLACES } from '../body/known/known-bodies.js';
import type { ReadBody } from '../body/known/read-in-parts.js';
import type { ChatCall } from './chat-pipeline.js';

/** @throws GatewayError as the protocol's `parseRequest` */
export function readRequest({ body, read, protocol }: ChatCall, headers: RequestHeaders): ParsedRequest {
  const parse = (value: unknown): ParsedRequest => protocol.parseRequest(value, headers);
  if (read?.kinds === undefined) return parse(body);
  if (read.found === undefined) return readAll(read, read.kinds, parse(body));
  return readRest(read, read.kinds, parse) ?? parse(read.whole());
}

/** An answer begins there, and what was said before it is complete. */
interface Borders {
  /** Index of the element, and of the message that it became. */
  readonly element: number;
  readonly message: number;
}

function readAll(read: ReadBody, kinds: readonly ElementKind[], parsed: ParsedRequest): ParsedRequest {
  const { messages } = parsed.chat;
  const borders = bordersOf(kinds, messages, 1);
  if (borders === undefined || warnsOfElements(parsed, read)) return parsed;
  const reading = readingOf(read, kinds, borders, messages);
  return { chat: withReading(parsed.chat, reading, () => messages), response: parsed.response };
}

function readRest(
  read: ReadBody,
  kinds: readonly ElementKind[],
  parse: (value: unknown) => ParsedRequest,
): ParsedRequest | undefined {
  const place = read.found?.place;
  if (place === undefined) return undefined;
  let parsed: ParsedRequest;
  try {
    parsed = parse(read.body);
  } catch {
    // The whole says where the fault is.
    return undefined;
  }
  const { messages } = parsed.chat;
  const first = messages.findIndex(({ role }) => role !== 'system');
  if (messages[first]?.role !== 'assistant' || warnsOfElements(parsed, read)) return undefined;
  const rest = messages.slice(first);
  const borders = bordersOf(kinds, rest, 0);
  if (borders === undefined) return undefined;
  // The first is the place that is known.
  const known = { count: place.messages, facts: place.facts };
  const reading = readingOf(read, kinds, borders.slice(1), rest, known);
  let whole: readonly ChatMessage[] | undefined;
  const all = (): readonly ChatMessage[] => {
    whole ??= parse(read.whole()).chat.messages;
    return whole;
  };
  return { chat: withReading(parsed.chat, reading, all), response: parsed.response };
}

/** Their places would be those of a shorter list; and what is warned of once would be warned of no more. */
const warnsOfElements = ({ chat }: ParsedRequest, { rules }: ReadBody): boolean =>
  chat.warnings.some(({ subject }) => subject.startsWith(`${rules.member}[`));

/**
 * Where answers begin behind what was said. `undefined` where there are not as many among the messages as among the elements: one
 * of those said nothing, and which it was is not known.
 */
function bordersOf(
  kinds: readonly ElementKind[],
  messages: readonly ChatMessage[],
  from: number,
): readonly Borders[] | undefined {
  const elements = beginnings(kinds, (kind) => kind === 'answer', from);
  const begun = beginnings(messages, ({ role }) => role === 'assistant', from);
  if (elements.length !== begun.length) return undefined;
  return elements.map((element, index) => ({ element, message: begun[index] as number }));
}

function beginnings<Item>(items: readonly Item[], isAnswer: (item: Item) => boolean, from: number): number[] {
  const found: number[] = [];
  let isInAnswer = false;
  for (const [index, item] of items.entries()) {
    const answers = isAnswer(item);
    if (answers && !isInAnswer && index >= from) found.push(index);
    isInAnswer = answers;
  }
  return found;
}

function readingOf(
  read: ReadBody,
  kinds: readonly ElementKind[],
  borders: readonly Borders[],
  rest: readonly ChatMessage[],
  known?: KnownBeginning,
): ConversationReading {
  const ends = borders.map(({ element, message }) => ({ element: element - 1, message }));
  if (kinds.at(-1) === 'said' && rest.at(-1)?.role !== 'assistant') {
    ends.push({ element: kinds.length - 1, message: rest.length });
  }
  const last = ends.slice(-MAX_PLACES);
  const marked = read.mark(last.map(({ element }) => element));
  const places = marked === undefined ? [] : last.map(({ message }) => (known?.count ?? 0) + message);
  const keep = read.keeper();
  return {
    known,
    rest,
    places,
    keep(facts) {
      keep(
        (marked ?? []).flatMap((place, index) =>
          facts[index] === undefined
            ? []
            : [Object.assign({ messages: places[index] as number, facts: facts[index] }, place)],
        ),
      );
    },
  };
}
