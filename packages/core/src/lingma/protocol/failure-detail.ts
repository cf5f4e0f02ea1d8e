/**
 * What a report of a failure says, whatever its shape: words, codes, and when to come back. The process passes on what
 * the cloud told it, so the cause may lie levels deep, or inside a text that is JSON again. Values alone count as words:
 * that a member is called `message` tells nothing. Walks without recursion, within bounds, because the other side decides
 * how deep and how long it gets.
 */
import { isJsonObject, type JsonValue } from '../../util/index.js';

export interface FailureDetail {
  /** All the words, one report a line; at most {@link MAX_TEXT} characters. */
  readonly text: string;
  /** HTTP statuses and vendor codes, the outermost first. Neither 0 nor 200, which are none, nor JSON-RPC's own. */
  readonly codes: readonly number[];
  readonly retryAfterMs?: number;
  /** The request stands in a queue of the model's. */
  readonly queued: boolean;
}

/** Characters of text that are looked at, in all. */
const MAX_TEXT = 4000;
/** Values that are looked at. */
const MAX_VALUES = 500;
/** Levels that are looked at, texts that are JSON included. */
const MAX_LEVELS = 12;
/** Characters of a text that are looked through for JSON. */
const MAX_JSON_TEXT = 20_000;
/** Nobody waits longer before asking again; what says more is taken for this. */
const MAX_RETRY_MS = 3_600_000;

const CODE_KEYS = new Set(
  'code errorcode errcode errno status statuscode statuscodevalue httpstatus httpstatuscode httpcode bizcode'.split(
    ' ',
  ),
);
/** Members whose values name or repeat something, and are no word about the failure. */
const SILENT_KEYS =
  /(?:id|url|uri|path|link|href|time|stamp|token|model|email)$|^(?:fullanswer|answer|content|prompt|question|questiontext|name|method|stack|trace|jsonrpc|version|user|username|param|params|queue|extra|sessiontype|mode)$/;
const RETRY_MS_KEYS = new Set([
  'retryafterms',
  'retrydelayms',
  'retryinms',
  'waittimems',
  'estimatedwaitms',
  'estimatedwaittimems',
]);
const RETRY_SECONDS_KEYS = new Set(
  (
    'retryafterseconds retryafter retrydelay retrydelayseconds retryinseconds retryaftersec retryaftersecs ' +
    'waitseconds waittime waittimeseconds estimatedwaitseconds estimatedwaittime estimatedwaittimeseconds'
  ).split(' '),
);

interface Place {
  readonly value: JsonValue | undefined;
  /** Lower case, without separators; `''` at the root and in lists. */
  readonly key: string;
  readonly level: number;
}

export function readFailure(...sources: readonly (JsonValue | undefined)[]): FailureDetail {
  const reading = new Reading();
  const places: Place[] = sources.map((value) => ({ value, key: '', level: 0 }));
  // Grows while it is walked: outer values come before inner ones.
  for (let index = 0; index < places.length && index < MAX_VALUES; index++) {
    const { value, key, level } = places[index] as Place;
    if (typeof value === 'string') {
      const inner = level < MAX_LEVELS ? reading.text(value, key) : undefined;
      if (inner !== undefined) places.push({ value: inner, key: '', level: level + 1 });
    } else if (typeof value === 'number') reading.number(value, key);
    else if (typeof value === 'boolean') reading.flag(value, key);
    else if (level < MAX_LEVELS && value !== null && value !== undefined) {
      const room = MAX_VALUES - places.length;
      for (const [name, member] of Object.entries(value).slice(0, Math.max(0, room))) {
        places.push({ value: member, key: Array.isArray(value) ? key : fold(name), level: level + 1 });
      }
    }
  }
  return reading.result();
}

class Reading {
  readonly #texts: string[] = [];
  readonly #codes: number[] = [];
  #length = 0;
  #retryMs: number | undefined;
  #retrySeconds: number | undefined;
  #queued = false;

  /** Returns the JSON inside of the text, to be looked at as well. */
  text(value: string, key: string): JsonValue | undefined {
    if (CODE_KEYS.has(key) && /^\d{1,6}$/.test(value)) {
      this.#code(Number(value));
      return undefined;
    }
    if (RETRY_MS_KEYS.has(key) || RETRY_SECONDS_KEYS.has(key)) {
      const amount = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/.exec(value.trim());
      if (amount !== null) this.#retry(Number(amount[1]), amount[2] === 'ms' ? 'retryafterms' : key);
      return undefined;
    }
    const embedded = embeddedJson(value);
    if (SILENT_KEYS.test(key) && embedded === undefined) return undefined;
    this.#say(embedded === undefined ? value : embedded.around);
    return embedded?.json;
  }

  number(value: number, key: string): void {
    if (CODE_KEYS.has(key)) this.#code(value);
    else if (RETRY_MS_KEYS.has(key) || RETRY_SECONDS_KEYS.has(key)) this.#retry(value, key);
  }

  flag(value: boolean, key: string): void {
    if (value && key === 'isqueued') this.#queued = true;
  }

  result(): FailureDetail {
    const text = this.#texts.join('\n');
    const retryAfterMs = this.#retryMs ?? this.#retrySeconds ?? retryInText(text);
    return {
      text,
      codes: this.#codes,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      queued: this.#queued,
    };
  }

  #say(text: string): void {
    const words = text
      .slice(0, MAX_TEXT - this.#length)
      // In JSON that was cut the names of members are left; only those of codes say something.
      .replace(/"(?!\w{0,20}(?:code|status)")[\w.-]{1,64}"\s*:/gi, ' ')
      // An address of a help page says "rate-limits" whatever happened.
      .replace(/https?:\/\/\S+/g, ' ')
      .trim();
    if (words === '') return;
    this.#length += words.length;
    this.#texts.push(words);
    for (const pattern of [NAMED_CODE, BARE_STATUS]) {
      for (const [, code] of words.matchAll(pattern)) this.#code(Number(code));
    }
  }

  #code(code: number): void {
    if (Number.isInteger(code) && code > 0 && code !== 200 && !this.#codes.includes(code)) this.#codes.push(code);
  }

  #retry(amount: number, key: string): void {
    const ms = RETRY_MS_KEYS.has(key) ? amount : amount * 1000;
    if (!Number.isFinite(ms) || ms <= 0) return;
    if (RETRY_MS_KEYS.has(key)) this.#retryMs ??= Math.min(ms, MAX_RETRY_MS);
    else this.#retrySeconds ??= Math.min(ms, MAX_RETRY_MS);
  }
}

/** "status code: 503", "HTTP 429", `"code": "112"` in JSON that was cut. */
const NAMED_CODE =
  /(?:\bhttp|\bstatus|(?:\b|_|[a-z])code)["']?[ :=("'-]{1,4}(\d{3,5})(?![\d.]|\s*(?:tokens?|ms|s|bytes|characters)\b)/gi;
/** "429 Too Many Requests", "<400> InternalError", "Error: 503": without a name only what is surely a status. */
const BARE_STATUS = /(?:^\s*[<[(]?|\berror[ :("]{1,3})([45]\d\d)(?![\d.]|\s*(?:tokens?|ms|s|bytes|characters)\b)/gi;

const UNIT_MS: readonly (readonly [RegExp, number])[] = [
  [/^(ms|milli)/i, 1],
  [/^(s|秒|$)/i, 1000],
  [/^(m|分)/i, 60_000],
  [/^(h|小时)/i, 3_600_000],
];

/** "retry after 30 seconds", "try again in 2m", "Retry-After: 30", "30秒后重试". */
function retryInText(text: string): number | undefined {
  const found =
    /(?:retry|try again|try|\bwait)\D{0,24}?(\d{1,9}(?:\.\d{1,3})?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|秒|分钟|小时)(?![a-z])/i.exec(
      text,
    ) ??
    /retry[- ]after["']?\s*[:=]\s*["']?(\d{1,6})()(?![\d.\w-])/i.exec(text) ??
    /(\d{1,9})\s*(秒|分钟|小时)(?:钟)?(?:之?后|以后)/.exec(text);
  const unit = UNIT_MS.find(([name]) => name.test(found?.[2] ?? ''));
  if (found === null || unit === undefined) return undefined;
  const ms = Number(found[1]) * unit[1];
  return ms > 0 ? Math.min(ms, MAX_RETRY_MS) : undefined;
}

/** A JSON object in a text, such as a body that is quoted in a message, and the words around it. */
function embeddedJson(text: string): { readonly json: JsonValue; readonly around: string } | undefined {
  if (text.length > MAX_JSON_TEXT) return undefined;
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end <= start) return undefined;
  try {
    const json = JSON.parse(text.slice(start, end + 1)) as JsonValue;
    if (!isJsonObject(json)) return undefined;
    return { json, around: `${text.slice(0, start)} ${text.slice(end + 1)}` };
  } catch {
    return undefined;
  }
}

function fold(name: string): string {
  return name
    .slice(0, 64)
    .replace(/[_\-\s]/g, '')
    .toLowerCase();
}
