import { describe, expect, it } from 'vitest';
import { readUsageQuery, usageCsv, usageJson } from './usage-report.js';
import { UsageTotals } from './usage-totals.js';

const query = (text: string) => {
  const params = new URLSearchParams(text);
  return readUsageQuery((name) => params.get(name));
};

describe('readUsageQuery()', () => {
  it.each([
    ['', { group: 'day' }],
    ['group=key&from=2026-11-01&to=2026-11-30', { group: 'key', from: '2026-11-01', to: '2026-11-30' }],
    ['from=2026-11-01T10:00:00Z', { group: 'day', from: '2026-11-01' }],
    ['to=2026-11-01T23:00:00-05:00', { group: 'day', to: '2026-11-02' }],
    ['from=&to=%20', { group: 'day' }],
  ])('%j', (text, expected) => expect(query(text)).toEqual(expected));

  it.each(['group=week', 'from=yesterday', 'to=2026-13-01', 'from=1'])('%j - refused', (text) => {
    expect(() => query(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

function someTotals(): UsageTotals {
  const totals = new UsageTotals();
  const sums = { requests: 1, errors: 0, prompt_tokens: 3, completion_tokens: 4, cached_tokens: 1 };
  totals.addDay('2026-11-01', [{ key: 'alice', model: '=1+1,"x"', channel: 'a', sums }]);
  totals.addDay('2026-11-02', [
    { key: 'alice', model: 'm', channel: 'a', sums },
    { key: 'bob', model: 'm', channel: 'b', sums },
  ]);
  return totals;
}

it('usageJson() - groups, their range, and all of it together', () => {
  expect(usageJson(someTotals(), { group: 'key', from: '2026-11-02' })).toMatchObject({
    data: [
      { key: 'alice', requests: 1, total_tokens: 7 },
      { key: 'bob', requests: 1, total_tokens: 7 },
    ],
    total: { requests: 2, prompt_tokens: 6, total_tokens: 14 },
  });
  expect(usageJson(someTotals(), { group: 'day', key: 'bob' }).total).toMatchObject({ requests: 1 });
});

it('usageCsv() - a spreadsheet reads names as text', () => {
  expect(usageCsv(someTotals(), { group: 'model' })).toBe(
    'model,requests,errors,prompt_tokens,completion_tokens,cached_tokens,total_tokens\r\n' +
      `"'=1+1,""x""",1,0,3,4,1,7\r\nm,2,0,6,8,2,14\r\n`,
  );
});
