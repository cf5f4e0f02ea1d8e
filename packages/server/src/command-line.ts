/**
 * What citty leaves to its callers: it takes unknown flags for switches and swallows what follows them. So the words
 * are checked against a command's own flags first, and only a command line that makes sense reaches citty.
 */
import { nearestName } from '@lingma-gateway/core/config';
import type { ArgsDef } from 'citty';

/** The command line makes no sense; the message says what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Flag {
  readonly name: string;
  readonly isSwitch: boolean;
}

const ALWAYS: readonly Flag[] = [
  { name: 'help', isSwitch: true },
  { name: 'version', isSwitch: true },
];

const flagsOf = (args: ArgsDef): readonly Flag[] => [
  ...ALWAYS,
  ...Object.entries(args)
    .filter(([, arg]) => arg.type !== 'positional')
    .map(([name, arg]) => ({ name, isSwitch: arg.type === 'boolean' })),
];

/** The first word that is neither a flag nor a flag's value; -1 when there is none. */
export function firstWordIndex(words: readonly string[], args: ArgsDef): number {
  const flags = flagsOf(args);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return index;
    const flag = flags.find(({ name }) => `--${name}` === word);
    if (flag !== undefined && !flag.isSwitch) index++;
  }
  return -1;
}

/** @throws UsageError for unknown flags, flags without their value, and words that the command does not take */
export function checkCommandLine(command: string, words: readonly string[], args: ArgsDef): void {
  const flags = flagsOf(args);
  const takesWords = Object.values(args).some((arg) => arg.type === 'positional');
  const problems: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      if (!takesWords) problems.push(`Unexpected argument ${word}`);
      continue;
    }
    const [spelt, inlineValue] = splitFlag(word);
    const flag = flags.find(({ name, isSwitch }) => spelt === `--${name}` || (isSwitch && spelt === `--no-${name}`));
    if (flag === undefined) {
      if (['-h', '-v'].includes(spelt)) continue;
      problems.push(unknownFlag(spelt, flags));
      // What follows is most likely its value, and complaining of that too would only confuse.
      if (inlineValue === undefined && words[index + 1]?.startsWith('-') === false) index++;
    } else if (!flag.isSwitch && inlineValue === undefined) {
      index++;
      if (words[index] === undefined || /^--./.test(words[index] as string)) problems.push(`${spelt} needs a value`);
    }
  }
  if (problems.length > 0) {
    throw new UsageError(`${problems.join('\n')}\nSee lingma-gateway ${command} --help`);
  }
}

function splitFlag(word: string): [spelt: string, value: string | undefined] {
  const cut = word.indexOf('=');
  return cut === -1 ? [word, undefined] : [word.slice(0, cut), word.slice(cut + 1)];
}

function unknownFlag(spelt: string, flags: readonly Flag[]): string {
  const nearest = nearestName(
    spelt.replace(/^-+/, ''),
    flags.map(({ name }) => name),
  );
  return `Unknown flag ${spelt}${nearest === undefined ? '' : `, did you mean --${nearest}?`}`;
}
