/** Usage for people and for spreadsheets. */
import { GatewayError } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';
import { addSums, noSums } from './usage-row.js';
import type { GroupedUsage, UsageGroup, UsageRange, UsageTotals } from './usage-totals.js';

const GROUPS: readonly UsageGroup[] = ['day', 'key', 'model', 'channel'];
/** A moment counts as the day of UTC that it lies in. */
const DAY = /^\d{4}-\d{2}-\d{2}(T.*)?$/;
const COLUMNS = ['requests', 'errors', 'prompt_tokens', 'completion_tokens', 'cached_tokens'] as const;

/** Which usage, and by what it is told. */
export interface UsageQuery extends UsageRange {
  readonly group: UsageGroup;
}

/** @throws GatewayError `invalid_request` */
export function readUsageQuery(read: (name: string) => string | null): UsageQuery {
  const group = (read('group') || 'day') as UsageGroup;
  if (!GROUPS.includes(group)) {
    throw new GatewayError('invalid_request', `group is one of ${GROUPS.join(', ')}`, { param: 'group' });
  }
  const day = (name: 'from' | 'to'): { [key in typeof name]?: string } => {
    const text = read(name)?.trim() ?? '';
    if (text === '') return {};
    const time = DAY.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time))
      throw new GatewayError('invalid_request', `${name} is a day, as 2026-11-27`, { param: name });
    return { [name]: new Date(time).toISOString().slice(0, 10) };
  };
  return { group, ...day('from'), ...day('to') };
}

/** As `GET /internal/usage` answers. */
export function usageJson(totals: UsageTotals, { group, ...range }: UsageQuery): JsonObject {
  const data = totals.group(group, range);
  const total = noSums();
  for (const entry of data) addSums(total, entry);
  return {
    object: 'list',
    group,
    from: range.from ?? null,
    to: range.to ?? null,
    data: data.map(({ name, ...sums }) => ({ [group]: name, ...sums, total_tokens: tokensOf(sums) })),
    total: { ...total, total_tokens: tokensOf(total) },
  };
}

/** A line a group, below a line of names (RFC 4180). */
export function usageCsv(totals: UsageTotals, { group, ...range }: UsageQuery): string {
  const rows = totals
    .group(group, range)
    .map((entry) => [cell(entry.name), ...COLUMNS.map((column) => entry[column]), tokensOf(entry)].join(','));
  return `${[[group, ...COLUMNS, 'total_tokens'].join(','), ...rows].join('\r\n')}\r\n`;
}

const tokensOf = ({ prompt_tokens, completion_tokens }: Pick<GroupedUsage, 'prompt_tokens' | 'completion_tokens'>) =>
  prompt_tokens + completion_tokens;

/** RFC 4180; and what a spreadsheet would take for a formula is text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
