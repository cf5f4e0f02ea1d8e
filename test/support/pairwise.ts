/** Few rows in which every two values of different factors meet at least once (greedy all-pairs). */

export type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Row = Readonly<Record<string, unknown>>;

export function pairwise(factors: Factors): Row[] {
  const names = Object.keys(factors);
  const key = (a: number, i: number, b: number, j: number): string => `${a}.${i}:${b}.${j}`;
  const open = new Set<string>();
  const sizes = names.map((name) => factors[name]?.length ?? 0);
  for (let a = 0; a < names.length; a++) {
    for (let b = a + 1; b < names.length; b++) {
      for (let i = 0; i < (sizes[a] ?? 0); i++) for (let j = 0; j < (sizes[b] ?? 0); j++) open.add(key(a, i, b, j));
    }
  }
  const rows: Row[] = [];
  for (let [seed] = open; seed !== undefined; [seed] = open) {
    const [a, i, b, j] = seed.split(/[.:]/).map(Number) as [number, number, number, number];
    const chosen = new Map([
      [a, i],
      [b, j],
    ]);
    const meets = (factor: number, value: number): number => {
      let count = 0;
      for (const [other, at] of chosen) {
        if (open.has(factor < other ? key(factor, value, other, at) : key(other, at, factor, value))) count++;
      }
      return count;
    };
    for (let factor = 0; factor < names.length; factor++) {
      if (chosen.has(factor)) continue;
      let best = 0;
      for (let value = 1; value < (sizes[factor] ?? 0); value++) {
        if (meets(factor, value) > meets(factor, best)) best = value;
      }
      chosen.set(factor, best);
    }
    for (const [factor, value] of chosen) {
      for (const [other, at] of chosen) if (factor < other) open.delete(key(factor, value, other, at));
    }
    rows.push(Object.fromEntries(names.map((name, factor) => [name, factors[name]?.[chosen.get(factor) ?? 0]])));
  }
  return rows;
}
