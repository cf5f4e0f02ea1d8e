/** Which names of models a channel answers to, and what its upstream calls them. Pure. */
import { matcherOf } from '../../util/index.js';

export interface ModelRules {
  /** Names, `*` in one standing for any characters. */
  readonly models: readonly string[];
  /** What is asked for → what the upstream is asked for. Its names are answered to as well. */
  readonly mapping: Readonly<Record<string, string>>;
}

export interface ModelMatch {
  /** How exactly the name was meant: the more, the sooner. A name itself is above every pattern. */
  readonly rank: number;
  readonly upstreamModel: string;
}

export const EXACT_RANK = Number.MAX_SAFE_INTEGER;

/** @param more names that the upstream was found to have */
export function matchModel(
  { models, mapping }: ModelRules,
  name: string,
  more: readonly string[] = [],
): ModelMatch | undefined {
  if (name === '') return undefined;
  const mapped = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
  if (mapped !== undefined) return { rank: EXACT_RANK, upstreamModel: mapped };
  const listed = (list: readonly string[]): string | undefined =>
    list.find((model) => model === name) ?? list.find((model) => model.toLowerCase() === name.toLowerCase());
  const exact = listed(models.filter((model) => !model.includes('*'))) ?? listed(more);
  if (exact !== undefined) return { rank: EXACT_RANK, upstreamModel: exact };
  let rank = -1;
  for (const pattern of models) {
    if (pattern.includes('*') && matcherOf(pattern.toLowerCase())(name.toLowerCase())) {
      rank = Math.max(rank, pattern.replaceAll('*', '').length);
    }
  }
  return rank < 0 ? undefined : { rank, upstreamModel: name };
}

/** The names that can be told: patterns are none. */
export const listedNames = ({ models, mapping }: ModelRules, more: readonly string[] = []): readonly string[] => [
  ...new Set([...models.filter((model) => !model.includes('*')), ...Object.keys(mapping), ...more]),
];
