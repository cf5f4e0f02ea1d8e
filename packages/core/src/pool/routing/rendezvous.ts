/**
 * Weighted rendezvous hashing: every key ranks all instances by itself, so an instance that comes or goes moves only the
 * keys that are its own, and nobody has to remember who went where.
 */
import { hashText, toFraction } from './text-hash.js';

export interface WeightedName {
  readonly name: string;
  /** Above 0: twice the weight, twice the keys. */
  readonly weight: number;
}

/** Where `key` belongs, whatever state that instance is in. `undefined` of an empty list. */
export function rendezvous<Node extends WeightedName>(nodes: readonly Node[], key: string): Node | undefined {
  if (nodes.length < 2) return nodes[0];
  const hashed = hashText(key);
  let best: Node | undefined;
  let bestScore = -1;
  for (const node of nodes) {
    const score = node.weight / -Math.log(toFraction(hashed, hashText(node.name)));
    if (score > bestScore || (score === bestScore && best !== undefined && node.name < best.name)) {
      best = node;
      bestScore = score;
    }
  }
  return best;
}
