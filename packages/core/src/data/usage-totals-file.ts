/** The sums of the days on disk, `totals.json`: what spares a start the reading of rows that have not grown since. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeWhole } from './data-folder.js';

const group = z.object({
  key: z.string(),
  model: z.string(),
  channel: z.string(),
  sums: z.object({
    requests: z.number(),
    errors: z.number(),
    prompt_tokens: z.number(),
    completion_tokens: z.number(),
    cached_tokens: z.number(),
  }),
});

const totalsFile = z.object({
  /** `bytes`: of the rows that were summed up. */
  days: z.record(z.string(), z.object({ bytes: z.number(), groups: z.array(group) })),
  /** Days that are in the sums of those that are gone, whose rows may still lie there. */
  gone: z.array(z.string()).default([]),
});
type TotalsFile = z.infer<typeof totalsFile>;

/** Without any where it is missing or broken: the rows tell as much. */
export async function readTotalsFile(path: string): Promise<TotalsFile> {
  try {
    return totalsFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return { days: {}, gone: [] };
  }
}

/** @throws what the disk refuses */
export const writeTotalsFile = (path: string, totals: z.input<typeof totalsFile>): Promise<void> =>
  writeWhole(path, JSON.stringify(totals));
