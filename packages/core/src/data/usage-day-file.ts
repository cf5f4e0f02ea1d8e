/** The rows of one day on disk, a line each. A row that a full disk, the end of a process or a copy has cut is none. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { UsageRow } from './usage-row.js';

/** All of them, or none. @throws what the disk refuses */
export async function appendRows(path: string, rows: readonly UsageRow[]): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    const { size } = await file.stat();
    try {
      await file.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    } catch (error) {
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

export async function readRows(path: string, take: (row: UsageRow) => void): Promise<void> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const row = parseRow(line);
    if (row !== undefined) take(row);
  }
}

/** So that the next row begins a line of its own. */
export async function endLine(path: string, size: number): Promise<void> {
  if (size === 0) return;
  const file = await open(path, 'r+');
  try {
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, size - 1);
    if (last.toString() !== '\n') await file.write('\n', size);
  } finally {
    await file.close();
  }
}

/** 0: there is none. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const TEXTS = ['at', 'key', 'model', 'channel'] as const;
const NUMBERS = ['prompt_tokens', 'completion_tokens', 'cached_tokens'] as const;

function parseRow(line: string): UsageRow | undefined {
  try {
    const row = JSON.parse(line);
    const isRow =
      TEXTS.every((name) => typeof row?.[name] === 'string') && NUMBERS.every((name) => Number.isFinite(row[name]));
    return isRow ? row : undefined;
  } catch {
    return undefined;
  }
}
