/**
 * The words of a command line as flags, values and the rest, or what is wrong with them. `parseArgs` splits the words;
 * what they may be, and what was meant instead, is said here.
 */
import { parseArgs } from 'node:util';
import { nearestName } from '@lingma-gateway/core/config';
import type { Messages } from '../text/messages.js';

/** The command line makes no sense; the message says what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Flag {
  /** Without dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly kind: 'switch' | 'value';
  /** A switch that can be turned off: `--no-demo`. */
  readonly negatable?: true;
  /** What stands for the value in help. */
  readonly valueHint?: string;
  readonly description: string;
  /** Understood, but neither shown nor suggested. */
  readonly hidden?: true;
  /** Where it stands in help; absent: first, without a title. */
  readonly group?: string;
}

export interface CommandLine {
  /** By name without dashes; of a flag given twice the last. */
  readonly flags: Readonly<Record<string, string | boolean>>;
  readonly words: readonly string[];
}

export interface CommandLineRules {
  readonly flags: readonly Flag[];
  readonly takesWords: boolean;
  readonly text: Messages;
}

/** @throws UsageError with everything that is wrong */
export function parseCommandLine(words: readonly string[], rules: CommandLineRules): CommandLine {
  const { flags, takesWords, text } = rules;
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      flags.map(({ name, short, kind }) => [
        name,
        { type: kind === 'switch' ? 'boolean' : 'string', ...(short !== undefined && { short }) } as const,
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const oneDash = words.filter((word, index) => isOneDash(word, flags) && !words.slice(0, index).includes('--'));
  if (oneDash.length > 0) {
    throw new UsageError(oneDash.map((word) => text.usage.unknownFlag(word, meant(word, flags))).join('\n'));
  }
  const given: Record<string, string | boolean> = {};
  const rest: string[] = [];
  const problems: string[] = [];
  /** Most likely the value of a flag that is not known: complaining of it too would only confuse. */
  let forgiven = -1;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (takesWords || token.index === forgiven) rest.push(token.value);
      else problems.push(text.usage.unexpectedWord(token.value));
      continue;
    }
    const negated = token.name.startsWith('no-') ? flags.find(({ name }) => name === token.name.slice(3)) : undefined;
    const flag = flags.find(({ name }) => name === token.name);
    if (flag !== undefined && flag.kind === 'value') {
      // A negative number is a value; another flag is none.
      const isValue = token.value !== undefined && (token.inlineValue === true || !/^-\D/.test(token.value));
      if (isValue) given[flag.name] = token.value as string;
      else problems.push(text.usage.needsValue(token.rawName));
    } else if (flag !== undefined) {
      given[flag.name] = token.value ?? true;
    } else if (negated?.kind === 'switch' && token.value === undefined) {
      given[negated.name] = false;
    } else {
      problems.push(text.usage.unknownFlag(token.rawName, meant(token.rawName, flags)));
      if (token.value === undefined) forgiven = token.index + 1;
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { flags: given, words: rest };
}

/** `-port 9000`, as the earlier proxy had it, would be read as `-p` with a value of its own. */
const isOneDash = (word: string, flags: readonly Flag[]): boolean => {
  const name = /^-([a-z][a-z-]+)(=|$)/.exec(word)?.[1];
  return flags.some((flag) => flag.name === name);
};

/** The flag that was meant, as it is written. */
function meant(rawName: string, flags: readonly Flag[]): string | undefined {
  const spelt = rawName.replace(/^-+/, '').replaceAll('_', '-');
  const isNegated = spelt.startsWith('no-');
  const candidates = flags
    .filter(({ kind, hidden }) => hidden !== true && (!isNegated || kind === 'switch'))
    .map(({ name }) => name);
  const nearest = nearestName(isNegated ? spelt.slice(3) : spelt, candidates);
  if (nearest === undefined || spelt.length < 2) return undefined;
  return isNegated ? `--no-${nearest}` : `--${nearest}`;
}

/**
 * The first word that is neither a flag nor a flag's value; -1 when there is none. What follows an unknown flag is taken
 * for its value unless it is one of `commands`: `--prot 9000` means a port, not a command 9000.
 */
export function firstWordIndex(words: readonly string[], flags: readonly Flag[], commands: readonly string[]): number {
  const isCommand = (word: string | undefined): boolean =>
    word === undefined || word.startsWith('-') || commands.includes(word);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return index;
    const flag = flags.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
    const isNegation = flags.some(({ name, kind }) => kind === 'switch' && word === `--no-${name}`);
    const next = words[index + 1];
    const takesNext =
      flag === undefined ? !isNegation && !word.includes('=') && !isCommand(next) : flag.kind === 'value';
    if (takesNext) index++;
  }
  return -1;
}
