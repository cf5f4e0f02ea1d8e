/**
 * What may be written down, without what gives access: the one redactor for logs, errors, the effective configuration and the
 * debug ring. Secrets are told by their member's name, by their form, or by what stands in front of them. It knows nothing of
 * where a value comes from.
 */
import { isJsonObject, type JsonValue, parseJson } from './json.js';

/** In place of a secret. */
export const REDACTED = '***';

/** Parts of a name, in small letters without separators. `key` alone, and behind these words. */
const SECRET_WORDS = /pass(?:word|wd|phrase|code)|secret|token|authoriz|credential|cookie|bearer|nonce/;
const KEYS = /(?:^|api|access|private|client|auth|sign(?:ing)?|encryption|user|x)keys?$/;
/** Names of numbers: `max_tokens`, `completion_tokens_details`, `token_count`. */
const COUNTS = /tokens|token(?:count|limit|budget|usage|type)/;

/** Names are few and asked for with every line of a log. Bounded: clients' bodies have names of their own. */
const MAX_KNOWN_NAMES = 1_000;
const knownNames = new Map<string, boolean>();

/** Whether a member or header of this name holds a secret, whatever its spelling. */
export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const secret = SECRET_WORDS.test(plain) || KEYS.test(plain);
  if (name.length <= 64 && knownNames.size < MAX_KNOWN_NAMES) knownNames.set(name, secret);
  return secret;
}

/** Whether this member is not to be written down. Counts of tokens are no tokens. */
export function hidesValue(name: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return false;
  if (!isSecretName(name)) return false;
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const rest = plain.replace(COUNTS, '');
  const isCount = rest !== plain && !SECRET_WORDS.test(rest) && !KEYS.test(rest);
  return !isCount || typeof value === 'string';
}

/** Most texts hold nothing of the kind: looked at once, before the patterns. */
const WORTH_A_LOOK = /(?:pt|rt|sk)-|bearer|basic|token|secret|passw|pwd|key|cookie|authoriz|nonce|eyJ|@|PRIVATE/i;
/** Access and refresh tokens, and API keys, by their prefixes. */
const PREFIXED = /(?<![a-z0-9])(?:(pt|rt)-[\w.~+/=-]{4,}|(sk)-[\w-]{8,})/g;
const NAMES =
  '[^"\\\\]{0,60}(?:token|secret|passw|pwd|api_?key|access_?key|private_?key|authorization|cookie|credential|nonce)[^"\\\\]{0,60}';
const MEMBERS = new RegExp(`("${NAMES}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"?`, 'gi');
/** The same inside a string of JSON. */
const ESCAPED_MEMBERS = new RegExp(`(\\\\"${NAMES}\\\\"\\s*:\\s*)\\\\"(?:[^"\\\\]|\\\\[^"])*(?:\\\\")?`, 'gi');
/** Of a query or an environment. */
const ASSIGNED =
  /((?:token|secret|password|passwd|pwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|nonce)s?=)(?!\d+\b)(?:"[^"]*"?|[^\s&"',;]+)/gi;
/** In a header whatever follows; in other text what is no plain word. */
const AUTHORIZATION = /(\bauthorization\W{1,4}(?:bearer|basic)\s+)[^\s,'"<]{4,}/gi;
const SCHEMES = /\b((?:bearer|basic)\s+)(?=[\w.~+/=-]*[\d=_])[\w.~+/=-]{8,}/gi;
const BEARER = /\b(Bearer\s+)[\w.~+/=-]{8,}/g;
const HEADER_LINES =
  /\b((?:x-api-key|api-key|(?:proxy-)?authorization|(?:set-)?cookie|cosy-[\w-]*token)\s*:\s*)(?!(?:bearer|basic)\b)[^\s,'"<][^\r\n,'"]*/gi;
const JSON_WEB_TOKENS = /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g;
const USER_INFO = /(\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#]+@/gi;
const PRIVATE_KEYS = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** `text` without what looks like a secret. Its length is the caller's to bound. */
export function redactText(text: string): string {
  if (!WORTH_A_LOOK.test(text)) return text;
  return text
    .replace(PRIVATE_KEYS, REDACTED)
    .replace(MEMBERS, `$1"${REDACTED}"`)
    .replace(ESCAPED_MEMBERS, `$1\\"${REDACTED}\\"`)
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(SCHEMES, `$1${REDACTED}`)
    .replace(HEADER_LINES, `$1${REDACTED}`)
    .replace(ASSIGNED, `$1${REDACTED}`)
    .replace(PREFIXED, (_, lingma: string | undefined, other: string | undefined) => `${lingma ?? other}-${REDACTED}`)
    .replace(JSON_WEB_TOKENS, REDACTED)
    .replace(USER_INFO, `$1${REDACTED}@`);
}

/** An address without what gives access: user, password, query. */
export function shownUrl(url: string): string {
  if (!/[@?#]/.test(url) || !URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

export interface RedactOptions {
  /** Characters of one string. Default 2,000. */
  readonly maxString?: number;
  /** Characters of all of them, names included: what comes after is left out. Default 256 Ki. */
  readonly maxChars?: number;
  /** Names of members that hold no secret here, whatever they are called. Their values are looked into all the same. */
  readonly shownNames?: readonly string[];
}

const MAX_STRING = 2_000;
const MAX_CHARS = 256 * 1024;
/** Characters that one string is searched in: it is cut after that, pictures and bundles are told by their size. */
const MAX_SEARCHED = 64 * 1024;
const MAX_DEPTH = 32;
/** Items of one list and members of one object that are looked at. */
const MAX_MEMBERS = 1_000;
const DATA_URL = /data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*(;base64)?,([\w+/=%-]*)/g;
const BASE64 = /[A-Za-z0-9+/_-]{257,}={0,2}/g;

/**
 * A body, or any other value that came as JSON: secrets are `***`, credentials of a whole login `<bundle N bytes>`, data URLs
 * and long base64 their size, long strings cut. Strings that are JSON themselves are looked into. Always less than
 * {@link RedactOptions.maxChars} characters and a little.
 */
export function redactValue(value: unknown, options: RedactOptions = {}): JsonValue {
  const { maxString = MAX_STRING, maxChars = MAX_CHARS, shownNames = [] } = options;
  let left = maxChars;

  const redactMember = (name: string, member: unknown, depth: number): JsonValue => {
    if (typeof member === 'string' && /bundle/i.test(name) && !/file|path/i.test(name)) {
      return `<bundle ${member.length} bytes>`;
    }
    return hidesValue(name, member) && !shownNames.includes(name) ? REDACTED : redact(member, depth);
  };

  const redact = (item: unknown, depth: number): JsonValue => {
    if (typeof item === 'string') {
      const shown = redactString(item, maxString, maxChars);
      left -= shown.length;
      return left > 0 ? shown : '…';
    }
    left -= 4;
    if (typeof item === 'number' || typeof item === 'boolean' || item === null) return item;
    if (typeof item !== 'object') return null;
    if (depth >= MAX_DEPTH) return '…';
    if (Array.isArray(item)) {
      const list: JsonValue[] = [];
      for (const element of item) {
        if (left <= 0 || list.length >= MAX_MEMBERS) {
          list.push(`…(+${item.length - list.length})`);
          break;
        }
        list.push(redact(element, depth + 1));
      }
      return list;
    }
    // Objects with a text of their own (`Secret`) have it in JSON too.
    const plain = 'toJSON' in item && typeof item.toJSON === 'function' ? (item.toJSON() as unknown) : item;
    if (!isJsonObject(plain as JsonValue)) return typeof plain === 'object' ? null : redact(plain, depth + 1);
    const members = Object.entries(plain as object);
    const shown: [string, JsonValue][] = [];
    for (const [name, member] of members) {
      if (left <= 0 || shown.length >= MAX_MEMBERS) {
        shown.push(['…', `+${members.length - shown.length}`]);
        break;
      }
      left -= Math.min(name.length, 100);
      const shownName = redactText(name.length > 100 ? `${name.slice(0, 100)}…` : name);
      shown.push([shownName, redactMember(name, member, depth)]);
    }
    return Object.fromEntries(shown);
  };

  return redact(value, 0);
}

function redactString(text: string, maxString: number, maxChars: number): string {
  const whole = text.startsWith('data:') ? /^data:([\w.+-]*\/?[\w.+-]*)[^,]{0,100},/.exec(text.slice(0, 300)) : null;
  if (whole !== null) return `data:${whole[1]};<${dataBytes(text.length - whole[0].length, whole[0])} bytes>`;
  const searched = text.length > MAX_SEARCHED ? text.slice(0, MAX_SEARCHED) : text;
  const inner = searched === text ? redactInner(text, maxString, maxChars) : undefined;
  const shown =
    inner ??
    redactText(
      searched
        .replace(DATA_URL, (url, mime = '', _base64, data: string) =>
          data.length > 64 ? `data:${mime};<${dataBytes(data.length, url)} bytes>` : url,
        )
        .replace(BASE64, (run) => `<base64 ${dataBytes(run.length, 'base64')} bytes>`),
    );
  const cut = Math.max(0, shown.length - maxString) + (text.length - searched.length);
  return cut === 0 ? shown : `${shown.slice(0, maxString)}…(+${cut})`;
}

/** Arguments of tools and what they return are JSON in a string. */
function redactInner(text: string, maxString: number, maxChars: number): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  return JSON.stringify(redactValue(value, { maxString, maxChars }));
}

const dataBytes = (length: number, head: string): number =>
  head.includes('base64') ? Math.floor((length * 3) / 4) : length;
