/**
 * A body whose list of messages may begin as an earlier one did. What is known is left out before the parser sees it: an element of
 * ours stands in its place, and the parser's own finding of it shows that the list which was shortened is the one that counts.
 * Whatever is not certain is read as a whole.
 */
import { hash } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue, MAX_VALUES } from '../../../util/index.js';
import type { ElementKind, HistoryRules } from '../../../wire/index.js';
import { MAX_ITEMS } from '../../../wire/light.js';
import { BodyText, decodeText } from '../body-text.js';
import { parse, parseText, type ReadJsonOptions } from '../read-json.js';
import { countMembersAfter, type FoundList, findList, placesInList, skipBlank } from './json-list.js';
import { type FoundPlace, guardOf, type KnownBodies, type KnownPlace, MAX_PLACES } from './known-bodies.js';

/** Smaller bodies are read faster than looked up. */
export const MIN_BYTES = 16 * 1024;

/** Known to nobody else, so that no body holds it. */
const NONCE = crypto.randomUUID();
const STAND_IN = Buffer.from(`"${NONCE}"`);

export interface PartsOptions {
  readonly bodies: KnownBodies;
  /** Whose body it is, and by which protocol. */
  readonly scope: string;
  readonly rules: HistoryRules;
  /** What is done to a body that was read. */
  readonly complete: (body: JsonValue) => JsonValue;
}

/** A place that may be known from now on. */
export type MarkedPlace = Omit<KnownPlace, 'messages' | 'facts'>;

/** A body that was read, as a whole or behind what is known of it. */
export class ReadBody {
  /** Without the elements that are known. */
  readonly body: JsonValue;
  readonly found: FoundPlace | undefined;
  /** Of the elements in {@link body}; `undefined` where the list cannot be read in parts. */
  readonly kinds: readonly ElementKind[] | undefined;
  readonly rules: HistoryRules;
  readonly #parts: PartsOptions;
  readonly #head: string;
  readonly #length: number;
  readonly #parseWhole: () => JsonValue;
  #mark: ReadParts['mark'] | undefined;

  constructor(parts: PartsOptions, { body, found, kinds, head, length, mark, parseWhole }: ReadParts) {
    this.body = parts.complete(body);
    this.found = found;
    this.kinds = kinds;
    this.rules = parts.rules;
    this.#parts = parts;
    this.#head = head;
    this.#length = length;
    this.#mark = mark;
    this.#parseWhole = parseWhole;
  }

  /** All of it, read now. */
  whole(): JsonValue {
    return this.#parts.complete(this.#parseWhole());
  }

  /**
   * The places behind these elements of {@link body}. Once: the bytes are let go of where nobody can ask for the whole any more.
   *
   * @param wanted indices, ascending
   */
  mark(wanted: readonly number[]): readonly MarkedPlace[] | undefined {
    const mark = this.#mark;
    this.#mark = undefined;
    return mark?.(wanted);
  }

  /** Remembers places, beside those of the conversation before. Holds nothing of the body. */
  keeper(): (places: readonly KnownPlace[]) => void {
    const { bodies, scope } = this.#parts;
    const head = this.#head;
    const length = this.#length;
    const before = this.found;
    const end = before?.place.end ?? 0;
    return (places) => {
      const earlier = before?.body.places.filter((place) => place.end <= end) ?? [];
      const kept = [...earlier, ...places].slice(-MAX_PLACES);
      if (kept.length > 0) bodies.put({ scope, length, head, places: kept }, before);
    };
  }
}

interface ReadParts {
  readonly body: JsonValue;
  readonly found: FoundPlace | undefined;
  readonly kinds: readonly ElementKind[] | undefined;
  readonly head: string;
  readonly length: number;
  readonly mark: (wanted: readonly number[]) => readonly MarkedPlace[] | undefined;
  readonly parseWhole: () => JsonValue;
}

/** For bodies of {@link MIN_BYTES} and more. @throws GatewayError as `readJson` */
export async function readInParts(
  bytes: Buffer,
  options: ReadJsonOptions,
  parts: PartsOptions,
): Promise<ReadBody | JsonValue> {
  const list = findList(bytes, parts.rules.member);
  if (list === undefined) return parseAll(bytes, options);
  const found = parts.bodies.find(parts.scope, bytes, list.start);
  if (found !== undefined) await options.work.turn(bytes.length - found.place.end);
  if (options.signal.aborted) throw options.signal.reason;
  const rest = found && readRest(bytes, list, found, options, parts);
  if (rest !== undefined) return new ReadBody(parts, rest);
  return new ReadBody(parts, readAll(await parseAll(bytes, options), bytes, list, parts));
}

function parseAll(bytes: Buffer, options: ReadJsonOptions): Promise<JsonValue> {
  const text = new BodyText();
  text.keep(bytes);
  return parse(text, options);
}

/** What stands behind the known beginning; `undefined` where that alone does not say what it means. */
function readRest(
  bytes: Buffer,
  { start }: FoundList,
  found: FoundPlace,
  options: ReadJsonOptions,
  { bodies, rules }: PartsOptions,
): ReadParts | undefined {
  const { place } = found;
  const end = start + place.end;
  if (bytes.length > MAX_VALUES && place.values + bytes.length - place.end > MAX_VALUES) return undefined;
  const parseWhole = (): JsonValue => parseText(decodeText(bytes), options);
  let body: JsonValue;
  try {
    body = parseText(decodeText(Buffer.concat([bytes.subarray(0, start), STAND_IN, bytes.subarray(end)])), options);
  } catch {
    return undefined;
  }
  const elements = isJsonObject(body) ? body[rules.member] : undefined;
  if (!isJsonObject(body) || !Array.isArray(elements) || elements[0] !== NONCE) return undefined;
  elements.shift();
  if (place.elements + elements.length > MAX_ITEMS) return undefined;
  const kinds = kindsOf(elements, rules);
  if (kinds?.[0] !== 'answer' || headOf(body, rules) !== found.body.head) return undefined;
  return {
    body,
    found,
    kinds,
    head: found.body.head,
    length: bytes.length - start,
    mark: (wanted) => markPlaces(bodies, bytes, start, elements.length, wanted, found),
    parseWhole,
  };
}

function readAll(body: JsonValue, bytes: Buffer, list: FoundList, { bodies, rules }: PartsOptions): ReadParts {
  const elements = isJsonObject(body) ? body[rules.member] : undefined;
  const head = isJsonObject(body) ? headOf(body, rules) : undefined;
  const kinds = head !== undefined && Array.isArray(elements) ? kindsOf(elements, rules) : undefined;
  return {
    body,
    found: undefined,
    // What an answer begins with is nobody's answer.
    kinds: kinds?.[0] === 'said' ? kinds : undefined,
    head: head ?? '',
    length: bytes.length - list.start,
    mark: (wanted) => {
      const count = Array.isArray(elements) ? elements.length : 0;
      const members = Object.keys(body as JsonObject).length;
      return markPlaces(bodies, bytes, list.start, count, wanted, undefined, members - list.before - 1);
    },
    parseWhole: () => body,
  };
}

function kindsOf(elements: readonly JsonValue[], rules: HistoryRules): readonly ElementKind[] | undefined {
  const kinds: ElementKind[] = [];
  for (const element of elements) {
    const kind = rules.kindOf(element);
    if (kind === undefined) return undefined;
    kinds.push(kind);
  }
  return kinds;
}

function headOf(body: JsonObject, rules: HistoryRules): string | undefined {
  const head = rules.headOf(body);
  return head && hash('sha256', head, 'base64');
}

/**
 * @param after how many members stand behind the list: with more, one of them has the name of another. Absent: it is known that the
 * list is the one that counts.
 */
function markPlaces(
  bodies: KnownBodies,
  bytes: Buffer,
  start: number,
  count: number,
  wanted: readonly number[],
  found: FoundPlace | undefined,
  after?: number,
): readonly MarkedPlace[] | undefined {
  const known = found?.place;
  const from = known === undefined ? start : skipBlank(bytes, start + known.end) + 1;
  const places = placesInList(bytes, from, wanted);
  if (places === undefined || places.count !== count || places.ends.length !== wanted.length) return undefined;
  if (after !== undefined && countMembersAfter(bytes, places.end) !== after) return undefined;
  return places.ends.map((end, index) => ({
    end: end - start,
    digest: bodies.digest(bytes.subarray(start, end)),
    guard: guardOf(bytes, start, end),
    elements: (known?.elements ?? 0) + (wanted[index] as number) + 1,
    values: (known?.values ?? 0) + (places.values[index] as number) + 1,
  }));
}
