/** Which of several channels takes a request. Pure: chance is handed in. */
import { rendezvous, type WeightedName } from '../../pool/index.js';

export interface ChannelCandidate extends WeightedName {
  /** How exactly it names the model; the highest go first. */
  readonly rank: number;
  /** Among these the highest go first. */
  readonly priority: number;
}

/**
 * The most exact name, then the highest priority, then by weight: always the same for one affinity key, by chance without one.
 *
 * @param random in [0, 1)
 */
export function chooseChannel<Candidate extends ChannelCandidate>(
  available: readonly Candidate[],
  affinity: string | undefined,
  random: () => number,
): Candidate | undefined {
  const group = highest(
    highest(available, ({ rank }) => rank),
    ({ priority }) => priority,
  );
  if (group.length < 2) return group[0];
  return affinity === undefined ? weighted(group, random()) : rendezvous(group, affinity);
}

function highest<Item>(items: readonly Item[], of: (item: Item) => number): readonly Item[] {
  const best = Math.max(...items.map(of));
  return items.filter((item) => of(item) === best);
}

function weighted<Candidate extends WeightedName>(group: readonly Candidate[], drawn: number): Candidate | undefined {
  const total = group.reduce((sum, { weight }) => sum + weight, 0);
  let left = drawn * total;
  for (const candidate of group) {
    left -= candidate.weight;
    if (left < 0) return candidate;
  }
  return group.at(-1);
}
