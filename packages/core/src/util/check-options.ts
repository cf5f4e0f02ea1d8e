/**
 * Options are checked where they are given, so that a misspelt one does not pass in silence: what is none, or is of the wrong
 * kind, is a `TypeError` that names it and what was probably meant.
 */
import { nearestName } from './nearest-name.js';

/**
 * What a value may be. `count`: a number of 0 and above, `Infinity` included. `number`: any but NaN. `secret`: a text, or a
 * `Secret` of one. `text`: a string that is not empty.
 */
export type OptionKind = 'any' | 'boolean' | 'count' | 'function' | 'number' | 'object' | 'secret' | 'string' | 'text';

/** Checks a value that is there. `at`: the place it stands in, `instances[0].client`. @throws TypeError */
export type OptionCheck = (value: unknown, at: string, owner: string) => void;

/** A kind, one of some words, an object with members of its own, or whatever a function lets pass. */
export type OptionRule = OptionKind | readonly string[] | { readonly [name: string]: OptionRule } | OptionCheck;

/** A rule for every option: one that is added without is an error of the compiler. */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: OptionRule };

interface CheckedPlace<Options> {
  /** Where the options stand in others: `instances[0].client`. */
  readonly at?: string;
  readonly required?: readonly (keyof Options & string)[];
}

/**
 * Members that are `undefined` are absent.
 *
 * @param owner whose options they are, as the error names it: `createGateway()`
 * @throws TypeError
 */
export function checkOptions<Options>(
  owner: string,
  options: Options,
  rules: OptionRules<Options>,
  { at = '', required = [] }: CheckedPlace<Options> = {},
): void {
  if (!isObject(options)) {
    throw new TypeError(at === '' ? `${owner} takes its options as an object` : `${owner}: "${at}" must be an object`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule: OptionRule | undefined = Object.hasOwn(rules, name) ? rules[name as keyof Options] : undefined;
    const path = at === '' ? name : `${at}.${name}`;
    if (rule === undefined) throw new TypeError(`${owner} has no option "${path}"; ${meant(name, Object.keys(rules))}`);
    if (value !== undefined) checkValue(rule, value, path, owner);
  }
  for (const name of required) {
    if (options[name] !== undefined) continue;
    throw new TypeError(`${owner} needs the option "${at === '' ? name : `${at}.${name}`}"`);
  }
}

/** A list, each member by `rule`. */
export const listOf =
  (rule: OptionRule): OptionCheck =>
  (value, at, owner) => {
    if (!Array.isArray(value)) throw wrong(owner, at, 'a list');
    for (const [index, member] of value.entries()) checkValue(rule, member, `${at}[${index}]`, owner);
  };

/** An object, of whatever class, that can do this. */
export const withMethods =
  <T = Readonly<Record<string, unknown>>>(...names: readonly (keyof T & string)[]): OptionCheck =>
  (value, at, owner) => {
    if (!isObject(value) && typeof value !== 'function') throw wrong(owner, at, `an object with ${names.join(', ')}`);
    const missing = names.filter((name) => typeof Reflect.get(value as object, name) !== 'function');
    if (missing.length > 0)
      throw new TypeError(`${owner}: "${at}" has no ${missing.join(', ')}, which must be functions`);
  };

export const LOGGER_RULE: OptionCheck = withMethods('debug', 'info', 'warn', 'error', 'child');
export const CLOCK_RULE: OptionCheck = withMethods('now', 'schedule');

function checkValue(rule: OptionRule, value: unknown, at: string, owner: string): void {
  if (typeof rule === 'function') rule(value, at, owner);
  else if (typeof rule === 'string') {
    if (!KINDS[rule].is(value)) throw wrong(owner, at, KINDS[rule].words);
  } else if (isWords(rule)) {
    if (typeof value === 'string' && rule.includes(value)) return;
    const hint = typeof value === 'string' ? `; ${meant(value, rule)}` : '';
    throw new TypeError(`${owner}: "${at}" must be one of ${rule.join(', ')}${hint}`);
  } else checkOptions(owner, value as Readonly<Record<string, unknown>>, rule, { at });
}

/** Of a name: shorter ones begin too many. */
const MIN_PART = 3;

const isWords = (rule: OptionRule): rule is readonly string[] => Array.isArray(rule);
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);

const wrong = (owner: string, at: string, words: string): TypeError =>
  new TypeError(`${owner}: "${at}" must be ${words}`);

/** A name that was cut short, or has a word too much, is far from the right one by its letters. */
function meant(name: string, names: readonly string[]): string {
  const word = name.toLowerCase();
  const nearest =
    nearestName(name, names) ??
    names.find((other) => {
      const known = other.toLowerCase();
      return word.length >= MIN_PART && (known.startsWith(word) || word.startsWith(known));
    });
  return nearest === undefined ? `there are ${names.join(', ')}` : `did you mean "${nearest}"?`;
}

const KINDS: Readonly<Record<OptionKind, { readonly words: string; readonly is: (value: unknown) => boolean }>> = {
  any: { words: 'anything', is: () => true },
  boolean: { words: 'true or false', is: (value) => typeof value === 'boolean' },
  count: { words: 'a number of 0 or more', is: (value) => isNumber(value) && value >= 0 },
  function: { words: 'a function', is: (value) => typeof value === 'function' },
  number: { words: 'a number', is: isNumber },
  object: { words: 'an object', is: isObject },
  secret: {
    words: 'a text that is not empty, or a Secret',
    is: (value) =>
      (typeof value === 'string' && value !== '') ||
      (isObject(value) && typeof Reflect.get(value, 'reveal') === 'function'),
  },
  string: { words: 'a string', is: (value) => typeof value === 'string' },
  text: { words: 'a string that is not empty', is: (value) => typeof value === 'string' && value !== '' },
};
