/** zod's findings as one readable sentence and the path of the field at fault, in the client's own spelling. */
import type * as z from 'zod/mini';
import { GatewayError } from '../../chat/index.js';
import { isJsonObject, isNumber, type JsonObject, toPlainNumber } from '../../util/index.js';
import { fitsSchema, MAX_MEMBERS } from './fits-schema.js';
import { withUsualShapes } from './usual-shapes.js';

/**
 * @param path where `value` stands in the request; `''` for the body itself
 * @throws GatewayError `invalid_request`, `param` the path of the first fault: `messages[2].content[0].text`
 */
export function parseAt<Schema extends z.ZodMiniType>(schema: Schema, value: unknown, path: string): z.infer<Schema> {
  if (fitsSchema(schema, value)) return value as z.infer<Schema>;
  refuseManyMembers(value, path);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: keys, wanted } = describeIssue(parsed.error.issues[0] as z.core.$ZodIssue);
  const param = joinPath(path, keys);
  const found = valueAt(value, keys);
  if (found === undefined && param !== '') {
    throw new GatewayError('invalid_request', `Missing required parameter: '${param}'.`, { param });
  }
  const place = param === '' ? 'Invalid request body' : `Invalid value for '${param}'`;
  throw invalidRequest(param, `${place}: expected ${wanted}, but got ${kindOf(found)}.`);
}

/**
 * The body of a request. Its own numbers are settings, which need no more digits than a double has; those further in may
 * belong to somebody's data and stay as they are.
 *
 * @throws GatewayError `invalid_request`
 */
export function toBody(value: unknown): JsonObject {
  if (!isJsonObject(value))
    throw invalidRequest('', `Invalid request body: expected an object, but got ${kindOf(value)}.`);
  refuseManyMembers(value, '');
  const isExact = Object.values(value).some((member) => member !== toPlainNumber(member));
  if (!isExact) return withUsualShapes(value);
  const plain = Object.entries(value).map(([name, member]) => [name, toPlainNumber(member)]);
  return withUsualShapes(Object.fromEntries(plain));
}

function refuseManyMembers(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const members = Object.keys(value).length;
  if (members <= MAX_MEMBERS) return;
  const place = path === '' ? 'The request body' : `'${path}'`;
  throw invalidRequest(path, `${place} has ${members} members, more than ${MAX_MEMBERS}.`);
}

/** `param` may be `''` when the body as a whole is at fault. */
export function invalidRequest(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, param === '' ? {} : { param });
}

/** `joinPath('messages', [2, 'content'])` → `messages[2].content`. */
export function joinPath(path: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>(
    (at, key) => (typeof key === 'number' ? `${at}[${key}]` : at === '' ? String(key) : `${at}.${String(key)}`),
    path,
  );
}

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly wanted: string;
}

function describeIssue(issue: z.core.$ZodIssue): Finding {
  switch (issue.code) {
    case 'invalid_type':
      return { path: issue.path, wanted: withArticle(issue.expected) };
    case 'invalid_value':
      return { path: issue.path, wanted: oneOf(issue.values.map((value) => `'${String(value)}'`)) };
    case 'too_small':
      return { path: issue.path, wanted: NOT_EMPTY[issue.origin] ?? `at least ${issue.minimum}` };
    case 'too_big':
      return { path: issue.path, wanted: `at most ${issue.maximum}${issue.origin === 'array' ? ' elements' : ''}` };
    case 'invalid_union': {
      const branches = issue.errors.flatMap((errors) => (errors[0] === undefined ? [] : [describeIssue(errors[0])]));
      // A branch that went further in is the one that was meant.
      const deep = branches.find((branch) => branch.path.length > 0);
      if (deep !== undefined) return { path: [...issue.path, ...deep.path], wanted: deep.wanted };
      return { path: issue.path, wanted: oneOf(branches.map((branch) => branch.wanted)) };
    }
    default:
      return { path: issue.path, wanted: 'another value' };
  }
}

const NOT_EMPTY: Readonly<Record<string, string>> = {
  string: 'a string that is not empty',
  array: 'an array that is not empty',
};

const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? 'another value') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

function withArticle(type: string): string {
  if (type === 'int') return 'an integer';
  if (type === 'record') return 'an object';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** A `type` or name for a sentence, whatever stands there. */
export const wordOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 100) : kindOf(value));

/** Longer values are not repeated in an error. */
const MAX_QUOTED = 40;

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : value.length <= MAX_QUOTED ? `'${value}'` : 'a string';
  if (isNumber(value)) return String(value).slice(0, MAX_QUOTED);
  return typeof value === 'boolean' ? String(value) : withArticle(typeof value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}
