/** Sums of the rows of each day by key, model and channel: what reports and quotas are answered from. */
import { addSums, noSums, sumsOf, type UsageRow, type UsageSums } from './usage-row.js';

/** By what usage is summed up. */
export type UsageGroup = 'day' | 'key' | 'model' | 'channel';

/** Which days, and whose. */
export interface UsageRange {
  /** Days of UTC as `2026-11-27`, both counted in. Absent: from the first, to the last. */
  readonly from?: string;
  readonly to?: string;
  /** That one's alone. */
  readonly key?: string;
}

/** The sums of one group. */
export interface GroupedUsage extends UsageSums {
  /** The day, or the name of the key, the model or the channel. */
  readonly name: string;
}

/** Sums of a day, by key, model and channel. */
export interface DaySums {
  readonly key: string;
  readonly model: string;
  readonly channel: string;
  readonly sums: UsageSums;
}

/** Names are the clients' to choose, and some choose a new one each time. */
const MAX_GROUPS_A_DAY = 2_000;
const OTHERS = '(others)';

/** Sums of usage, in memory: bounded in groups a day. */
export class UsageTotals {
  readonly #days = new Map<string, Map<string, DaySums>>();

  add(row: UsageRow): void {
    this.addDay(row.at.slice(0, 10), [{ key: row.key, model: row.model, channel: row.channel, sums: sumsOf(row) }]);
  }

  addDay(day: string, groups: readonly DaySums[]): void {
    const known = this.#days.get(day) ?? new Map<string, DaySums>();
    this.#days.set(day, known);
    for (const { key, channel, sums, ...group } of groups) {
      const own = id(key, group.model, channel);
      const hasPlace = known.size < MAX_GROUPS_A_DAY || known.has(own);
      const model = hasPlace ? group.model : OTHERS;
      const at = hasPlace ? own : id(key, model, channel);
      const found = known.get(at) ?? { key, model, channel, sums: noSums() };
      known.set(at, found);
      addSums(found.sums, sums);
    }
  }

  forget(day: string): void {
    this.#days.delete(day);
  }

  day(day: string): readonly DaySums[] {
    return [...(this.#days.get(day)?.values() ?? [])];
  }

  days(): readonly string[] {
    return [...this.#days.keys()].sort();
  }

  group(by: UsageGroup, { from = '', to = '9999', key }: UsageRange = {}): readonly GroupedUsage[] {
    const groups = new Map<string, UsageSums>();
    for (const [day, entries] of this.#days) {
      if (day < from || day > to) continue;
      for (const entry of entries.values()) {
        if (key !== undefined && entry.key !== key) continue;
        const name = by === 'day' ? day : entry[by];
        const sums = groups.get(name) ?? noSums();
        groups.set(name, sums);
        addSums(sums, entry.sums);
      }
    }
    return [...groups]
      .map(([name, sums]) => ({ name, ...sums }))
      .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
  }

  /** Tokens of a key on a day (`2026-11-27`), in a month (`2026-11`), or since the first row (`''`). */
  spent(key: string, period: string): number {
    let tokens = 0;
    for (const [day, entries] of this.#days) {
      if (!day.startsWith(period)) continue;
      for (const entry of entries.values()) {
        if (entry.key === key) tokens += entry.sums.prompt_tokens + entry.sums.completion_tokens;
      }
    }
    return tokens;
  }
}

const id = (...names: readonly string[]): string => JSON.stringify(names);

/** Where a gateway's rows of usage go. */
export interface UsageSink {
  /** Never waits, never throws. */
  record(row: UsageRow): void;
  readonly totals: UsageTotals;
}
