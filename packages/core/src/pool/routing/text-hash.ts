/** A fast hash of text that is the same on every machine and in every version: what is placed by it stays where it is. */

/** 64 bits in two halves. */
export interface TextHash {
  readonly low: number;
  readonly high: number;
}

/** No secret is safe behind it, and whoever wants to can find two texts of one hash. */
export function hashText(text: string, from = 0, to = text.length): TextHash {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = from; index < to; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995) ^ (high >>> 15);
  }
  return { low: scramble(low ^ (high >>> 7)), high: scramble(high ^ low) };
}

/** A number in (0, 1) of two hashes; every bit of either changes about half of the result's. */
export function toFraction(one: TextHash, other: TextHash): number {
  const high = scramble(one.high ^ scramble(other.high + 0x9e3779b9));
  const low = scramble(one.low ^ scramble(other.low ^ high));
  return ((high >>> 0) * 0x20_0000 + (low >>> 11) + 0.5) / 0x20_0000_0000_0000;
}

export const hashName = ({ low, high }: TextHash): string => (high >>> 0).toString(36) + (low >>> 0).toString(36);

/** The finalizer of MurmurHash3. */
function scramble(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
