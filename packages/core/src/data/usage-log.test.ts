import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StepClock } from '../gateway/testing/a-context.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { MAX_WAITING_ROWS, UsageLog } from './usage-log.js';
import type { UsageRow } from './usage-row.js';

const DAY = 24 * 60 * 60_000;
const rowAt = (at: number, more: Partial<UsageRow> = {}): UsageRow => ({
  at: new Date(at).toISOString(),
  ...{ request_id: 'r', key: 'alice', channel: 'lingma', route: 'openai-chat', model: 'auto', stream: false },
  ...{ status: 200, prompt_tokens: 10, completion_tokens: 5, cached_tokens: 2, estimated: false, ms: 7 },
  ...more,
});
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const ALICE = { name: 'alice', requests: 1, errors: 0, prompt_tokens: 10, completion_tokens: 5, cached_tokens: 2 };

async function setUp() {
  const folder = await temporaryFolder();
  const clock = new StepClock();
  const open = () => UsageLog.open(folder, { clock });
  const file = (name: string) => join(folder, 'usage', name);
  return { folder, clock, open, file, today: `${dayOf(clock.now())}.jsonl` };
}

describe('UsageLog', () => {
  it('rows - written a second later, in one file a day, and read by the next process', async () => {
    const { clock, open, file, today } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    log.record(rowAt(clock.now() - DAY, { key: 'bob', error: 'upstream_error' }));
    clock.pass(1_000);
    await log.flush();
    expect(JSON.parse(await readFile(file(today), 'utf8'))).toEqual(rowAt(clock.now() - 1_000));
    const next = await open();
    expect(next.totals.group('key')).toEqual([ALICE, { ...ALICE, name: 'bob', errors: 1 }]);
    expect(next.totals.group('day')).toHaveLength(2);
  });

  it.each<[string, (file: (name: string) => string, today: string) => Promise<void>]>([
    ['are gone', (file) => rm(file('totals.json'))],
    ['are broken', (file) => writeFile(file('totals.json'), '{"da')],
    [
      'are none',
      (file, today) => writeFile(file('totals.json'), `{"days":{"${today.slice(0, 10)}":{"bytes":0,"groups":7}}}`),
    ],
    [
      'are older than the rows',
      (file, today) => appendFile(file(today), `${JSON.stringify(rowAt(1, { key: 'bob' }))}\n`),
    ],
  ])('sums that %s - made anew from the rows', async (_, spoil) => {
    const { clock, open, file, today } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    await log.close();
    await spoil(file, today);
    expect((await open()).totals.group('key')[0]).toEqual(ALICE);
  });

  it('sums that fit - the rows are not read', async () => {
    const { clock, open, file, today } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    await log.close();
    const rows = await readFile(file(today), 'utf8');
    await writeFile(file(today), `${'x'.repeat(rows.length - 1)}\n`);
    expect((await open()).totals.group('key')).toEqual([ALICE]);
  });

  it('a row that was cut off - is none, and the next begins a line of its own', async () => {
    const { clock, open, file, today } = await setUp();
    await open();
    await writeFile(file(today), `${JSON.stringify(rowAt(clock.now()))}\n{"at":"2026`);
    const log = await open();
    log.record(rowAt(clock.now()));
    await log.flush();
    expect((await open()).totals.group('key')).toEqual([
      { ...ALICE, requests: 2, prompt_tokens: 20, completion_tokens: 10, cached_tokens: 4 },
    ]);
  });

  it('days beyond those to keep - their rows go, what a key has spent in all stays', async () => {
    const { clock, open, file } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    await log.close();
    clock.pass(100 * DAY);
    const later = await open();
    later.record(rowAt(clock.now()));
    await later.close();
    expect((await readdir(file(''))).filter((name) => name.endsWith('.jsonl'))).toEqual([
      `${dayOf(clock.now())}.jsonl`,
    ]);
    const last = await open();
    expect(last.totals.spent('alice', '')).toBe(30);
    expect(last.totals.spent('alice', dayOf(clock.now()))).toBe(15);
    expect(last.totals.spent('alice', dayOf(clock.now()).slice(0, 7))).toBe(15);
  });

  it('a disk that does not keep up - rows beyond the bound are counted and left', async () => {
    const { clock, open } = await setUp();
    const log = await open();
    for (let at = 0; at < MAX_WAITING_ROWS + 3; at++) log.record(rowAt(clock.now()));
    expect(log.dropped).toBe(3);
    expect(clock.pending).toBe(1);
    await log.close();
    expect(clock.pending).toBe(0);
  });

  it('a disk that refuses - nothing throws, the rows wait for it, what is left at the end is counted', async () => {
    const { folder, clock, open, file, today } = await setUp();
    const log = await open();
    const usage = join(folder, 'usage');
    const refuse = async () => {
      await rm(usage, { recursive: true, force: true });
      await writeFile(usage, 'no folder');
    };
    await refuse();
    log.record(rowAt(clock.now()));
    await log.flush();
    expect([log.dropped, clock.pending]).toEqual([0, 1]);
    for (let at = 0; at < MAX_WAITING_ROWS; at++) log.record(rowAt(clock.now()));
    expect(log.dropped).toBe(1);
    await rm(usage);
    await log.flush();
    expect((await readFile(file(today), 'utf8')).trim().split('\n')).toHaveLength(MAX_WAITING_ROWS);

    await refuse();
    log.record(rowAt(clock.now()));
    await log.close();
    expect([log.dropped, clock.pending]).toEqual([2, 0]);
  });

  it('ended while rows wait - the sums on disk hold no more than the rows', async () => {
    const { clock, open, file, today } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    const written = log.flush();
    await Promise.resolve();
    // Comes while the first is written, and is lost with the process.
    log.record(rowAt(clock.now()));
    await written;
    expect((await readFile(file(today), 'utf8')).trim().split('\n')).toHaveLength(1);
    expect((await open()).totals.group('key')).toEqual([ALICE]);
  });

  it('ended between the sums of days that are gone and their rows - counted once', async () => {
    const { clock, open, file, today } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    await log.close();
    const rows = await readFile(file(today), 'utf8');
    clock.pass(100 * DAY);
    await open();
    const totals = JSON.parse(await readFile(file('totals.json'), 'utf8'));
    expect(totals.gone).toEqual([today.slice(0, 10)]);
    await writeFile(file(today), rows);
    expect((await open()).totals.spent('alice', '')).toBe(15);
    await expect(readFile(file(today))).rejects.toThrow('ENOENT');
    expect((await open()).totals.spent('alice', '')).toBe(15);
  });

  it('a copy of the folder - says the same', async () => {
    const { folder, clock, open } = await setUp();
    const log = await open();
    log.record(rowAt(clock.now()));
    await log.flush();
    await cp(folder, `${folder}-copy`, { recursive: true });
    const copy = await UsageLog.open(`${folder}-copy`, { clock });
    expect(copy.totals.group('model')).toEqual(log.totals.group('model'));
    await rm(`${folder}-copy`, { recursive: true });
  });

  it('names without end - put together beyond a bound, sums stay right', async () => {
    const { clock, open } = await setUp();
    const { totals } = await open();
    for (let at = 0; at < 3_000; at++) totals.add(rowAt(clock.now(), { model: `m${at}` }));
    expect(totals.group('model').length).toBeLessThanOrEqual(2_001);
    expect(totals.group('key')[0]?.requests).toBe(3_000);
  });
});
